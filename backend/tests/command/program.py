"""The command as somebody at a keyboard has it: its own process, folder, port and environment."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2

SECRET = "only-for-tests-" + "0" * 32
PATIENCE = 30.0


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(pid: int) -> list[int]:
    """The processes that a process has started, and theirs."""
    try:
        own = [int(n) for t in Path(f"/proc/{pid}/task").iterdir() for n in (t / "children").read_text().split()]
    except OSError:
        return []
    return own + [grand for child in own for grand in children(child)]


def alive(pid: int) -> bool:
    """Whether a process is there and not just unburied; while one of its threads is, so are its locks."""
    try:
        states = [(task / "stat").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        return Path(f"/proc/{pid}/task").is_dir() and alive(pid)
    return any(state.rsplit(")", 1)[1].split()[0] not in "ZX" for state in states)


def until(holds: Any, seconds: float = PATIENCE) -> None:
    """Look again and again whether an outside process has come so far."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


class Program:
    """`throughline`, with settings."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("THROUGHLINE_", "OPENAI_", "SLACK_"))}
        self.environment = kept | {
            "PORT": str(self.port), "THROUGHLINE_DATA": str(folder / "data"), "THROUGHLINE_SECRET": SECRET,
            "NO_COLOR": "1", **settings,
        }  # fmt: skip

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    def run(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "throughline", *words], cwd=self.folder, env=self.environment, input=given,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    @contextmanager
    def running(self, verb: str = "serve", *before: str) -> Iterator[subprocess.Popen[bytes]]:
        """Start it and wait until it answers. It is ended at the end, whatever happens."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [*before, sys.executable, "-m", "throughline", verb], cwd=self.folder, env=self.environment,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        try:
            until(lambda: process.poll() is not None or self._ready(verb))
            assert process.poll() is None, self.printed()
            yield process
        finally:
            with suppress(ProcessLookupError):
                # The whole session: a tracer that is killed alone would let its program go on.
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)

    def _ready(self, verb: str) -> bool:
        if verb == "up" and "Self-check" not in self.printed():
            return False
        try:
            return httpx2.get(f"{self.url}/livez", trust_env=False).status_code == 200
        except httpx2.HTTPError:
            return False

    def printed(self) -> str:
        """What the running one has said so far."""
        return (self.folder / "log").read_text()

    def sign_in(self, email: str, password: str) -> dict[str, str]:
        """The bearer header of a user."""
        answer = httpx2.post(
            f"{self.url}/api/v1/auth/login", json={"email": email, "password": password}, trust_env=False
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """A request; its JSON."""
        answer = httpx2.request(method, f"{self.url}/api/v1{path}", trust_env=False, **more)
        answer.raise_for_status()
        return answer.json()
