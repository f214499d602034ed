"""Where a conversation is attached, and the fate of each message there."""

from sqlalchemy import ClauseElement, Update, bindparam, literal_column, select, update

from throughline.conversation.events import DeliveryState
from throughline.conversation.ids import BindingId, ConversationId, MessageId, TenantId
from throughline.conversation.records import Binding, DeliveryRow
from throughline.store.schema import bindings, deliveries
from throughline.store.sql import Link, put, truth

_b, _d = bindings.c, deliveries.c

_BIND = (
    put(bindings)
    .values({c.name: bindparam(c.name) for c in bindings.c})
    .on_conflict_do_update(index_elements=[_b.tenant_id, _b.conversation_id, _b.id], set_={"mode": bindparam("mode")})
)
_ALL = (
    select(_b.id, _b.tenant_id, _b.conversation_id, _b.identity_id, _b.channel, _b.mode)
    .where(_b.tenant_id == bindparam("tenant"), _b.conversation_id == bindparam("conversation"))
    .order_by(_b.id)
)
_OWE = (
    put(deliveries)
    .values({c.name: bindparam(c.name) for c in deliveries.c})
    .on_conflict_do_nothing(index_elements=[_d.tenant_id, _d.conversation_id, _d.message_id, _d.binding_id])
)
_ROWS = (
    select(
        _d.tenant_id, _d.conversation_id, _d.message_id, _d.binding_id, _d.channel, _d.seq, _d.owed, _d.state, _d.at,
        _d.reason,
    )
    .where(_d.tenant_id == bindparam("tenant"), _d.conversation_id == bindparam("conversation"))
    .order_by(_d.seq, _d.binding_id)
)  # fmt: skip

_UNSENT: tuple[DeliveryState, ...] = ("pending", "sending", "streaming", "not_sent", "ambiguous", "held")
_ENDED: tuple[DeliveryState, ...] = ("refused", "passed", "superseded", "dead")
#: From which states each rung is further. An end is left only by what the person's own device says: a late success
#: of the first channel is recorded (rules.md §3).
_BELOW: dict[DeliveryState, tuple[DeliveryState, ...]] = {
    "accepted": _UNSENT,
    "delivered": (*_UNSENT, *_ENDED, "accepted"),
    "read": (*_UNSENT, *_ENDED, "accepted", "delivered"),
}


def _reach(state: DeliveryState, below: tuple[DeliveryState, ...]) -> Update:
    return (
        update(deliveries)
        .where(
            _d.tenant_id == bindparam("tenant"),
            _d.conversation_id == bindparam("conversation"),
            _d.binding_id == bindparam("binding"),
            _d.state.in_([literal_column(f"'{lower}'") for lower in below]),
            _d.seq <= bindparam("upto"),
        )
        .values(state=literal_column(f"'{state}'"), at=bindparam("when"))
    )


_REACH: dict[DeliveryState, ClauseElement] = {
    state: _reach(state, below).returning(_d.seq, _d.message_id) for state, below in _BELOW.items()
}


class SqlBindings:
    """ports.Bindings over a link."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def bind(self, binding: Binding) -> None:
        """ports.Bindings.bind. One is active at most: take the old one down first, else Conflict."""
        self._link.run(
            _BIND, tenant_id=binding.tenant, conversation_id=binding.conversation, id=binding.id,
            identity_id=binding.identity, channel=binding.channel, mode=binding.mode,
        )  # fmt: skip

    def bindings(self, tenant: TenantId, conversation: ConversationId) -> list[Binding]:
        """ports.Bindings.bindings, by id: in the order they were made."""
        return [Binding(*row) for row in self._link.rows(_ALL, tenant=tenant, conversation=conversation)]

    def owe(self, row: DeliveryRow) -> None:
        """ports.Bindings.owe."""
        self._link.run(
            _OWE, tenant_id=row.tenant, conversation_id=row.conversation, message_id=row.message,
            binding_id=row.binding, channel=row.channel, seq=row.seq, owed=row.owed, state=row.state, at=row.at,
            reason=row.reason,
        )  # fmt: skip

    def reached(
        self,
        tenant: TenantId,
        conversation: ConversationId,
        binding: BindingId,
        upto: int,
        state: DeliveryState,
        at: int,
    ) -> list[MessageId]:
        """ports.Bindings.reached, for `accepted`, `delivered` and `read`: everything else is not a rung to reach."""
        changed = self._link.rows(
            _REACH[state], tenant=tenant, conversation=conversation, binding=binding, upto=upto, when=at
        )
        return [message for _, message in sorted(changed)]

    def deliveries(self, tenant: TenantId, conversation: ConversationId) -> list[DeliveryRow]:
        """ports.Bindings.deliveries."""
        found = self._link.rows(_ROWS, tenant=tenant, conversation=conversation)
        return [DeliveryRow(*truth(row, 6)) for row in found]
