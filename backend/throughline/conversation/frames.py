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


class Batch:
    """Frames on their way to the same readers, in order, made ready once. Nobody changes it any more.

    A plain class: every reader reads three of its fields in every tick, and CPython reads slots faster than structs.
    """

    __slots__ = ("first", "frames", "last", "wire")

    def __init__(self, frames: list[Frame], wire: bytes, first: int, last: int) -> None:
        self.frames = frames
        #: All of them for the wire.
        self.wire = wire
        #: Seqs of the first and the last event in it: dense between. 0 and 0: there is none; -1: not dense.
        self.first, self.last = first, last


class OpenText(Struct, frozen=True):
    """A message that is being written, as far as it has got."""

    message: MessageId
    attempt: int
    text: str
