"""Mails taken apart beside the event loop: little ones on a thread, all else in a process that can be killed.

Whoever writes a mail decides what it costs to read. On a thread it would be paid by everybody, for one interpreter
runs one thread at a time, and some of what reads a mail (decoding it, a regular expression) does not step aside. So
what is large goes to a process of its own, with a limit of time and one of memory; it ends with ours.
"""

import asyncio
import resource
from collections.abc import Callable, Sequence

import anyio
from anyio import to_process
from msgspec import Struct

from throughline.channels.gmail import wire
from throughline.channels.gmail.history import Read
from throughline.channels.gmail.shapes import Quarantined
from throughline.observe import logger

#: Bytes of mails that a thread reads: a few milliseconds, whatever is in them.
LITTLE = 32_768
#: Seconds for the mails of one call, and bytes of memory for the process that reads them.
WITHIN, MEMORY = 5.0, 1_073_741_824

_log = logger("channels.gmail.apart")


class Box(Struct, frozen=True):
    """What reading a mail needs to know of its mailbox: its addresses, the key of its tags, the time (UTC ms)."""

    mailbox: str
    aliases: tuple[str, ...]
    key: bytes
    now: int


class Apart:
    """Reads the mails of all mailboxes of an adapter, one call at a time where it takes a process."""

    def __init__(
        self,
        little: int = LITTLE,
        within: float = WITHIN,
        work: Callable[[Sequence[bytes], Box], list[Read]] | None = None,
    ) -> None:
        """`little`: bytes that a thread reads. `within`: seconds for one call to the process, which does `work`."""
        self._little, self._within, self._work = little, within, work or bounded
        self._turn = anyio.CapacityLimiter(1)

    async def read(self, raws: Sequence[bytes], box: Box) -> list[Read]:
        """What the mails say, in their order. One that cannot be read in time is `too_slow`; the others are read."""
        if sum(map(len, raws)) <= self._little:
            return await asyncio.to_thread(taken, raws, box)
        together = await self._beside(raws, box)
        if together is not None:
            return together
        found: list[Read] = []
        for raw in raws:
            alone = await self._beside([raw], box) if len(raws) > 1 else None
            if alone is None:
                _log.warning("gmail_mail_too_slow", bytes=len(raw))
            found += [Quarantined("too_slow")] if alone is None else alone
        return found

    async def _beside(self, raws: Sequence[bytes], box: Box) -> list[Read] | None:
        """None: it took too long or too much, and the process is gone."""
        try:
            with anyio.fail_after(self._within):
                return await to_process.run_sync(self._work, raws, box, cancellable=True, limiter=self._turn)
        except (TimeoutError, MemoryError, anyio.BrokenWorkerProcess):
            return None


def bounded(raws: Sequence[bytes], box: Box) -> list[Read]:
    """`taken`, in a process that has no more than MEMORY. Raises MemoryError."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    return taken(raws, box)


def taken(raws: Sequence[bytes], box: Box) -> list[Read]:
    """What the mails say; those that are not for us are left out."""
    found = (wire.message(raw, box.mailbox, box.aliases, box.key, box.now) for raw in raws)
    return [one for one in found if one is not None]
