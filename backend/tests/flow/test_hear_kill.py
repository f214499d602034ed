"""A crash at any point of the entrance: what was answered is there, what comes again is there once."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from throughline.ports import Tx

from .ear import DEMO, OURS, ear
from .hearer import MESSAGES

BACKEND = Path(__file__).parents[2]


def run(folder: Path, *crash: str) -> tuple[int, set[int]]:
    """One process; how it ended, and which messages were answered."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.flow.hearer", str(folder), *crash],
        cwd=BACKEND, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode in {0, 137}, ended.stderr.decode()
    return ended.returncode, {int(line) for line in ended.stdout.split()}


async def texts(folder: Path) -> list[str]:
    """All that is in the log."""

    def read(tx: Tx) -> list[str]:
        places = [tx.bindings.at_thread(DEMO, OURS.id, f"D1:{n}") for n in range(3)]
        entries = [e for p in places if p for e in tx.log.entries(DEMO, p.conversation, 0, 1000, ("message",))]
        return [e.body().text for e in entries]  # type: ignore[attr-defined]

    async with ear(folder) as slack:
        return await slack.store.read(read)


@pytest.mark.parametrize(("point", "kept"), [("hear.before_commit", 0), ("hear.before_reply", 1)])
def test_a_crash_around_the_commit_costs_no_message_and_doubles_none(point: str, kept: int, tmp_path: Path) -> None:
    for passes in (1, 4, 9):
        folder = tmp_path / str(passes)
        code, answered = run(folder, f"{point}:{passes}")
        assert (code, answered) == (137, set(range(passes - 1)))
        assert len(asyncio.run(texts(folder))) == passes - 1 + kept

        assert run(folder) == (0, set(range(MESSAGES)))
        assert sorted(asyncio.run(texts(folder))) == sorted(f"text {n}" for n in range(MESSAGES))
