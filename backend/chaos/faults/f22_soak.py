"""F22: everything goes on for a long time, with a kill now and then. Memory and descriptors stay flat."""

import asyncio
import time

from chaos.fault import Fault, Figure, Plan, figure
from chaos.load import load
from chaos.metered import slope
from chaos.model import Model
from chaos.world import CHANNELS, world
from rig.machine import descriptors, rss

NAME = "f22_soak"
#: Seconds of a long run, and of a short one; between two looks; before the first one, while caches fill.
LONG, SHORT, EVERY = 1_800.0, 8.0, 2.0
#: Growth in an hour that is still flat.
BYTES, FILES = 60_000_000, 20


async def run(plan: Plan) -> Figure:
    """A mixed load without a kill, watched from outside."""
    seconds = SHORT if plan.size <= 1 else LONG
    model = await Model(pace=0.01).start()
    try:
        async with world(12, plan.chance(NAME), model=model) as made:
            await made.begin((*CHANNELS, "web"))
            made.watched(5)
            begun = time.monotonic()
            memory: list[tuple[float, float]] = []
            files: list[tuple[float, float]] = []
            async with load(made, 0.5):
                while time.monotonic() < begun + seconds and not plan.over:
                    await asyncio.sleep(EVERY)
                    at = time.monotonic() - begun
                    memory.append((at, rss(made.gateway.pid)))
                    files.append((at, descriptors(made.gateway.pid)))
                    if len(memory) % 30 == 0:
                        await asyncio.to_thread(made.truth.look)
                        plan.say(f"{at:.0f} s: {memory[-1][1] / 1e6:.0f} MB, {files[-1][1]:.0f} descriptors")
            # The first third fills caches.
            grows = slope(memory[len(memory) // 3 :]) * 3_600
            opens = slope(files[len(files) // 3 :]) * 3_600
            verdict = await made.verdict(90)
            note = (
                f"{memory[-1][1] / 1e6:.0f} MB ({grows / 1e6:+.0f}/h), {files[-1][1]:.0f} descriptors ({opens:+.0f}/h)"
            )
            flat = plan.size <= 1 or (grows < BYTES and opens < FILES)
            if plan.size <= 1:
                # A few seconds say nothing about an hour.
                note = f"{memory[-1][1] / 1e6:.0f} MB, {files[-1][1]:.0f} descriptors"
            return figure(NAME, 1, made, verdict, (), note, () if flat else (note,))
    finally:
        await model.close()


FAULT = Fault(NAME, "a long mixed load: memory and descriptors stay flat", run)
