"""A model that is all rhythm: an OpenAI-compatible stream of tokens at a fixed pace, each with its time of birth.

The model's name says what it does: `bench-500-25-sure` sends 500 tokens, 25 a second, after a confidence header
line. A token is ` ` and 14 digits: microseconds of the machine's monotonic clock when it was written.
"""

import argparse
import asyncio
import time
from typing import cast

import uvloop
from msgspec import Struct, json

TOKEN = 15
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
_EVENT = (
    b'data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,"model":"bench",'
    b'"choices":[{"index":0,"delta":{%b},"finish_reason":%b}]}\n\n'
)


class _Asked(Struct):
    model: str


class Stream(asyncio.Protocol):
    """One kept-alive connection: a request, a paced answer, the next request."""

    def __init__(self) -> None:
        self._rest = b""
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport
        self._left = 0
        self._gap = self._next = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._rest += data
        head, found, body = self._rest.partition(b"\r\n\r\n")
        if not found:
            return
        lower = head.lower()
        length = int(lower[lower.index(b"content-length:") + 15 :].split(b"\r\n", 1)[0])
        if len(body) < length:
            return
        self._rest = body[length:]
        _, tokens, rate, *sure = json.decode(body[:length], type=_Asked).model.split("-")
        self._left, self._gap = int(tokens), 1 / float(rate)
        self._transport.write(_HEAD)
        self._event(b'"role":"assistant","content":""')
        if sure:
            self._event(b'"content":"@0.82\\n"')
        self._next = self._loop.time()
        self._token()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _token(self) -> None:
        self._event(b'"content":" %014d"' % (time.perf_counter_ns() // 1000))
        self._left -= 1
        if self._left:
            self._next += self._gap
            self._timer = self._loop.call_at(self._next, self._token)
            return
        self._timer = None
        self._event(b"", b'"stop"')
        self._chunk(b"data: [DONE]\n\n")
        self._transport.write(b"0\r\n\r\n")

    def _event(self, delta: bytes, reason: bytes = b"null") -> None:
        self._chunk(_EVENT % (delta, reason))

    def _chunk(self, data: bytes) -> None:
        self._transport.write(b"%x\r\n%b\r\n" % (len(data), data))


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Stream, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    uvloop.run(_serve(parser.parse_args().port))
