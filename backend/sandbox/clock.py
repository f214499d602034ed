"""The stand-in's clock: the wall's, and as far ahead of it as somebody has turned it."""

import asyncio
import time
from collections.abc import Callable

_FAR = 3_600.0


class Clock:
    """`wall` is what ts and signatures are made of; `now` is what limits, retries and the life of streams go by."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:  # noqa: TID251 - this is the clock
        self.wall = wall
        self.offset = 0.0
        self._moved = asyncio.Event()

    def now(self) -> float:
        """Seconds since 1970, and what was added."""
        return self.wall() + self.offset

    def turn(self, offset: float) -> None:
        """Be this many seconds ahead; whoever waits looks again."""
        self.offset = offset
        self._moved.set()
        self._moved = asyncio.Event()

    async def until(self, at: float) -> None:
        """Wait for a time; at once where it is past."""
        while (left := at - self.now()) > 0:
            try:
                async with asyncio.timeout(min(left, _FAR)):
                    await self._moved.wait()
            except TimeoutError:
                continue
