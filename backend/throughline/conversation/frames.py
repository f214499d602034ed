"""What is on its way to readers, as values: frames, batches of them, and text that is being written."""

from msgspec import Struct

from throughline.conversation.ids import MessageId, Topic


class Frame(Struct, frozen=True):
    """One server frame on its way to sockets: JSON text, and the same ready-made for the wire (unmasked, one frame)."""

    text: bytes
    wire: bytes
    topic: Topic | None = None
    #: The entry's seq, for events: 0 for everything else.
    seq: int = 0
    #: For deltas: message, attempt, UTF-16 offset and text, so that waiting ones can be merged.
    delta: tuple[MessageId, int, int, str] | None = None


class Batch(Struct, frozen=True):
    """Frames on their way to the same readers, in order, made ready once. Nobody changes the list any more."""

    frames: list[Frame]
    #: All of them for the wire.
    wire: bytes
    #: Seqs of the first and the last event in it: dense between. 0 and 0: there is none; -1: not dense.
    first: int
    last: int


class OpenText(Struct, frozen=True):
    """A message that is being written, as far as it has got."""

    message: MessageId
    attempt: int
    text: str
