"""A real TCP server that answers HTTP by a script, and knows exactly how often it was asked."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from msgspec import Struct


class Asked(Struct, frozen=True):
    """One request that arrived whole."""

    verb: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body) if self.body else {}
        return found

    @property
    def method(self) -> str:
        """The last part of the path: Slack's method."""
        return self.path.partition("?")[0].rpartition("/")[2]


Answering = Callable[[asyncio.StreamWriter], None]


def answer(body: object, status: int = 200, *, headers: Sequence[tuple[str, str]] = (), kind: str = "") -> Answering:
    """A whole answer: JSON, or text of `kind`."""
    raw = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = kind or ("text/html" if isinstance(body, str) else "application/json; charset=utf-8")
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", f"Content-Length: {len(raw)}"]
    head = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers), "", ""]).encode()

    def write(writer: asyncio.StreamWriter) -> None:
        writer.write(head + raw)

    return write


def cut(writer: asyncio.StreamWriter) -> None:
    """An answer that ends in the middle."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n")
    writer.write(b'{"ok": true, "ts": "1')
    writer.close()


def drop(writer: asyncio.StreamWriter) -> None:
    """Read it all, and hang up without a word."""
    writer.close()


def reset(writer: asyncio.StreamWriter) -> None:
    """Read it all, and break the connection."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def silence(writer: asyncio.StreamWriter) -> None:
    """Read it all, and say nothing."""
    del writer


def garbage(writer: asyncio.StreamWriter) -> None:
    """Not HTTP."""
    writer.write(b"\x00\xff\xfe not http\r\n\r\n")
    writer.close()


class Scripted:
    """The server. `script` is asked once per request; a list is used up, its last entry stays."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.connections = 0
        self.by_method: dict[str, Answering] = {}
        self.otherwise: Answering = silence
        self.base = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while not writer.is_closing():
                first_byte = await reader.readexactly(1)
                if first_byte == b"\x16":
                    # A TLS hello: no server of plain HTTP knows what to do with it.
                    return
                head = first_byte + await reader.readuntil(b"\r\n\r\n")
                first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
                verb, path, _ = first.split(" ")
                headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                request = Asked(verb, path, headers, body)
                self.asked.append(request)
                self.by_method.get(request.method, self.otherwise)(writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def methods(self) -> list[str]:
        """What was asked, in order."""
        return [request.method for request in self.asked]


@asynccontextmanager
async def scripted(path: str = "/api/") -> AsyncIterator[Scripted]:
    """A server on a port of its own."""
    script = Scripted()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with suppress(asyncio.CancelledError):
            await script.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    script.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{path}"
    try:
        yield script
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def nobody() -> str:
    """An address where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}/api/"
