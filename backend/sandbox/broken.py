"""Answers that no good server gives: none at all, half of one, far too much of one, a page of HTML."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any, cast

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox.clock import Clock

_CLOSE = "sandbox.close"
JSON = "application/json; charset=utf-8"
PAGE = (
    b"<!DOCTYPE html><html><head><title>Server error</title></head><body><h1>Something went wrong.</h1></body></html>"
)


class Closable(HttpToolsProtocol):
    """uvicorn's, which lets an application close the connection without an answer."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Small answers leave at once: asyncio sees to that only on sockets that name their protocol."""
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(cast("asyncio.Transport", transport))

    def on_message_begin(self) -> None:
        """A request begins: its scope says how its connection is closed."""
        super().on_message_begin()
        scope: Any = self.scope
        scope["extensions"] = {_CLOSE: self.transport.close}


class Nothing(Response):
    """No answer: the connection closes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Close it, and wait until it is closed: then the server has nothing to add."""
        scope["extensions"][_CLOSE]()
        while (await receive())["type"] != "http.disconnect":
            continue


class Half(Response):
    """An answer that says how long it is and then breaks off in its middle."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the first half, then close."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        body = bytes(self.body)
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        scope["extensions"][_CLOSE]()
        while (await receive())["type"] != "http.disconnect":
            continue


def huge(response: Response, megabytes: int) -> Response:
    """The same answer, padded with what nobody reads."""
    padding = b',"padding":"' + b"x" * (min(megabytes, 200) * 1_000_000) + b'"}'
    return Response(bytes(response.body)[:-1] + padding, response.status_code, media_type=JSON)


class Drip(StreamingResponse):
    """The same answer in twenty pieces, over some seconds."""

    def __init__(self, response: Response, seconds: float, clock: Clock) -> None:
        super().__init__(self._pieces(bytes(response.body), seconds, clock), response.status_code, media_type=JSON)

    async def _pieces(self, body: bytes, seconds: float, clock: Clock) -> AsyncIterator[bytes]:
        size, began = len(body) // 20 + 1, clock.now()
        for n, start in enumerate(range(0, len(body), size)):
            yield body[start : start + size]
            await clock.until(began + seconds * (n + 1) / 20)


def page(status: int) -> Response:
    """What a proxy in front of a provider would say."""
    headers = {"location": "/elsewhere"} if 300 <= status < 400 else {}
    return Response(PAGE, status, headers, "text/html; charset=utf-8")
