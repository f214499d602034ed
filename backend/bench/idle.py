"""What a socket costs that only listens: resident memory of the server at 5,000 of them."""

import asyncio

import uvloop

from bench.gateway import SOCKETS_EACH, serving
from bench.load import Heard, Socket, many, until
from bench.process import settled
from bench.table import Plan, Report, Row, grid

SOCKETS = 5_000
LIMIT = 40_000


async def _measure() -> tuple[int, float, float, int]:
    """Resident bytes before; bytes a socket signed in, and watching a conversation; how many were sent away."""
    customers = SOCKETS // SOCKETS_EACH
    watching = 0

    def listen(_: Socket, heard: Heard, __: float) -> None:
        nonlocal watching
        watching += heard.t == "watching"

    with serving(customers) as gateway:
        conversations = gateway.conversations(customers)
        before = await settled(gateway.server)
        sockets = await many(gateway.port, [gateway.customers[n % customers] for n in range(SOCKETS)], listen)
        signed_in = await settled(gateway.server)
        for n, socket in enumerate(sockets):
            socket.say({"t": "watch", "c": conversations[n % customers][0]})
            if n % 100 == 0:
                await asyncio.sleep(0.01)
        await until(lambda: watching == SOCKETS, 30)
        busy = await settled(gateway.server)
        gone = sum(bool(socket.closed) for socket in sockets)
        for socket in sockets:
            socket.drop()
        return before, (signed_in - before) / SOCKETS, (busy - before) / SOCKETS, gone + SOCKETS - watching


def run(_: Plan) -> Report:
    """One run: memory does not scatter as time does."""
    before, signed_in, watching, gone = uvloop.run(_measure())
    rows = [
        Row(
            f"Memory of an idle signed-in socket, at {SOCKETS:,}", "≤ 40 kB", f"{signed_in / 1000:.1f} kB",
            "void" if gone else "pass" if signed_in <= LIMIT else "fail",
        )
    ]  # fmt: skip
    table = grid(
        ("resident memory", "kB"),
        [
            ["server before", f"{before / 1000:,.0f}"],
            ["a socket, signed in", f"{signed_in / 1000:.1f}"],
            ["a socket, signed in and watching a conversation", f"{watching / 1000:.1f}"],
        ],
    )
    return Report("Idle sockets", rows, _METHOD, [table])


_METHOD = f"""\
`throughline serve`, {SOCKETS // SOCKETS_EACH} users with {SOCKETS_EACH} sockets each (what one user may have),
{SOCKETS:,} in all. Resident memory of the server's process before and after, each taken when it has stopped moving;
the kernel's own buffers are not in it."""
