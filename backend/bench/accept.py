"""Keeping a message: from `say` to a durable `ack`, and POSTs at full rate beside an endpoint that keeps nothing."""

import asyncio
import itertools
import os
import time
import uuid
from pathlib import Path

import uvloop
from msgspec import Struct, json

from bench.gateway import Gateway, serving
from bench.load import Heard, Socket, many, until
from bench.posts import CONNECTIONS, Rate, post
from bench.process import python, scratch, started
from bench.stats import fraction, percentile, ranged, spread
from bench.table import Plan, Report, Row, grid
from rig.machine import free_port

CONVERSATIONS, USERS = 100, 10
SAYS = 200
#: No message id of a run is used twice.
_numbers = itertools.count(1)
_TEXT = "A message of a common length, as people write them when they ask for something." * 2


class Acks(Struct, frozen=True):
    """Times from the schedule to the ack, seconds; how many said were not acked; the generator's share of its core."""

    p50: float
    p99: float
    lost: int
    generator_busy: float


async def say(gateway: Gateway, conversations: list[tuple[str, str]], seconds: float) -> Acks:
    """SAYS messages a second over all conversations, one socket each, on a fixed schedule."""
    due: dict[str, float] = {}
    times: list[float] = []

    def listen(_: Socket, heard: Heard, at: float) -> None:
        if heard.t == "ack":
            times.append(at - due.pop(heard.id))

    sockets = await many(gateway.port, [token for _, token in conversations], listen)
    for socket, (conversation, _) in zip(sockets, conversations, strict=True):
        socket.say({"t": "watch", "c": conversation})
    await asyncio.sleep(0.5)
    busy, begun = time.process_time(), time.perf_counter()
    for n in range(int(SAYS * seconds)):
        at = begun + n / SAYS
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        place = n * 7 % len(conversations)
        identity = str(uuid.UUID(int=next(_numbers) << 64 | 1))
        due[identity] = at
        sockets[place].say({"t": "say", "c": conversations[place][0], "id": identity, "text": _TEXT})
    await until(lambda: not due, 10)
    busy = (time.process_time() - busy) / (time.perf_counter() - begun)
    for socket in sockets:
        socket.drop()
    times.sort()
    return Acks(percentile(times, 0.5), percentile(times, 0.99), len(due), busy)


def _sync_cost() -> float:
    """What one append of 4 KiB with a sync takes on this disk: the median of 200, in seconds."""
    took = []
    with scratch("sync") as folder, Path(folder / "file").open("ab") as file:
        for _ in range(200):
            begun = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - begun)
    return spread(took).median


async def _ours(plan: Plan) -> tuple[list[Acks], list[Rate], float]:
    with serving(customers=USERS) as gateway:
        conversations = gateway.conversations(CONVERSATIONS)
        await say(gateway, conversations, 1)
        acks = []
        for _ in range(plan.repeats):
            acks.append(await say(gateway, conversations, plan.seconds))
        run = 0

        def make(n: int) -> tuple[str, bytes, str]:
            conversation, token = conversations[n % CONVERSATIONS]
            return f"/api/v1/conversations/{conversation}/messages", _message(run, n), f"Authorization: Bearer {token}"

        await post(gateway.port, make, 1)
        before, begun = gateway.server.cpu(), time.perf_counter()
        rates = []
        for _ in range(plan.repeats):
            run += 1
            rates.append(await post(gateway.port, make, plan.seconds))
        return acks, rates, (gateway.server.cpu() - before) / (time.perf_counter() - begun)


async def bare(plan: Plan) -> list[Rate]:
    """The endpoint that keeps nothing, asked by the same client."""
    port = free_port()
    with started("starlette post", python("-m", "bench.peers.starlette_post", str(port)), port):

        def make(n: int) -> tuple[str, bytes, str]:
            headers = f"Authorization: Bearer {'x' * 300}"
            return "/api/v1/conversations/0190aaaa-0000-7000-8000-000000000000/messages", _message(0, n), headers

        await post(port, make, 1)
        return [await post(port, make, plan.seconds) for _ in range(plan.repeats)]


def _message(run: int, n: int) -> bytes:
    return json.encode({"id": str(uuid.UUID(int=(run + 1) << 96 | n << 32 | 1)), "text": _TEXT})


def run(plan: Plan) -> Report:
    """Both, with the cost of a sync beside them."""
    sync = _sync_cost()
    peer = uvloop.run(bare(plan))
    acks, rates, busy = uvloop.run(_ours(plan))
    late = spread([a.p99 * 1e3 for a in acks])
    lost = sum(a.lost for a in acks)
    ours, theirs = spread([r.per_second for r in rates]), spread([r.per_second for r in peer])
    refused = sum(r.refused for r in rates)
    ratio = ours.median / theirs.median
    rows = [
        Row(
            f"`say` to durable `ack`, p99 at {SAYS}/s over {CONVERSATIONS} conversations", "≤ 25 ms",
            ranged(late, "ms") + (f", {lost} lost" if lost else ""),
            "void" if lost else "pass" if late.median <= 25 else "fail",
        ),
        Row(
            "`POST …/messages` at full rate against an endpoint that keeps nothing", "≥ 1/8",
            f"{fraction(ratio)}: {ranged(ours)} to {ranged(theirs, '/s')}",
            "void" if refused else "pass" if ratio >= 1 / 8 else "fail",
        ),
    ]  # fmt: skip
    table = grid(
        ("", "a second", "p50 ms", "p99 ms"),
        [
            ["`say` → `ack`", f"{SAYS}", ranged(spread([a.p50 * 1e3 for a in acks])), ranged(late)],
            ["`POST …/messages`, durable", *_line(rates)],
            ["bare Starlette POST", *_line(peer)],
        ],
    )
    note = (
        f"A 4 KiB append with its sync took {sync * 1e3:.2f} ms on this disk. The server's core was {busy:.0%} busy "
        f"during the POSTs; the generator was {spread([a.generator_busy for a in acks]).median:.0%} busy during "
        "the `say`s."
    )
    return Report("Keeping a message", rows, _METHOD, [table], [note])


def _line(rates: list[Rate]) -> list[str]:
    return [
        ranged(spread([r.per_second for r in rates])),
        ranged(spread([r.p50 * 1e3 for r in rates])),
        ranged(spread([r.p99 * 1e3 for r in rates])),
    ]


_METHOD = f"""\
`throughline serve` on a fresh store on disk, agent off, a tenant without limits. `say`: one socket for each of
{CONVERSATIONS} conversations, {SAYS} messages a second on a fixed schedule; the time counts from the schedule to
the `ack`, which is sent after the sync. POST: {CONNECTIONS} keep-alive connections that each ask again when they
were answered, every message under an id of its own; the peer is a Starlette endpoint that reads the body, answers
201 with JSON and keeps nothing, on the same uvicorn (uvloop, httptools), asked by the same client. Server on core
0, generator on core 1."""
