"""The disk lies or is full, as the kernel tells it: no ack that is not kept, and the process says why.

strace makes the writer's calls fail from a certain one on, so that the start succeeds and something later does not.
"""

import shutil
from pathlib import Path

import httpx2

from tests.command.program import Program, alive, children, until

from .traced import KNOCKERS, furnished, knock, logged

MOST = 150


def knock_until_refused(program: Program) -> tuple[set[str], int]:
    """What was answered well, and what came instead of the next answer: a status, or 0 for no answer at all."""
    one = KNOCKERS["form"]
    acked: set[str] = set()
    for n in range(MOST):
        text = f"words-{n}"
        body = one.message(text).replace(b"abab", f"{n:04d}".encode())
        try:
            status = knock(program, one, body).status_code
        except httpx2.HTTPError:
            return acked, 0
        if status != 200:
            return acked, status
        acked.add(text)
    raise AssertionError("the disk never failed")


def test_after_a_sync_that_failed_nothing_is_acked_and_the_process_says_so_and_ends(tmp_path: Path) -> None:
    assert shutil.which("strace"), "apt install strace"
    program = furnished(tmp_path)
    with program.running(
        "serve", "strace", "-f", "-qq", "-o", str(tmp_path / "trace"), "-e", "inject=fdatasync:error=EIO:when=30+"
    ) as process:  # fmt: skip
        acked, refused = knock_until_refused(program)
        until(lambda: process.poll() is not None)

    assert acked
    assert refused in {0, 503}
    assert process.returncode == 74, "EX_IOERR: whoever watches it starts it anew"
    assert "store_died" in program.printed()
    assert acked <= logged(program), "wrong acks: 0"


def test_while_a_disk_is_full_nothing_is_acked_and_it_is_said(tmp_path: Path) -> None:
    program = furnished(tmp_path)
    with program.running(
        "serve", "strace", "-f", "-qq", "-o", str(tmp_path / "trace"), "-e", "inject=pwrite64:error=ENOSPC:when=400+"
    ) as process:  # fmt: skip
        acked, refused = knock_until_refused(program)
        ready = httpx2.get(f"{program.url}/readyz?verbose", trust_env=False)
        (traced,) = children(process.pid)
    until(lambda: not alive(traced))

    assert acked
    assert refused == 503
    assert ready.status_code == 503
    assert "the disk is full" in ready.text
    assert acked <= logged(program), "wrong acks: 0"
