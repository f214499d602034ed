"""A store that dies and lives on: what machines of rules share.

A crash is the files as they are at that moment, opened elsewhere: nothing that was not acknowledged is flushed first.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from throughline.ports import Clock, Committed, Tx
from throughline.store.folder import DATABASE
from throughline.store.sqlite import SqliteStore, open_sqlite

from .given import StillClock
from .template import template

T = TypeVar("T")


class Lives:
    """A fresh store in a folder of its own, on a loop of its own. `store` is the one of this life."""

    def __init__(self, committed: Committed = lambda _: None, clock: Clock | None = None) -> None:
        self.runner = asyncio.Runner()
        self.home = Path(tempfile.mkdtemp(prefix="throughline-machine-"))
        self.past = 0
        self._committed, self._clock = committed, clock or StillClock()
        shutil.copytree(template(), self.home / "life0")
        self.store = self.run(self._open())

    async def _open(self) -> SqliteStore:
        return await open_sqlite(self.home / f"life{self.past}", self._clock, self._committed, readers=1)

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        """Until it is done."""
        return self.runner.run(doing)

    def write(self, fn: Callable[[Tx], T]) -> T:
        """One transaction."""
        return self.run(self.store.write(fn))

    def read(self, fn: Callable[[Tx], T]) -> T:
        """One look."""
        return self.run(self.store.read(fn))

    def crash(self) -> None:
        """The next life begins; what was leased in the last one still is."""
        here, there = (self.home / f"life{n}" for n in (self.past, self.past + 1))
        there.mkdir()
        for name in (DATABASE, f"{DATABASE}-wal"):
            shutil.copy(here / name, there / name)
        abandoned = self.store
        self.past += 1
        self.store = self.run(self._open())
        self.run(abandoned.close())
        assert self.store.epoch == abandoned.epoch

    def close(self) -> None:
        """Nothing is left of it."""
        self.run(self.store.close())
        self.runner.close()
        shutil.rmtree(self.home)
