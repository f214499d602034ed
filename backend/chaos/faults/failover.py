"""Channel failures by the thousand: each message's own channel fails it, and it goes by another one, or ends loudly.

Of each message: it ends (100 %), it gets there by another channel (99.9 %), none is lost. After a permanent refusal the
other channel has it within two seconds.
"""

import asyncio
from collections import Counter

from msgspec.structs import replace

from chaos.fault import REST, Fault, Figure, Plan, figure
from chaos.figures import percentile
from chaos.history import Verdict
from chaos.kept import Delivered, Kept
from chaos.proxy import Sky, Weather, fair
from chaos.world import CHANNELS, HASTY, World, world

NAME = "failover"
PEOPLE, LONG = 20, 50
FEW, MANY = 60, 3_000
#: What each stand-in answers for something that will never do.
REFUSALS = {
    "slack": "channel_not_found", "telegram": "403 Forbidden: bot was blocked by the user", "whatsapp": "131026",
    "sms": "21211", "gmail": "invalidTo",
}  # fmt: skip
KINDS = ("refused", "busy", "down", "reset")
SOON = 2.0


def hurt(made: World, channel: str, kind: str) -> None:
    """From now on this channel fails in this way, as its provider would."""
    match kind:
        case "refused":
            made.switch(channel, fail=REFUSALS[channel])
        case "busy":
            made.switch(channel, rate_limit=3_600)
        case "reset":
            made.proxies[channel].sky = sky(Weather("reset", cut_request=40))


def heal(made: World, channel: str) -> None:
    """All is well again there."""
    made.switch(channel)
    made.proxies[channel].sky = fair


def sky(weather: Weather) -> Sky:
    """The same weather for everything."""
    return lambda _: weather


async def run(plan: Plan) -> Figure:
    """Rounds: one channel fails in one way, everybody whose answers go there is told something; then the next one."""
    chance = plan.chance(NAME)
    people = PEOPLE if plan.size <= 1 else LONG
    policy = replace(HASTY, failover_after=0.5, give_up_after=30.0)
    async with world(people, chance, policy=policy) as made:
        await made.begin(CHANNELS)
        await made.settled(20)
        injected: dict[str, str] = {}
        wanted = plan.many(FEW, MANY)
        rounds = [(channel, kind) for kind in KINDS for channel in CHANNELS]
        while len(injected) < wanted and not plan.over:
            chance.shuffle(rounds)
            for channel, kind in rounds:
                # What stays in doubt waits a minute for an echo: in a short run only where there is none.
                if kind != "reset" or plan.size > 1 or channel == "telegram":
                    await _round(made, channel, kind, injected, 10 if plan.size > 1 and kind != "reset" else 1)
            plan.say(f"{len(injected)} failures")
        verdict = await made.verdict(REST)
        found = await asyncio.to_thread(made.kept)
        return _figure(plan, made, verdict, injected, found)


async def _round(made: World, channel: str, kind: str, injected: dict[str, str], times: int) -> None:
    whose = [n for n in range(len(made.talks)) if CHANNELS[n % len(CHANNELS)] == channel]
    await asyncio.to_thread(hurt, made, channel, kind)
    if kind == "down":
        await made.proxies[channel].go_down()
    for _ in range(times):
        # One after the other for each person: what is measured is a failover, not a queue.
        told = await asyncio.gather(*(made.tell(n) for n in whose))
        injected |= dict.fromkeys(told, kind)
        await made.settled(20)
    if kind == "down":
        await made.proxies[channel].come_up()
    await asyncio.to_thread(heal, made, channel)
    await asyncio.to_thread(made.truth.look)


def _figure(plan: Plan, made: World, verdict: Verdict, injected: dict[str, str], found: Kept) -> Figure:
    rows: dict[str, list[Delivered]] = {}
    for one in found.rows:
        rows.setdefault(one.row.message, []).append(one)
    ends: Counter[str] = Counter()
    times: list[float] = []
    broken: list[str] = []
    for message, kind in injected.items():
        mine = rows.get(message, [])
        owed = [one for one in mine if one.row.owed]
        ends[_end(owed)] += 1
        if kind == "refused" and (took := _took(mine)) is not None:
            times.append(took)
    other, total = ends["fallback"], len(injected)
    if ends["lost"]:
        broken.append(f"{ends['lost']} messages ended nowhere")
    if other < 0.999 * (total - ends["itself"]):
        broken.append(f"only {other} of {total} went by another channel: {dict(ends)}")
    # A short run shares its machine with others.
    slowest = percentile(times, 1.0 if plan.size > 1 else 0.5) if times else 0.0
    if plan.timed and slowest > SOON:
        broken.append(f"a failover after a refusal took {slowest:.2f} s")
    note = f"{other:,} by another channel, {ends['itself']} got through all the same, {ends['dead']} dead with alert"
    return figure(NAME, total, made, verdict, tuple(times), note, tuple(broken))


def _end(owed: list[Delivered]) -> str:
    if len(owed) != 1:
        return "lost"
    row = owed[0].row
    if row.state in {"accepted", "delivered", "read"}:
        return "fallback" if row.late else "itself"
    return "dead" if row.state in {"dead", "held"} else "lost"


def _took(mine: list[Delivered]) -> float | None:
    """Seconds from the refusal to the acceptance elsewhere."""
    gone = [rung.at for one in mine for rung in one.rungs if rung.state == "passed"]
    there = [rung.at for one in mine if one.row.late for rung in one.rungs if rung.state in {"accepted", "delivered"}]
    return (min(there) - min(gone)) / 1000 if gone and there else None


FAULT = Fault(NAME, "a channel fails a message: it ends, by another channel in 99.9 of 100, never lost", run)
