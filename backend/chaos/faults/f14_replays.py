"""F14: what providers tell us comes twice and in another order. Each stands once in the log."""

import asyncio
import time
from collections import Counter
from contextlib import closing

from chaos import kept
from chaos.cast import BOT, META, SMS
from chaos.fault import REST, Fault, Figure, Plan, figure
from chaos.truth import mark
from chaos.world import World, world

NAME = "f14_replays"
PEOPLE = 4
_SAYS = {
    "slack": ("slack", "user", {}), "telegram": ("telegram", "person", {"end": BOT}),
    "whatsapp": ("meta", "person", {"end": META}), "sms": ("twilio", "person", {"end": SMS}),
}  # fmt: skip


async def run(plan: Plan) -> Figure:
    """Everybody writes from everywhere while each event comes twice, three of them in the wrong order."""
    async with world(PEOPLE, plan.chance(NAME)) as made:
        await asyncio.to_thread(made.introduce)
        for channel in _SAYS:
            await asyncio.to_thread(made.switch, channel, duplicate=True, reorder=3)
        expected: set[str] = set()
        rounds = plan.many(3, 200)
        for n in range(rounds):
            if plan.over:
                break
            for channel in _SAYS:
                for person in range(PEOPLE):
                    expected.add(await asyncio.to_thread(_say, made, channel, person))
            if n % 10 == 9:
                plan.say(f"{len(expected)} events")
        found = await _heard(made, expected, 120)
        lost = sum(found[one] == 0 for one in expected)
        twice = sum(found[one] > 1 for one in expected)
        verdict = await made.verdict(REST)
        broken = (f"{lost} lost, {twice} doubled",) if lost or twice else ()
        return figure(NAME, len(expected), made, verdict, (), f"{len(expected)} events, each twice", broken)


def _say(made: World, channel: str, person: int) -> str:
    from chaos.cast import ENDS

    provider, who, more = _SAYS[channel]
    word = mark(made.notes.number())
    body = {who: ENDS[channel].there(person), "text": f"From afar {word}", **more}
    made.stand_ins.ask("POST", f"{provider}/_lab/say", body)
    return word


async def _heard(made: World, expected: set[str], seconds: float) -> Counter[str]:
    """How often each of these stands in the logs, once all do, and a moment later."""
    until, last = time.monotonic() + seconds, False
    while True:
        found = await asyncio.to_thread(counted, made)
        if last or time.monotonic() > until:
            return found
        last = expected <= found.keys()
        await asyncio.sleep(1.5)


def counted(made: World) -> Counter[str]:
    """How often each mark stands in the logs."""
    with closing(kept.connected(made.data)) as raw:
        bodies = [body for (body,) in raw.execute("select member from events where kind = 'message'")]
    return Counter(word for body in bodies for word in _words(body))


def _words(body: bytes) -> list[str]:
    import re

    return re.findall(r"k[0-9a-f]{8}p0", body.decode())


FAULT = Fault(NAME, "providers' events come twice and out of order: once in the log", run)
