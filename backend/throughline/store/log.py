"""Conversations and their events: append, read in order, list."""

from collections.abc import Sequence
from functools import lru_cache

import msgspec
from sqlalchemy import (
    ClauseElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    select,
    tuple_,
    update,
)

from throughline.conversation.events import (
    Body,
    ConversationEnded,
    ConversationReopened,
    ConversationStarted,
    Delivery,
    Entry,
    FailedOver,
    Message,
    entry,
)
from throughline.conversation.ids import ConversationId, PersonId, TenantId, UserId
from throughline.conversation.records import Conversation, Node, Summary
from throughline.markup.graphemes import cut
from throughline.store.schema import conversations, events, marks, persons
from throughline.store.sql import Link, Row

#: How many messages and breaks a list's trace shows, and how many characters its preview has.
TRACE, PREVIEW = 12, 140

_c, _e = conversations.c, events.c
_this = and_(_c.tenant_id == bindparam("tenant"), _c.id == bindparam("conversation"))
_its = and_(_e.tenant_id == bindparam("tenant"), _e.conversation_id == bindparam("conversation"))
_ROW = (
    _c.id, _c.tenant_id, _c.person_id, _c.agent, _c.status, _c.title, _c.head, _c.created_at, _c.updated_at, _c.follow,
)  # fmt: skip
_ENTRY = (_e.tenant_id, _e.conversation_id, _e.seq, _e.at, _e.kind, _e.member, _e.person, _e.hidden)

_START = insert(conversations).values({c.name: bindparam(c.name) for c in conversations.c})
_FIND = select(*_ROW).where(_this)

_next = update(conversations).where(_this).values(head=_c.head + 1).returning(_c.head)
#: Receipts are not news: they leave a conversation where it stands in the lists.
_APPEND_RECEIPT = _next
_APPEND = _next.values(updated_at=bindparam("at"))
_APPEND_STATUS = _APPEND.values(status=bindparam("becomes"))
_traced = case((func.length(_c.trace) >= 2 * TRACE, func.substr(_c.trace, 3)), else_=_c.trace).op("||")(
    bindparam("node")
)
_APPEND_MESSAGE = _APPEND.values(preview=bindparam("words"), trace=_traced)
_APPEND_HOP = _APPEND.values(trace=_traced)
_APPEND_LOST = _next.values(trace=_traced)
_WRITE = insert(events).values({c.name: bindparam(c.name) for c in events.c})

_PLACE = select(_e.seq).where(_its, _e.author.is_not(None)).order_by(_e.seq.desc()).limit(1).offset(bindparam("skip"))
_LAST_SAID = select(_e.at).where(_its, _e.author.is_not(None)).order_by(_e.seq.desc()).limit(1)
_HEAD = select(_c.head).where(_this)

_AUTHORS = {"p": "person", "a": "agent", "m": "member", "s": "system"}
_CHANNELS = {"w": "web", "s": "slack", "g": "gmail", "h": "whatsapp", "t": "telegram", "x": "sms"}
_AUTHOR_CODES = {name: code for code, name in _AUTHORS.items()}
_CHANNEL_CODES = {name: code for code, name in _CHANNELS.items()}
_NODES = {
    a + c: msgspec.convert({"author": author, "channel": channel}, Node)
    for a, author in _AUTHORS.items()
    for c, channel in _CHANNELS.items()
} | {
    code + c: msgspec.convert({"author": "system", "channel": channel, "broke": broke}, Node)
    for code, broke in (("f", "hop"), ("d", "lost"))
    for c, channel in _CHANNELS.items()
}


@lru_cache(maxsize=64)
def _entries(kinds: int) -> ClauseElement:
    found = select(*_ENTRY).where(_its, _e.seq > bindparam("after"))
    if kinds:
        found = found.where(_e.kind.in_([bindparam(f"kind{i}") for i in range(kinds)]))
    return found.order_by(_e.seq).limit(bindparam("most"))


def _listed(*, of_person: bool, on: bool) -> Select[tuple[object, ...]]:
    """A page of a list. Persons have not read what others wrote, members not what persons wrote."""
    others = _e.author != "person" if of_person else _e.author == "person"
    unread = (
        select(func.count())
        .select_from(events)
        .where(
            _e.tenant_id == _c.tenant_id,
            _e.conversation_id == _c.id,
            _e.seq > func.coalesce(marks.c.seen, 0),
            others,
        )
        .scalar_subquery()
    )
    mine = and_(
        marks.c.tenant_id == _c.tenant_id, marks.c.conversation_id == _c.id, marks.c.user_id == bindparam("user")
    )
    found = (
        select(*_ROW, func.coalesce(persons.c.name, literal_column("''")), _c.trace, _c.preview, unread)
        # A group's talk has no person, and is in members' lists all the same.
        .select_from(conversations)
        .outerjoin(persons, and_(persons.c.tenant_id == _c.tenant_id, persons.c.id == _c.person_id))
        .outerjoin(marks, mine)
        .where(_c.tenant_id == bindparam("tenant"))
    )
    if of_person:
        found = found.where(_c.person_id == bindparam("whose"))
    if on:
        found = found.where(tuple_(_c.updated_at, _c.id) < tuple_(bindparam("before_at"), bindparam("before_id")))
    return found.order_by(_c.updated_at.desc(), _c.id.desc()).limit(bindparam("most"))


_LISTED = {(p, on): _listed(of_person=p, on=on) for p in (True, False) for on in (True, False)}


class SqlLog:
    """ports.Log over a link. `fresh` holds what this transaction appended, for whoever commits it."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.fresh: list[Entry] = []

    def start(self, conversation: Conversation) -> None:
        """ports.Log.start. The id is unique in its tenant: raises Conflict."""
        self._link.run(
            _START,
            id=conversation.id,
            tenant_id=conversation.tenant,
            person_id=conversation.person,
            agent=conversation.agent,
            status=conversation.status,
            title=conversation.title,
            head=0,
            created_at=conversation.created_at,
            updated_at=conversation.updated_at,
            trace="",
            preview="",
            follow=conversation.follow,
        )

    def conversation(self, tenant: TenantId, conversation: ConversationId) -> Conversation | None:
        """ports.Log.conversation."""
        found = self._link.known(_FIND, tenant=tenant, conversation=conversation)
        return Conversation(*found[0]) if found else None

    def append(self, tenant: TenantId, conversation: ConversationId, at: int, body: Body) -> Entry:
        """ports.Log.append. Raises LookupError where there is no such conversation."""
        author = None
        match body:
            case Message():
                author = body.author.kind
                row = self._link.row(
                    _APPEND_MESSAGE, tenant=tenant, conversation=conversation, at=at,
                    words=_preview(body), node=_AUTHOR_CODES[author] + _CHANNEL_CODES[body.channel],
                )  # fmt: skip
            case ConversationEnded():
                row = self._link.row(_APPEND_STATUS, tenant=tenant, conversation=conversation, at=at, becomes="ended")
            case ConversationReopened() | ConversationStarted():
                row = self._link.row(_APPEND_STATUS, tenant=tenant, conversation=conversation, at=at, becomes="active")
            case Delivery(state="dead"):
                node = "d" + _CHANNEL_CODES[body.channel]
                row = self._link.row(_APPEND_LOST, tenant=tenant, conversation=conversation, node=node)
            case FailedOver():
                node = "f" + _CHANNEL_CODES[body.to]
                row = self._link.row(_APPEND_HOP, tenant=tenant, conversation=conversation, at=at, node=node)
            case Delivery():
                row = self._link.row(_APPEND_RECEIPT, tenant=tenant, conversation=conversation)
            case _:
                row = self._link.row(_APPEND, tenant=tenant, conversation=conversation, at=at)
        if row is None:
            raise LookupError("there is no such conversation to append to")
        item = entry(tenant, conversation, row[0], at, body)
        self._link.run(
            _WRITE, tenant_id=tenant, conversation_id=conversation, seq=item.seq, at=at, kind=item.kind, author=author,
            hidden=item.person is None, member=item.member, person=None if item.person is item.member else item.person,
        )  # fmt: skip
        self.fresh.append(item)
        return item

    def entries(
        self, tenant: TenantId, conversation: ConversationId, after: int, limit: int, kinds: Sequence[str] = ()
    ) -> list[Entry]:
        """ports.Log.entries."""
        named = {f"kind{i}": kind for i, kind in enumerate(kinds)}
        found = self._link.rows(
            _entries(len(kinds)), tenant=tenant, conversation=conversation, after=after, most=limit, **named
        )
        return [_entry(row) for row in found]

    def place_of(self, tenant: TenantId, conversation: ConversationId, messages: int) -> int:
        """ports.Log.place_of: 0 where there are no more than that, the head where `messages` is 0."""
        if messages < 1:
            head = self._link.row(_HEAD, tenant=tenant, conversation=conversation)
            return 0 if head is None else int(head[0])
        row = self._link.row(_PLACE, tenant=tenant, conversation=conversation, skip=messages - 1)
        return 0 if row is None else int(row[0]) - 1

    def last_said(self, tenant: TenantId, conversation: ConversationId) -> int | None:
        """ports.Log.last_said."""
        row = self._link.row(_LAST_SAID, tenant=tenant, conversation=conversation)
        return None if row is None else int(row[0])

    def summaries(
        self, tenant: TenantId, person: PersonId | None, user: UserId, before: tuple[int, str] | None, limit: int
    ) -> list[Summary]:
        """ports.Log.summaries. The trace is in the order of the log."""
        values: dict[str, object] = {"tenant": tenant, "user": user, "most": limit}
        if person is not None:
            values["whose"] = person
        if before is not None:
            values["before_at"], values["before_id"] = before
        found = self._link.rows(_LISTED[person is not None, before is not None], **values)
        return [_summary(row) for row in found]


def _preview(body: Message) -> str:
    words = cut(" ".join(body.text[: 4 * PREVIEW].split()), PREVIEW)
    return words or cut(", ".join(part.name for part in body.parts), PREVIEW)


def _entry(row: Row) -> Entry:
    tenant, conversation, seq, at, kind, member, person, hidden = row
    shown = None if hidden else member if person is None else person
    return Entry(tenant, conversation, seq, at, kind, member, shown)


def _summary(row: Row) -> Summary:
    name, trace, preview, unread = row[10:]
    nodes = tuple(_NODES[trace[i : i + 2]] for i in range(0, len(trace), 2))
    return Summary(Conversation(*row[:10]), name, nodes, preview, unread)
