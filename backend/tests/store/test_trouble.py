"""SQLite in trouble: a full disk, a held or read-only file, a broken disk, a queue that is full."""

import asyncio
import os
import resource
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.store.template import fresh
from throughline.conversation.events import Entry
from throughline.ports import StoreDown, Tx
from throughline.store import connect, writer
from throughline.store.sqlite import SqliteStore, open_sqlite

from .given import ACME, C1, StillClock, appending, begun, say, saying, words


@asynccontextmanager
async def opened(
    folder: Path, told: list[Entry] | None = None, died: list[str] | None = None, waiting: int = 2_048
) -> AsyncIterator[SqliteStore]:
    """A store with people in it, that looks at a fault every 10 ms."""
    fresh(folder)
    store = await open_sqlite(
        folder,
        StillClock(),
        (told if told is not None else []).extend,
        died=(died if died is not None else []).append,
        waiting=waiting,
        probe=0.01,
    )
    try:
        yield store
    finally:
        await store.close()


async def until_healthy(store: SqliteStore) -> None:
    """The writer's thread looks by itself; nothing here writes."""
    async with asyncio.timeout(10):
        while store.health() is not None:  # noqa: ASYNC110 - a disk has no event to wait for
            await asyncio.sleep(0.01)


async def test_a_full_queue_refuses_at_once_and_keeps_what_it_took(tmp_path: Path) -> None:
    told: list[Entry] = []
    async with opened(tmp_path, told, waiting=8) as store:
        await store.write(begun)
        asked = [asyncio.ensure_future(store.write(saying(f"m{n}"))) for n in range(20)]
        results = await asyncio.gather(*asked, return_exceptions=True)
        kept = await store.read(lambda tx: tx.log.entries(ACME, C1, 0, 99))
        again = await store.write(lambda tx: say(tx, "later"))

    assert [type(result) for result in results] == [Entry] * 8 + [StoreDown] * 12
    assert [item.seq for item in kept] == list(range(1, 9))
    assert again.seq == 9
    assert len(told) == 9


async def test_a_file_that_another_program_holds_is_waited_for_and_the_group_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "BUSY_TIMEOUT", 1)
    monkeypatch.setattr(writer, "TRIES", 10_000)
    told: list[Entry] = []
    async with opened(tmp_path, told) as store:
        await store.write(begun)
        other = sqlite3.connect(tmp_path / "throughline.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        waits = asyncio.ensure_future(store.write(lambda tx: say(tx, "m1")))
        done, _ = await asyncio.wait({waits}, timeout=0.05)
        assert not done
        other.execute("ROLLBACK")
        other.close()
        entry = await waits
        health = store.health()

    assert entry.seq == 1
    assert told == [entry]
    assert health is None


async def test_a_group_is_run_again_whole_when_its_commit_finds_the_file_held(tmp_path: Path) -> None:
    """`fn` may run twice: what it appended the first time must not be told."""
    told: list[Entry] = []
    runs = []
    async with opened(tmp_path, told) as store:
        await store.write(begun)

        def unlucky(tx: Tx) -> int:
            runs.append(1)
            entry = say(tx, "m1")
            if len(runs) == 1:
                error = sqlite3.OperationalError("database is locked")
                error.sqlite_errorcode = sqlite3.SQLITE_BUSY
                tx.log._link.fault = error  # type: ignore[attr-defined]
            return entry.seq

        seq = await store.write(unlucky)

    assert (seq, len(runs)) == (1, 2)
    assert [item.seq for item in told] == [1]


async def test_a_file_held_for_too_long_is_a_503_and_heals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "BUSY_TIMEOUT", 1)
    async with opened(tmp_path) as store:
        await store.write(begun)
        other = sqlite3.connect(tmp_path / "throughline.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreDown):
            await store.write(lambda tx: say(tx, "m1"))
        assert store.health() == "another program holds the database"
        assert await store.read(lambda tx: tx.log.entries(ACME, C1, 0, 9)) == []
        other.execute("ROLLBACK")
        other.close()
        await until_healthy(store)
        assert (await store.write(lambda tx: say(tx, "m1"))).seq == 1


async def test_a_database_at_its_size_limit_refuses_all_reads_on_and_recovers(tmp_path: Path) -> None:
    told: list[Entry] = []
    async with opened(tmp_path, told) as store:
        await store.write(begun)
        await store.write(lambda tx: say(tx, "m1"))
        (pages,) = store._writer._link.raw.execute("PRAGMA page_count").fetchone()

        def limit(pages: int) -> None:
            # On the writer's own thread and connection, between two commits.
            store._writer._link.raw.execute(f"PRAGMA max_page_count={pages}").fetchone()

        limit(pages)
        big = [asyncio.ensure_future(store.write(appending(words("x" * 90_000, f"b{n}")))) for n in range(4)]
        results = await asyncio.gather(*big, return_exceptions=True)
        reads = await store.read(lambda tx: tx.log.entries(ACME, C1, 0, 9))
        limit(1_000_000)
        entry = await store.write(lambda tx: tx.log.append(ACME, C1, 20, words("x" * 90_000, "b")))
        health = store.health()

    assert [type(result) for result in results] == [StoreDown] * 4
    assert len(reads) == 1
    assert entry.seq == 2
    assert [item.seq for item in told] == [1, 2]
    assert health is None


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB, where this user may mount one."""
    if os.geteuid() != 0:
        pytest.fail("run this as root (it mounts a 2 MB tmpfs): sudo -E .venv/bin/pytest tests/store/test_trouble.py")
    where = tmp_path / "disk"
    where.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", where], check=True)
    yield where
    subprocess.run(["umount", where], check=True)


async def test_a_full_disk_refuses_reads_on_and_heals_when_there_is_room(small_disk: Path) -> None:
    told: list[Entry] = []
    async with opened(small_disk / "data", told) as store:
        await store.write(begun)
        await store.write(lambda tx: say(tx, "m1"))
        ballast = small_disk / "ballast"
        free = os.statvfs(small_disk)
        ballast.write_bytes(b"x" * (free.f_bavail * free.f_frsize - 32_768))
        big = [asyncio.ensure_future(store.write(appending(words("x" * 20_000, f"b{n}")))) for n in range(8)]
        results = await asyncio.gather(*big, return_exceptions=True)
        during = store.health()
        acknowledged = len(told)
        reads = await store.read(lambda tx: tx.log.entries(ACME, C1, 0, 99))
        ballast.unlink()
        await until_healthy(store)
        entry = await store.write(lambda tx: say(tx, "after"))

    assert {str(result) for result in results if isinstance(result, StoreDown)} == {"the disk is full"}
    assert during == "the disk is full"
    assert len(reads) == acknowledged
    assert entry.seq == acknowledged + 1
    assert [item.seq for item in told] == list(range(1, entry.seq + 1))


async def test_a_read_only_database_refuses_writes_and_heals(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.write(begun)
        store._writer._link.raw.execute("PRAGMA query_only=ON")
        with pytest.raises(StoreDown):
            await store.write(lambda tx: say(tx, "m1"))
        during = store.health()
        store._writer._link.raw.execute("PRAGMA query_only=OFF")
        await until_healthy(store)
        assert (await store.write(lambda tx: say(tx, "m1"))).seq == 1

    assert during == "the database is read-only"


async def test_a_broken_disk_refuses_for_good_and_says_that_the_process_must_end(tmp_path: Path) -> None:
    died: list[str] = []
    told: list[Entry] = []
    async with opened(tmp_path, told, died) as store:
        await store.write(begun)

        def torn(tx: Tx) -> None:
            say(tx, "m1")
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
            error.sqlite_errorname = "SQLITE_IOERR_FSYNC"
            tx.log._link.fault = error  # type: ignore[attr-defined]

        results = await asyncio.gather(
            store.write(lambda tx: say(tx, "m0")),
            store.write(torn),
            store.write(lambda tx: say(tx, "m2")),
            return_exceptions=True,
        )
        with pytest.raises(StoreDown):
            await store.write(lambda tx: say(tx, "m3"))
        health = store.health()

    # The first may have had a group of its own; whatever shared one with the fault is refused with it.
    assert [type(result) for result in results[1:]] == [StoreDown, StoreDown]
    assert len(told) == sum(not isinstance(result, StoreDown) for result in results)
    assert died == ["the database cannot be written (SQLITE_IOERR_FSYNC)"]
    assert health == died[0]


async def test_a_file_size_limit_is_a_broken_disk(tmp_path: Path) -> None:
    """What the kernel answers with EFBIG is an I/O error to SQLite: real, not made up as above."""
    died: list[str] = []
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with opened(tmp_path, died=died) as store:
        await store.write(begun)
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, hard))
        try:
            big = [asyncio.ensure_future(store.write(appending(words("x" * 20_000, f"b{n}")))) for n in range(40)]
            results = await asyncio.gather(*big, return_exceptions=True)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        reads = await store.read(lambda tx: tx.log.entries(ACME, C1, 0, 99))

    assert StoreDown in {type(result) for result in results}
    assert len(reads) == sum(isinstance(result, Entry) for result in results)
    assert len(died) == 1
    assert "IOERR" in died[0]
