"""A store of every engine, empty, and the list of what it handed over as committed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from throughline.conversation.events import Entry
from throughline.ports import Store

from .engines import ENGINES, Open


@pytest.fixture
def told() -> list[Entry]:
    """Every entry that `committed` was given, in order."""
    return []


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> Open:
    """How to open a store of one engine in a folder."""
    return ENGINES[request.param]


@pytest_asyncio.fixture
async def store(engine: Open, tmp_path: Path, told: list[Entry]) -> AsyncIterator[Store]:
    opened = await engine(tmp_path / "data", told.extend)
    yield opened
    await opened.close()
