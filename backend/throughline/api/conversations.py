"""Conversations over HTTP: list, start, read and write. No socket needed."""

import base64
import binascii
from collections.abc import Callable
from typing import Annotated, TypeVar, cast

from msgspec import UNSET, Meta, Raw, Struct

from throughline.api.answer import Answer, shown
from throughline.api.ask import Ask
from throughline.api.needs import Door
from throughline.api.problems import BAD_QUERY
from throughline.api.repeats import claimed
from throughline.api.shapes import (
    ConversationPage,
    ConversationShown,
    EventPage,
    MessageKept,
    NewConversation,
    NewMessage,
    NodeShown,
)
from throughline.api.table import Operation
from throughline.conversation.events import AuthorKind, event_frame, iso
from throughline.conversation.faults import UNKNOWN_CONVERSATION, Fault
from throughline.conversation.ids import ConversationId
from throughline.conversation.policy import check_id
from throughline.conversation.records import Caller, Conversation, Summary
from throughline.identity.access import sees, whose
from throughline.ports import Tx

T = TypeVar("T")

_ONE = "/api/v1/conversations/{conversation}"
_FAR = 2**53 - 1


class ListQuery(Struct, frozen=True):
    """A page of the list. `before` is the `next` of the page before."""

    before: Annotated[str, Meta(max_length=200)] = ""
    limit: Annotated[int, Meta(ge=1, le=100)] = 30


class EventsQuery(Struct, frozen=True):
    """Events with a seq above `after`."""

    after: Annotated[int, Meta(ge=0, le=_FAR)] = 0
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


async def listed(door: Door, ask: Ask) -> Answer | Fault:
    """A page of conversations, newest first: a person's own, or all of a member's tenant."""
    query, caller = ask.asked(ListQuery), ask.signed_in
    before = _place(query.before) if query.before else None
    if query.before and before is None:
        return BAD_QUERY
    found = await door.store.read(
        lambda tx: tx.log.summaries(caller.tenant, whose(caller), caller.user, before, query.limit + 1)
    )
    page = found[: query.limit]
    last = page[-1].conversation if len(found) > query.limit else None
    return shown(ConversationPage(items=[as_shown(s) for s in page], next=_cursor(last) if last else None))


async def started(door: Door, ask: Ask) -> Answer | Fault:
    """A conversation of the caller's own; under a known id the one that is there."""
    caller, given = ask.signed_in, ask.took(NewConversation).id
    where = await claimed(door, ask, "start", given if isinstance(given, str) else None)
    if isinstance(where, Fault):
        return where
    row = await door.receive.start(caller, where)
    if isinstance(row, Fault):
        return row
    summary = await door.store.read(lambda tx: summary_of(tx, caller, row))
    location = f"/api/v1/conversations/{row.id}".encode()
    return shown(as_shown(summary), 201, (b"location", location)) if summary else UNKNOWN_CONVERSATION


async def read(door: Door, ask: Ask) -> Answer | Fault:
    """One conversation as it stands in a list."""
    caller = ask.signed_in
    summary = await visible(door, ask, lambda tx, row: summary_of(tx, caller, row))
    if isinstance(summary, Fault) or summary is None:
        return summary or UNKNOWN_CONVERSATION
    return shown(as_shown(summary))


async def events(door: Door, ask: Ask) -> Answer | Fault:
    """Events in order, as this caller sees them."""
    query, caller = ask.asked(EventsQuery), ask.signed_in

    def page(tx: Tx, row: Conversation) -> EventPage:
        found = tx.log.entries(caller.tenant, row.id, query.after, query.limit)
        last = found[-1].seq if found else row.head
        frames = [Raw(event_frame(entry, caller.viewer)) for entry in found]
        return EventPage(epoch=door.store.epoch, head=row.head, items=frames, next=last if last < row.head else None)

    found = await visible(door, ask, page)
    return found if isinstance(found, Fault) else shown(found)


async def said(door: Door, ask: Ask) -> Answer | Fault:
    """Keep a message; 201 means that it is durable. The same id with the same words is answered the same."""
    message, where = ask.took(NewMessage), ask.path["conversation"]
    if b"idempotency-key" in ask.headers:
        again = await claimed(door, ask, f"say {where}", message.id)
        if isinstance(again, Fault):
            return again
    kept = await door.receive.say(ask.signed_in, where, message.id, message.text, message.attachments)
    return kept if isinstance(kept, Fault) else shown(MessageKept(id=kept.id, c=kept.conversation, seq=kept.seq), 201)


async def visible(door: Door, ask: Ask, look: Callable[[Tx, Conversation], T]) -> T | Fault:
    """What `look` finds in the path's conversation, in one consistent read; unknown and foreign ones are the same."""
    caller, given = ask.signed_in, ask.path["conversation"]
    if check_id(given) is not None:
        return UNKNOWN_CONVERSATION

    def find(tx: Tx) -> T | Fault:
        row = tx.log.conversation(caller.tenant, ConversationId(given))
        return look(tx, row) if row is not None and sees(caller, row) else UNKNOWN_CONVERSATION

    return await door.store.read(find)


def summary_of(tx: Tx, caller: Caller, row: Conversation) -> Summary | None:
    """The one conversation as a list would show it: the first at or after its place in the list's order."""
    just_before = (row.updated_at, f"{row.id}\x01")
    found = tx.log.summaries(row.tenant, row.person, caller.user, just_before, 1)
    return found[0] if found and found[0].conversation.id == row.id else None


def as_shown(summary: Summary) -> ConversationShown:
    """A summary in the words of the API."""
    row = summary.conversation
    return ConversationShown(
        id=row.id,
        title=row.title,
        status=row.status,
        agent=row.agent,
        person_name=summary.person_name,
        head=row.head,
        created_at=iso(row.created_at),
        updated_at=iso(row.updated_at),
        trace=[NodeShown(cast(AuthorKind, n.author), n.channel, n.broke or UNSET) for n in summary.trace],
        preview=summary.preview,
        unread=summary.unread,
    )


def _cursor(row: Conversation) -> str:
    return base64.urlsafe_b64encode(f"{row.updated_at}:{row.id}".encode()).rstrip(b"=").decode()


def _place(cursor: str) -> tuple[int, str] | None:
    try:
        at, _, where = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").partition(":")
        place = int(at)
    except (binascii.Error, ValueError):
        return None
    return (place, where) if check_id(where) is None and 0 <= place <= _FAR else None


OPERATIONS = (
    Operation(
        name="say", method="POST", path=f"{_ONE}/messages", verb=said, tag="conversations", takes=NewMessage,
        gives=MessageKept, status=201, creates=True, refusals=(404, 409),
        summary="Write into a conversation. 201: it is durable.",
    ),
    Operation(
        name="list_conversations", method="GET", path="/api/v1/conversations", verb=listed, tag="conversations",
        query=ListQuery, gives=ConversationPage, summary="Conversations, newest first.",
    ),
    Operation(
        name="start_conversation", method="POST", path="/api/v1/conversations", verb=started, tag="conversations",
        takes=NewConversation, may_be_empty=True, gives=ConversationShown, status=201, creates=True,
        refusals=(403, 404, 409), summary="Start a conversation of one's own.",
    ),
    Operation(
        name="conversation", method="GET", path=_ONE, verb=read, tag="conversations", gives=ConversationShown,
        refusals=(404,), summary="One conversation.",
    ),
    Operation(
        name="events", method="GET", path=f"{_ONE}/events", verb=events, tag="conversations", query=EventsQuery,
        gives=EventPage, refusals=(404,), summary="The log, in order, as this caller sees it.",
    ),
)  # fmt: skip
