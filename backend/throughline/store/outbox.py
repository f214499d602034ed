"""The couriers' side of deliveries: bindings with something to do, leased one by one, every write under its fence."""

from sqlalchemy import ColumnClause, and_, bindparam, exists, false, literal_column, null, select, text, true, update

from throughline.conversation.ids import AccountId, TenantId
from throughline.conversation.records import Binding, DeliveryRow, Errand
from throughline.store.bindings import BINDING
from throughline.store.deliveries import (
    CHANGES,
    FIELDS,
    OPEN_ROWS,
    changing,
    delivery_row,
    is_open,
    make_ready,
    ready,
    this_binding,
    this_row,
)
from throughline.store.schema import UNSEEN, accounts, bindings, deliveries, events
from throughline.store.sql import Link

_a, _b, _d, _e = accounts.c, bindings.c, deliveries.c, events.c
_there = and_(_a.tenant_id == _b.tenant_id, _a.id == _b.account_id)
_NOBODY: ColumnClause[int] = literal_column("0")

_READY = (
    select(_b.tenant_id, _b.conversation_id, _b.id)
    .join_from(bindings, accounts, _there)
    .where(_b.ready <= bindparam("now"), _a.enabled.is_(true()))
    .order_by(_b.ready, _b.tenant_id, _b.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=bindings)
)
#: Leased until then, so ready no earlier.
_LEASE = (
    update(bindings)
    .where(this_binding)
    .values(owner=bindparam("by"), until=bindparam("lease"), fence=_b.fence + 1, ready=bindparam("lease"))
    .returning(*BINDING, _b.fence)
)
_held = and_(this_binding, _b.fence == bindparam("held"))
_RENEW = (
    update(bindings).where(_held, _b.until > _NOBODY).values(until=bindparam("lease"), ready=ready(bindparam("lease")))
)
_LET_GO = update(bindings).where(_held).values(until=_NOBODY, ready=ready(bindparam("rest")))
_CHANGE = update(deliveries).where(this_row, exists().where(_held)).values(CHANGES)
_ROOTED = update(bindings).where(_held).values(thread=bindparam("root"))
_NEXT = (
    select(_b.ready)
    .join_from(bindings, accounts, _there)
    .where(_b.ready.is_not(None), _a.enabled.is_(true()))
    .order_by(_b.ready)
    .limit(1)
)
_UNSEEN = select(*FIELDS).where(text(UNSEEN), _d.due <= bindparam("now")).order_by(_d.due).limit(bindparam("most"))
_STRANDED = (
    select(*BINDING)
    .join_from(bindings, accounts, _there)
    .where(_b.ready <= bindparam("now"), _a.enabled.is_(false()))
    .order_by(_b.ready, _b.tenant_id, _b.id)
    .limit(bindparam("most"))
)
#: From the open rows of a tenant, which an index holds and nothing else, to those of one account.
_WAITING = (
    select(_e.at)
    .join_from(
        deliveries,
        bindings,
        and_(
            _b.tenant_id == _d.tenant_id,
            _b.conversation_id == _d.conversation_id,
            _b.id == _d.binding_id,
            _b.account_id == bindparam("account"),
        ),
    )
    .outerjoin(
        events,
        and_(_e.tenant_id == _d.tenant_id, _e.conversation_id == _d.conversation_id, _e.seq == _d.seq),
    )
    .where(_d.tenant_id == bindparam("tenant"), is_open(deliveries))
    .limit(bindparam("most"))
)
_VOID = (
    update(bindings)
    .where(_b.until > _NOBODY)
    .values(owner=null(), until=_NOBODY, fence=_b.fence + 1, ready=ready(_NOBODY))
)


class SqlOutbox:
    """ports.Outbox over a link."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def claim(self, owner: str, now: int, until: int, limit: int) -> list[Errand]:
        """ports.Outbox.claim."""
        errands: list[Errand] = []
        for tenant, conversation, binding in self._link.rows(_READY, now=now, most=limit):
            row = self._link.row(
                _LEASE, tenant=tenant, conversation=conversation, binding=binding, by=owner, lease=until
            )
            if row is not None:
                errands.append(Errand(Binding(*row[:-1]), fence=row[-1], until=until))
        return errands

    def renew(self, errand: Errand, until: int) -> bool:
        """ports.Outbox.renew."""
        return self._link.run(_RENEW, **_of(errand), held=errand.fence, lease=until) == 1

    def let_go(self, errand: Errand, until: int) -> bool:
        """ports.Outbox.let_go."""
        return self._link.run(_LET_GO, **_of(errand), held=errand.fence, rest=until) == 1

    def open_rows(self, errand: Errand, limit: int) -> list[DeliveryRow]:
        """ports.Outbox.open_rows."""
        return [delivery_row(row) for row in self._link.rows(OPEN_ROWS, **_of(errand), most=limit)]

    def change(self, errand: Errand, row: DeliveryRow) -> bool:
        """ports.Outbox.change. False too where the binding has no such row."""
        changed = self._link.run(_CHANGE, **_of(errand), message=row.message, held=errand.fence, **changing(row))
        if changed:
            make_ready(self._link, errand.binding.tenant, errand.binding.conversation, errand.binding.id)
        return changed == 1

    def rooted(self, errand: Errand, thread: str) -> bool:
        """ports.Outbox.rooted. Raises Conflict where the thread is another conversation's."""
        return self._link.run(_ROOTED, **_of(errand), held=errand.fence, root=thread) == 1

    def unseen(self, now: int, limit: int) -> list[DeliveryRow]:
        """ports.Outbox.unseen."""
        return [delivery_row(row) for row in self._link.rows(_UNSEEN, now=now, most=limit)]

    def stranded(self, now: int, limit: int) -> list[Binding]:
        """ports.Outbox.stranded."""
        return [Binding(*row) for row in self._link.rows(_STRANDED, now=now, most=limit)]

    def waiting(self, tenant: TenantId, account: AccountId, most: int) -> tuple[int, int | None]:
        """ports.Outbox.waiting."""
        rows = self._link.rows(_WAITING, tenant=tenant, account=account, most=most)
        return len(rows), min((row[0] for row in rows if row[0] is not None), default=None)

    def next_due(self) -> int | None:
        """ports.Outbox.next_due."""
        row = self._link.row(_NEXT)
        return None if row is None else int(row[0])

    def void(self) -> int:
        """ports.Outbox.void. The old fences die too."""
        return self._link.run(_VOID)


def _of(errand: Errand) -> dict[str, object]:
    binding = errand.binding
    return {"tenant": binding.tenant, "conversation": binding.conversation, "binding": binding.id}
