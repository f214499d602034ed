"""One exchange at a time that goes wrong: what is done to it, and what became of the message. For three faults."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from chaos.cast import ENDS
from chaos.fault import REST, Figure, Plan, figure
from chaos.proxy import FAIR, Weather, fair
from chaos.world import World, world

#: Sets something up at a channel.
Hurt = Callable[[World, str], None]
#: Channels where doubt ends soon: nobody waits for an echo of theirs.
SWIFT = ("telegram", "gmail")


def by_network(weather: Weather) -> Hurt:
    """The next request that says something has this weather."""

    def hurt(made: World, channel: str) -> None:
        left = [weather]

        def sky(first: bytes) -> Weather:
            return left.pop() if left and first.startswith(ENDS[channel].sends) else FAIR

        made.proxies[channel].sky = sky

    return hurt


def by_switch(**switches: object) -> Hurt:
    """The stand-in does it to the next request."""

    def hurt(made: World, channel: str) -> None:
        method = {"method": "drafts.send"} if channel == "gmail" else {}
        made.switch(channel, times=1, **method, **switches)

    return hurt


async def each(name: str, plan: Plan, hurts: Mapping[str, Hurt], channels: Sequence[str], times: int = 1) -> Figure:
    """Each of them at each channel, so often, one at a time in each channel; all channels at once."""
    async with world(len(channels), plan.chance(name)) as made:
        await made.begin(channels)
        await made.settled(20)
        done = await hurt_each(made, plan, hurts, channels, times)
        verdict = await made.verdict(REST)
        found = await asyncio.to_thread(made.kept)
        ends = Counter(
            (done[r.row.message], _end(r.row.state))
            for r in found.rows
            if r.row.message in done and r.row.channel != "web"
        )
        plan.say(", ".join(f"{word}: {end} {n}" for (word, end), n in sorted(ends.items())))
        sure = made.sure_doubles()
        return figure(name, len(done), made, verdict, (), sure.words, sure.broken)


async def hurt_each(
    made: World, plan: Plan, hurts: Mapping[str, Hurt], channels: Sequence[str], times: int = 1
) -> dict[str, str]:
    """The same in a world there is, whose nth person's answers go to the nth channel: what was done, by message."""
    done: dict[str, str] = {}

    async def one(n: int) -> None:
        order = [*hurts] * times
        made.chance.shuffle(order)
        for word in order:
            if plan.over:
                return
            await asyncio.to_thread(hurts[word], made, channels[n])
            message = await made.tell(n)
            done[message] = word
            await _rested(made, message)
            made.proxies[channels[n]].sky = fair
            await asyncio.to_thread(_calm, made, channels[n])

    await asyncio.gather(*(one(n) for n in range(len(channels))))
    return done


def _calm(made: World, channel: str) -> None:
    made.switch(channel)
    if channel == "gmail":
        made.switch(channel, method="drafts.send")


async def _rested(made: World, message: str) -> None:
    """Until the message waits for nothing but an echo."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = await asyncio.to_thread(made.kept)
        mine = [r for r in found.rows if r.row.message == message and r.row.owed]
        if mine and all(r.row.state not in {"pending", "sending", "not_sent"} for r in mine):
            return
        await asyncio.sleep(0.2)


def _end(state: str) -> str:
    return "arrived" if state in {"accepted", "delivered", "read"} else state
