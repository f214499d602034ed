"""A process to be killed: hears the same twenty messages in order, and prints each one that was answered well.

`hearer.py FOLDER [CRASH]`: CRASH is a crash point and how often it is passed before it ends the process.
"""

import asyncio
import itertools
import os
import sys
from pathlib import Path

from tests.flow.ear import OURS, ear
from throughline import observe
from throughline.conversation.channel import Address, Inbound, Reading, Reply

MESSAGES = 20


class Named:
    """Ids that no other process makes."""

    def __init__(self) -> None:
        self._next = itertools.count(1)

    def new(self) -> str:
        return f"{os.getpid():08d}-{next(self._next):06d}"


async def hear(folder: Path, crash: str) -> None:
    """All of them, one by one."""
    async with ear(folder, ids=Named()) as slack:
        observe.arm_crash(crash)
        for n in range(MESSAGES):
            said = Inbound(f"T1:D1:{n}", Address("T1/U1", "Grace"), f"text {n}", f"D1:{n % 3}", answers=n > 2)
            if isinstance(await slack.hear.take(OURS, Reading(inbound=(said,))), Reply):
                os.write(1, f"{n}\n".encode())


if __name__ == "__main__":
    asyncio.run(hear(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""))
