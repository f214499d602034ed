"""F8: the gateway stands still for longer than its leases, and goes on as if nothing had happened."""

import asyncio
import signal
import time

from chaos.fault import REST, Fault, Figure, Plan, figure
from chaos.load import load
from chaos.model import Model
from chaos.world import CHANNELS, world

NAME = "f08_pause"
#: Seconds: a lease of a turn lasts 15.
PAUSE = 17.0


async def run(plan: Plan) -> Figure:
    """SIGSTOP under load, SIGCONT after the leases are over."""
    model = await Model(pace=0.01).start()
    times: list[float] = []
    try:
        async with world(6, plan.chance(NAME), model=model) as made:
            await made.begin((*CHANNELS, "web"))
            made.watched(5)
            async with load(made, 0.3):
                for n in range(plan.many(1, 50)):
                    if plan.over:
                        break
                    await asyncio.sleep(made.chance.uniform(0.5, 3.0))
                    made.gateway.signal(signal.SIGSTOP)
                    await asyncio.sleep(PAUSE)
                    begun = time.monotonic()
                    made.gateway.signal(signal.SIGCONT)
                    while await asyncio.to_thread(made.gateway.status, "/readyz") != 200:
                        await asyncio.sleep(0.02)
                    times.append(time.monotonic() - begun)
                    plan.say(f"{n + 1} pauses")
            verdict = await made.verdict(REST)
            sure = made.sure_doubles()
            return figure(NAME, len(times), made, verdict, tuple(times), sure.words, sure.broken)
    finally:
        await model.close()


FAULT = Fault(NAME, f"SIGSTOP for {PAUSE:.0f} s, longer than any lease, under load: old writes are fenced off", run)
