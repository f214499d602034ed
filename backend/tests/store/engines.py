"""The engines that the contract is held against. A second one is one more entry here."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.store.template import fresh
from throughline.ports import Committed, Store
from throughline.store.sqlite import open_sqlite

from .given import StillClock

Open = Callable[[Path, Committed], Awaitable[Store]]


async def sqlite(folder: Path, committed: Committed) -> Store:
    """The embedded one, in a folder of its own."""
    fresh(folder)
    return await open_sqlite(folder, StillClock(), committed)


ENGINES: dict[str, Open] = {"sqlite": sqlite}
