"""Enclosed: what is attached to messages, as an agent is told of it and as it goes out with them."""

from collections.abc import Callable

from throughline.conversation.answer import Attached
from throughline.conversation.channel import Enclosed
from throughline.conversation.events import Message
from throughline.conversation.files import File
from throughline.conversation.ids import TenantId
from throughline.ports import Tx


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
