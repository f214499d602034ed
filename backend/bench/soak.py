"""Half an hour of everyday work: memory, descriptors and tasks have to be as flat at the end as after the start."""

import asyncio
import os
import time

import uvloop
from msgspec import Struct

from bench.channels import _CLOSED
from bench.gateway import Gateway, serving
from bench.load import Heard, Socket, connect
from bench.overload import Accepting
from bench.roles import FIRST
from bench.storm import Mould, storm
from bench.table import Plan, Report, Row, grid

MINUTES, PEOPLE = 30.0, 500
#: Webhooks a second, and sockets that come and go meanwhile.
RATE, SOCKETS = 50.0, 20
#: The first part is the start's: caches fill, pools open.
WARM = 0.2


class Look(Struct, frozen=True):
    """How a gateway is: seconds since the begin, resident bytes, open descriptors, tasks of its event loop."""

    at: float
    rss: int
    descriptors: int
    tasks: int


def look(gateway: Gateway, begun: float) -> Look:
    """Now."""
    descriptors = sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in gateway.server.pids)
    found = gateway.text("/bench/tasks").decode()
    return Look(time.perf_counter() - begun, gateway.server.rss(), descriptors, int(found))


async def soak(seconds: float) -> list[Look]:
    """Webhooks, sends, sockets that come and go, for so long; a look at the gateway twenty times."""
    when: list[float] = []
    listening = await asyncio.get_running_loop().create_server(lambda: Accepting(when), "127.0.0.1", 0)
    base = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    looks: list[Look] = []
    with serving(1, ends=(base, _CLOSED), roads=PEOPLE, command=("bench.watched",)) as gateway:
        mould, begun = Mould(gateway.port, FIRST, PEOPLE), time.perf_counter()
        blowing = asyncio.ensure_future(storm(gateway.port, RATE, seconds, mould.request, connections=32))
        coming = asyncio.ensure_future(_come_and_go(gateway))
        while not blowing.done():
            await asyncio.sleep(seconds / 20)
            looks.append(await asyncio.to_thread(look, gateway, begun))
        coming.cancel()
        (await blowing)
        gateway.server.check()
    listening.close()
    return looks


async def _come_and_go(gateway: Gateway) -> None:
    def deaf(_: Socket, _frame: Heard, _at: float) -> None:
        return

    signed_in = time.perf_counter()
    while True:
        if time.perf_counter() - signed_in > 200:
            signed_in = time.perf_counter()
            await asyncio.to_thread(gateway.sign_in)
        sockets = [await connect(gateway.port, gateway.customers[0], deaf, n) for n in range(SOCKETS)]
        await asyncio.sleep(1)
        for socket in sockets:
            socket.drop()


def growth(looks: list[Look]) -> tuple[float, int, int]:
    """Of the last quarter against the first after the start: memory as a ratio, descriptors and tasks as numbers."""
    settled = looks[int(len(looks) * WARM) :]
    part = max(1, len(settled) // 4)
    first, last = settled[:part], settled[-part:]

    def mean(of: list[Look], name: str) -> float:
        return sum(float(getattr(one, name)) for one in of) / len(of)

    return (
        mean(last, "rss") / mean(first, "rss"),
        round(mean(last, "descriptors") - mean(first, "descriptors")),
        round(mean(last, "tasks") - mean(first, "tasks")),
    )


def run(plan: Plan) -> Report:
    """`--seconds 4`, the usual, is half an hour; less is as much shorter."""
    seconds = MINUTES * 60 * min(1.0, plan.seconds / 4.0)
    looks = uvloop.run(soak(seconds))
    memory, descriptors, tasks = growth(looks)
    rows = [
        Row(f"{seconds / 60:.0f} minutes of work: memory, the last quarter against the first", "≤ 1.10",
            f"{memory:.2f}", "pass" if memory <= 1.10 else "fail"),
        Row("The same: descriptors more", "≤ 5", f"{descriptors}", "pass" if descriptors <= 5 else "fail"),
        Row("The same: tasks more", "≤ 5", f"{tasks}", "pass" if tasks <= 5 else "fail"),
    ]  # fmt: skip
    lines = [[f"{o.at / 60:.1f}", f"{o.rss / 1_048_576:.0f}", f"{o.descriptors}", f"{o.tasks}"] for o in looks]
    table = grid(("minute", "resident MiB", "descriptors", "tasks"), lines)
    return Report("Soak", rows, _METHOD, [table], [])


_METHOD = f"""\
{RATE:.0f} signed webhooks a second of {PEOPLE} people, each mirrored to another channel, and {SOCKETS} sockets that
come and go every second. The first {WARM:.0%} of the time are the start's."""
