"""The Live port in memory: one process, every reader at hand.

An event is encoded once for each kind of viewer and framed once; every reader gets the same Frame, together with all
else of its topic that came within the tick: publishing costs the same for one reader and for a thousand. Provisional
text is kept per open message: the first words leave at once, later ones once a window, on one timer for all messages.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from throughline.conversation import utf16
from throughline.conversation.events import Entry, Message, Viewer, event_frame
from throughline.conversation.frames import Batch, Frame, OpenText
from throughline.conversation.ids import MessageId, Topic
from throughline.live.flush import Flush
from throughline.live.framing import delta_frame, delta_head, frame, snapshot_frame
from throughline.ports import Sink

#: Bytes of one topic that may gather for a tick.
_GATHERED = 262_144


class Loop(Protocol):
    """What is needed of an event loop; asyncio's and uvloop's fit."""

    def time(self) -> float:
        """Seconds that never go back."""

    def call_later(self, delay: float, callback: Callable[[], Any]) -> Any:
        """Run it after `delay` seconds."""


class _Growing:
    """An open message: what has left, and what the window still holds back."""

    __slots__ = ("at", "attempt", "head", "held", "last", "message", "said", "topic")

    def __init__(self, topic: Topic, message: MessageId, attempt: int, text: str, last: float) -> None:
        self.topic, self.message, self.attempt = topic, message, attempt
        self.head = delta_head(topic, message, attempt)
        self.said = [text]
        self.at = utf16.length(text)
        self.held: list[str] = []
        self.last = last


class _Readers:
    """Who is there, in the order they came, and what has gathered for all of them since the last tick."""

    __slots__ = ("_all", "_batch", "_flush", "_frames", "_now", "_size", "_turn")

    def __init__(self, flush: Flush) -> None:
        self._flush = flush
        self._all: dict[Sink, None] = {}
        #: What is iterated while readers come and go; None: they have.
        self._now: tuple[Sink, ...] | None = ()
        self._frames: list[Frame] = []
        self._size = 0
        #: What is being handed out, and to whom it still has to go.
        self._batch: Batch | None = None
        self._turn: tuple[Sink, ...] = ()

    def add(self, sink: Sink) -> None:
        self.settle()
        self._all[sink] = None
        self._now = None

    def drop(self, sink: Sink) -> None:
        if self._all.pop(sink, self) is None:
            self._now = None

    def offer(self, frame: Frame) -> None:
        if not self._all:
            return
        if not self._frames:
            self._flush.gather(self)
        self._frames.append(frame)
        self._size += len(frame.wire)
        if self._size > _GATHERED:
            self.settle()

    def settle(self) -> None:
        while self._frames or self._batch is not None:
            self.some(len(self._all) + len(self._turn))

    def some(self, most: int) -> int:
        """Hand out to at most so many readers; how many there were. Less than `most`: it is done."""
        if self._batch is None:
            if not self._frames:
                return 0
            frames, self._frames, self._size = self._frames, [], 0
            self._batch, self._turn = _batch(frames), self.now()
        batch, sinks = self._batch, self._turn
        if len(sinks) > most:
            sinks, self._turn = sinks[:most], sinks[most:]
        else:
            self._batch, self._turn = None, ()
        for sink in sinks:
            sink.offer_all(batch)
        return len(sinks) if self._batch is None else most

    def now(self) -> tuple[Sink, ...]:
        if self._now is None:
            self._now = tuple(self._all)
        return self._now


class _Room:
    """A topic: its readers by what they may see, and its open messages."""

    __slots__ = ("growing", "members", "persons")

    def __init__(self, flush: Flush) -> None:
        self.persons = _Readers(flush)
        self.members = _Readers(flush)
        self.growing: dict[MessageId, _Growing] = {}


class MemoryLive:
    """See ports.Live. `window` in seconds: how long provisional text is gathered after some has left."""

    def __init__(self, loop: Loop, flush: Flush, *, window: float = 0.030) -> None:
        self._loop, self._flush, self._window = loop, flush, window
        self._rooms: dict[Topic, _Room] = {}
        self._waiting: list[_Growing] = []

    def subscribe(self, topic: Topic, viewer: Viewer, sink: Sink) -> None:
        """From now on; a second time changes nothing."""
        room = self._rooms.get(topic)
        if room is None:
            room = self._rooms[topic] = _Room(self._flush)
        (room.persons if viewer == "person" else room.members).add(sink)

    def unsubscribe(self, topic: Topic, sink: Sink) -> None:
        """No more of it."""
        room = self._rooms.get(topic)
        if room is None:
            return
        room.persons.drop(sink)
        room.members.drop(sink)
        self._tidy(topic, room)

    def publish(self, entries: Sequence[Entry]) -> None:
        """Committed events, to everyone there."""
        for item in entries:
            topic = (item.tenant, item.conversation)
            room = self._rooms.get(topic)
            if room is None:
                continue
            if room.growing and item.kind == "message":
                body = item.body()
                if isinstance(body, Message):
                    self.end(topic, body.id)
            member: Frame | None = None
            if room.members.now():
                member = frame(event_frame(item, "member"), topic, item.seq)
                room.members.offer(member)
            if room.persons.now():
                if member is None or item.person is not item.member:
                    member = frame(event_frame(item, "person"), topic, item.seq)
                room.persons.offer(member)

    def tell(self, topic: Topic, text: bytes, but: Sink | None = None) -> None:
        """An unsequenced frame to everyone there, but one."""
        room = self._rooms.get(topic)
        if room is None:
            return
        told = frame(text, topic)
        room.persons.settle()
        room.members.settle()
        for sink in (*room.persons.now(), *room.members.now()):
            if sink is not but:
                sink.offer(told)

    def begin(self, topic: Topic, message: MessageId, attempt: int, text: str) -> None:
        """Open a message; readers learn of a text that is there already, or starts anew, by a snapshot."""
        room = self._rooms.get(topic)
        if room is None:
            room = self._rooms[topic] = _Room(self._flush)
        self._forget(room, message)
        # Far in the past: its first words leave at once.
        room.growing[message] = _Growing(topic, message, attempt, text, self._loop.time() - self._window)
        if attempt > 1 or text:
            self._give(room, snapshot_frame(topic, message, attempt, text))

    def add(self, topic: Topic, message: MessageId, text: str) -> None:
        """More provisional text. What is not open is not shown."""
        room = self._rooms.get(topic)
        growing = room.growing.get(message) if room is not None else None
        if room is None or growing is None or not text:
            return
        if not growing.held and self._loop.time() - growing.last >= self._window:
            self._leave(room, growing, text)
            return
        if not growing.held:
            if not self._waiting:
                self._loop.call_later(self._window, self._tick)
            self._waiting.append(growing)
        growing.held.append(text)

    def end(self, topic: Topic, message: MessageId) -> None:
        """Nothing more of it leaves."""
        room = self._rooms.get(topic)
        if room is not None:
            self._forget(room, message)
            self._tidy(topic, room)

    def open_texts(self, topic: Topic) -> list[OpenText]:
        """As far as they have left the window."""
        room = self._rooms.get(topic)
        if room is None:
            return []
        return [OpenText(g.message, g.attempt, _text(g)) for g in room.growing.values()]

    def snapshot(self, topic: Topic, message: MessageId) -> Frame | None:
        """The open message's text so far, as a frame; None when it is not open."""
        room = self._rooms.get(topic)
        growing = room.growing.get(message) if room is not None else None
        return None if growing is None else snapshot_frame(topic, message, growing.attempt, _text(growing))

    def _tick(self) -> None:
        waiting, self._waiting = self._waiting, []
        for growing in waiting:
            if growing.held:
                text = "".join(growing.held)
                growing.held = []
                self._leave(self._rooms[growing.topic], growing, text)

    def _leave(self, room: _Room, growing: _Growing, text: str) -> None:
        growing.last = self._loop.time()
        if room.persons.now() or room.members.now():
            self._give(
                room, delta_frame(growing.topic, growing.message, growing.attempt, growing.at, text, growing.head)
            )
        growing.at += utf16.length(text)
        growing.said.append(text)

    def _forget(self, room: _Room, message: MessageId) -> None:
        old = room.growing.pop(message, None)
        if old is not None:
            # It may still be on the tick's list.
            old.held = []

    def _give(self, room: _Room, frame: Frame) -> None:
        room.persons.offer(frame)
        room.members.offer(frame)

    def _tidy(self, topic: Topic, room: _Room) -> None:
        if not (room.persons.now() or room.members.now() or room.growing):
            self._rooms.pop(topic, None)


def _text(growing: _Growing) -> str:
    text = "".join(growing.said)
    growing.said = [text]
    return text


def _batch(frames: list[Frame]) -> Batch:
    if len(frames) == 1:
        only = frames[0]
        return Batch(frames, only.wire, only.seq, only.seq)
    wire = b"".join([f.wire for f in frames])
    seqs = [f.seq for f in frames if f.seq]
    if not seqs:
        return Batch(frames, wire, 0, 0)
    dense = seqs[-1] - seqs[0] == len(seqs) - 1
    return Batch(frames, wire, seqs[0] if dense else -1, seqs[-1])
