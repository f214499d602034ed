"""Enclosed: what is attached to messages, as an agent is told of it and as it goes out with them."""

from collections.abc import Callable

from msgspec.structs import replace

from throughline.conversation.answer import Attached, Brief, Said
from throughline.conversation.channel import Enclosed
from throughline.conversation.events import Message
from throughline.conversation.files import File
from throughline.conversation.ids import TenantId
from throughline.conversation.pixels import drawable
from throughline.ports import Blobs, Tx

#: Pictures that a model gets, the newest ones; bytes of one.
PICTURES, PICTURE = 4, 5_000_000
#: What models take.
_TAKEN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def attached(tx: Tx, tenant: TenantId, message: Message) -> tuple[Attached, ...]:
    """A message's attachments, as far as they are here."""
    found = (tx.files.file(tenant, part.id) for part in message.parts)
    return tuple(
        Attached(f.kind, f.media_type, f.name, f.size, f.transcript, f.sha256 if f.state == "ready" else None)
        for f in found
        if f is not None
    )


def enclosures(tx: Tx, tenant: TenantId, message: Message, share: Callable[[File], str]) -> list[Enclosed]:
    """A message's attachments as they go out with it. What did not come here is left out. `share` makes a link."""
    if not message.parts:
        return []
    found = (tx.files.file(tenant, part.id) for part in message.parts)
    return [
        Enclosed(f.id, f.kind, f.media_type, f.name, f.size, share(f))
        for f in found
        if f is not None and f.state == "ready"
    ]


async def seen(brief: Brief, blobs: Blobs | None) -> Brief:
    """The brief with the newest pictures of the person in it; as it is where nobody can look at them."""
    if blobs is None or not any(said.files for said in brief.history):
        return brief
    left, history = PICTURES, list[Said]()
    for said in reversed(brief.history):
        files = list[Attached]()
        for file in said.files:
            wanted = left > 0 and said.author == "person" and file.media_type in _TAKEN and file.sha256 is not None
            data = await blobs.whole(brief.tenant, file.sha256 or "", PICTURE) if wanted else None
            if data is not None and not drawable(data):
                data = None
            left -= data is not None
            files.append(replace(file, data=data))
        history.append(replace(said, files=tuple(files)))
    return replace(brief, history=tuple(reversed(history)))
