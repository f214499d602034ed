"""Answers that no good server gives: none at all, half of one, a page of HTML."""

from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_CLOSE = "sandbox.close"
PAGE = (
    b"<!DOCTYPE html><html><head><title>Server error</title></head><body><h1>Something went wrong.</h1></body></html>"
)


class Closable(HttpToolsProtocol):
    """uvicorn's, which lets an application close the connection without an answer."""

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


def page(status: int) -> Response:
    """What a proxy in front of Slack would say."""
    headers = {"location": "/slack/elsewhere"} if 300 <= status < 400 else {}
    return Response(PAGE, status, headers, "text/html; charset=utf-8")
