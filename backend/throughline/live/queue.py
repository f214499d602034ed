"""A socket's one way out: a bounded queue that is flushed with one write, and what happens to a slow reader.

While the pipe is full the frames wait; when they pass `merge_at` bytes, waiting deltas of one message become one;
when that does not help, deltas are dropped and the message's text follows as one snapshot; past `hard_at` the socket
is closed with 4001: come back and resume. Nothing leaves after a close.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from throughline.conversation.frames import Batch, Frame
from throughline.conversation.ids import MessageId, Topic
from throughline.live.flush import Flush
from throughline.live.merge import Open, merged, without_deltas

#: Close code of a reader who is too slow (protocol.md §3).
SLOW = 4001


class Bounds(Struct, frozen=True):
    """Bytes that may wait for one reader."""

    #: At most this much goes out in one write: the others' turn comes.
    chunk: int = 65_536
    merge_at: int = 65_536
    hard_at: int = 1_048_576


class Pipe(Protocol):
    """What carries frames to one socket. Calls after its end do nothing."""

    #: Called when the pipe takes no more, and when it has room again.
    filled: Callable[[], None]
    drained: Callable[[], None]
    #: Takes bytes that are ready for the wire, while it is not full and has not ended. None: frames only.
    wired: Callable[[bytes], None] | None
    #: Whether the reader is behind: frames should wait.
    full: bool

    def write(self, frames: list[Frame], wire: Callable[[list[Frame]], bytes]) -> None:
        """Send now, in order, as one write; `wire` joins frames that are ready-made."""

    def end(self, code: int, reason: str) -> None:
        """Close the socket, once."""


class Queue:
    """The Sink of one socket."""

    __slots__ = (
        "_bounds", "_dirty", "_ended", "_flush", "_frames", "_held", "_owed", "_pipe", "_room", "_send", "_shared",
        "_snapshot", "_squeezed",
    )  # fmt: skip

    def __init__(
        self,
        pipe: Pipe,
        flush: Flush,
        snapshot: Callable[[Topic, MessageId], Frame | None],
        bounds: Bounds,
    ) -> None:
        self._pipe, self._flush, self._snapshot, self._bounds = pipe, flush, snapshot, bounds
        self._frames: list[Frame] = []
        #: The list is not ours alone: never append to it.
        self._shared = False
        self._held = 0
        #: Bytes after the last squeeze: squeezing again pays only when much more has come.
        self._squeezed = 0
        self._owed: dict[Open, None] | None = None
        self._dirty = False
        self._ended = False
        self._room: asyncio.Event | None = None
        #: The pipe's way for bytes that are ready; None while it is full, and where it takes frames only.
        self._send = pipe.wired
        pipe.filled, pipe.drained = self._filled, self._drained

    @property
    def ended(self) -> bool:
        """Whether a close has been asked for."""
        return self._ended

    @property
    def held(self) -> int:
        """Bytes that wait."""
        return self._held

    def offer(self, frame: Frame) -> None:
        """Queue a frame; see ports.Sink."""
        if self._ended:
            return
        if self._owed is not None and frame.delta is not None and (frame.topic, frame.delta[0]) in self._owed:
            return
        if self._shared:
            self._frames = [*self._frames, frame]
            self._shared = False
        else:
            self._frames.append(frame)
        self._held += len(frame.wire)
        if self._held > self._squeezed + self._bounds.merge_at:
            self._squeeze()
        if not self._dirty:
            self._dirty = True
            self._flush.soon(self)

    def offer_all(self, batch: Batch) -> None:
        """Queue several; see ports.Sink. In the tick an idle pipe takes them at once; else the list itself waits."""
        if self._ended:
            return
        if self._frames or self._owed is not None:
            for frame in batch.frames:
                self.offer(frame)
            return
        send = self._send
        if send is not None and self._flush.ticking:
            send(batch.wire)
            return
        self._frames, self._held, self._shared = batch.frames, len(batch.wire), True
        if not self._dirty:
            self._dirty = True
            self._flush.soon(self)

    def flush(self) -> None:
        """Write what waits, a chunk at most. Called by the tick."""
        self._dirty = False
        pipe = self._pipe
        if self._ended or pipe.full:
            return
        if self._held <= self._bounds.chunk and not self._squeezed and self._owed is None and self._room is None:
            # Nearly always.
            frames, self._frames, self._held, self._shared = self._frames, [], 0, False
            if frames:
                pipe.write(frames, self._flush.wire)
            return
        self._flush_slowly()

    def _flush_slowly(self) -> None:
        if self._squeezed:
            # It has waited: what is sent now may as well be short.
            self._frames, self._shared = merged(self._frames), False
            self._held = sum(len(f.wire) for f in self._frames)
        frames = self._chunk()
        if frames:
            self._pipe.write(frames, self._flush.wire)
        if self._frames:
            if not self._pipe.full:
                self._again()
            return
        self._squeezed = 0
        if self._owed is not None:
            self._pay()
        if self._room is not None and not self._frames:
            self._room.set()

    def close(self, code: int, reason: str = "") -> None:
        """Send what waits if the reader keeps up, then close. The first close counts."""
        if self._ended:
            return
        self._ended = True
        if self._frames and not self._pipe.full:
            self._pipe.write(self._frames, self._flush.wire)
        self._frames = []
        self._held = 0
        self._pipe.end(code, reason)
        if self._room is not None:
            self._room.set()

    async def room(self) -> None:
        """Return when all that was offered has been written (to a pipe that may be full again), or at the end."""
        if self._ended or not self._frames:
            return
        if self._room is None:
            self._room = asyncio.Event()
        self._room.clear()
        await self._room.wait()
        self._room = None

    def _chunk(self) -> list[Frame]:
        """Take from the head as much as one write may carry."""
        self._shared = False
        if self._held <= self._bounds.chunk:
            frames, self._frames, self._held = self._frames, [], 0
            return frames
        size = count = 0
        for frame in self._frames:
            size += len(frame.wire)
            count += 1
            if size >= self._bounds.chunk:
                break
        frames, self._frames = self._frames[:count], self._frames[count:]
        self._held = sum(len(f.wire) for f in self._frames)
        return frames

    def _squeeze(self) -> None:
        """Too much waits: send, else merge, else drop deltas for a snapshot, else give the reader up."""
        while self._frames and not self._pipe.full:
            self._pipe.write(self._chunk(), self._flush.wire)
        if not self._frames:
            return
        self._frames, self._shared = merged(self._frames), False
        self._held = sum(len(f.wire) for f in self._frames)
        if self._held > self._bounds.merge_at:
            self._frames, owed = without_deltas(self._frames)
            self._held = sum(len(f.wire) for f in self._frames)
            if owed:
                self._owed = (self._owed or {}) | dict.fromkeys(owed)
        self._squeezed = max(1, self._held)
        if self._held > self._bounds.hard_at:
            self.close(SLOW, "too slow; come back and resume")

    def _pay(self) -> None:
        """The reader has caught up: give the texts whose deltas were dropped."""
        owed, self._owed = self._owed or {}, None
        for topic, message in owed:
            frame = self._snapshot(topic, message)
            if frame is not None:
                self.offer(frame)

    def _again(self) -> None:
        if not self._dirty:
            self._dirty = True
            self._flush.soon(self)

    def _filled(self) -> None:
        self._send = None

    def _drained(self) -> None:
        self._send = self._pipe.wired
        if (self._frames or self._owed is not None) and not self._ended:
            self._again()
