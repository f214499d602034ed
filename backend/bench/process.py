"""Servers under measurement: started on a free loopback port, pinned to one core, metered, ended by their own id."""

import asyncio
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rig.leash import let_go
from rig.leash import started as leashed
from rig.machine import BACKEND, ROOT, environment, rss

#: The interpreter that ships the server: what users run, with the server's own lock.
SERVER_PYTHON = ROOT / ".venv" / "bin" / "python"
#: On a real disk, because a sync to a memory file system costs nothing and says nothing.
SCRATCH = ROOT / ".cache" / "bench"
SERVER_CORE, LOAD_CORE = 0, 1


class Missing(Exception):  # noqa: N818 - it is a state of the machine, not a mistake
    """Something that a scenario needs is not installed; the text is the one line that installs it."""


class Failed(Exception):  # noqa: N818
    """A server under measurement did not start or has ended; the text says which, with the end of its output."""


class Server:
    """A process and its children, as something that can be metered. Use `started` to get one."""

    def __init__(self, name: str, popen: subprocess.Popen[bytes], port: int, output: Path) -> None:
        self.name = name
        self.port = port
        self._popen = popen
        self._output = output

    @property
    def pids(self) -> list[int]:
        """The process and all that descend from it."""
        return [self._popen.pid, *_children(self._popen.pid)]

    def cpu(self) -> float:
        """Seconds of CPU, user and system, that all its processes have used."""
        return sum(_cpu_of(pid) for pid in self.pids)

    def rss(self) -> int:
        """Resident bytes of all its processes."""
        return sum(rss(pid) for pid in self.pids)

    def check(self) -> None:
        """Raise Failed if it has ended."""
        if self._popen.poll() is not None:
            raise Failed(f"{self.name} ended with {self._popen.returncode}: {self.tail()}")

    def tail(self) -> str:
        """The end of what it wrote."""
        return self._output.read_text(errors="replace")[-1500:]

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._popen.kill()
        let_go(self._popen)

    def stop(self) -> None:
        """Ask it to end; after 10 s, end it."""
        self._popen.send_signal(signal.SIGTERM)
        try:
            self._popen.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()


def pin_load() -> None:
    """The load generator's side of the machine: its own core, and as many sockets as the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(0, {LOAD_CORE})


@contextmanager
def scratch(name: str) -> Iterator[Path]:
    """A new folder on the disk of the checkout, gone afterwards."""
    SCRATCH.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=SCRATCH))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def started(
    name: str,
    command: Sequence[str | Path],
    port: int,
    extra: Mapping[str, str] | None = None,
    core: int = SERVER_CORE,
    cwd: Path = BACKEND,
) -> Iterator[Server]:
    """A server that listens on `port`, pinned to `core`; it gets a clean environment and `extra`."""
    with scratch(name) as folder:
        output = folder / "output.txt"
        with output.open("wb") as sink, on_cores({core}):
            popen = leashed(command, cwd=cwd, env=environment(extra), output=sink)
        server = Server(name, popen, port, output)
        try:
            _await_listening(server)
            yield server
        finally:
            if popen.poll() is None:
                server.stop()
            let_go(popen)


def python(*arguments: str, server: bool = True) -> list[str]:
    """A command that runs Python: the server's interpreter, or the benchmark's own."""
    return [str(SERVER_PYTHON) if server else sys.executable, *arguments]


async def settled(server: Server, seconds: float = 1.0) -> int:
    """Resident bytes once they have stopped moving (by 1 %), at most 20 samples of `seconds`."""
    before = server.rss()
    for _ in range(20):
        await asyncio.sleep(seconds)
        now = server.rss()
        if abs(now - before) <= before // 100:
            return now
        before = now
    return before


@contextmanager
def on_cores(cores: Iterable[int]) -> Iterator[None]:
    """What is started in here runs on these cores: a child inherits them, so it never runs on another."""
    before = os.sched_getaffinity(0)
    there = {core for core in cores if core < (os.cpu_count() or 1)}
    os.sched_setaffinity(0, there or before)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _await_listening(server: Server) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        server.check()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", server.port)) == 0:
                return
        time.sleep(0.05)
    raise Failed(f"{server.name} did not listen within 60 s: {server.tail()}")


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in tasks.read_text().split():
            found += [int(child), *_children(int(child))]
    return found


def _cpu_of(pid: int) -> float:
    # The process's own CPU clock (clock_getcpuclockid) counts nanoseconds; /proc/<pid>/stat counts 10 ms ticks.
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0
