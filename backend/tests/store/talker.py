"""A process to be killed: writes without pause from several places, and prints each acknowledged message.

`talker.py FOLDER PREFIX [CRASH]`: CRASH is a crash point and how often it is passed before it ends the process.
One line per message, written in one go: conversation, seq, id. `talker.py FOLDER PREFIX --one` says one and ends.
"""

import asyncio
import os
import sys
from pathlib import Path

from tests.store.given import ACME, C1, C2, StillClock, begun, conversation, say, saying
from throughline import observe
from throughline.conversation.ids import ConversationId
from throughline.store.migrate import migrate
from throughline.store.sqlite import open_sqlite


async def talk(folder: Path, prefix: str, crash: str) -> None:
    """Until it is killed."""
    migrate(folder)
    store = await open_sqlite(folder, StillClock(), lambda _: None)
    if not await store.read(lambda tx: tx.people.tenants()):
        await store.write(begun)
        await store.write(lambda tx: tx.log.start(conversation(ACME, C2)))
    if crash == "--one":
        await store.write(saying(f"{prefix}-one"))
        os.write(1, b"acknowledged\n")
        await store.close()
        return
    observe.arm_crash(crash)

    async def voice(n: int, where: ConversationId) -> None:
        k = 0
        while True:
            name, k = f"{prefix}-{n}-{k}", k + 1
            entry = await store.write(lambda tx: say(tx, name, where=where))  # noqa: B023 - awaited before the next
            os.write(1, f"{where} {entry.seq} {name}\n".encode())

    async with asyncio.TaskGroup() as voices:
        for n in range(12):
            voices.create_task(voice(n, (C1, C2)[n % 2]))


if __name__ == "__main__":
    asyncio.run(talk(Path(sys.argv[1]), sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else ""))
