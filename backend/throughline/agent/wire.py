"""A small HTTP/1.1 client for streams, behind the openai package: bytes from the socket to the reader, nothing between.

The package's own transport costs more per token than all else we do with it (docs/adr/0005-agent-network-path.md).
This one parses with httptools and hands over whatever one read of the socket brought. Every failure is one of
httpx2's own exceptions, so that the package above types it as always. No redirects, no proxies, no HTTP/2.
"""

import asyncio
import ssl
from typing import cast

import httptools
import httpx2

#: Connections that wait for the next request, and seconds that one waits.
IDLE, IDLE_FOR = 64, 30.0
#: Bytes of headers, and of body that nobody has read yet, before the socket is not read any more.
MAX_HEAD, MAX_UNREAD = 65_536, 262_144
MAX_REFUSAL = 1_048_576
_Place = tuple[str, str, int]


class Connection(asyncio.Protocol):
    """One socket with one request at a time. `read` gives the body; `patience`: seconds it waits for more."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.patience = 30.0
        self.alive = True
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._reset()

    def _reset(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._head_bytes = 0
        self._framed = False
        self._chunks: list[bytes] = []
        self._unread = 0
        self._paused = False
        self._started = self._whole = self._keep = False
        self._error: Exception | None = None
        self._heard = self._loop.time()

    # ---- what the loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        self._heard = self._loop.time()
        if self._whole:
            # Nobody asked for this: whatever it is, it must not become the next answer.
            return self.cut()
        if not self._started:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD + len(data):
                return self._fail(httpx2.RemoteProtocolError("The headers are too long."))
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            return self._fail(httpx2.RemoteProtocolError(type(error).__name__))
        if self._unread > MAX_UNREAD and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        return self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is gone; for a body without a length that is its end."""
        self.alive = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._started and not self._framed and exc is None:
            self._whole = True
        if not self._whole and self._error is None:
            self._error = httpx2.RemoteProtocolError("The connection was closed before the answer was whole.")
        self._wake()

    # ---- what the parser calls

    def on_message_begin(self) -> None:
        """An answer, or one too many: then nothing of it counts, and the connection is not used again."""
        if self._whole:
            self._keep = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        if self._whole:
            return
        self._headers.append((name, value))
        if name.lower() in {b"content-length", b"transfer-encoding"}:
            self._framed = True

    def on_headers_complete(self) -> None:
        """The answer begins, unless it is one of the 1xx that only announce it."""
        if self._whole:
            return
        self._status = self._parser.get_status_code()
        self._started = self._status >= 200
        if not self._started:
            self._headers.clear()
            self._framed = False

    def on_body(self, body: bytes) -> None:
        """Some of the body."""
        if self._whole:
            return
        self._chunks.append(body)
        self._unread += len(body)

    def on_message_complete(self) -> None:
        """The answer is whole."""
        if self._started and not self._whole:
            self._whole = True
            self._keep = self._parser.should_keep_alive()

    # ---- what the transport and the reader call

    async def ask(self, head: bytes, patience: float) -> tuple[int, list[tuple[bytes, bytes]]]:
        """Send a request; its status and headers. Raises httpx2.HTTPError."""
        self._reset()
        self.patience = patience
        if self._transport is None or not self.alive:
            raise httpx2.WriteError("The connection was closed.")
        self._transport.write(head)
        self._arm(patience)
        while not self._started:
            if self._error is not None:
                raise self._error
            await self._more()
        return self._status, self._headers

    def wait_at_most(self, seconds: float) -> None:
        """From now on, so long between two reads."""
        self.patience = seconds
        self._arm(seconds)

    async def read(self) -> bytes:
        """What has come of the body since the last time; empty at its end. Raises httpx2.HTTPError."""
        while not self._chunks:
            if self._whole:
                return b""
            if self._error is not None:
                raise self._error
            await self._more()
        data = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        self._chunks.clear()
        self._unread = 0
        if self._paused and self._transport is not None and self.alive:
            self._paused = False
            self._transport.resume_reading()
        return data

    def over(self) -> bool:
        """The request is done with: whether the connection can take another one. Otherwise it is cut."""
        self._waiter = None
        if self._whole and self._keep and self.alive and self._error is None and not self._paused:
            self._arm(IDLE_FOR)
            self._chunks.clear()
            return True
        self.cut()
        return False

    def cut(self) -> None:
        """Close at once: what the other side still sends is not wanted."""
        self.alive = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._transport is not None:
            self._transport.abort()

    async def _more(self) -> None:
        if self._timer is None:
            self._arm(self.patience)
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _fail(self, error: Exception) -> None:
        self._error = error
        self.cut()
        self._wake()

    def _arm(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self._look)

    def _look(self) -> None:
        """One timer a connection, not one a read: it finds out when something last came, and sleeps on."""
        self._timer = None
        if self._waiter is None:
            if self._whole:
                self.cut()
            return
        left = self._heard + self.patience - self._loop.time()
        if left > 0:
            self._arm(left)
        else:
            self._fail(httpx2.ReadTimeout("Nothing came in time."))


class Body(httpx2.AsyncByteStream):
    """A response's body. Closing it before its end closes the connection, and with it the request."""

    def __init__(self, connection: Connection, transport: "Wire", place: _Place) -> None:
        self.connection = connection
        self._transport = transport
        self._place = place
        self._open = True

    async def __aiter__(self):  # type: ignore[no-untyped-def]
        """For whoever reads it the package's way: the bodies of refusals. Raises httpx2.HTTPError, also over 1 MiB."""
        left = MAX_REFUSAL
        while data := await self.connection.read():
            left -= len(data)
            if left < 0:
                raise httpx2.RemoteProtocolError("The refusal is too long.")
            yield data

    async def aclose(self) -> None:
        """Give the connection back, or cut it."""
        if self._open:
            self._open = False
            self._transport.give_back(self.connection, self._place)


class Wire(httpx2.AsyncBaseTransport):
    """Connections to a few places, pooled. The response's extension `connection` is the fast way to its body."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._idle: dict[_Place, list[Connection]] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request, once. Raises httpx2.HTTPError."""
        url, limits = request.url, request.extensions.get("timeout", {})
        place = (url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80))
        head = _head(request) + await request.aread()
        connection = self._waiting(place) or await self._connect(place, limits.get("connect"))
        try:
            status, headers = await connection.ask(head, limits.get("read") or 600.0)
        except BaseException:
            connection.cut()
            raise
        body = Body(connection, self, place)
        return httpx2.Response(status, headers=headers, stream=body, extensions={"connection": connection})

    async def aclose(self) -> None:
        """Close what waits."""
        for waiting in self._idle.values():
            for connection in waiting:
                connection.cut()
        self._idle.clear()

    def give_back(self, connection: Connection, place: _Place) -> None:
        """A request is done with."""
        waiting = self._idle.setdefault(place, [])
        if connection.over():
            waiting[:] = [c for c in waiting if c.alive][-(IDLE - 1) :]
            waiting.append(connection)

    def _waiting(self, place: _Place) -> Connection | None:
        waiting = self._idle.get(place, [])
        while waiting:
            connection = waiting.pop()
            if connection.alive:
                return connection
        return None

    async def _connect(self, place: _Place, seconds: float | None) -> Connection:
        loop = asyncio.get_running_loop()
        scheme, host, port = place
        if scheme not in {"http", "https"} or not host:
            raise httpx2.UnsupportedProtocol("The address is neither http nor https.")
        if scheme == "https" and self._tls is None:
            self._tls = httpx2.create_ssl_context()
        try:
            async with asyncio.timeout(seconds):
                _, connection = await loop.create_connection(
                    lambda: Connection(loop), host, port, ssl=self._tls if scheme == "https" else None
                )
        except TimeoutError as error:
            raise httpx2.ConnectTimeout("No connection in time.") from error
        except OSError as error:
            raise httpx2.ConnectError(str(error)) from error
        return connection


def _head(request: httpx2.Request) -> bytes:
    lines = [b"%b %b HTTP/1.1" % (request.method.encode(), request.url.raw_path)]
    lines += [b"%b: %b" % pair for pair in request.headers.raw]
    if any(b"\r" in line or b"\n" in line for line in lines):
        raise httpx2.LocalProtocolError("A header holds a line break.")
    return b"\r\n".join(lines) + b"\r\n\r\n"
