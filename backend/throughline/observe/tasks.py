"""Tasks that are kept: a background task nobody holds can be collected, and its failure is never seen."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from throughline.observe.logs import failure, logger
from throughline.observe.metrics import lag

T = TypeVar("T")

_log = logger("observe.tasks")
_kept: set[asyncio.Task[Any]] = set()


def spawn(coro: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
    """Run in the background and hold on to it until it ends. A failure is logged with `name`; a cancel is not one."""
    task = asyncio.get_running_loop().create_task(coro, name=name)
    _kept.add(task)
    task.add_done_callback(_over)
    return task


async def watch_loop(every: float = 0.5, tell: Callable[[float], None] = lag) -> None:
    """Measure for ever how late the event loop comes to a timer; `spawn` it once per process."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + every
        await asyncio.sleep(every)
        tell(max(0.0, loop.time() - due))


def _over(task: asyncio.Task[Any]) -> None:
    _kept.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("task_failed", task=task.get_name(), **failure(error))
