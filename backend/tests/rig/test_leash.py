"""The leash: whatever ends the one who holds it, what was started is gone, and all that it started itself."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rig import leash
from rig.machine import BACKEND, environment

#: Starts a process on a leash, which starts another; both say who they are. Then it waits. Signals mean to it what they
#: mean by default: whoever runs the tests in the background (nohup, a shell's `&`) hands down that some are ignored.
HOLDER = """
import signal, sys
from pathlib import Path
from rig import leash
from rig.machine import BACKEND, environment
child = (
    "import os, subprocess, sys, time; "
    "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
    "print(os.getpid(), p.pid, flush=True); time.sleep(600)"
)
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_DFL)
with open(sys.argv[1], 'wb') as sink:
    leash.started([sys.executable, '-c', child], cwd=BACKEND, env=environment(), output=sink)
print('started', flush=True)
sys.stdin.read()
"""


def alive(pid: int) -> bool:
    """Whether it runs: what has ended and is not yet buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def soon(said: object) -> bool:
    """Whether it becomes so."""
    until = time.monotonic() + 30
    while not (found := said()) and time.monotonic() < until:  # type: ignore[operator]
        time.sleep(0.02)
    return bool(found)


@contextmanager
def held(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], list[int]]]:
    """A process that holds a leash, and the two on it."""
    output = tmp_path / "output"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, output], cwd=BACKEND, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline()
        assert soon(lambda: output.read_bytes().endswith(b"\n"))
        yield holder, [int(pid) for pid in output.read_text().split()]
        holder.kill()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_whatever_ends_the_holder_nothing_of_its_own_goes_on(number: signal.Signals, tmp_path: Path) -> None:
    with held(tmp_path) as (holder, pids):
        assert all(alive(pid) for pid in pids)

        holder.send_signal(number)
        holder.wait(20)

        assert soon(lambda: not any(alive(pid) for pid in pids))


def test_one_that_stands_still_is_ended_too(tmp_path: Path) -> None:
    with held(tmp_path) as (holder, pids):
        os.kill(pids[0], signal.SIGSTOP)

        holder.kill()
        holder.wait(20)

        assert soon(lambda: not any(alive(pid) for pid in pids))


def test_what_ends_by_itself_says_how_and_the_leash_is_let_go(tmp_path: Path) -> None:
    with (tmp_path / "output").open("wb") as sink:
        process = leash.started([sys.executable, "-c", "print('done'); raise SystemExit(7)"], cwd=BACKEND,
                                env=environment(), output=sink)  # fmt: skip
    assert process.wait(20) == 7

    leash.let_go(process)

    assert (tmp_path / "output").read_text() == "done\n"
    assert soon(lambda: not _in_session(process.pid))


def test_letting_go_ends_what_still_runs(tmp_path: Path) -> None:
    with (tmp_path / "output").open("wb") as sink:
        process = leash.started(["sleep", "600"], cwd=BACKEND, env=environment(), output=sink)
    assert process.poll() is None

    leash.let_go(process)

    assert process.returncode == -signal.SIGKILL
    assert soon(lambda: not _in_session(process.pid))


def _in_session(leader: int) -> list[str]:
    """Processes of a session that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(words[3]) == leader and words[0] != "Z":
            found.append(stat.parent.name)
    return found
