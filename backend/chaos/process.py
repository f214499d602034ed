"""The processes under fault: a gateway that can be killed, paused and started again, and stand-ins that outlive it."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from rig import leash
from rig.machine import BACKEND, environment, free_port

SECRET = "chaos-only-" + "0" * 32
_READY = 40.0
_PATH = {"PYTHONPATH": str(BACKEND)}
#: A gateway that has loaded its modules, and waits for a file before it looks at anything else.
_SPARE = """
import gc, sys, time
from pathlib import Path
gc.disable()
import throughline.command.serve
from throughline.__main__ import main
while not Path(sys.argv[1]).exists():
    time.sleep(0.005)
sys.argv = ["throughline", "serve"]
main()
"""


class Failed(Exception):  # noqa: N818 - a state of the run, told in words
    """A process did not start or has ended by itself; the text says which, with the end of its output."""


class StandIns:
    """`python -m sandbox` with a folder: what it received is on disk before it is answered, and read again."""

    def __init__(self, keep: Path) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "sandbox", "--keep", str(keep), "--rate", "0", "--port", str(self.port)]
        self._process = subprocess.Popen(
            command, cwd=BACKEND, env=environment(_PATH), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            raise Failed("the stand-ins did not start")

    def ask(self, method: str, path: str, body: object | None = None) -> dict[str, object]:
        """One request to its controls. Raises urllib's errors."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: dict[str, object] = json.loads(answer.read() or b"{}")
        return found

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.communicate()


class Gateway:
    """`throughline serve` on a port that stays the same."""

    def __init__(self, folder: Path, data: Path, extra: Mapping[str, str]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.extra = dict(extra)
        self._folder, self._data = folder, data
        self._log = folder / "gateway.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting: tuple[subprocess.Popen[bytes], Path] | None = None
        self._spares = 0

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.poll() is None

    async def start(self) -> float:
        """Start, and wait until it is ready; the seconds that took. Raises Failed."""
        begun = time.monotonic()
        if self._waiting is not None:
            (self._process, go), self._waiting = self._waiting, None
            go.touch()
        else:
            self._process = self._run([sys.executable, "-m", "throughline", "serve"])
        while time.monotonic() < begun + _READY:
            if not self.running:
                break
            if await asyncio.to_thread(self.status, "/readyz") == 200:
                return time.monotonic() - begun
            await asyncio.sleep(0.03)
        raise Failed("the gateway did not get ready:\n" + self.printed()[-3000:])

    def spare(self) -> None:
        """Have one load its modules for the next start, which is the sooner then. It knows nothing of the store yet."""
        self._spares += 1
        go = self._folder / f"go-{self._spares}"
        self._waiting = self._run([sys.executable, "-c", _SPARE, go]), go

    @property
    def spared(self) -> bool:
        """Whether the next start has a spare one."""
        return self._waiting is not None

    def _run(self, command: Sequence[str | Path]) -> subprocess.Popen[bytes]:
        known = environment(
            {
                **_PATH, "PORT": str(self.port), "THROUGHLINE_DATA": str(self._data), "THROUGHLINE_SECRET": SECRET,
                "THROUGHLINE_LOG": "json", "NO_COLOR": "1", **self.extra,
            }
        )  # fmt: skip
        with self._log.open("ab") as sink:
            return leash.started(command, cwd=self._folder, env=known, output=sink)

    def status(self, path: str) -> int:
        """What a page answers; 0: nothing does."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=2) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code
        except OSError:
            return 0

    def printed(self) -> str:
        """All it has printed."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def kill(self) -> None:
        """Kill -9."""
        assert self._process is not None
        self._process.kill()
        leash.let_go(self._process)

    def signal(self, number: int) -> None:
        """SIGSTOP, SIGCONT."""
        os.kill(self.pid, number)

    def stop(self) -> None:
        """SIGTERM, and after 15 s an end all the same."""
        if self._waiting is not None:
            leash.let_go(self._waiting[0])
            self._waiting = None
        if self._process is None:
            return
        if self._process.poll() is not None:
            leash.let_go(self._process)
            return
        os.kill(self.pid, signal.SIGCONT)
        os.kill(self.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(15)
        leash.let_go(self._process)
