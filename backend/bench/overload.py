"""More than one gateway takes: a storm of webhooks, sends at full rate, and readers who do not read."""

import asyncio
import time
import uuid
from typing import cast

import msgspec
import uvloop
from msgspec import Struct

from bench.channels import _CLOSED, kept
from bench.gateway import Gateway, serving
from bench.load import Heard, Socket, connect, until
from bench.posts import CONNECTIONS, Asked, Make, post
from bench.process import Server
from bench.roles import FIRST
from bench.stats import Spread, percentile, ranged, spread
from bench.storm import CONNECTIONS as LINES
from bench.storm import Mould, Storm, storm
from bench.table import Plan, Report, Row, grid

TIMES, STORM_SECONDS = 10, 60.0
#: Bytes that a storm may add to a gateway.
ROOM = 512 * 1_048_576
PEOPLE = 20_000
READERS, STALLED, SAID_A_SECOND = 50, 10, 20


class Blown(Struct, frozen=True):
    """A storm and what it left."""

    rated: float
    storm: Storm
    rss_before: int
    rss_most: int
    lost: int
    doubled: int


class Routed(Struct, frozen=True):
    """Messages in, sends accepted, and a second of both: from the first webhook to the last accepted send."""

    messages: int
    accepted: int
    per_second: float
    #: Seconds of the server's CPU for each.
    cpu: float


async def _watch(server: Server, seen: list[int]) -> None:
    while True:
        seen.append(server.rss())
        await asyncio.sleep(0.25)


async def blow(seconds: float, times: float = TIMES) -> Blown:
    """The storm, on a gateway whose rate was measured just before."""
    with serving(1, ends=(_CLOSED, _CLOSED)) as gateway:
        mould = Mould(gateway.port, 20_000, 1_000)
        rated = await _rate(gateway, mould, min(5.0, seconds))
        before, seen = gateway.server.rss(), list[int]()
        watching = asyncio.ensure_future(_watch(gateway.server, seen))
        blown = await storm(gateway.port, rated * times, seconds, mould.request, first=1_000_000)
        watching.cancel()
        gateway.server.check()
        found = await asyncio.to_thread(kept, gateway.data)
        counts = [found[f"n{n:08d}"] for n in blown.acknowledged]
        return Blown(
            rated, blown, before, max([before, *seen]), counts.count(0), sum(n > 1 for n in found.values())
        )  # fmt: skip


async def _rate(gateway: Gateway, mould: Mould, seconds: float) -> float:
    """Webhooks that it takes in a closed loop."""
    await post(gateway.port, _asked(mould), 1.0)
    return (await post(gateway.port, _asked(mould, 100_000), seconds)).per_second


def _asked(mould: Mould, first: int = 0) -> Make:
    def make(n: int) -> Asked:
        head, _, body = mould.request(first + n).partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        kept_lines = [line for line in lines[1:] if line.split(":")[0] not in {"Host", "Content-Length"}]
        return lines[0].split(" ")[1], body, "\r\n".join(kept_lines)

    return make


class Accepting(asyncio.Protocol):
    """A Telegram that takes everything at once; `when` are the times of its sends."""

    def __init__(self, when: list[float]) -> None:
        self._when = when
        self._rest = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while True:
            head, found, body = self._rest.partition(b"\r\n\r\n")
            if not found:
                return
            place = head.lower().find(b"content-length:")
            length = int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
            if len(body) < length:
                return
            self._rest = body[length:]
            result = b'{"ok":true,"result":{}}'
            if b"/sendMessage" in head.split(b"\r\n", 1)[0]:
                self._when.append(time.perf_counter())
                result = b'{"ok":true,"result":{"message_id":%d,"date":1,"chat":{"id":1,"type":"private"}}}' % len(
                    self._when
                )
            self._transport.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"
                % (len(result), result)
            )


async def route(seconds: float, people: int = PEOPLE) -> Routed:
    """What people write by WhatsApp, mirrored to their Telegram."""
    when: list[float] = []
    listening = await asyncio.get_running_loop().create_server(lambda: Accepting(when), "127.0.0.1", 0)
    base = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    with serving(1, ends=(base, _CLOSED), roads=people) as gateway:
        mould = Mould(gateway.port, FIRST, people)
        begun, worked = time.perf_counter(), gateway.server.cpu()
        done = await post(gateway.port, _asked(mould), seconds)
        messages = round(done.per_second * seconds) - done.refused
        await until(lambda: len(when) >= messages or time.perf_counter() - max(when, default=begun) > 10, 120, 0.1)
        gateway.server.check()
        worked = gateway.server.cpu() - worked
    listening.close()
    last = max(when, default=begun)
    return Routed(messages, len(when), len(when) / max(last - begun, 1e-9), worked / max(len(when), 1))


async def stalled(seconds: float, repeats: int) -> tuple[list[float], list[float]]:
    """p99 of READERS readers of one conversation, with and without STALLED others who do not read; in turns."""
    without: list[float] = []
    beside: list[float] = []
    with serving(1, 3) as gateway:
        for _ in range(repeats):
            gateway.sign_in()
            ((talk, token),) = gateway.conversations(1)
            for into, others in ((without, 0), (beside, STALLED)):
                into.append(await _read(gateway, talk, token, seconds, others))
    return without, beside


async def _read(gateway: Gateway, talk: str, token: str, seconds: float, others: int) -> float:
    sent: dict[str, float] = {}
    late: list[float] = []

    def listen(_: Socket, frame: Heard, at: float) -> None:
        if frame.kind == "message" and (since := sent.get(msgspec.json.decode(frame.body)["id"])):
            late.append(at - since)

    def deaf(_: Socket, _frame: Heard, _at: float) -> None:
        return

    readers = [await connect(gateway.port, gateway.operators[n % 2], listen, n) for n in range(READERS)]
    silent = [await connect(gateway.port, gateway.operators[2], deaf, n) for n in range(others)]
    for socket in (*readers, *silent):
        socket.say({"t": "watch", "c": talk, "after": 0})
    await asyncio.sleep(0.5)
    for socket in silent:
        socket.transport.underlying_transport.pause_reading()
    speaker = await connect(gateway.port, token, deaf)
    begun, text = time.perf_counter(), "x" * 1_900
    for n in range(int(seconds * SAID_A_SECOND)):
        await asyncio.sleep(max(0.0, begun + n / SAID_A_SECOND - time.perf_counter()))
        name = str(uuid.uuid4())
        sent[name] = time.perf_counter()
        speaker.say({"t": "say", "c": talk, "id": name, "text": text})
    await until(lambda: len(late) >= len(sent) * READERS, 10)
    for socket in (*readers, *silent, speaker):
        socket.drop()
    return percentile(sorted(late), 0.99) if len(late) >= len(sent) * READERS else 60.0


def run(plan: Plan) -> Report:
    """All of it. `--seconds 4`, the usual, is the published storm of a minute; less is as much shorter."""
    share = min(1.0, plan.seconds / 4.0)
    blown = uvloop.run(blow(STORM_SECONDS * share))
    routed = [uvloop.run(route(plan.seconds)) for _ in range(min(plan.repeats, 3))]
    without, beside = uvloop.run(stalled(plan.seconds, min(plan.repeats, 3)))
    seen, p99 = blown.storm, percentile(blown.storm.kept, 0.99)
    grown, cost = blown.rss_most - blown.rss_before, spread(beside).median / max(spread(without).median, 1e-9)
    rates, missing = spread([r.per_second for r in routed]), sum(r.messages - r.accepted for r in routed)
    rows = [
        Row(
            f"Webhooks at {TIMES} times the rate that is taken, {seen.seconds:.0f} s: p99 of the 2xx", "≤ 1 s",
            f"{p99 * 1e3:,.0f} ms over {len(seen.kept):,}", "pass" if seen.kept and p99 <= 1 else "fail",
        ),
        Row(
            "The same: memory that it adds", f"≤ {ROOM // 1_048_576} MiB", f"{grown / 1_048_576:,.0f} MiB",
            "pass" if grown <= ROOM else "fail",
        ),
        Row(
            "The same: acknowledged, and not in the store exactly once", "0",
            f"{blown.lost} lost, {blown.doubled} doubled", "pass" if not blown.lost + blown.doubled else "fail",
        ),
        Row(
            "Signed webhook in to a send accepted elsewhere (WhatsApp to Telegram)", "≥ 1,000 /s",
            ranged(rates, "/s"), "void" if missing > 0 else "pass" if rates.median >= 1_000 else "fail",
        ),
        Row(
            f"{STALLED} readers who do not read beside {READERS} who do: p99 of these against alone", "≤ 1.10",
            f"{cost:.2f}: {ranged(_ms(beside))} to {ranged(_ms(without), 'ms')}", "pass" if cost <= 1.10 else "fail",
        ),
    ]  # fmt: skip
    table = grid(
        ("", "number", "a second"),
        [
            ["taken in a closed loop", "", f"{blown.rated:,.0f}"],
            *(
                [name, f"{count:,}", f"{count / seen.seconds:,.0f}"]
                for name, count in (
                    ("offered", seen.offered), ("kept (2xx)", len(seen.kept)), ("sent away (503)", seen.shed),
                    ("not sent: every connection was waiting", seen.unsent), ("broken", seen.broken),
                )
            ),
        ],
    )  # fmt: skip
    return Report("Overload", rows, _METHOD, [table], [])


def _ms(seconds: list[float]) -> Spread:
    return spread([s * 1e3 for s in seconds])


_METHOD = f"""\
The storm: signed webhooks of Meta for a thousand people, each with an id of its own, offered at {TIMES} times the rate
that {CONNECTIONS} closed loops reached just before, whatever comes back, over {LINES} connections; who finds
none free is counted and not sent. Afterwards each acknowledged message is looked for in the store. Memory is the most
that was resident at any quarter of a second. Routing: {PEOPLE} people write by WhatsApp, and what they write is
mirrored to their Telegram, whose stand-in answers at once; counted are its accepted sends, from the first webhook to
the last of them, agent off. Readers: {SAID_A_SECOND} messages of 1,900 characters a second into one conversation."""
