"""A conversation as a file: every event as JSON, or its words as Markdown. Read page by page."""

from collections.abc import AsyncIterator
from typing import Literal

import msgspec
from msgspec import Struct

from throughline.api.answer import NO_STORE, Answer
from throughline.api.ask import Ask
from throughline.api.conversations import as_shown, summary_of, visible
from throughline.api.needs import Door
from throughline.api.shapes import ConversationShown, Export
from throughline.api.table import Operation
from throughline.conversation.events import Bound, Entry, Message, event_frame, iso
from throughline.conversation.faults import UNKNOWN_CONVERSATION, Fault
from throughline.conversation.ids import ConversationId
from throughline.conversation.records import Caller

_PAGE = 500


class ExportQuery(Struct, frozen=True):
    """In which form."""

    format: Literal["json", "md"] = "json"


async def exported(door: Door, ask: Ask) -> Answer | Fault:
    """The whole log up to its head at this moment, as this caller sees it."""
    caller, form = ask.signed_in, ask.asked(ExportQuery).format
    summary = await visible(door, ask, lambda tx, row: summary_of(tx, caller, row))
    if isinstance(summary, Fault) or summary is None:
        return summary or UNKNOWN_CONVERSATION
    conversation = as_shown(summary)
    pages = _pages(door, caller, ConversationId(conversation.id), conversation.head)
    parts, media = (
        (_json(door.store.epoch, conversation, pages, caller), b"application/json")
        if form == "json"
        else (_markdown(conversation, pages, caller), b"text/markdown; charset=utf-8")
    )
    name = f'attachment; filename="conversation-{conversation.id}.{form}"'.encode()
    return Answer(200, headers=((b"content-type", media), (b"content-disposition", name), NO_STORE), parts=parts)


async def _pages(door: Door, caller: Caller, where: ConversationId, head: int) -> AsyncIterator[list[Entry]]:
    after = 0
    while after < head:
        start = after
        found = await door.store.read(lambda tx, a=start: tx.log.entries(caller.tenant, where, a, _PAGE))  # type: ignore[misc]
        inside = [entry for entry in found if entry.seq <= head]
        if not inside:
            return
        yield inside
        after = inside[-1].seq


async def _json(
    epoch: str, conversation: ConversationShown, pages: AsyncIterator[list[Entry]], caller: Caller
) -> AsyncIterator[bytes]:
    encode = msgspec.json.encode
    yield b'{"epoch":%b,"conversation":%b,"items":[' % (encode(epoch), encode(conversation))
    joint = b""
    async for page in pages:
        yield joint + b",".join(event_frame(entry, caller.viewer) for entry in page)
        joint = b","
    yield b"]}"


async def _markdown(
    conversation: ConversationShown, pages: AsyncIterator[list[Entry]], caller: Caller
) -> AsyncIterator[bytes]:
    title = conversation.title or "A conversation"
    yield f"# {title}\n\nWith {conversation.person_name}, {conversation.created_at}\n".encode()
    async for page in pages:
        for entry in page:
            if caller.viewer == "person" and entry.person is None:
                continue
            match entry.body():
                case Message() as message:
                    about = f"**{message.author.name}** · {message.channel} · {iso(entry.at)}"
                    yield f"\n{about}\n\n{message.text}\n".encode()
                case Bound(why=why, to=to) if why != "started":
                    yield f"\n*The conversation went on over {to}.*\n".encode()


OPERATIONS = (
    Operation(
        name="export_conversation", method="GET", path="/api/v1/conversations/{conversation}/export", verb=exported,
        tag="conversations", query=ExportQuery, gives=Export, refusals=(404,),
        summary="The conversation as a file: all events as JSON, or the words as Markdown.",
    ),
)  # fmt: skip
