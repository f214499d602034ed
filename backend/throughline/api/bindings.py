"""A conversation's channels over HTTP: how each is bound, and what became of each message there."""

from msgspec import UNSET

from throughline.api.answer import Answer, shown
from throughline.api.ask import Ask
from throughline.api.conversations import visible
from throughline.api.needs import Door
from throughline.api.shapes import Bindings, BindingsAsked, BindingShown, Deliveries, DeliveryShown, RungShown
from throughline.api.table import Operation
from throughline.conversation.channel import web_alone
from throughline.conversation.events import ChannelName, iso
from throughline.conversation.faults import TWO_ACTIVE, UNKNOWN_BINDING, Fault
from throughline.conversation.quiet import is_put_off
from throughline.conversation.records import Account, AccountStatus, Binding, Conversation, DeliveryRow
from throughline.ports import Tx

_ONE = "/api/v1/conversations/{conversation}"
#: Modes that one request may set.
_MOST = 32


async def deliveries(door: Door, ask: Ask) -> Answer | Fault:
    """Where each message stands on each binding, and every step it took."""

    def rows(tx: Tx, row: Conversation) -> Deliveries:
        return Deliveries(items=[_delivery(d) for d in tx.bindings.deliveries(row.tenant, row.id)])

    found = await visible(door, ask, rows)
    return found if isinstance(found, Fault) else shown(found)


async def bindings(door: Door, ask: Ask) -> Answer | Fault:
    """Where the conversation is attached, and how."""
    found = await visible(door, ask, lambda tx, row: _bindings(door, tx, row))
    return found if isinstance(found, Fault) else shown(found)


async def chosen(door: Door, ask: Ask) -> Answer | Fault:
    """Set modes and whether the active channel follows; the channels as they are then."""
    asked = ask.took(BindingsAsked)
    if len(asked.items) > _MOST:
        return UNKNOWN_BINDING
    modes = {item.id: item.mode for item in asked.items}
    if len(modes) < len(asked.items):
        # Twice the same channel: which of the two is meant nobody can say.
        return TWO_ACTIVE if any(item.mode == "active" for item in asked.items) else UNKNOWN_BINDING
    follow = asked.follow if isinstance(asked.follow, str) else None
    made = await door.move.choose(ask.signed_in, ask.path["conversation"], modes, follow)
    return made if isinstance(made, Fault) else await bindings(door, ask)


def _bindings(door: Door, tx: Tx, row: Conversation) -> Bindings:
    items: list[BindingShown] = []
    for binding in tx.bindings.bindings(row.tenant, row.id):
        account = None if binding.account is None else tx.accounts.account(binding.account)
        items.append(_binding(binding, _label(door, binding.channel), account))
    return Bindings(items=items, follow=row.follow)


def _binding(binding: Binding, label: str, account: Account | None) -> BindingShown:
    if binding.channel == "web":
        health: AccountStatus = "up"
    else:
        health = "disabled" if account is None or not account.enabled else account.status
    return BindingShown(
        id=binding.id,
        identity=binding.identity,
        channel=binding.channel,
        label=label,
        mode=binding.mode,
        health=health,
        simulated=account is not None and account.mode == "simulated",
    )


def _label(door: Door, channel: ChannelName) -> str:
    built = door.ends.channels.by(channel) if door.ends is not None else None
    return built.capabilities.label if built is not None else web_alone(channel).label


def _delivery(row: DeliveryRow) -> DeliveryShown:
    rungs = [RungShown(state=r.state, at=iso(r.at), reason=UNSET if r.reason is None else r.reason) for r in row.rungs]
    return DeliveryShown(
        message=row.message,
        binding=row.binding,
        channel=row.channel,
        owed=row.owed,
        state=row.state,
        at=iso(row.at),
        rungs=rungs,
        attempts=row.attempts,
        reason=UNSET if row.reason is None else row.reason,
        retry_at=iso(row.due) if row.state == "not_sent" or is_put_off(row) else UNSET,
    )


OPERATIONS = (
    Operation(
        name="deliveries", method="GET", path=f"{_ONE}/deliveries", verb=deliveries, tag="conversations",
        gives=Deliveries, refusals=(404,), summary="Where each message stands on each channel.",
    ),
    Operation(
        name="bindings", method="GET", path=f"{_ONE}/bindings", verb=bindings, tag="conversations", gives=Bindings,
        refusals=(404,), summary="The channels of a conversation.",
    ),
    Operation(
        name="choose_bindings", method="PUT", path=f"{_ONE}/bindings", verb=chosen, tag="conversations",
        takes=BindingsAsked, gives=Bindings, refusals=(404, 409),
        summary="Set how a conversation uses its channels. A second `active` one is a move.",
    ),
)  # fmt: skip
