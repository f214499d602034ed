"""Our ends of channels over HTTP: admins make, change, switch and take them away. Secrets are written, never read.

Everything here is about the caller's own tenant; an account of another one answers exactly like an unknown one.
"""

from collections.abc import Callable, Mapping

from msgspec import UNSET

from throughline.api.answer import NOTHING, Answer, shown
from throughline.api.ask import Ask
from throughline.api.ends import UNKNOWN_ACCOUNT, Waiting, account_of, as_shown, channel_of, waiting
from throughline.api.needs import Door, Ends
from throughline.api.repeats import claimed
from throughline.api.shapes import AccountAsked, Accounts, AccountShown, Channels, ChannelShown, Manifest
from throughline.api.table import Operation
from throughline.conversation.accounts import Disabled, Enabled
from throughline.conversation.faults import FORBIDDEN, Fault
from throughline.conversation.ids import AccountId
from throughline.conversation.records import Account
from throughline.flow.accounts import VAULT_SHUT, VaultShut, Wanted, complete, tidy, unfit, write
from throughline.identity.access import may
from throughline.ports import Conflict, Introduces, Tx

Row = tuple[Account, Mapping[str, bytes], Waiting | None]

_ALL = "/api/v1/admin/channels/{channel}/accounts"
_ONE = _ALL + "/{account}"
#: Accounts of one channel that a tenant may have.
MOST = 20
TOO_MANY = Fault(
    "too_many_accounts", 409, f"A channel has at most {MOST} accounts.", "Take one away that is not used any more."
)
UNKNOWN_PROVIDER = Fault(
    "unknown_provider", 404, "Nobody of that name provides this channel here.", "GET /api/v1/admin/channels names them."
)
NO_MANIFEST = Fault(
    "no_manifest", 404, "This channel's provider takes no such document.", "Follow the steps of its page."
)
IN_USE = Fault(
    "account_in_use", 409, "People are reached through this account.", "Switch it off instead: their history stays."
)


async def channels(door: Door, ask: Ask) -> Answer | Fault:
    """Every channel that is built, with the tenant's accounts; which secrets are set is told to admins only."""
    caller, ends = ask.signed_in, door.ends
    if not may(caller, "see_all"):
        return FORBIDDEN
    items = [ChannelShown(channel="web", label="Web", streams=True, providers=[], accounts=[])]
    if ends is not None:
        admin = may(caller, "configure")
        rows = await door.store.read(
            lambda tx: [_row(tx, account, health=admin) for account in tx.accounts.accounts(caller.tenant)]
        )
        for name in ends.channels.names():
            channel = ends.channels.by(name)
            assert channel is not None
            items.append(
                ChannelShown(
                    channel=name,
                    label=channel.capabilities.label,
                    streams=channel.capabilities.stream,
                    providers=[*ends.channels.providers(name)],
                    accounts=[
                        as_shown(ends, a, sealed, waits, secrets=admin)
                        for a, sealed, waits in rows
                        if a.channel == name
                    ],
                )
            )
    return shown(Channels(items=items))


async def listed(door: Door, ask: Ask) -> Answer | Fault:
    """A channel's accounts, oldest first."""
    place = channel_of(door, ask)
    if isinstance(place, Fault):
        return place
    ends, name, _ = place
    tenant = ask.signed_in.tenant
    rows = await door.store.read(lambda tx: [_row(tx, account) for account in tx.accounts.accounts(tenant, name)])
    return shown(Accounts(items=[as_shown(ends, *row) for row in rows]))


async def made(door: Door, ask: Ask) -> Answer | Fault:
    """A new, real account; under a repeated Idempotency-Key the one that is there."""
    place = channel_of(door, ask)
    if isinstance(place, Fault):
        return place
    ends, name, first = place
    asked = ask.took(AccountAsked).provider
    channel = first if asked is UNSET else ends.channels.by(name, str(asked))
    if channel is None:
        return UNKNOWN_PROVIDER
    tenant, wanted = ask.signed_in.tenant, _wanted(ask)
    refusal = unfit(channel, wanted)
    if refusal is not None:
        return refusal
    given = await claimed(door, ask, f"account {name}", None)
    if isinstance(given, Fault):
        return given
    now, fresh = door.clock.now(), ends.vault.new_key(tenant)
    new = Account(
        AccountId(given or door.ids.new()), tenant, name, channel.provider, channel.capabilities.label, "real",
        enabled=True, base=channel.home, options={}, status="unconfigured", created_at=now,
    )  # fmt: skip

    def add(tx: Tx) -> Row | Fault:
        known = tx.accounts.account(new.id)
        if known is None:
            if len(tx.accounts.accounts(tenant, name)) >= MOST:
                return TOO_MANY
            tx.accounts.add(new)
            known = write(tx, ends.vault, channel, new, wanted, fresh, now)
        return _row(tx, known)

    answer = await _written(door, ends, add, 201)
    if isinstance(answer, Fault):
        return answer
    location = f"/api/v1/admin/channels/{name}/accounts/{new.id}".encode()
    return Answer(answer.status, answer.body, (*answer.headers, (b"location", location)))


async def read(door: Door, ask: Ask) -> Answer | Fault:
    """One account as it stands."""
    found = await account_of(door, ask)
    if isinstance(found, Fault):
        return found
    return shown(as_shown(found.ends, found.account, found.sealed, found.waits))


async def changed(door: Door, ask: Ask) -> Answer | Fault:
    """Write what is given, keep what is left out; an empty text removes the secret or option of that name."""
    found = await account_of(door, ask)
    if isinstance(found, Fault):
        return found
    ends, channel, account = found.ends, found.channel, found.account
    wanted = _wanted(ask)
    refusal = unfit(channel, wanted)
    if refusal is not None:
        return refusal
    now, fresh = door.clock.now(), ends.vault.new_key(account.tenant)

    def change(tx: Tx) -> Row | Fault:
        row = tx.accounts.account(account.id)
        if row is None:
            return UNKNOWN_ACCOUNT
        after = write(tx, ends.vault, channel, row, wanted, fresh, now)
        return _row(tx, after)

    answer = await _written(door, ends, change)
    if wanted.secrets or wanted.options:
        ends.lines.breakers.lifted(account.id)
    return answer


async def removed(door: Door, ask: Ask) -> Answer | Fault:
    """Take it away with its secrets; refused while anybody is reached through it."""
    found = await account_of(door, ask)
    if isinstance(found, Fault):
        return found
    account = found.account
    try:
        gone = await door.store.write(lambda tx: tx.accounts.remove(account.tenant, account.id))
    except Conflict:
        return IN_USE
    found.ends.lines.forget(account.id)
    return NOTHING if gone else UNKNOWN_ACCOUNT


async def enabled(door: Door, ask: Ask) -> Answer | Fault:
    """Switch it on: its webhook is there from now on."""
    return await _switched(door, ask, on=True)


async def disabled(door: Door, ask: Ask) -> Answer | Fault:
    """Switch it off at once: its webhook is a 404, nothing is sent."""
    return await _switched(door, ask, on=False)


async def introduced(door: Door, ask: Ask) -> Answer | Fault:
    """What the provider takes to know us: Slack's app manifest."""
    found = await account_of(door, ask)
    if isinstance(found, Fault):
        return found
    if not isinstance(found.channel, Introduces):
        return NO_MANIFEST
    text = found.channel.introduction(found.ends.public_url, found.account)
    return shown(Manifest(name=f"{found.account.channel}-manifest.json", text=text))


def _row(tx: Tx, account: Account, *, health: bool = True) -> Row:
    return account, tx.accounts.sealed(account.tenant, account.id), waiting(tx, account) if health else None


async def _switched(door: Door, ask: Ask, *, on: bool) -> Answer | Fault:
    found = await account_of(door, ask)
    if isinstance(found, Fault):
        return found
    happening = Enabled(complete(found.channel, found.account, found.sealed)) if on else Disabled()
    after = await found.ends.lines.change(found.account.id, happening)
    return UNKNOWN_ACCOUNT if after is None else shown(as_shown(found.ends, after, found.sealed, found.waits))


async def _written(door: Door, ends: Ends, fn: Callable[[Tx], Row | Fault], status: int = 200) -> Answer | Fault:
    try:
        kept = await door.store.write(fn)
    except VaultShut:
        return VAULT_SHUT
    if isinstance(kept, Fault):
        return kept
    account = kept[0]
    ends.lines.forget(account.id)
    ends.changed(account)
    return shown(as_shown(ends, *kept), status)


def _wanted(ask: Ask) -> Wanted:
    given = ask.took(AccountAsked)
    name = None if given.name is UNSET else str(given.name)
    return tidy(Wanted(name, given.options, given.secrets))


OPERATIONS = (
    Operation(
        name="channels", method="GET", path="/api/v1/admin/channels", verb=channels, tag="channels", gives=Channels,
        refusals=(403,), summary="All channels of this build, with the organisation's accounts.",
    ),
    Operation(
        name="accounts", method="GET", path=_ALL, verb=listed, tag="channels", gives=Accounts, refusals=(403, 404),
        summary="A channel's accounts, oldest first.",
    ),
    Operation(
        name="make_account", method="POST", path=_ALL, verb=made, tag="channels", takes=AccountAsked,
        gives=AccountShown, status=201, creates=True, refusals=(403, 404, 409),
        summary="A new account. Secrets are kept sealed, and told to nobody again.",
    ),
    Operation(
        name="account", method="GET", path=_ONE, verb=read, tag="channels", gives=AccountShown, refusals=(403, 404),
        summary="One account: its state, and which secrets are set.",
    ),
    Operation(
        name="change_account", method="PUT", path=_ONE, verb=changed, tag="channels", takes=AccountAsked,
        gives=AccountShown, refusals=(403, 404, 409),
        summary="What is left out stays; an empty text removes the secret or option of that name.",
    ),
    Operation(
        name="remove_account", method="DELETE", path=_ONE, verb=removed, tag="channels", status=204,
        refusals=(403, 404, 409), summary="Take it away, unless people are reached through it.",
    ),
    Operation(
        name="manifest", method="GET", path=f"{_ONE}/manifest", verb=introduced, tag="channels", gives=Manifest,
        refusals=(403, 404), summary="The document that makes our app at the provider, ready to paste.",
    ),
    Operation(
        name="enable_account", method="POST", path=f"{_ONE}/enable", verb=enabled, tag="channels", gives=AccountShown,
        refusals=(403, 404), summary="Switch it on.",
    ),
    Operation(
        name="disable_account", method="POST", path=f"{_ONE}/disable", verb=disabled, tag="channels",
        gives=AccountShown, refusals=(403, 404), summary="Switch it off: its webhook is a 404, nothing is sent.",
    ),
)  # fmt: skip
