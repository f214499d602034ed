"""Time for tests that talk with another process: it passes, but nobody waits for it."""

import asyncio
import time


class QuickClock:
    """Real time; sleeping is written down instead of done."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)
