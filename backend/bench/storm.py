"""An open loop of webhooks: they come when they come, whatever the server does. Requests are made from one mould."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Callable
from typing import cast

import msgspec
from msgspec import Struct

from bench.load import until
from bench.posts import answer
from bench.roles import ENDS, META

#: Connections that providers hold open altogether. A request that finds none free was not sent.
CONNECTIONS = 1_024
_TEXT = "A message of a common length, as people write them when they ask for something." * 2


class Storm(Struct, frozen=True):
    """What became of it: times of the 2xx in seconds, ordered; numbers that were acknowledged."""

    offered: int
    unsent: int
    kept: list[float]
    acknowledged: set[int]
    shed: int
    broken: int
    seconds: float


class Mould:
    """Signed webhooks of Meta, message n of person `first + n % people`."""

    def __init__(self, port: int, first: int, people: int) -> None:
        self._port, self._first, self._people = port, first, people
        self._end = ENDS["meta"]
        self._secret = self._end.secrets["app_secret"].encode()
        message = {
            "from": "@from", "id": "@id", "timestamp": str(int(time.time())), "type": "text", "text": {"body": "@text"},
        }  # fmt: skip
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "447700900100", "phone_number_id": META},
            "contacts": [{"profile": {"name": "Customer"}, "wa_id": "@from"}], "messages": [message],
        }  # fmt: skip
        entry = {"id": "9" * 15, "changes": [{"field": "messages", "value": value}]}
        mould = msgspec.json.encode({"object": "whatsapp_business_account", "entry": [entry]}).replace(b"%", b"%%")
        self._mould = mould.replace(b"@from", b"%(from)b").replace(b"@id", b"%(id)b").replace(b"@text", b"%(text)b")

    def request(self, n: int) -> bytes:
        """All of it, as it stands on the wire."""
        whose = self._end.of(self._first + n % self._people).partition("/")[2].encode()
        text = b"n%08d %b" % (n, _TEXT.encode())
        body = self._mould % {b"from": whose, b"id": b"wamid.storm%08d" % n, b"text": text}
        seal = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        return (
            f"POST {self._end.webhook} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nContent-Type: application/json\r\n"
            f"X-Hub-Signature-256: sha256={seal}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )


class _Line(asyncio.Protocol):
    """One connection of a provider."""

    def __init__(self, storm: "_Count") -> None:
        self._storm = storm
        self._rest = b""
        self._since, self._n = 0.0, -1
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._storm.free.append(self)

    def ask(self, n: int, request: bytes) -> None:
        """Send one; it is busy until it is answered."""
        self._n, self._since = n, time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._rest += data
        whole = answer(self._rest)
        if whole is None:
            return
        head, self._rest = whole
        self._storm.answered(self._n, time.perf_counter() - self._since, head[9:12])
        self._n = -1
        if b"connection: close" in head.lower():
            self._transport.close()
        else:
            self._storm.free.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._n >= 0:
            self._storm.broken += 1
        if self in self._storm.free:
            self._storm.free.remove(self)
        self._storm.lost += 1

    def drop(self) -> None:
        """It is over."""
        self._transport.close()


class _Count:
    def __init__(self) -> None:
        self.free: list[_Line] = []
        self.kept: list[float] = []
        self.acknowledged: set[int] = set()
        self.shed = self.broken = self.lost = self.others = 0

    def answered(self, n: int, took: float, status: bytes) -> None:
        if status[:1] == b"2":
            self.kept.append(took)
            self.acknowledged.add(n)
        elif status == b"503":
            self.shed += 1
        else:
            self.others += 1


async def storm(
    port: int, rate: float, seconds: float, request: Callable[[int], bytes], *, first: int = 0,
    connections: int = CONNECTIONS,
) -> Storm:  # fmt: skip
    """Offer `rate` a second. What is neither 2xx nor 503 counts as broken."""
    loop, count = asyncio.get_running_loop(), _Count()
    lines: list[_Line] = []
    for begin in range(0, connections, 128):
        wave = range(begin, min(connections, begin + 128))
        made = [loop.create_connection(lambda: _Line(count), "127.0.0.1", port) for _ in wave]
        lines += [line for _, line in await asyncio.gather(*made)]
    offered = unsent = 0
    begun = time.perf_counter()
    while (now := time.perf_counter() - begun) < seconds:
        due = int(now * rate)
        # At most a thousandth of a second's worth at once, so that answers are read on time.
        for _ in range(min(due - offered, max(32, int(rate / 500)))):
            if count.free:
                count.free.pop().ask(first + offered, request(first + offered))
            else:
                unsent += 1
            offered += 1
        await asyncio.sleep(0 if offered < due else 0.0005)
    took = time.perf_counter() - begun
    await until(lambda: len(count.free) + count.lost >= connections, 15, 0.05)
    unanswered = max(0, connections - len(count.free) - count.lost)
    for line in lines:
        line.drop()
    return Storm(
        offered, unsent, sorted(count.kept), count.acknowledged, count.shed, count.broken + count.others + unanswered,
        took,
    )  # fmt: skip
