"""F1: kill -9 under load, again and again. Nothing acknowledged is lost, nothing that can be known is doubled."""

import asyncio

from chaos.fault import REST, Fault, Figure, Plan, figure
from chaos.faults.hurts import SWIFT
from chaos.load import load
from chaos.model import Model
from chaos.world import CHANNELS, world

NAME = "f01_kill"
#: People, and seconds of a pause between what one says or is told. In a long run as many as it takes to keep the
#: gateway busy while no phone is written to faster than it may be (WhatsApp and SMS: ten a minute).
PEOPLE, PAUSE = 8, 0.3
MANY, PATIENT = 48, 9.0
#: In a long run one start of so many is from nothing, as in real life; the others have their modules loaded before.
COLD = 10


async def run(plan: Plan) -> Figure:
    """Kill it so often; everybody goes on meanwhile."""
    chance = plan.chance(NAME)
    model = await Model(pace=0.005).start()
    try:
        many = plan.size > 1
        async with world(MANY if many else PEOPLE, chance, model=model) as made:
            # Doubt on other channels waits a minute for an echo: too long for a short run.
            await made.begin((*(CHANNELS if many else SWIFT), "web"))
            for n in (0, 5):
                made.watched(n)
            kills = 0
            async with load(made, PATIENT if many else PAUSE):
                while kills < plan.many(5, 1_000) and not plan.over:
                    if many and kills % COLD:
                        made.gateway.spare()
                    await asyncio.sleep(chance.uniform(0.05, 1.2))
                    await made.kill()
                    kills += 1
                    if kills % 25 == 0:
                        plan.say(f"{kills} kills")
                        await asyncio.to_thread(made.truth.look)
            verdict = await made.verdict(2 * REST if many else REST)
            sure = made.sure_doubles()
            return figure(NAME, kills, made, verdict, tuple(made.recovered), sure.words, sure.broken)
    finally:
        await model.close()


FAULT = Fault(NAME, "kill -9 under load: acknowledged is kept, one reply a turn, nothing doubled on web and mail", run)
