"""F9: the clock is an hour or a day off after a restart, then right again. Order never depends on it."""

import shutil
from pathlib import Path

from chaos.fault import Fault, Figure, Plan, figure
from chaos.world import world

NAME = "f09_clock"
_JUMPS = ("+1h", "-1h", "+1d", "-1d")


def library() -> str:
    """libfaketime, where it is installed."""
    found = [*Path("/usr/lib").glob("*/faketime/libfaketime.so.1")]
    return str(found[0]) if found else ""


def needs() -> str:
    """Whether the clock can be turned for one process."""
    return "" if library() or shutil.which("faketime") else "it needs libfaketime"


async def run(plan: Plan) -> Figure:
    """Restart with another time, talk, restart with the right one, talk."""
    async with world(3, plan.chance(NAME)) as made:
        await made.begin(("slack", "telegram", "web"))
        made.watched(2)
        jumps = [*_JUMPS] * plan.many(1, 10)
        for jump in jumps:
            if plan.over:
                break
            made.gateway.extra |= {"LD_PRELOAD": library(), "FAKETIME": jump, "DONT_FAKE_MONOTONIC": "1"}
            for _ in range(2):
                await made.settled(5)
                await made.kill()
                for voice in (*made.customers, made.operator):
                    voice.forget()
                for n in range(3):
                    await made.ask(n)
                    await made.tell(n)
                for name in ("LD_PRELOAD", "FAKETIME", "DONT_FAKE_MONOTONIC"):
                    made.gateway.extra.pop(name, None)
            plan.say(jump)
        # What waits for a moment of a clock that was ahead waits until that moment comes again.
        verdict = await made.verdict(20, rested=False)
        waiting = made.kept().waiting()
        return figure(NAME, len(jumps), made, verdict, tuple(made.recovered), f"{waiting} still wait for their time")


FAULT = Fault(
    NAME, "the wall clock jumps by an hour and by a day: seq stays dense and in order, nothing is lost", run, needs
)
