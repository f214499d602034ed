"""Who is listening now."""

from collections.abc import Sequence
from typing import Protocol

from throughline.conversation.events import Entry, Viewer
from throughline.conversation.frames import Batch, Frame, OpenText
from throughline.conversation.ids import MessageId, Topic


class Sink(Protocol):
    """One reader's queue. `offer` never blocks and never raises; a reader who is too slow is closed, not waited for."""

    def offer(self, frame: Frame) -> None:
        """Queue a frame; flushed with everything else of this tick in one write."""

    def offer_all(self, batch: Batch) -> None:
        """The same for several."""


class Live(Protocol):
    """Who is listening now. Fan-out only: what is lost here is closed from the log by seq.

    Frames of one topic reach each sink in the order they were published. Called on the event loop only.
    """

    def subscribe(self, topic: Topic, viewer: Viewer, sink: Sink) -> None:
        """From now on the sink is offered everything that is published on this topic."""

    def unsubscribe(self, topic: Topic, sink: Sink) -> None:
        """No more of it. Unknown pairs are fine."""

    def publish(self, entries: Sequence[Entry]) -> None:
        """Committed events, in seq order per conversation. A `message` closes the open text of the same id."""

    def tell(self, topic: Topic, text: bytes, but: Sink | None = None) -> None:
        """An unsequenced frame (typing, seen, delivery) to everyone there, but one."""

    def begin(self, topic: Topic, message: MessageId, attempt: int, text: str) -> None:
        """Open a message (or start it anew under a higher attempt) with the text that is already sure."""

    def add(self, topic: Topic, message: MessageId, text: str) -> None:
        """More provisional text: the first goes out at once, later ones once per window, merged."""

    def end(self, topic: Topic, message: MessageId) -> None:
        """It will not go on (committed, stopped, failed or given up): nothing more of it leaves."""

    def open_texts(self, topic: Topic) -> list[OpenText]:
        """For who comes late. Text that a window still holds back is not in it."""
