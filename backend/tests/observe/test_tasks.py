"""Tasks that are kept, failures that are seen, a loop that is watched."""

import asyncio
import gc
import io
import logging
from collections.abc import Iterator

import msgspec
import pytest
import structlog

from throughline import observe
from throughline.observe.crash import arm_crash, crash_point


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    out = io.StringIO()
    observe.configure_logs("json", "INFO", out)
    yield out
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


async def test_a_task_that_nobody_holds_runs_to_its_end() -> None:
    done = asyncio.Event()

    async def works() -> None:
        await asyncio.sleep(0)
        gc.collect()
        done.set()

    observe.spawn(works(), "works")

    async with asyncio.timeout(5):
        await done.wait()


async def test_a_failure_is_logged_with_its_name_and_without_its_words(lines: io.StringIO) -> None:
    async def breaks() -> None:
        raise RuntimeError("secret")

    task = observe.spawn(breaks(), "breaks")
    await asyncio.wait({task})
    await asyncio.sleep(0)

    line = msgspec.json.decode(lines.getvalue())
    assert (line["event"], line["task"], line["error"]) == ("task_failed", "breaks", "RuntimeError")
    assert "secret" not in lines.getvalue()


async def test_a_cancel_is_no_failure(lines: io.StringIO) -> None:
    task = observe.spawn(asyncio.Event().wait(), "waits")
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    await asyncio.sleep(0)

    assert lines.getvalue() == ""


async def test_the_loop_is_measured_until_it_is_told_to_stop() -> None:
    seen: asyncio.Queue[float] = asyncio.Queue()
    task = observe.spawn(observe.watch_loop(0.001, seen.put_nowait), "lag")
    async with asyncio.timeout(5):
        lags = [await seen.get() for _ in range(3)]
    task.cancel()
    await asyncio.wait({task})

    assert all(lag >= 0 for lag in lags)


def test_the_nth_pass_of_an_armed_point_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr("os._exit", ended.append)
    arm_crash("here:3")
    try:
        for name in ("here", "there", "here"):
            crash_point(name)
        assert ended == []
        crash_point("here")
    finally:
        arm_crash("")

    assert ended == [137]
    crash_point("here")
    assert ended == [137]
