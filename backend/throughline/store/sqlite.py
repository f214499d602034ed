"""The embedded store: one folder, one process, SQLite behind one writer and a few readers (docs/adr/0003)."""

import asyncio
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import bindparam

from throughline.ports import Clock, Committed, Tx
from throughline.store.connect import SqliteLink, connect
from throughline.store.folder import Folder
from throughline.store.readers import Readers
from throughline.store.revision import HEAD, Unmigrated, revision
from throughline.store.schema import meta
from throughline.store.sql import put
from throughline.store.writer import Writer

T = TypeVar("T")
_NAME_EPOCH = (
    put(meta).values(name="epoch", value=bindparam("value")).on_conflict_do_nothing(index_elements=[meta.c.name])
)
_EPOCH = "SELECT value FROM meta WHERE name = 'epoch'"


class SqliteStore:
    """ports.Store on a data folder that it holds until `close`."""

    def __init__(self, folder: Folder, epoch: str, writer: Writer, readers: Readers) -> None:
        """Made by `open_sqlite`."""
        self.epoch = epoch
        self._folder = folder
        self._writer = writer
        self._readers = readers
        self._closed = False

    async def write(self, fn: Callable[[Tx], T]) -> T:
        """ports.Store.write. A caller that goes away does not undo what it asked for."""
        result: T = await self._writer.submit(fn)
        return result

    async def read(self, fn: Callable[[Tx], T]) -> T:
        """ports.Store.read. Raises StoreDown where the database cannot be read, or too many reads wait."""
        return await self._readers.read(fn)

    def health(self) -> str | None:
        """ports.Store.health."""
        return self._writer.trouble

    async def pending(self) -> bool:
        """Whether the database lacks a migration of this program: for /readyz. Raises sqlite3.Error."""
        return await asyncio.to_thread(_revision, self._folder.database) != HEAD

    async def close(self) -> None:
        """ports.Store.close."""
        if self._closed:
            return
        self._closed = True
        await self._readers.close()
        await self._writer.close()
        self._folder.release()


def _nobody(_: str) -> None:
    """Whoever opens without a `died` looks at health()."""


async def open_sqlite(
    folder: Path,
    clock: Clock,
    committed: Committed,
    *,
    died: Callable[[str], None] = _nobody,
    waiting: int = 2_048,
    readers: int = 4,
    probe: float = 1.0,
) -> SqliteStore:
    """Take the folder and open what is in it.

    `committed` gets every committed event; `died` is called when the disk cannot be trusted: end the process. Of
    transactions `waiting` may wait; while writes are refused, every `probe` seconds it is tried whether they are
    possible again. Raises FolderHeld (another process has it), Unmigrated (run `migrate` first), sqlite3.Error.
    """
    held = await asyncio.to_thread(Folder, folder)
    try:
        epoch = await asyncio.to_thread(_ready, held.database)
        beside = Readers(held.database, readers, limit=8_192)
        return SqliteStore(held, epoch, Writer(held.database, clock, committed, died, waiting, probe), beside)
    except BaseException:
        held.release()
        raise


def _ready(database: Path) -> str:
    """The epoch of a database that has all its migrations."""
    raw = connect(database, writes=True)
    try:
        found = revision(raw)
        if found != HEAD:
            raise Unmigrated(found)
        row = raw.execute(_EPOCH).fetchone()
        if row is None:
            SqliteLink(raw).run(_NAME_EPOCH, value=secrets.token_hex(8))
            row = raw.execute(_EPOCH).fetchone()
        return str(row[0])
    finally:
        raw.close()


def _revision(database: Path) -> str | None:
    raw = connect(database, writes=False)
    try:
        return revision(raw)
    finally:
        raw.close()
