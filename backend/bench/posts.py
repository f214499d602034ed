"""POST requests at full rate: keep-alive connections that each wait for an answer before they ask again."""

import asyncio
import time
from collections.abc import Callable
from typing import cast

from msgspec import Struct

from bench.stats import percentile

#: Enough that a server which keeps things can keep many at once.
CONNECTIONS = 128
#: A request: its path, its body and its headers (lines, without a line break at the end). JSON, where they do not
#: say what it is.
Asked = tuple[str, bytes, str]
#: Makes request number n; None: there is none any more.
Make = Callable[[int], Asked | None]


class Rate(Struct, frozen=True):
    """What came back: answers a second, their times in seconds, and how many were not 200 or 201."""

    per_second: float
    p50: float
    p99: float
    refused: int


def answer(came: bytes) -> tuple[bytes, bytes] | None:
    """The head of an answer that is there whole, and what came after it; every answer here says how long it is."""
    head, found, body = came.partition(b"\r\n\r\n")
    if not found:
        return None
    place = head.lower().find(b"content-length:")
    length = int(head[place + 15 :].split(b"\r\n", 1)[0])
    return (head, body[length:]) if len(body) >= length else None


class _Poster(asyncio.Protocol):
    """One connection in a closed loop. Answers carry a content-length; their bodies are skipped unread."""

    def __init__(self, ask: Callable[[], bytes | None], told: Callable[[float, bool], None]) -> None:
        self._ask, self._told = ask, told
        self._rest = b""
        self._since = 0.0
        self._transport: asyncio.Transport
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        self._rest += data
        whole = answer(self._rest)
        if whole is None:
            return
        head, self._rest = whole
        self._told(time.perf_counter() - self._since, head.startswith((b"HTTP/1.1 201", b"HTTP/1.1 200")))
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(exc or ConnectionError("the server closed the connection"))

    def _next(self) -> None:
        request = self._ask()
        if request is None:
            self.ended.set_result(None)
            self._transport.close()
            return
        self._since = time.perf_counter()
        self._transport.write(request)


async def post(port: int, make: Make, seconds: float, connections: int = CONNECTIONS) -> Rate:
    """`connections` closed loops for so long. Raises ConnectionError if the server hangs up."""
    times: list[float] = []
    refused = sent = 0
    begun = time.perf_counter()
    until = begun + seconds

    def ask() -> bytes | None:
        nonlocal sent
        if time.perf_counter() >= until:
            return None
        made = make(sent)
        if made is None:
            return None
        path, body, headers = made
        sent += 1
        if "Content-Type" not in headers:
            headers += "\r\nContent-Type: application/json"
        return (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"{headers}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )

    def told(took: float, good: bool) -> None:
        nonlocal refused
        times.append(took)
        refused += not good

    loop = asyncio.get_running_loop()
    made = await asyncio.gather(
        *(loop.create_connection(lambda: _Poster(ask, told), "127.0.0.1", port) for _ in range(connections))
    )
    await asyncio.wait_for(asyncio.gather(*(poster.ended for _, poster in made)), seconds + 30)
    took = time.perf_counter() - begun
    times.sort()
    return Rate(len(times) / took, percentile(times, 0.5), percentile(times, 0.99), refused)
