"""Waiting for whatever comes first."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from throughline.observe import spawn
from throughline.ports import Clock


async def first(*waits: Coroutine[Any, Any, object]) -> None:
    """Return when one of them has; the others are cancelled, and over before this returns."""
    tasks = {spawn(wait, "first") for wait in waits}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def over(*tasks: "asyncio.Task[Any]") -> None:
    """Return when one of them is over, however it ended; none of them is cancelled."""
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)


async def set_within(event: asyncio.Event, clock: Clock, seconds: float) -> bool:
    """Wait for an event, for so long at most; whether it is set."""
    if not event.is_set():
        await first(event.wait(), clock.sleep(seconds))
    return event.is_set()
