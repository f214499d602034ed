"""A caller's own addresses over HTTP: linked by a code, unlinked, put in order."""

from msgspec import UNSET

from throughline.api.answer import NOTHING, Answer, shown
from throughline.api.ask import Ask
from throughline.api.needs import Door
from throughline.api.own import (
    IdentityList,
    IdentityShown,
    LinkableShown,
    LinkAsked,
    LinkList,
    LinkMade,
    LinkPlace,
    LinkShown,
    PreferencesAsked,
    QuietHours,
)
from throughline.api.table import Operation
from throughline.conversation.channel import LABELS, Capabilities, web_alone
from throughline.conversation.commands import channel_named
from throughline.conversation.events import ChannelName, iso
from throughline.conversation.faults import FORBIDDEN, UNKNOWN_CHANNEL, Fault
from throughline.conversation.ids import PersonId, TenantId
from throughline.conversation.linking import LASTS, NO_CODE, LinkRow, masked, over
from throughline.conversation.policy import check_id
from throughline.conversation.quiet import clock, quiet_of
from throughline.conversation.records import Account, AccountStatus, Identity
from throughline.conversation.window import deep_link
from throughline.flow.link import HOUR, Made
from throughline.ports import Tx

#: Identities in one request.
_MOST = 64


async def made(door: Door, ask: Ask) -> Answer | Fault:
    """A code to send from a channel. Linking is not there where no channel is."""
    channel = channel_named(ask.took(LinkAsked).channel)
    if channel is None or channel == "web" or door.linking is None:
        return UNKNOWN_CHANNEL
    code = await door.linking.make(ask.signed_in, channel)
    return code if isinstance(code, Fault) else shown(_made(_can(door, channel), code), 201)


async def listed(door: Door, ask: Ask) -> Answer | Fault:
    """Codes on their way."""
    caller, now = ask.signed_in, door.clock.now()

    def find(tx: Tx) -> list[tuple[LinkRow, Identity | None]]:
        rows = [row for row in tx.links.of_user(caller.tenant, caller.user, now - HOUR) if not over(row, now)]
        return [
            (row, None if row.identity is None else tx.people.identity(row.tenant, row.identity)) for row in rows
        ]  # fmt: skip

    return shown(LinkList(items=[_shown(row, who) for row, who in await door.store.read(find)]))


async def confirmed(door: Door, ask: Ask) -> Answer | Fault:
    """It was me."""
    if door.linking is None or check_id(ask.path["link"]) is not None:
        return NO_CODE
    return await door.linking.confirm(ask.signed_in, ask.path["link"]) or NOTHING


async def refused(door: Door, ask: Ask) -> Answer | Fault:
    """It was not me, or is not wanted any more."""
    if door.linking is None or check_id(ask.path["link"]) is not None:
        return NO_CODE
    return await door.linking.refuse(ask.signed_in, ask.path["link"]) or NOTHING


async def identities(door: Door, ask: Ask) -> Answer | Fault:
    """The caller's addresses in their order, and the channels that more can be linked on."""
    caller, person = ask.signed_in, ask.signed_in.person
    if person is None:
        return FORBIDDEN

    def find(tx: Tx) -> IdentityList:
        own = ordered(tx, caller.tenant, person)
        of = {a.id: a for a in tx.accounts.accounts(caller.tenant)}
        items = [_identity(door, i, None if i.account is None else of.get(i.account)) for i in own]
        hours = tx.links.quiet(caller.tenant, person)
        return IdentityList(
            items=items,
            linkable=_linkable(door, [a for a in of.values() if a.enabled]),
            quiet=None if hours is None else QuietHours(clock(hours.start), clock(hours.end), hours.zone),
        )

    return shown(await door.store.read(find))


async def unlinked(door: Door, ask: Ask) -> Answer | Fault:
    """An address is not the caller's any more."""
    if door.linking is None or check_id(ask.path["identity"]) is not None:
        return NO_CODE
    return await door.linking.unlink(ask.signed_in, ask.path["identity"]) or NOTHING


async def preferred(door: Door, ask: Ask) -> Answer | Fault:
    """Put them in order, set quiet hours; what they are then."""
    asked = ask.took(PreferencesAsked)
    order = None if asked.fallback is UNSET else asked.fallback
    wrong = order is not None and (len(order) > _MOST or any(check_id(name) is not None for name in order))
    if door.linking is None or wrong:
        return NO_CODE
    wanted = asked.quiet
    hours = quiet_of(wanted.start, wanted.end, wanted.zone) if isinstance(wanted, QuietHours) else wanted
    if isinstance(hours, Fault):
        return hours
    return await door.linking.prefer(ask.signed_in, order, hours) or await identities(door, ask)


def ordered(tx: Tx, tenant: TenantId, person: PersonId) -> list[Identity]:
    """A person's addresses: first those they put in order, then the others as they were linked."""
    order = {name: n for n, name in enumerate(tx.links.fallback(tenant, person))}
    own = tx.people.identities(tenant, person)
    return sorted(own, key=lambda i: order.get(i.id, len(order)))


def _made(can: Capabilities, code: Made) -> LinkMade:
    label, bare = can.label, code.code.replace("-", "")
    text = f"!link {code.code}" if can.marked_commands else f"link {code.code}"
    places = [
        LinkPlace(
            a.name,
            deep_link(_with_code(can), {**a.options, "code": bare}, a.options.get("numbers", "").partition(",")[0]),
        )
        for a in code.accounts
    ]
    first = next((p.deep_link for p in places if p.deep_link is not None), None)
    how = f"Write “{text}” to us on {label}, then confirm here. The code works once, for ten minutes."
    return LinkMade(code.link.id, code.link.channel, code.code, text, LASTS // 1000, how, first, places)


def _with_code(can: Capabilities) -> Capabilities:
    return Capabilities(channel=can.channel, label=can.label, link=can.code_link)


def _linkable(door: Door, accounts: list[Account]) -> list[LinkableShown]:
    """The channels of these accounts, in the order of the catalogue."""
    if door.linking is None or door.ends is None:
        return []
    names = [name for name in door.ends.channels.names() if any(a.channel == name for a in accounts)]
    return [
        LinkableShown(name, LABELS[name], all(a.mode == "simulated" for a in accounts if a.channel == name))
        for name in names
    ]


def _can(door: Door, channel: ChannelName) -> Capabilities:
    built = None if door.ends is None else door.ends.channels.by(channel)
    return web_alone(channel) if built is None else built.capabilities


def _shown(row: LinkRow, who: Identity | None) -> LinkShown:
    named = None if who is None else " · ".join(part for part in (who.name, masked(who.address)) if part)
    return LinkShown(row.id, row.channel, row.state, iso(row.expires_at), named)


def _identity(door: Door, identity: Identity, account: Account | None) -> IdentityShown:
    health: AccountStatus = "up"
    if identity.channel != "web":
        health = "disabled" if account is None or not account.enabled else account.status
    address = "" if identity.channel == "web" else masked(identity.address)
    simulated = account is not None and account.mode == "simulated"
    return IdentityShown(
        identity.id, identity.channel, LABELS[identity.channel], address, identity.status, health, simulated,
        _can(door, identity.channel).rings,
    )  # fmt: skip


_LINK = "/api/v1/me/links/{link}"

OPERATIONS = (
    Operation(
        name="make_link", method="POST", path="/api/v1/me/links", verb=made, tag="me", takes=LinkAsked, gives=LinkMade,
        status=201, refusals=(403, 409, 422, 429), summary="A code that links a channel: send it from there.",
    ),
    Operation(
        name="links", method="GET", path="/api/v1/me/links", verb=listed, tag="me", gives=LinkList,
        summary="Codes that something may still become of.",
    ),
    Operation(
        name="confirm_link", method="POST", path=f"{_LINK}/confirm", verb=confirmed, tag="me", status=204,
        refusals=(404, 409), summary="The sender of the code was me: the address is mine from now on.",
    ),
    Operation(
        name="refuse_link", method="POST", path=f"{_LINK}/refuse", verb=refused, tag="me", status=204,
        refusals=(404,), summary="It was somebody else.",
    ),
    Operation(
        name="identities", method="GET", path="/api/v1/me/identities", verb=identities, tag="me", gives=IdentityList,
        refusals=(403,), summary="My addresses, in the order in which I want to be reached.",
    ),
    Operation(
        name="unlink", method="DELETE", path="/api/v1/me/identities/{identity}", verb=unlinked, tag="me", status=204,
        refusals=(404, 409), summary="An address is not mine any more. Nothing that was said is deleted.",
    ),
    Operation(
        name="prefer", method="PUT", path="/api/v1/me/preferences", verb=preferred, tag="me", takes=PreferencesAsked,
        gives=IdentityList, refusals=(403, 404, 422),
        summary="In which order I want to be reached, and when nothing shall ring.",
    ),
)  # fmt: skip
