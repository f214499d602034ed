"""F4: the disk gives errors when it shall sync. What was not synced is never acknowledged."""

import asyncio
import contextlib
import shutil
import signal
import subprocess
import time

import httpx2

from chaos.fault import Fault, Figure, Plan, figure
from chaos.world import World, world

NAME = "f04_eio"
_CALLS = "fdatasync,fsync"


def needs() -> str:
    """Whether calls can be made to fail here."""
    return "" if shutil.which("strace") else "it needs strace"


async def run(plan: Plan) -> Figure:
    """From some moment on every sync fails: a write is not acknowledged. Afterwards all acknowledged is there."""
    async with world(2, plan.chance(NAME)) as made:
        await made.begin(("web", "web"))
        times: list[float] = []
        acked = refused = 0
        for n in range(plan.many(1, 30)):
            if plan.over:
                break
            await made.ask(0)
            yes, no = await _failing(made)
            acked, refused = acked + yes, refused + no
            begun = time.monotonic()
            if not made.gateway.running:
                await made.gateway.start()
            await made.ask(1)
            times.append(time.monotonic() - begun)
            plan.say(f"{n + 1} times: {refused} not acknowledged")
        # The store is read anew by a fresh process: what only memory had is gone now.
        await made.kill()
        verdict = await made.verdict(20)
        broken = (f"{acked} writes were acknowledged without a sync",) if acked else ()
        return figure(NAME, len(times), made, verdict, tuple(times), f"{refused} writes not acknowledged", broken)


async def _failing(made: World) -> tuple[int, int]:
    """Writes while no sync works: how many were acknowledged, how many were not."""
    inject = f"inject={_CALLS}:error=EIO"
    tracer = subprocess.Popen(
        ["strace", "-f", "-q", "-e", f"trace={_CALLS}", "-e", inject, "-p", str(made.gateway.pid)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    acked = refused = 0
    try:
        await asyncio.sleep(1.0)
        for n in range(5):
            before = made.customers[0].shed
            with contextlib.suppress(httpx2.HTTPError):
                await made.customers[0].say(made.talks[0], f"No sync {n}", once=True)
                if made.customers[0].shed == before:
                    acked += 1
                    continue
            refused += 1
    finally:
        tracer.send_signal(signal.SIGINT)
        await asyncio.to_thread(tracer.wait, 10)
    return acked, refused


FAULT = Fault(NAME, "every sync fails with EIO: nothing is acknowledged, nothing acknowledged is lost", run, needs)
