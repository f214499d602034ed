"""Owe: what a message makes on each binding, and where a conversation is attached from its start."""

from collections.abc import Collection, Iterable, Sequence

from throughline.conversation import delivery
from throughline.conversation.bindings import Table, joins
from throughline.conversation.events import Delivery, Message
from throughline.conversation.ids import BindingId, ConversationId, TenantId
from throughline.conversation.places import one_place, showing
from throughline.conversation.records import Binding, Conversation, DeliveryRow
from throughline.ports import Tx

#: Bindings that one conversation gets by itself, at most; more are made when they are asked for.
MOST = 8


def attach(
    tx: Tx, row: Conversation, spare: Sequence[str], capabilities_of: Table, *, begins_on: BindingId | None = None
) -> list[Binding]:
    """Bind every verified identity of the conversation's person that is not bound here yet; all bindings then.

    `spare` are ids for new ones, as many as there may be. A conversation without bindings begins on the web, unless
    `begins_on` says that a binding of it is active already.
    """
    bindings = tx.bindings.bindings(row.tenant, row.id)
    if row.person is None:
        return bindings
    tenant = tx.people.tenant(row.tenant)
    bound = {b.identity for b in bindings}
    fresh = [
        i for i in tx.people.identities(row.tenant, row.person) if i.status == "verified" and i.id not in bound
    ]  # fmt: skip
    begun = begins_on is not None or any(b.mode == "active" for b in bindings)
    for identity, name in zip(sorted(fresh, key=lambda i: i.channel != "web"), spare, strict=False):
        mode = joins(capabilities_of(identity.channel), demo=tenant is not None and tenant.demo)
        if identity.off_at is not None:
            mode = "off"
        if not begun and identity.channel == "web":
            begun, mode = True, "active"
        binding = Binding(
            BindingId(name), row.tenant, row.id, identity.id, identity.channel, mode, account=identity.account
        )
        tx.bindings.bind(binding)
        bindings.append(binding)
    return bindings


def owe(
    tx: Tx,
    tenant: TenantId,
    where: ConversationId,
    message: Message,
    seq: int,
    now: int,
    bindings: Sequence[Binding],
    capabilities_of: Table,
    *,
    written_on: BindingId | None = None,
    already: Collection[BindingId] = (),
) -> bool:
    """Write the rows of a message that was appended at `seq`. Whether there is something for a courier."""
    others = [b for b in bindings if b.id != written_on]
    able = shown_on(tx, tenant, where, others, capabilities_of)
    planned = delivery.plan(tenant, where, message, seq, now, able, written_on=written_on, already=already)
    for row in planned.rows:
        tx.bindings.owe(row)
    talks_there(tx, planned.rows, bindings, capabilities_of)
    tell(tx, tenant, where, planned.events, now)
    return planned.leaves


def shown_on(
    tx: Tx, tenant: TenantId, where: ConversationId, bindings: Sequence[Binding], capabilities_of: Table
) -> tuple[Binding, ...]:
    """The bindings that get what is said in a conversation: places.showing, with what the store knows."""
    found = (
        tx.people.identity(tenant, b.identity) for b in bindings if one_place(capabilities_of(b.channel))
    )  # fmt: skip
    return showing(bindings, where, {i.id: i for i in found if i is not None}, capabilities_of)


def talks_there(
    tx: Tx, rows: Iterable[DeliveryRow], bindings: Sequence[Binding], capabilities_of: Table
) -> None:  # fmt: skip
    """What is owed at somebody's only place makes this the conversation that a message from there belongs to."""
    at = {b.id: b for b in bindings if one_place(capabilities_of(b.channel))}
    for row in rows:
        if row.owed and row.binding in at:
            tx.people.talks(row.tenant, at[row.binding].identity, row.conversation)


def tell(tx: Tx, tenant: TenantId, where: ConversationId, events: Iterable[Delivery], now: int) -> None:
    """Append what the log says of deliveries."""
    for event in events:
        tx.log.append(tenant, where, now, event)
