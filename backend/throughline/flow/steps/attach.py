"""Attach: what came with a message on a channel, named in the log before it is here."""

from msgspec.structs import replace

from throughline.conversation.channel import Inbound
from throughline.conversation.events import Part
from throughline.conversation.files import MOST_FILES, PATIENCE, File, named
from throughline.conversation.ids import FileId, MessageId
from throughline.conversation.records import Account, Conversation, Turn
from throughline.flow.steps.join import Names
from throughline.ports import Tx


def attach_media(
    tx: Tx, account: Account, inbound: Inbound, row: Conversation, message: MessageId, names: Names, now: int
) -> tuple[Part, ...]:
    """A row for each attachment, to be fetched; the message's parts. What is over the limit is left where it is."""
    files = [
        File(
            FileId(names.new()), row.tenant, row.id, media.kind, media.media_type[:100],
            named(media.name, media.media_type), media.size or 0, "waiting", now, message, account.id, media.voice,
            remote=media, due=now,
        )
        for media in inbound.media[:MOST_FILES]
    ]  # fmt: skip
    for file in files:
        tx.files.add(file)
    return tuple(file.part for file in files)


def patient(turn: Turn, parts: tuple[Part, ...], now: int) -> Turn:
    """A turn that waits a while for what is still being fetched."""
    return replace(turn, due_at=now + PATIENCE) if any(part.state == "waiting" for part in parts) else turn
