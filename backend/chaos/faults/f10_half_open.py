"""F10: the other side is gone without a word: a pulled cable, a lost network. Nothing closes, nothing answers.

Browsers: the gateway notices by its ping and frees the socket, memory stays bounded; the other side notices by its own
watchdog, comes again, and goes on where it was. Providers: a send that hangs ends by our patience, in doubt or surely
not sent, and is settled as every such send.
"""

import asyncio
import json
import re
import time
import urllib.request
from collections.abc import Callable

from websockets.asyncio.client import ClientConnection, connect

from chaos.fault import REST, Fault, Figure, Plan, figure
from chaos.faults.hurts import SWIFT, Hurt, by_network, hurt_each
from chaos.proxy import Proxy, Weather
from chaos.reader import SUBPROTOCOL, Reader
from chaos.world import CHANNELS, World, world
from rig.machine import rss

NAME = "f10_half_open"
#: A ping each 20 s, 20 s for its answer; what a machine with other work may add; bytes the gateway may grow by.
LIMIT, SLACK, GROWN = 40.0, 5.0, 64_000_000
GHOSTS, READERS, PATIENCE = 20, 3, 3.0
_GAUGE = re.compile(rb"^throughline_ws_connections(?:\{[^}]*\})? ([0-9.e+]+)$", re.M)


def _vanish(made: World, channel: str) -> None:
    made.proxies[channel].vanish()


#: What has been kept open may be used for the next send, or not.
KEPT = "kept links gone"
HURTS: dict[str, Hurt] = {
    KEPT: _vanish, "gone at the request": by_network(Weather("gone", gone=True)),
    "gone after the request": by_network(Weather("silent", silent=True)),
}  # fmt: skip


async def run(plan: Plan) -> Figure:
    """Browsers vanish, readers lose their link and come again, providers vanish while something is sent to them."""
    channels = SWIFT if plan.size <= 1 else CHANNELS
    async with world(len(channels) + 1, plan.chance(NAME)) as made:
        await made.begin((*channels, "web"))
        await made.settled(20)
        front = await Proxy(made.gateway.port).start()
        try:
            readers = [made.watched(len(channels), f"http://127.0.0.1:{front.port}", PATIENCE) for _ in range(READERS)]
            rounds = plan.many(1, 20)
            providers = asyncio.ensure_future(hurt_each(made, plan, HURTS, channels, rounds))
            times, size, n = [], rss(made.gateway.pid), 0
            for n in range(1, rounds + 1):
                times.append(await _vanished(made, front, readers))
                plan.say(f"{n} times, the gateway noticed after {times[-1]:.0f} s")
                if plan.over:
                    break
            hung = await providers
            grown = rss(made.gateway.pid) - size
            behind = await _behind(made, readers)
            verdict = await made.verdict(REST)
        finally:
            await front.close()
        sure = made.sure_doubles()
        broken = [*sure.broken, *behind, *_unnoticed(made, hung)]
        if grown > GROWN:
            broken.append(f"the gateway grew by {grown / 1e6:.0f} MB")
        if plan.size > 1 and max(times) > LIMIT + SLACK:
            broken.append(f"a dead socket was noticed after {max(times):.1f} s")
        note = f"{n * GHOSTS} browsers, {n * READERS} readers, {len(hung)} sends; {grown / 1e6:+.0f} MB"
        said = ", ".join(one for one in (note, sure.words) if one)
        return figure(NAME, n * (GHOSTS + READERS) + len(hung), made, verdict, tuple(times), said, tuple(broken))


async def _vanished(made: World, front: Proxy, readers: list[Reader]) -> float:
    """All who are connected vanish, readers come again, much is said: the seconds until the gateway has freed the rest.

    Raises TimeoutError where it never does.
    """
    person = len(made.talks) - 1
    before = [reader.links for reader in readers]
    ghosts = [await _ghost(made, front, person) for _ in range(GHOSTS)]
    await made.ask(person)
    await _until(lambda: all(reader.seen for reader in readers))
    front.vanish()
    begun = time.monotonic()
    while await asyncio.to_thread(_open, made) > READERS or any(
        reader.links <= links for reader, links in zip(readers, before, strict=True)
    ):
        await made.ask(person)
        await asyncio.sleep(0.2)
        if time.monotonic() > begun + 180:
            raise TimeoutError(f"{_open(made):.0f} sockets are still open")
    took = time.monotonic() - begun
    for ghost in ghosts:
        ghost.transport.abort()
    return took


async def _ghost(made: World, front: Proxy, person: int) -> ClientConnection:
    """A browser that will never know that it has vanished. It answers pings as long as they come."""
    token = await made.customers[person].token()
    link = await connect(
        f"ws://127.0.0.1:{front.port}/api/v1/socket", subprotocols=[SUBPROTOCOL], proxy=None,  # type: ignore[list-item]
        ping_interval=None, close_timeout=1,
    )  # fmt: skip
    await link.send(json.dumps({"t": "hello", "token": token, "resume": []}))
    await link.send(json.dumps({"t": "watch", "c": made.talks[person], "after": 0}))
    await link.recv()
    return link


def _open(made: World) -> float:
    """Sockets that the gateway has."""
    with urllib.request.urlopen(f"{made.gateway.url}/metrics", timeout=20) as answer:
        found = _GAUGE.search(answer.read())
    assert found is not None
    return float(found[1])


async def _behind(made: World, readers: list[Reader]) -> list[str]:
    """Readers who did not get to the end of the log, in words."""

    def head() -> int:
        return len(made.kept().logs[readers[0].talk])

    try:
        await _until(lambda: all(reader.seen and reader.seen[-1][0] >= head() for reader in readers))
    except TimeoutError:
        return ["a reader who came again never got to the end of the log"]
    return []


def _unnoticed(made: World, hung: dict[str, str]) -> list[str]:
    """Sends to somebody who was gone of which we never said that they failed."""
    rungs: dict[str, set[str]] = {}
    for row in made.history.rows:
        rungs.setdefault(row.message, set()).update(row.rungs)
    return [
        f"a send to nobody ({word}) was never in doubt nor not sent"
        for message, word in hung.items()
        if word != KEPT and not rungs.get(message, set()) & {"ambiguous", "not_sent"}
    ]


async def _until(said: Callable[[], bool], seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(said):
            await asyncio.sleep(0.1)


FAULT = Fault(
    NAME, "the other side is gone without a word: noticed, freed, settled; who comes again misses nothing", run
)
