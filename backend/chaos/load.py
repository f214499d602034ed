"""Load: everybody says something and is told something, as long as it lasts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chaos.world import World
from throughline import observe


@asynccontextmanager
async def load(made: World, pause: float) -> AsyncIterator[None]:
    """Everybody says and is told something, again and again, while this is open; what was begun is then ended."""
    over = asyncio.Event()

    async def one(n: int) -> None:
        while not over.is_set():
            await (made.ask(n) if made.chance.random() < 0.3 else made.tell(n))
            await asyncio.sleep(made.chance.uniform(0.0, 2 * pause))

    tasks = [observe.spawn(one(n), f"person {n}") for n in range(len(made.customers))]
    try:
        yield
    finally:
        over.set()
        await asyncio.gather(*tasks)
