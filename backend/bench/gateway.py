"""Our server as users run it: `throughline serve` on a fresh store, with a tenant that has no limits and its users."""

import re
import secrets
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from bench.process import Failed, Server, python, scratch, started
from rig.machine import BACKEND, environment, free_port

#: Sockets that the server allows one user; more readers need more users.
SOCKETS_EACH = 50
_PASSWORD = "a password for the benchmark"
_LAG = re.compile(rb'^throughline_event_loop_lag_seconds_bucket\{le="([^"]+)"\} (\S+)', re.M)


class Gateway:
    """A running server and its signed-in users."""

    def __init__(self, server: Server, data: Path, customers: int, operators: int, admins: int = 0) -> None:
        self.server = server
        self.port = server.port
        #: The folder of its store.
        self.data = data
        #: Access tokens, by place; they live five minutes.
        self.customers = [""] * customers
        self.operators = [""] * operators
        self.admins = [""] * admins

    def sign_in(self) -> None:
        """Take fresh tokens for everyone."""
        users = (("customer", self.customers), ("operator", self.operators), ("admin", self.admins))
        for role, tokens in users:
            for n in range(len(tokens)):
                who = {"email": f"{role}{n}@bench.test", "password": _PASSWORD}
                tokens[n] = self.call("POST", "/api/v1/auth/login", who)["access_token"]

    def call(self, method: str, path: str, body: object | None = None, token: str = "") -> Any:
        """One JSON request. Raises urllib's errors."""
        headers = {"content-type": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        data = None if body is None else msgspec.json.encode(body)
        request = urllib.request.Request(self._url(path), data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return msgspec.json.decode(answer.read() or b"null")

    def text(self, path: str) -> bytes:
        """What a page says. Raises urllib's errors."""
        with urllib.request.urlopen(self._url(path), timeout=30) as answer:
            return bytes(answer.read())

    def conversations(self, count: int) -> list[tuple[str, str]]:
        """New conversations, dealt out to the customers in runs: the id, and its customer's token."""
        found = []
        for n in range(count):
            token = self.customers[n * len(self.customers) // count]
            found.append((str(self.call("POST", "/api/v1/conversations", {}, token)["id"]), token))
        return found

    def lag(self) -> dict[float, float]:
        """The event loop's lag so far: how often it was at most so many seconds."""
        return {float(edge): float(count) for edge, count in _LAG.findall(self.text("/metrics"))}

    def _url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


def lag_p99(before: Mapping[float, float], after: Mapping[float, float]) -> float:
    """The 99th percentile in seconds between two readings, within its bucket by proportion."""
    counts = sorted((edge, count - before.get(edge, 0.0)) for edge, count in after.items())
    total = counts[-1][1] if counts else 0.0
    low, below = 0.0, 0.0
    for edge, count in counts:
        if total and count >= 0.99 * total:
            return low if edge == float("inf") else low + (edge - low) * (0.99 * total - below) / max(count - below, 1)
        low, below = edge, count
    return 0.0


@contextmanager
def serving(
    customers: int,
    operators: int = 0,
    model: str = "",
    model_port: int = 0,
    command: Sequence[str] = ("throughline", "serve"),
    slack: str = "",
    ends: Sequence[str] = (),
    roads: int = 0,
) -> Iterator[Gateway]:
    """Serve. Without a `model` no agent answers; with one it is asked at `model_port`.

    `slack`: the address of a Slack's API, where the tenant then has an account, its customers are known, and an admin.
    `ends`: where the stand-ins of every other provider are, and Gmail's: the same there. `roads`: so many people who
    write by WhatsApp and read along on Telegram.
    """
    port = free_port()
    with scratch("gateway") as folder:
        data = folder / "data"
        env = {
            "THROUGHLINE_DATA": str(data), "PORT": str(port), "THROUGHLINE_SECRET": secrets.token_hex(32),
            "THROUGHLINE_LOG": "json", "PYTHONPATH": str(BACKEND),
        }  # fmt: skip
        if model:
            env |= {
                "OPENAI_BASE_URL": f"http://127.0.0.1:{model_port}/v1",
                "OPENAI_API_KEY": "none",
                "OPENAI_MODEL": model,
            }
        else:
            env |= {"THROUGHLINE_AGENT": "off"}
        steps = [("throughline", "migrate"), ("bench.people", str(data), str(customers), str(operators))]
        if slack:
            steps.append(("bench.workspace", str(data), slack))
        if ends:
            steps.append(("bench.ends", str(data), *ends))
        if roads:
            steps.append(("bench.roads", str(data), str(roads)))
        for words in steps:
            done = subprocess.run(
                python("-m", *words), cwd=folder, env=environment(env), text=True, capture_output=True, check=False,
                timeout=60,
            )  # fmt: skip
            if done.returncode:
                raise Failed(f"{words[0]} ended with {done.returncode}: {done.stderr[-800:]}")
        with started("throughline", python("-m", *command), port, env, cwd=folder) as server:
            gateway = Gateway(server, data, customers, operators, admins=1 if slack else 0)
            _await_ready(gateway)
            gateway.sign_in()
            yield gateway


def _await_ready(gateway: Gateway) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        gateway.server.check()
        try:
            gateway.text("/readyz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise Failed(f"throughline was not ready within 30 s: {gateway.server.tail()}")
