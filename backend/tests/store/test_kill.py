"""kill -9 anywhere: whatever was acknowledged is there, once, and nothing is torn. The sync comes before the ack."""

import asyncio
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from throughline.ports import Tx
from throughline.store.sqlite import open_sqlite

from .given import ACME, C1, C2, StillClock

BACKEND = Path(__file__).parents[2]


def talker(folder: Path, prefix: str, crash: str = "") -> list[str]:
    """The command that starts one."""
    return [sys.executable, "-m", "tests.store.talker", str(folder), prefix, *([crash] if crash else [])]


def acknowledged(out: bytes) -> list[tuple[str, int, str]]:
    """What the killed process had printed; a last line that was cut was not read by anyone."""
    lines = out.decode().split("\n")[:-1]
    return [(where, int(seq), name) for where, seq, name in (line.split() for line in lines)]


async def check(folder: Path, acks: list[tuple[str, int, str]]) -> int:
    """Reopen, and hold the log against what was acknowledged. Returns how many messages are there."""
    store = await open_sqlite(folder, StillClock(), lambda _: None)

    def everything(tx: Tx) -> list[tuple[str, int, str]]:
        return [(c, e.seq, e.body().id) for c in (C1, C2) for e in tx.log.entries(ACME, c, 0, 1_000_000)]  # type: ignore[attr-defined]

    kept = await store.read(everything)
    rows = await store.read(lambda tx: [tx.log.conversation(ACME, c) for c in (C1, C2)])
    ids = await store.read(lambda tx: [tx.messages.logged(ACME, c, m) for c, _, m in kept])  # type: ignore[arg-type]
    await store.close()
    assert set(acks) <= set(kept), "an acknowledged message is gone or stands elsewhere"
    assert max(Counter(name for _, _, name in kept).values(), default=1) == 1, "a message is there twice"
    for where, row in zip((C1, C2), rows, strict=True):
        assert row is not None
        assert [seq for c, seq, _ in kept if c == where] == list(range(1, row.head + 1)), "seq is not dense"
    assert [logged.seq for logged in ids if logged is not None] == [seq for _, seq, _ in kept], "half a transaction"
    return len(kept)


@pytest.mark.parametrize("point", ["store.before_commit", "store.after_commit"])
def test_a_crash_around_the_commit_costs_nothing_that_was_acknowledged(point: str, tmp_path: Path) -> None:
    acks: list[tuple[str, int, str]] = []
    for n, passes in enumerate((1, 2, 9, 40)):
        ended = subprocess.run(
            talker(tmp_path, f"run{n}", f"{point}:{passes}"), cwd=BACKEND, capture_output=True, timeout=60, check=False
        )
        assert ended.returncode == 137, ended.stderr.decode()
        fresh = acknowledged(ended.stdout)
        acks += fresh
        kept = asyncio.run(check(tmp_path, acks))
        if point == "store.after_commit":  # what that last group wrote is durable, though nobody was told
            assert kept > len(acks)


def test_kill_nine_at_any_moment_costs_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    acks: list[tuple[str, int, str]] = []
    for n in range(5):
        with subprocess.Popen(
            talker(tmp_path, f"run{n}"), cwd=BACKEND, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as talking:
            assert talking.stdout is not None
            heard = b"".join(talking.stdout.readline() for _ in range(random.randrange(1, 800)))
            talking.kill()
            heard += talking.stdout.read()
        fresh = acknowledged(heard)
        assert fresh
        acks += fresh
        asyncio.run(check(tmp_path, acks))


def test_the_disk_is_synced_before_the_acknowledgement_leaves(tmp_path: Path) -> None:
    """A kill cannot show this: the page cache survives it. The order of system calls can."""
    strace = shutil.which("strace")
    assert strace is not None, "strace is missing; install it: apt-get install strace"
    trace = tmp_path / "trace"
    subprocess.run(
        [strace, "-f", "-y", "-o", trace, "-e", "trace=fdatasync,fsync,pwrite64,write,sendto",
         *talker(tmp_path / "data", "traced", "--one")],
        cwd=BACKEND, check=True, capture_output=True, timeout=100,
    )  # fmt: skip
    lines = trace.read_text().splitlines()
    ack = next(i for i, line in enumerate(lines) if "acknowledged" in line)
    logged = max(i for i, line in enumerate(lines[:ack]) if re.search(r"pwrite64\(\d+<[^>]*-wal>", line))
    synced = [ended(lines, i) for i, line in enumerate(lines[:ack]) if re.search(r"sync\(\d+<[^>]*-wal>", line)]

    assert any(logged < i < ack for i in synced), "no sync of the write-ahead log between its last write and the ack"


def ended(lines: list[str], started: int) -> int:
    """Where a system call ended: with threads, strace writes long ones as two lines."""
    if "<unfinished" not in lines[started]:
        return started
    thread = lines[started].split()[0]
    return next(i for i in range(started + 1, len(lines)) if lines[i].startswith(thread) and "resumed>" in lines[i])
