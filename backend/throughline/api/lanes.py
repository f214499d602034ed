"""Lanes: one socket's work in progress, in order within a conversation, side by side between them, bounded."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from throughline import observe

Work = Callable[[], Awaitable[None]]


class Lanes:
    """Work by key. `most` pieces may be pending over all keys: who adds more waits in `room`."""

    __slots__ = ("_free", "_lanes", "_most", "_pending")

    def __init__(self, most: int) -> None:
        self._most = most
        self._pending = 0
        self._lanes: dict[str, deque[Work]] | None = None
        self._free: asyncio.Event | None = None

    @property
    def pending(self) -> int:
        """Pieces that are not done."""
        return self._pending

    def add(self, key: str, work: Work) -> None:
        """Do it after everything that was added under `key` before."""
        self._pending += 1
        if self._lanes is None:
            self._lanes = {}
        lane = self._lanes.get(key)
        if lane is not None:
            lane.append(work)
            return
        self._lanes[key] = deque((work,))
        observe.spawn(self._run(key, self._lanes[key]), "socket.lane")

    async def room(self) -> None:
        """Return when fewer than `most` are pending."""
        while self._pending >= self._most:
            if self._free is None:
                self._free = asyncio.Event()
            self._free.clear()
            await self._free.wait()

    async def _run(self, key: str, lane: deque[Work]) -> None:
        try:
            while lane:
                work = lane.popleft()
                try:
                    await work()
                finally:
                    self._done()
        finally:
            self._pending -= len(lane)
            if self._lanes is not None:
                del self._lanes[key]
                if not self._lanes:
                    self._lanes = None

    def _done(self) -> None:
        self._pending -= 1
        if self._free is not None:
            self._free.set()
