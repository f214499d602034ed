"""Rows of deliveries as statements see them: what is open, what changes, and when their binding is ready."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    FromClause,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    null,
    or_,
    select,
    update,
)

from throughline.conversation.ids import BindingId, ConversationId, TenantId
from throughline.conversation.records import DeliveryRow, Rung
from throughline.store.schema import OPEN, bindings, deliveries
from throughline.store.sql import Link, Row, truth

_b, _d = bindings.c, deliveries.c
_held = deliveries.alias("held")

#: In the order of DeliveryRow's fields.
FIELDS = (
    _d.tenant_id, _d.conversation_id, _d.message_id, _d.binding_id, _d.channel, _d.seq, _d.owed, _d.state, _d.at,
    _d.reason, _d.due, _d.attempts, _d.remote, _d.rungs, _d.draft,
    _d.cuts,
)  # fmt: skip
#: One row, by its key.
this_row = and_(
    _d.tenant_id == bindparam("tenant"),
    _d.conversation_id == bindparam("conversation"),
    _d.message_id == bindparam("message"),
    _d.binding_id == bindparam("binding"),
)
this_binding = and_(
    _b.tenant_id == bindparam("tenant"), _b.conversation_id == bindparam("conversation"), _b.id == bindparam("binding")
)
#: The rows of a binding, where both are in a query.
of_binding = and_(_d.tenant_id == _b.tenant_id, _d.conversation_id == _b.conversation_id, _d.binding_id == _b.id)
_LAST: ColumnClause[int] = literal_column("9223372036854775807")


def is_open(rows: FromClause) -> ColumnElement[bool]:
    """Of deliveries or an alias of it. Written out, not bound: the partial index is found by its words."""
    state = rows.c.state
    return and_(
        state.in_([literal_column(f"'{each}'") for each in OPEN]),
        or_(state != literal_column("'ambiguous'"), rows.c.due > literal_column("0")),
    )


#: What is open of one binding, in log order.
OPEN_ROWS = (
    select(*FIELDS)
    .where(
        _d.tenant_id == bindparam("tenant"),
        _d.conversation_id == bindparam("conversation"),
        _d.binding_id == bindparam("binding"),
        is_open(deliveries),
    )
    .order_by(_d.seq, _d.message_id)
    .limit(bindparam("most"))
)


def ready(until: ColumnElement[Any]) -> ColumnElement[Any]:
    """When a binding, leased until then, can be leased next; NULL: no row of it is open.

    The first open row can be due, and those that come after nothing but streams which already stand there. What an
    ambiguous row lets pass once it is due makes the binding no readier than that row itself does.
    """
    holder = (
        select(_held.c.seq)
        .where(
            _held.c.tenant_id == _b.tenant_id,
            _held.c.conversation_id == _b.conversation_id,
            _held.c.binding_id == _b.id,
            is_open(_held),
            ~and_(_held.c.state == literal_column("'streaming'"), _held.c.remote != literal_column("''")),
        )
        .order_by(_held.c.seq)
        .limit(1)
        .correlate(bindings)
        .scalar_subquery()
    )
    first = func.min(_d.due)
    return (
        select(case((first.is_(None), null()), (first > until, first), else_=until))
        .where(
            of_binding,
            is_open(deliveries),
            _d.seq <= func.coalesce(holder, _LAST),
        )
        .correlate(bindings)
        .scalar_subquery()
    )


#: After every write of a row. The web has no courier.
READY = update(bindings).where(this_binding, _b.account_id.is_not(None)).values(ready=ready(_b.until))

#: What `changing` gives values for. A rung is added where the state changes.
CHANGES: Mapping[str, Any] = {
    "seq": bindparam("place"),
    "owed": bindparam("is_owed"),
    "state": bindparam("becomes"),
    "at": bindparam("when"),
    "reason": bindparam("why"),
    "due": bindparam("not_before"),
    "attempts": bindparam("tries"),
    "remote": bindparam("stands"),
    "draft": bindparam("laid"),
    "cuts": bindparam("cut_at"),
    "rungs": case((_d.state != bindparam("becomes"), _d.rungs.op("||")(bindparam("rung"))), else_=_d.rungs),
}


def changing(row: DeliveryRow) -> dict[str, object]:
    """The values of CHANGES."""
    return {
        "place": row.seq, "is_owed": row.owed, "becomes": row.state, "when": row.at, "why": row.reason,
        "not_before": row.due, "tries": row.attempts, "stands": pieces(row.remote), "laid": row.draft,
        "cut_at": cuts(row.cuts),
        "rung": "," + rung(Rung(row.state, row.at, row.reason)),
    }  # fmt: skip


def make_ready(link: Link, tenant: TenantId, conversation: ConversationId, binding: BindingId) -> None:
    """A row of this binding was written."""
    link.run(READY, tenant=tenant, conversation=conversation, binding=binding)


def rung(step: Rung) -> str:
    """One step, as it is kept."""
    return msgspec.json.encode(step).decode()


def pieces(remote: tuple[str, ...]) -> str:
    """A provider's ids, as they are kept."""
    return msgspec.json.encode(remote).decode() if remote else ""


def cuts(ends: tuple[int, ...]) -> str | None:
    """Where a message is cut into parts, as it is kept."""
    return msgspec.json.encode(ends).decode() if ends else None


def delivery_row(row: Row) -> DeliveryRow:
    """Of FIELDS."""
    stands = msgspec.json.decode(row[12], type=tuple[str, ...]) if row[12] else ()
    rungs = msgspec.json.decode(f"[{row[13]}]", type=tuple[Rung, ...])
    ends = msgspec.json.decode(row[15], type=tuple[int, ...]) if row[15] else ()
    fields: Row = (*truth(row, 6)[:12], stands, rungs, row[14], ends)
    return DeliveryRow(*fields)
