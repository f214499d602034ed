"""Agents' runs, leased: one due and one running per conversation at most, every write under its fence."""

from sqlalchemy import (
    ColumnClause,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    text,
    true,
    update,
)

from throughline.conversation.events import TurnOutcome
from throughline.conversation.ids import ConversationId, TenantId, TurnId
from throughline.conversation.records import Turn
from throughline.store.schema import turns
from throughline.store.sql import Link, Row, put, truth

_t = turns.c
_other = turns.alias("other")
#: Written out, not bound: the partial indexes are found by their words.
_due: ColumnClause[str] = literal_column("'due'")
_running: ColumnClause[str] = literal_column("'running'")
_FIELDS = (
    _t.id, _t.tenant_id, _t.conversation_id, _t.message_id, _t.status, _t.agent, _t.attempt, _t.fence, _t.owner,
    _t.until, _t.pos, _t.checkpoint, _t.stop_asked, _t.due_at,
)  # fmt: skip

_DUE = (
    put(turns)
    .values({c.name: bindparam(c.name) for c in turns.c})
    .on_conflict_do_nothing(index_elements=[_t.tenant_id, _t.conversation_id], index_where=text("status = 'due'"))
)
_free = ~exists().where(
    _other.c.tenant_id == _t.tenant_id, _other.c.conversation_id == _t.conversation_id, _other.c.status == _running
)
_NEXT = (
    select(_t.id)
    .where(
        _t.status.in_([_due, _running]),
        or_(
            and_(_t.status == _due, _t.due_at <= bindparam("now"), _free),
            and_(_t.status == _running, _t.until <= bindparam("now")),
        ),
    )
    .order_by(_t.due_at, _t.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(turns)
    .where(_t.id == bindparam("turn"))
    .values(status="running", fence=_t.fence + 1, owner=bindparam("by"), until=bindparam("lease"))
    .returning(*_FIELDS)
)
_held = and_(_t.id == bindparam("turn"), _t.fence == bindparam("held"), _t.status == _running)
_RENEW = update(turns).where(_held).values(until=bindparam("lease"))
_CHANGE = (
    update(turns)
    .where(_held)
    .values(
        status=func.coalesce(bindparam("outcome"), _t.status),
        attempt=func.coalesce(bindparam("tries"), _t.attempt),
        pos=func.coalesce(bindparam("place"), _t.pos),
        checkpoint=func.coalesce(bindparam("words"), _t.checkpoint),
        ended_at=func.coalesce(bindparam("ended"), _t.ended_at),
    )
)
_open = and_(
    _t.tenant_id == bindparam("tenant"),
    _t.conversation_id == bindparam("conversation"),
    or_(_t.status == _due, _t.status == _running),
)
_CURRENT = select(*_FIELDS).where(_open).order_by(_t.status.desc()).limit(1)
_HASTEN = (
    update(turns)
    .where(
        _t.tenant_id == bindparam("tenant"),
        _t.conversation_id == bindparam("conversation"),
        _t.status == _due,
        _t.due_at > bindparam("begins"),
    )
    .values(due_at=bindparam("begins"))
)
_STOP = update(turns).where(_open, _t.id == bindparam("turn")).values(stop_asked=true())
_VOID = update(turns).where(_t.status == _running).values(until=0, owner=null(), fence=_t.fence + 1)


class SqlTurns:
    """ports.Turns over a link."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def due(self, turn: Turn) -> bool:
        """ports.Turns.due."""
        added = self._link.run(
            _DUE, id=turn.id, tenant_id=turn.tenant, conversation_id=turn.conversation, message_id=turn.message,
            status="due", agent=turn.agent, attempt=turn.attempt, fence=turn.fence, owner=None, until=0, pos=turn.pos,
            checkpoint=turn.checkpoint, stop_asked=turn.stop_asked, due_at=turn.due_at, ended_at=None,
        )  # fmt: skip
        return added == 1

    def claim(self, owner: str, now: int, until: int) -> Turn | None:
        """ports.Turns.claim. A turn that is claimed again keeps its attempt: the runner raises it."""
        found = self._link.row(_NEXT, now=now)
        if found is None:
            return None
        row = self._link.row(_CLAIM, turn=found[0], by=owner, lease=until)
        return None if row is None else _turn(row)

    def renew(self, turn: TurnId, fence: int, until: int) -> bool:
        """ports.Turns.renew."""
        return self._link.run(_RENEW, turn=turn, held=fence, lease=until) == 1

    def change(
        self,
        turn: TurnId,
        fence: int,
        *,
        status: TurnOutcome | None = None,
        attempt: int | None = None,
        pos: int | None = None,
        checkpoint: str | None = None,
        at: int = 0,
    ) -> bool:
        """ports.Turns.change. `at` is when it ended, where `status` is given."""
        changed = self._link.run(
            _CHANGE, turn=turn, held=fence, outcome=status, tries=attempt, place=pos, words=checkpoint,
            ended=None if status is None else at,
        )  # fmt: skip
        return changed == 1

    def hasten(self, tenant: TenantId, conversation: ConversationId, at: int) -> bool:
        """ports.Turns.hasten."""
        return self._link.run(_HASTEN, tenant=tenant, conversation=conversation, begins=at) == 1

    def current(self, tenant: TenantId, conversation: ConversationId) -> Turn | None:
        """ports.Turns.current."""
        row = self._link.row(_CURRENT, tenant=tenant, conversation=conversation)
        return None if row is None else _turn(row)

    def ask_stop(self, tenant: TenantId, conversation: ConversationId, turn: TurnId) -> bool:
        """ports.Turns.ask_stop."""
        return self._link.run(_STOP, tenant=tenant, conversation=conversation, turn=turn) == 1

    def void(self) -> int:
        """ports.Turns.void. The old fences die too."""
        return self._link.run(_VOID)


def _turn(row: Row) -> Turn:
    return Turn(*truth(row, 12))
