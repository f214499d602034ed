"""What goes back over HTTP, as a value, and how it is sent."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
from msgspec import Struct
from starlette.types import Send

Header = tuple[bytes, bytes]
JSON: Header = (b"content-type", b"application/json")
NO_STORE: Header = (b"cache-control", b"no-store")
_encoder = msgspec.json.Encoder()


class Answer(Struct, frozen=True):
    """Status, headers and body. With `parts` the body is sent piece by piece as it comes."""

    status: int
    body: bytes = b""
    headers: tuple[Header, ...] = ()
    parts: AsyncIterator[bytes] | None = None

    async def send(self, send: Send) -> None:
        """Put it on the wire."""
        if self.parts is not None:
            await send({"type": "http.response.start", "status": self.status, "headers": list(self.headers)})
            async for part in self.parts:
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body"})
            return
        headers = [*self.headers, (b"content-length", b"%d" % len(self.body))]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def shown(value: Any, status: int = 200, *headers: Header) -> Answer:
    """A struct as JSON. Answers are for their caller only, so nothing keeps them."""
    return Answer(status, _encoder.encode(value), (JSON, NO_STORE, *headers))


def text(words: str, status: int = 200, media: str = "text/plain; charset=utf-8", *headers: Header) -> Answer:
    """Plain words, or another kind of text."""
    return Answer(status, words.encode(), ((b"content-type", media.encode()), NO_STORE, *headers))


NOTHING = Answer(204, b"", (NO_STORE,))
