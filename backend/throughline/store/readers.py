"""Readers beside the writer: a few threads, each with a connection, each transaction a view of one moment."""

import asyncio
import queue
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from throughline.ports import StoreDown, Tx
from throughline.store.connect import SqliteLink, Verdict, connect, verdict
from throughline.store.tx import SqlTx

T = TypeVar("T")


class Readers:
    """`size` reads run at once, `limit` may wait."""

    def __init__(self, database: Path, size: int, limit: int) -> None:
        self._limit = limit
        self._open = 0
        self._closing = False
        self._links = [SqliteLink(connect(database, writes=False)) for _ in range(size)]
        self._free: queue.SimpleQueue[tuple[SqliteLink, SqlTx]] = queue.SimpleQueue()
        for link in self._links:
            self._free.put((link, SqlTx(link)))
        self._pool = ThreadPoolExecutor(size, thread_name_prefix="store-reader")

    async def read(self, fn: Callable[[Tx], T]) -> T:
        """Run it in a view of what is committed now. Raises StoreDown, or what `fn` raised."""
        if self._closing or self._open >= self._limit:
            raise StoreDown("the store is closing" if self._closing else f"{self._open} reads are waiting")
        self._open += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._view, fn)
        finally:
            self._open -= 1

    async def close(self) -> None:
        """Finish what runs, then let go."""
        self._closing = True
        await asyncio.to_thread(self._pool.shutdown)
        for link in self._links:
            link.raw.close()

    def _view(self, fn: Callable[[Tx], T]) -> T:
        link, tx = self._free.get()
        try:
            link.begin()
            return fn(tx)
        except sqlite3.Error as error:
            if verdict(error) in {Verdict.AGAIN, Verdict.FATAL}:
                raise StoreDown("the database cannot be read") from error
            raise
        finally:
            if link.raw.in_transaction:
                link.raw.execute("ROLLBACK")
            self._free.put((link, tx))
