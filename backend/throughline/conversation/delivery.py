"""Who is owed a message: the plan that is made in the transaction which appends it, and how receipts raise it.

Rules: an `active` binding is owed every message that is not the person's own; the web has it the moment it is in the
log (`accepted`), because the log is its history. Mirrors, retries and failover are rules of channels that can refuse.
"""

from collections.abc import Sequence

from msgspec import Struct

from throughline.conversation.events import Delivery, Message
from throughline.conversation.ids import ConversationId, TenantId
from throughline.conversation.records import Binding, DeliveryRow


class Plan(Struct, frozen=True):
    """The rows that a message makes, and what the log says about them."""

    rows: tuple[DeliveryRow, ...] = ()
    events: tuple[Delivery, ...] = ()


def plan(
    tenant: TenantId, conversation: ConversationId, message: Message, seq: int, at: int, bindings: Sequence[Binding]
) -> Plan:
    """What `message`, appended at `seq`, owes on each binding. A person's own words owe nothing."""
    if message.author.kind == "person":
        return Plan()
    rows = tuple(
        DeliveryRow(
            tenant=tenant,
            conversation=conversation,
            message=message.id,
            binding=binding.id,
            channel=binding.channel,
            seq=seq,
            owed=True,
            state="accepted",
            at=at,
        )
        for binding in bindings
        if binding.mode == "active" and binding.channel == "web"
    )
    return Plan(
        rows,
        tuple(
            Delivery(messages=(row.message,), binding=row.binding, channel=row.channel, state=row.state) for row in rows
        ),
    )
