"""A look at a store that another process may have open: read-only, without the folder's lock, for diagnosis."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from throughline.ports import StoreDown, Tx
from throughline.store.connect import connect
from throughline.store.folder import DATABASE
from throughline.store.readers import Readers
from throughline.store.revision import HEAD, Unmigrated, revision

T = TypeVar("T")


class Looking:
    """ports.Store as far as reading goes; every write is refused."""

    epoch = "looking"

    def __init__(self, readers: Readers) -> None:
        """Made by `look_sqlite`."""
        self._readers = readers

    async def write(self, fn: Callable[[Tx], T]) -> T:  # noqa: ARG002 - it is the port
        """Raises StoreDown."""
        raise StoreDown("this is only a look")

    async def read(self, fn: Callable[[Tx], T]) -> T:
        """ports.Store.read."""
        return await self._readers.read(fn)

    def health(self) -> str | None:
        """ports.Store.health."""
        return None

    async def close(self) -> None:
        """ports.Store.close."""
        await self._readers.close()


async def look_sqlite(folder: Path) -> Looking:
    """Open what is in the folder. Raises Unmigrated (also where nothing is in it), sqlite3.Error."""
    return Looking(await asyncio.to_thread(_opened, folder / DATABASE))


def _opened(database: Path) -> Readers:
    # To connect would make the file.
    if not database.is_file():
        raise Unmigrated(None)
    raw = connect(database, writes=False)
    try:
        found = revision(raw)
    finally:
        raw.close()
    if found != HEAD:
        raise Unmigrated(found)
    return Readers(database, 1, limit=64)
