"""The head of a request, bounded before anybody reads it: bytes, and the seconds that it and the body may take to come.

uvicorn's httptools protocol bounds none of it; ours counts beside it. A body's bytes are bounded in api/ask.py.
"""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: Bytes of the request line's address and all headers.
MAX_HEAD = 16_384
#: Seconds from a connection, or the first byte of a further request, to the end of its head.
HEAD_WITHIN = 10.0
#: Seconds for a body beside those that its bytes take at this pace; and for one whose length nobody was told.
BODY_WITHIN, PACE, UNTOLD = 10.0, 32_768, 60.0
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: 26\r\nconnection: close\r\n\r\nThe headers are too large.\n"
)


class BoundedHead(HttpToolsProtocol):
    """uvicorn's HTTP protocol with an end to patience."""

    _size = 0
    _raw = 0
    _reading = True
    _late: asyncio.TimerHandle | None = None
    #: The body's: how long it may take, and who ends it.
    _whole = True
    _length = -1
    _slow: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody is there, and should say something."""
        super().connection_made(transport)
        self._late = self.loop.call_later(HEAD_WITHIN, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self._in_time()
        self._ended()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes; one header that never ends is seen here, since the parser tells of it only at its end."""
        if self._reading:
            self._raw += len(data)
            if self._raw > MAX_HEAD + len(data):
                self._refuse()
                return
        super().data_received(data)
        # Most heads are whole when their first bytes are there: a clock is for those that are not.
        if self._reading and self._late is None:
            self._late = self.loop.call_later(HEAD_WITHIN, self.transport.abort)
        if not self._whole and not self._reading and self._slow is None:
            within = UNTOLD if self._length < 0 else BODY_WITHIN + self._length / PACE
            self._slow = self.loop.call_later(within, self._too_slow)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._size = self._raw = 0
        self._reading, self._whole, self._length = True, False, -1

    def on_url(self, url: bytes) -> None:
        """A piece of its address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self._count(len(name) + len(value) + 4)
        if len(name) == 14 and name.lower() == b"content-length" and value.isdigit():
            # What is too large is refused where it is read; patience ends before that.
            self._length = min(int(value[:12]), 33_554_432)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._reading = False
        self._in_time()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body is whole."""
        self._ended()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """What uvicorn answers to what cannot be parsed, which is what we say to its parser when there is too much."""
        if self._size > MAX_HEAD:
            self._refuse()
        else:
            super().send_400_response(msg)

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > MAX_HEAD:
            raise ValueError("the head of a request is too large")

    def _refuse(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def _too_slow(self) -> None:
        self._slow = None
        # A socket has a protocol of its own by now, and no body.
        if self.transport.get_protocol() is self:
            self.transport.abort()

    def _ended(self) -> None:
        self._whole = True
        if self._slow is not None:
            self._slow.cancel()
            self._slow = None

    def _in_time(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
