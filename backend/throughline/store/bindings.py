"""Where a conversation is attached, and the fate of each message there."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import ClauseElement, Update, and_, bindparam, func, literal_column, or_, select, text, tuple_, update

from throughline.conversation.channel import Place
from throughline.conversation.events import DeliveryState
from throughline.conversation.ids import AccountId, BindingId, ConversationId, IdentityId, MessageId, TenantId
from throughline.conversation.records import Binding, DeliveryRow, Follow, Rung
from throughline.ports import Standing
from throughline.store.deliveries import (
    CHANGES,
    FIELDS,
    changing,
    cuts,
    delivery_row,
    is_open,
    make_ready,
    of_binding,
    pieces,
    rung,
    this_row,
)
from throughline.store.schema import LOST, bindings, conversations, deliveries, identities
from throughline.store.sql import Link, put

_b, _d, _c, _i = bindings.c, deliveries.c, conversations.c, identities.c
#: Later than any row.
_EVER: Standing = (2**62, "", "", "")

#: In the order of Binding's fields.
BINDING = (
    _b.id,
    _b.tenant_id,
    _b.conversation_id,
    _b.identity_id,
    _b.channel,
    _b.mode,
    _b.account_id,
    _b.thread,
    _b.ref,
)

_BIND = (
    put(bindings)
    .values({c.name: bindparam(c.name) for c in bindings.c})
    .on_conflict_do_update(
        index_elements=[_b.tenant_id, _b.conversation_id, _b.id],
        set_={"mode": bindparam("mode"), "thread": bindparam("thread"), "ref": bindparam("ref")},
    )
)
_ANSWERED = (
    update(bindings)
    .where(
        _b.tenant_id == bindparam("tenant"),
        _b.conversation_id == bindparam("conversation"),
        _b.id == bindparam("binding"),
    )
    .values(ref=bindparam("what"))
)
_ALL = (
    select(*BINDING)
    .where(_b.tenant_id == bindparam("tenant"), _b.conversation_id == bindparam("conversation"))
    .order_by(_b.id)
)
_AT_THREAD = select(*BINDING).where(
    _b.tenant_id == bindparam("tenant"), _b.account_id == bindparam("account"), _b.thread == bindparam("where")
)
_OF = (
    select(*BINDING)
    .where(_b.tenant_id == bindparam("tenant"), _b.identity_id == bindparam("identity"))
    .order_by(_b.conversation_id, _b.id)
)
_THREAD = (
    select(func.max(_b.thread))
    .where(_b.tenant_id == _i.tenant_id, _b.identity_id == _i.id)
    .correlate(identities)
    .scalar_subquery()
)
_PLACES = (
    select(_i.address, _THREAD)
    .where(_i.tenant_id == bindparam("tenant"), _i.account_id == bindparam("account"))
    .order_by(func.coalesce(_i.last_in, 0).desc())
    .limit(bindparam("most"))
)
#: A stream that does not stand there yet opens the thread too.
_ROOTING = (
    select(_b.id)
    .where(
        _b.tenant_id == bindparam("tenant"),
        _b.identity_id == bindparam("identity"),
        _b.thread.is_(None),
        # Looked at one by one: a person has few conversations without a thread, a tenant has many rows.
        select(_d.seq)
        .where(
            of_binding,
            is_open(deliveries),
            or_(
                _d.state.in_([literal_column("'sending'"), literal_column("'ambiguous'")]),
                and_(_d.state == literal_column("'streaming'"), _d.remote == literal_column("''")),
            ),
        )
        .correlate(bindings)
        .exists(),
    )
    .limit(1)
)
_FOLLOW = (
    update(conversations)
    .where(_c.tenant_id == bindparam("tenant"), _c.id == bindparam("conversation"))
    .values(follow=bindparam("how"))
)
_OWE = (
    put(deliveries)
    .values({c.name: bindparam(c.name) for c in deliveries.c})
    .on_conflict_do_nothing(index_elements=[_d.tenant_id, _d.conversation_id, _d.message_id, _d.binding_id])
)
_ROW = select(*FIELDS).where(this_row)
_ROWS = (
    select(*FIELDS)
    .where(_d.tenant_id == bindparam("tenant"), _d.conversation_id == bindparam("conversation"))
    .order_by(_d.seq, _d.binding_id)
)
_MESSAGE = (
    select(*FIELDS)
    .where(
        _d.tenant_id == bindparam("tenant"),
        _d.conversation_id == bindparam("conversation"),
        _d.message_id == bindparam("message"),
    )
    .order_by(_d.binding_id)
)
#: Many can be lost at one moment: the row's whole key says which of them come after which.
_lost = and_(
    _d.tenant_id == bindparam("tenant"),
    text(LOST),
    tuple_(_d.at, _d.conversation_id, _d.message_id, _d.binding_id)
    < tuple_(bindparam("at"), bindparam("conversation"), bindparam("message"), bindparam("binding")),
)
_LOST = (
    select(*FIELDS)
    .where(_lost)
    .order_by(_d.at.desc(), _d.conversation_id.desc(), _d.message_id.desc(), _d.binding_id.desc())
    .limit(bindparam("most"))
)
_COUNT = select(_d.at).where(_lost).limit(bindparam("most"))


@lru_cache(maxsize=64)
def _settle(but_in: tuple[DeliveryState, ...]) -> ClauseElement:
    found = update(deliveries).where(this_row).values(CHANGES)
    return found.where(_d.state.not_in([literal_column(f"'{state}'") for state in but_in])) if but_in else found


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
        .values(state=literal_column(f"'{state}'"), at=bindparam("when"), rungs=_d.rungs.op("||")(bindparam("rung")))
    )


_REACH: dict[DeliveryState, ClauseElement] = {
    state: _reach(state, below).returning(_d.seq, _d.message_id, _d.channel) for state, below in _BELOW.items()
}


class SqlBindings:
    """ports.Bindings over a link."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def bind(self, binding: Binding) -> None:
        """ports.Bindings.bind."""
        self._link.run(
            _BIND, tenant_id=binding.tenant, conversation_id=binding.conversation, id=binding.id,
            identity_id=binding.identity, channel=binding.channel, mode=binding.mode, account_id=binding.account,
            thread=binding.thread, ref=binding.ref, owner=None, until=0, fence=0, ready=None,
        )  # fmt: skip

    def answers(self, binding: Binding) -> None:
        """ports.Bindings.answers."""
        self._link.run(
            _ANSWERED, tenant=binding.tenant, conversation=binding.conversation, binding=binding.id, what=binding.ref
        )

    def bindings(self, tenant: TenantId, conversation: ConversationId) -> list[Binding]:
        """ports.Bindings.bindings, by id: in the order they were made."""
        return [Binding(*row) for row in self._link.known(_ALL, tenant=tenant, conversation=conversation)]

    def at_thread(self, tenant: TenantId, account: AccountId, thread: str) -> Binding | None:
        """ports.Bindings.at_thread."""
        row = self._link.row(_AT_THREAD, tenant=tenant, account=account, where=thread)
        return None if row is None else Binding(*row)

    def of_identity(self, tenant: TenantId, identity: IdentityId) -> list[Binding]:
        """ports.Bindings.of_identity."""
        return [Binding(*row) for row in self._link.rows(_OF, tenant=tenant, identity=identity)]

    def places(self, tenant: TenantId, account: AccountId, limit: int) -> list[Place]:
        """ports.Bindings.places."""
        found = self._link.rows(_PLACES, tenant=tenant, account=account, most=limit)
        return [Place(address, thread) for address, thread in found if thread is not None]

    def rooting(self, tenant: TenantId, identity: IdentityId) -> bool:
        """ports.Bindings.rooting."""
        return self._link.row(_ROOTING, tenant=tenant, identity=identity) is not None

    def follow(self, tenant: TenantId, conversation: ConversationId, follow: Follow) -> None:
        """ports.Bindings.follow."""
        self._link.run(_FOLLOW, tenant=tenant, conversation=conversation, how=follow)

    def owe(self, row: DeliveryRow) -> None:
        """ports.Bindings.owe. Raises Conflict where the binding is not there."""
        added = self._link.run(
            _OWE, tenant_id=row.tenant, conversation_id=row.conversation, message_id=row.message,
            binding_id=row.binding, channel=row.channel, seq=row.seq, owed=row.owed, state=row.state, at=row.at,
            reason=row.reason, due=row.due, attempts=row.attempts, remote=pieces(row.remote), draft=row.draft,
            rungs=rung(Rung(row.state, row.at, row.reason)), cuts=cuts(row.cuts),
        )  # fmt: skip
        if added and row.channel != "web":
            make_ready(self._link, row.tenant, row.conversation, row.binding)

    def settle(self, row: DeliveryRow, *, but_in: Sequence[DeliveryState] = ()) -> bool:
        """ports.Bindings.settle."""
        changed = self._link.run(
            _settle(tuple(but_in)), tenant=row.tenant, conversation=row.conversation, message=row.message,
            binding=row.binding, **changing(row),
        )  # fmt: skip
        if changed and row.channel != "web":
            make_ready(self._link, row.tenant, row.conversation, row.binding)
        return changed == 1

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
            _REACH[state], tenant=tenant, conversation=conversation, binding=binding, upto=upto, when=at,
            rung="," + rung(Rung(state, at)),
        )  # fmt: skip
        if changed and changed[0][2] != "web":
            make_ready(self._link, tenant, conversation, binding)
        return [message for _, message, _ in sorted(changed)]

    def delivery(
        self, tenant: TenantId, conversation: ConversationId, message: MessageId, binding: BindingId
    ) -> DeliveryRow | None:
        """ports.Bindings.delivery."""
        row = self._link.row(_ROW, tenant=tenant, conversation=conversation, message=message, binding=binding)
        return None if row is None else delivery_row(row)

    def deliveries(self, tenant: TenantId, conversation: ConversationId) -> list[DeliveryRow]:
        """ports.Bindings.deliveries."""
        found = self._link.rows(_ROWS, tenant=tenant, conversation=conversation)
        return [delivery_row(row) for row in found]

    def of_message(self, tenant: TenantId, conversation: ConversationId, message: MessageId) -> list[DeliveryRow]:
        """ports.Bindings.of_message."""
        found = self._link.rows(_MESSAGE, tenant=tenant, conversation=conversation, message=message)
        return [delivery_row(row) for row in found]

    def lost(self, tenant: TenantId, before: Standing | None, limit: int) -> list[DeliveryRow]:
        """ports.Bindings.lost."""
        found = self._link.rows(_LOST, tenant=tenant, most=limit, **_standing(before))
        return [delivery_row(row) for row in found]

    def count_lost(self, tenant: TenantId, before: Standing | None, most: int) -> int:
        """ports.Bindings.count_lost."""
        return len(self._link.rows(_COUNT, tenant=tenant, most=most, **_standing(before)))


def _standing(before: Standing | None) -> dict[str, object]:
    return dict(zip(("at", "conversation", "message", "binding"), before or _EVER, strict=True))
