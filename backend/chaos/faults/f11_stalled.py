"""F11: readers that never read. Everybody else is as fast as before, and memory stays bounded."""

import asyncio
import json
import time

from websockets.asyncio.client import ClientConnection, connect

from chaos.fault import REST, Fault, Figure, Plan, figure
from chaos.figures import percentile
from chaos.reader import SUBPROTOCOL, Reader
from chaos.world import World, world
from rig.machine import rss

NAME = "f11_stalled"
#: How much later the slowest healthy one in a hundred may hear of a message, and bytes the gateway may grow by.
WORSE, GROWN = 0.10, 64_000_000
_TEXT = "A word. " * 200


async def run(plan: Plan) -> Figure:
    """The same talk, watched by a healthy reader, without and with stalled ones beside it."""
    stalled, messages = 10, plan.many(150, 3_000)
    async with world(2, plan.chance(NAME)) as made:
        await made.begin(("web", "web"))
        healthy = made.watched(0)
        await _heard(made, healthy, 20)
        before = await _heard(made, healthy, messages)
        size = rss(made.gateway.pid)
        links = [await _stall(made) for _ in range(stalled)]
        with_them = await _heard(made, healthy, messages)
        grown = rss(made.gateway.pid) - size
        for link in links:
            link.transport.abort()
        verdict = await made.verdict(REST)
        first, second = percentile(before, 0.99), percentile(with_them, 0.99)
        note = f"p99 {first * 1e3:.1f} ms without, {second * 1e3:.1f} ms with {stalled} stalled; {grown / 1e6:+.0f} MB"
        broken = [f"the gateway grew by {grown / 1e6:.0f} MB"] if grown > GROWN else []
        if plan.size > 1 and second > first * (1 + WORSE):
            broken.append(f"healthy readers' p99 went from {first * 1e3:.1f} to {second * 1e3:.1f} ms")
        return figure(NAME, stalled, made, verdict, tuple(with_them), note, tuple(broken))


async def _heard(made: World, healthy: Reader, count: int) -> list[float]:
    """Seconds from the request to the event at a healthy reader, for so many messages."""
    times: list[float] = []
    for n in range(count):
        begun = time.monotonic()
        name = await made.customers[0].say(made.talks[0], f"{n} {_TEXT}")
        async with asyncio.timeout(20):
            while not any(one == name for _, one in healthy.seen[-5:]):
                await asyncio.sleep(0.0005)
        times.append(time.monotonic() - begun)
    return times


async def _stall(made: World) -> ClientConnection:
    """A socket of the same person that watches the same talk from its beginning and reads nothing."""
    token = await made.customers[0].token()
    target = made.gateway.url.replace("http", "ws", 1) + "/api/v1/socket"
    link = await connect(
        target, subprotocols=[SUBPROTOCOL], proxy=None, max_queue=1, ping_interval=None,  # type: ignore[list-item]
    )  # fmt: skip
    await link.send(json.dumps({"t": "hello", "token": token, "resume": []}))
    await link.send(json.dumps({"t": "watch", "c": made.talks[0], "after": 0}))
    link.transport.pause_reading()
    return link


FAULT = Fault(NAME, "readers that never read cost healthy ones nothing, and no memory", run)
