"""A TCP proxy that breaks things on purpose, between a gateway and a stand-in: late, cut, swallowed, reset, dripping.

What shall happen is asked anew for each exchange (a request and its answer) on a connection, so that a kept-alive one
is hurt as often as a new one. Nothing here knows HTTP beyond that a request comes before its answer.
"""

import asyncio
import contextlib
import socket
import struct
from collections import Counter
from collections.abc import Callable

from msgspec import Struct

_CHUNK = 65_536


class Weather(Struct, frozen=True):
    """What happens to one exchange. Bytes are counted from the beginning of its request, or of its answer."""

    #: A word for the counts.
    name: str = "fair"
    #: Seconds before its first byte goes on.
    delay: float = 0.0
    #: So many bytes of the request pass; then both sides are reset. 0: not one of them.
    cut_request: int | None = None
    #: The whole request passes, and so many bytes of the answer; then both sides are reset. 0: the answer is swallowed.
    cut_answer: int | None = None
    #: The answer never comes, and nothing closes: the caller has to lose patience.
    silent: bool = False
    #: Seconds between two bytes of the answer.
    drip: float = 0.0
    #: The other side has vanished, as with a pulled cable: from now on nothing passes either way, and nothing closes.
    gone: bool = False


FAIR = Weather()
#: Chosen by the first bytes of a request.
Sky = Callable[[bytes], Weather]


def fair(_: bytes) -> Weather:
    """Nothing is wrong."""
    return FAIR


class Proxy:
    """Listens on a loopback port of its own and passes everything to `port`, as the weather allows."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.sky: Sky = fair
        #: While it is down, nobody listens: a connection is refused.
        self.down = False
        #: How many exchanges had which weather.
        self.counts: Counter[str] = Counter()
        self.port = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._exchanges: set[Exchange] = set()
        #: Set when all is over: until then what has vanished stays so.
        self._over = asyncio.Event()

    async def start(self) -> "Proxy":
        """Listen; the port stays the same from then on."""
        self._over.clear()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=_CHUNK)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def close(self) -> None:
        """Listen no more; every connection is reset."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._over.set()
        for writer in list(self._open):
            _reset(writer)
        await asyncio.sleep(0)

    def vanish(self) -> int:
        """All who are connected now are gone without a word, for both sides; how many. New ones are not touched."""
        for exchange in self._exchanges:
            exchange.gone = True
        return len(self._exchanges)

    async def go_down(self) -> None:
        """From now on connections are refused."""
        self.down = True
        await self.close()

    async def come_up(self) -> None:
        """Listen again, on the same port."""
        self.down = False
        await self.start()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, away = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            _reset(writer)
            return
        self._open |= {writer, away}
        exchange = Exchange(self, writer, away)
        self._exchanges.add(exchange)
        loop = asyncio.get_running_loop()
        ways = [loop.create_task(exchange.requests(reader)), loop.create_task(exchange.answers(there))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            if exchange.gone:
                # That one side has closed by now is no news to the other.
                await self._over.wait()
        finally:
            self._exchanges.discard(exchange)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            self._open -= {writer, away}
            for end in (writer, away):
                end.close()


class Exchange:
    """What goes on on one connection now."""

    def __init__(self, proxy: Proxy, here: asyncio.StreamWriter, away: asyncio.StreamWriter) -> None:
        self._proxy, self._here, self._away = proxy, here, away
        self._weather = FAIR
        self._asked = self._told = 0
        self._answered = True
        #: What comes from now on is dropped.
        self.gone = False

    async def requests(self, reader: asyncio.StreamReader) -> None:
        """From the gateway to the stand-in."""
        while (chunk := await _read(reader)) and not self.gone:
            if self._answered:
                self._answered, self._asked, self._told = False, 0, 0
                self._weather = self._proxy.sky(chunk)
                self._proxy.counts[self._weather.name] += 1
                if self._weather.gone:
                    self.gone = True
                    return
                if self._weather.delay:
                    await asyncio.sleep(self._weather.delay)
            allowed = self._weather.cut_request
            if allowed is not None and self._asked + len(chunk) > allowed:
                self._away.write(chunk[: allowed - self._asked])
                await _drained(self._away)
                # Closed in the ordinary way over there: what came before has to be read, or it would be lost, too.
                self._away.close()
                _reset(self._here)
                return
            self._asked += len(chunk)
            self._away.write(chunk)
            await _drained(self._away)

    async def answers(self, reader: asyncio.StreamReader) -> None:
        """From the stand-in to the gateway."""
        while (chunk := await _read(reader)) and not self.gone:
            self._answered = True
            weather = self._weather
            if weather.silent:
                continue
            if weather.cut_answer is not None and self._told + len(chunk) > weather.cut_answer:
                self._here.write(chunk[: weather.cut_answer - self._told])
                await _drained(self._here)
                if weather.cut_answer == 0:
                    _reset(self._here)
                return
            self._told += len(chunk)
            if not weather.drip:
                self._here.write(chunk)
                await _drained(self._here)
                continue
            for n in range(len(chunk)):
                self._here.write(chunk[n : n + 1])
                await _drained(self._here)
                await asyncio.sleep(weather.drip)


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(_CHUNK)
    except OSError:
        return b""


async def _drained(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with a reset, not with a goodbye."""
    found = writer.get_extra_info("socket")
    if found is not None:
        with contextlib.suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
