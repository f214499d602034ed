"""The demo's ends of what other people run: simulated accounts, who writes there, their place in earlier talks."""

from collections.abc import Mapping
from functools import partial

from throughline.api.needs import Ends
from throughline.command.cast import ENDS, End, Told
from throughline.conversation.ids import BindingId, ConversationId
from throughline.conversation.records import Account, Binding, Identity
from throughline.flow.accounts import VaultShut, Wanted, write
from throughline.ports import Channel, Clock, Store, Tx

#: Milliseconds after which the demo's customer has written there once more: its windows are always open.
FRESH = 43_200_000
#: How long ago that was: who has just written is awake, and their quiet hours would be of no matter.
AGO = 3_600_000
SHUT = "THROUGHLINE_SECRET is another one than before"


def built(ends: Ends) -> list[tuple[End, Channel]]:
    """The demo's ends whose channel can be loaded here."""
    found = ((end, ends.channels.by(end.channel, end.provider)) for end in ENDS)
    return [(end, channel) for end, channel in found if channel is not None]


async def add_ends(store: Store, clock: Clock, ends: Ends, talks: Mapping[str, int]) -> str | None:
    """Add what is missing; None, or why secrets cannot be kept. `talks`: how many earlier ones each tenant has."""
    now = clock.now()
    for end, channel in built(ends):
        key = ends.vault.new_key(end.tenant)
        add = partial(
            _add, end=end, ends=ends, channel=channel, fresh=end.fresh(), key=key, talks=talks.get(end.slug, 0), now=now
        )
        try:
            await store.write(add)
        except VaultShut:
            return SHUT
    return None


async def cast(ends: Ends, base: str) -> list[Told]:
    """What the stand-ins have to know of us. An account that is off or shut is left out.

    `base`: where we serve on this machine; events come there.
    """
    told: list[Told] = []
    for end, _ in built(ends):
        line = await ends.lines.line(end.account)
        if line is not None:
            told += end.tells(end, line, f"{base}/api/v1/channels/{end.channel}/webhook/{end.account}")
    return told


async def hear(ends: Ends) -> None:
    """The stand-ins know our ends now: whoever asks one of them for news may begin."""
    for end, _ in built(ends):
        account = await ends.lines.account(end.account)
        if account is not None:
            ends.changed(account)


def _add(
    tx: Tx, end: End, ends: Ends, channel: Channel, fresh: Mapping[str, str], key: bytes, talks: int, now: int
) -> None:
    account = tx.accounts.account(end.account)
    if account is None:
        account = Account(
            end.account, end.tenant, end.channel, end.provider, end.label, "simulated", enabled=True,
            base=f"sandbox:{end.provider}", options=dict(end.options), status="unconfigured", created_at=now,
        )  # fmt: skip
        tx.accounts.add(account)
    there = tx.accounts.sealed(end.tenant, end.account)
    missing = {name: value for name, value in fresh.items() if name not in there}
    if missing:
        write(tx, ends.vault, channel, account, Wanted(secrets=missing), key, now)
    known = tx.people.identity(end.tenant, end.identity)
    if known is None:
        tx.people.add_identity(
            Identity(
                end.identity,
                end.tenant,
                end.whose,
                end.account,
                end.channel,
                end.address,
                "verified",
                now,
                end.person,
                last_in=now - AGO,
            )
        )  # fmt: skip
    elif known.last_in is None or now - known.last_in > FRESH:
        tx.people.spoke(end.tenant, end.identity, now - AGO)
    for n in range(talks):
        where = ConversationId(f"demo-{end.slug}-{n}")
        attached = tx.bindings.bindings(end.tenant, where)
        if attached and all(binding.identity != end.identity for binding in attached):
            name = BindingId(f"{where}-{end.key}")
            tx.bindings.bind(Binding(name, end.tenant, where, end.identity, end.channel, "standby", end.account))
