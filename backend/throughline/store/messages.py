"""Message ids, their times, and readers' marks: what makes a repeat harmless and a limit exact."""

from sqlalchemy import and_, bindparam, insert, select, update

from throughline.conversation.ids import ConversationId, MessageId, PersonId, TenantId, UserId
from throughline.conversation.records import Logged
from throughline.store.schema import conversations, marks, messages
from throughline.store.sql import Link, put

_m, _k, _c = messages.c, marks.c, conversations.c

_LOGGED = select(_m.seq, _m.digest).where(
    _m.tenant_id == bindparam("tenant"), _m.conversation_id == bindparam("conversation"), _m.id == bindparam("message")
)
_KEEP = insert(messages).values({c.name: bindparam(c.name) for c in messages.c})
_TIMES = (
    select(_m.at)
    .where(_m.tenant_id == bindparam("tenant"), _m.author_id == bindparam("author"), _m.at >= bindparam("since"))
    .order_by(_m.at.desc())
    .limit(bindparam("most"))
)
_MARKS = (
    select(_k.got, _k.seen)
    .select_from(conversations)
    .outerjoin(
        marks,
        and_(_k.tenant_id == _c.tenant_id, _k.conversation_id == _c.id, _k.user_id == bindparam("user")),
    )
    .where(_c.tenant_id == bindparam("tenant"), _c.id == bindparam("conversation"))
)
_MARK = (
    put(marks)
    .values({c.name: bindparam(c.name) for c in marks.c})
    .on_conflict_do_update(
        index_elements=[_k.tenant_id, _k.conversation_id, _k.user_id],
        set_={"got": bindparam("got"), "seen": bindparam("seen")},
    )
)
_TITLE = (
    update(conversations)
    .where(_c.tenant_id == bindparam("tenant"), _c.id == bindparam("conversation"))
    .values(title=bindparam("words"))
)


class SqlMessages:
    """ports.Messages over a link."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def logged(self, tenant: TenantId, conversation: ConversationId, message: MessageId) -> Logged | None:
        """ports.Messages.logged."""
        row = self._link.row(_LOGGED, tenant=tenant, conversation=conversation, message=message)
        return None if row is None else Logged(*row)

    def keep(
        self,
        tenant: TenantId,
        conversation: ConversationId,
        message: MessageId,
        logged: Logged,
        at: int,
        author: PersonId | None,
    ) -> None:
        """ports.Messages.keep. Raises Conflict where the id is taken."""
        self._link.run(
            _KEEP, tenant_id=tenant, conversation_id=conversation, id=message, seq=logged.seq, digest=logged.digest,
            at=at, author_id=author,
        )  # fmt: skip

    def times(self, tenant: TenantId, author: PersonId, since: int, limit: int) -> tuple[int, ...]:
        """ports.Messages.times; `since` itself counts."""
        found = self._link.rows(_TIMES, tenant=tenant, author=author, since=since, most=limit)
        return tuple(at for (at,) in reversed(found))

    def received(
        self, tenant: TenantId, conversation: ConversationId, user: UserId, got: int, seen: int
    ) -> tuple[int, int]:
        """ports.Messages.received. Where there is no such conversation nothing is kept, and the marks were 0."""
        row = self._link.row(_MARKS, tenant=tenant, conversation=conversation, user=user)
        if row is None:
            return 0, 0
        had, had_seen = row[0] or 0, row[1] or 0
        if got > had or seen > had_seen:
            self._link.run(
                _MARK, tenant_id=tenant, conversation_id=conversation, user_id=user,
                got=max(got, had), seen=max(seen, had_seen),
            )  # fmt: skip
        return had, had_seen

    def titled(self, tenant: TenantId, conversation: ConversationId, title: str) -> None:
        """ports.Messages.titled."""
        self._link.run(_TITLE, tenant=tenant, conversation=conversation, words=title)
