"""One flush for all sockets: whoever has something to send is collected, and written to once a tick.

The first flush after a quiet time runs at the end of the current loop turn; then the next one waits. The pause is
`share` times what the last flush took, at least `shortest`, and both together at most `longest` where they can: few
readers get their frames at once, many readers get several frames with one write each.
"""

from collections.abc import Callable
from typing import Any, Protocol

from throughline.conversation.frames import Frame


class Loop(Protocol):
    """What is needed of an event loop; asyncio's and uvloop's fit."""

    def call_soon(self, callback: Callable[[], Any]) -> Any:
        """Run it in the next turn."""

    def call_later(self, delay: float, callback: Callable[[], Any]) -> Any:
        """Run it after `delay` seconds."""


class Dirty(Protocol):
    """Somebody who has something to send."""

    def flush(self) -> None:
        """Send it, as much as fits; ask again with `soon` if there is more."""


class Source(Protocol):
    """Somebody who hands out to many what has gathered since the last tick."""

    def some(self, most: int) -> int:
        """Hand it out to at most `most`; how many there were. Less than `most`: it is done."""


class Flush:
    """The dirty list of a loop, and its tick. Seconds throughout; `now` is a monotonic clock."""

    def __init__(
        self,
        loop: Loop,
        now: Callable[[], float],
        *,
        shortest: float = 0.005,
        longest: float = 0.022,
        share: float = 16.0,
        batch: int = 256,
    ) -> None:
        self._loop, self._now = loop, now
        self._shortest, self._longest, self._share, self._batch = shortest, longest, share, batch
        self._sources: list[Source] = []
        self._dirty: list[Dirty] = []
        self._turn: list[Dirty] = []
        self._giving: list[Source] = []
        #: Sources are handing out: what they give to an idle pipe may leave at once, it is this tick's one write.
        self.ticking = False
        self._spent = 0.0
        self._armed = False
        self._next = 0.0
        self._frames: list[Frame] = []
        self._wire = b""

    def soon(self, who: Dirty) -> None:
        """Flush `who` with the next tick. Each may be on the list once; it says so by itself."""
        self._dirty.append(who)
        if not self._armed:
            self._arm()

    def gather(self, source: Source) -> None:
        """Let `source` hand out with the next tick, before anybody is flushed. Each may be on the list once."""
        self._sources.append(source)
        if not self._armed:
            self._arm()

    def wire(self, frames: list[Frame]) -> bytes:
        """The frames' bytes for one write. Readers of one conversation wait with the same list: joined once."""
        if len(frames) == 1:
            return frames[0].wire
        if frames is not self._frames:
            self._frames, self._wire = frames, b"".join([f.wire for f in frames])
        return self._wire

    def _arm(self) -> None:
        self._armed = True
        wait = self._next - self._now()
        if wait <= 0:
            self._loop.call_soon(self._tick)
        else:
            self._loop.call_later(wait, self._tick)

    def _tick(self) -> None:
        self._giving, self._sources = self._sources, []
        self._giving.reverse()
        self._spent = 0.0
        self._some()

    def _some(self) -> None:
        began, left = self._now(), self._batch
        self.ticking = True
        while self._giving and left > 0:
            source = self._giving[-1]
            given = source.some(left)
            if given < left:
                self._giving.pop()
            left -= max(1, given)
        self.ticking = False
        if not self._giving:
            if not self._turn:
                self._turn, self._dirty = self._dirty, []
                self._turn.reverse()
            turn = self._turn
            for _ in range(min(left, len(turn))):
                turn.pop().flush()
        now = self._now()
        self._spent += now - began
        if self._giving or self._turn:
            # More than a batch: let the loop breathe, so that nobody's message waits for everybody's.
            self._loop.call_soon(self._some)
            return
        self._frames, self._wire = [], b""
        pause = max(self._shortest, min(self._longest - self._spent, self._spent * self._share))
        self._next = now + pause
        if self._dirty or self._sources:
            self._loop.call_later(pause, self._tick)
        else:
            self._armed = False
