"""A real gateway for a story: its own process, data folder and port; it can be killed and started again."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path

import httpx2

#: Seconds. On two quiet cores it takes two.
READY = 120.0
#: Seconds that a story waits for an answer. No claim about speed: a machine may have much else to do.
PATIENCE = 60.0
BACKEND = Path(__file__).parents[1] / "backend"


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(method: str, url: str, **given: object) -> httpx2.Response:
    """One request of a story, past any proxy, with a story's patience."""
    return httpx2.request(method, url, trust_env=False, timeout=PATIENCE, **given)  # type: ignore[arg-type]


class QuickModel:
    """The sandbox's model by itself, answering fast: for stories that are about the log, not about reading."""

    def __init__(self, rate: float = 400.0) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--rate", str(rate)],
            cwd=BACKEND, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdout is not None
        port = json.loads(self.process.stdout.readline())["port"]
        self.environment = {"OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1", "OPENAI_MODEL": "demo"}

    def close(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.communicate()


class Gateway:
    """`throughline up` on a port of its own. `kill` is kill -9; `start` after it opens the same store again."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where people find it."""
        return f"http://127.0.0.1:{self.port}"

    def migrate(self) -> "Gateway":
        """Bring the store to today's schema, as `serve` wants it."""
        command = [sys.executable, "-m", "throughline", "migrate"]
        subprocess.run(command, cwd=self.folder, env=self._environment(), check=True, capture_output=True)
        return self

    def start(self, verb: str = "up") -> "Gateway":
        """Start, and wait until it is ready. Fails with what the process printed."""
        before = len(self.printed())
        ready = "Self-check" if verb == "up" else "http://"
        with (self.folder / "gateway.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "throughline", verb],
                cwd=self.folder,
                env=self._environment(),
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + READY
        while time.monotonic() < deadline:
            ended = self.process.poll() is not None
            # What was ready is what was asked for, also where it has ended since: some stories want just that.
            if ready in self.printed()[before:]:
                return self
            if ended:
                break
            time.sleep(0.05)
        self.process.kill()
        self.process.wait()
        raise AssertionError("the gateway did not get ready:\n" + self.printed()[-4000:])

    def _environment(self) -> dict[str, str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("THROUGHLINE_", "OPENAI_"))}
        return environment | {
            "PORT": str(self.port),
            "THROUGHLINE_DATA": str(self.folder / "data"),
            "THROUGHLINE_SECRET": "stories-only-" + "0" * 32,
            "NO_COLOR": "1",
            **self.environment,
        }

    def printed(self) -> str:
        """Everything it has printed so far."""
        log = self.folder / "gateway.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def kill(self) -> None:
        """Kill -9: no goodbye."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM, and wait for a clean end."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def client(self, email: str) -> "Client":
        """An API client signed in as one of the demo users."""
        return Client(self.url, email)


class Client:
    """The HTTP API as a program uses it: what a story compares the screen with."""

    def __init__(self, url: str, email: str, password: str = "demo") -> None:
        self.url = url
        given = {"email": email, "password": password}
        answer = ask("POST", f"{url}/api/v1/auth/login", json=given)
        answer.raise_for_status()
        self.headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def get(self, path: str, **query: object) -> dict:
        """A page of the API."""
        answer = ask("GET", f"{self.url}/api/v1{path}", params=query, headers=self.headers)  # type: ignore[arg-type]
        answer.raise_for_status()
        return answer.json()

    def status(self, path: str) -> tuple[int, dict]:
        """What a page answers, whatever it is: the status, and the body without what differs by request."""
        answer = ask("GET", f"{self.url}/api/v1{path}", headers=self.headers)
        return answer.status_code, {k: v for k, v in answer.json().items() if k != "request_id"}

    def begin(self) -> str:
        """Start a conversation; its id."""
        name = str(uuid.uuid4())
        self._post("/conversations", id=name)
        return name

    def say(self, conversation: str, text: str) -> str:
        """Say something there, as whoever this is; the message's id. Raises where it is refused."""
        name = str(uuid.uuid4())
        self._post(f"/conversations/{conversation}/messages", id=name, text=text)
        return name

    def _post(self, path: str, **body: object) -> None:
        answer = ask("POST", f"{self.url}/api/v1{path}", json=body, headers=self.headers)
        answer.raise_for_status()

    def events(self, conversation: str) -> list[dict]:
        """The whole log of a conversation, as event frames."""
        found: list[dict] = []
        after: int | None = 0
        while after is not None:
            page = self.get(f"/conversations/{conversation}/events", after=after)
            found += page["items"]
            after = page["next"]
        return found

    def messages(self, conversation: str) -> list[dict]:
        """The bodies of its messages, in the order in which they stand."""
        found = [e for e in self.events(conversation) if e["kind"] == "message"]
        return [e["body"] for e in sorted(found, key=lambda e: e["body"].get("pos", e["seq"]))]
