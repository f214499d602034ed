"""A loop whose time is told, a pipe whose fullness is told, and sinks that remember."""

import heapq
import itertools
import json
from collections.abc import Callable
from typing import Any

from throughline.conversation.frames import Batch, Frame
from throughline.conversation.ids import ConversationId, TenantId
from throughline.live.flush import Flush
from throughline.live.memory import MemoryLive
from throughline.live.queue import Bounds, Queue

TOPIC = (TenantId("t"), ConversationId("c"))


class ToldLoop:
    """Callbacks run when time is passed on."""

    def __init__(self) -> None:
        self.now = 100.0
        self._due: list[tuple[float, int, Callable[[], Any]]] = []
        self._count = itertools.count()

    def time(self) -> float:
        return self.now

    def call_soon(self, callback: Callable[[], Any]) -> None:
        self.call_later(0, callback)

    def call_later(self, delay: float, callback: Callable[[], Any]) -> None:
        heapq.heappush(self._due, (self.now + delay, next(self._count), callback))

    def turn(self, seconds: float = 0.0) -> None:
        """Everything that is due within `seconds`, at its time."""
        end = self.now + seconds
        while self._due and self._due[0][0] <= end + 1e-9:
            at, _, callback = heapq.heappop(self._due)
            self.now = max(self.now, at)
            callback()
        self.now = end

    @property
    def timers(self) -> int:
        return len(self._due)


class ToldPipe:
    """Remembers writes, each a list of frames."""

    wired: Callable[[bytes], None] | None = None

    def __init__(self) -> None:
        self.filled: Callable[[], None] = lambda: None
        self.drained: Callable[[], None] = lambda: None
        self.full = False
        self.writes: list[list[dict[str, Any]]] = []
        self.bytes: list[bytes] = []
        self.ended: list[int] = []

    def write(self, frames: list[Frame], wire: Callable[[list[Frame]], bytes]) -> None:
        assert not self.ended, "a write after the end"
        self.writes.append([json.loads(f.text) for f in frames])
        self.bytes.append(wire(frames))

    def end(self, code: int, reason: str) -> None:
        self.ended.append(code)

    def empty(self) -> None:
        """The reader has caught up."""
        self.full = False
        self.drained()

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [f for write in self.writes for f in write]


class Listener:
    """A Sink that remembers."""

    def __init__(self) -> None:
        self.got: list[Frame] = []

    def offer(self, frame: Frame) -> None:
        self.got.append(frame)

    def offer_all(self, batch: Batch) -> None:
        assert batch.wire == b"".join(f.wire for f in batch.frames)
        self.got.extend(batch.frames)

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [json.loads(f.text) for f in self.got]


class Stage:
    """A live port, a queue on a pipe, and the time."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self.loop = ToldLoop()
        self.flush = Flush(self.loop, self.loop.time)
        self.live = MemoryLive(self.loop, self.flush)
        self.pipe = ToldPipe()
        self.queue = Queue(self.pipe, self.flush, self.live.snapshot, bounds or Bounds())
