"""Mails taken apart in a process: the same as on a thread, and what takes too long there costs nobody else anything."""

import asyncio
import os
import time
from collections.abc import Sequence

from tests.channels.gmail import hostile
from throughline.channels.gmail.apart import Apart, Box, bounded, taken
from throughline.channels.gmail.history import Read
from throughline.channels.gmail.shapes import Quarantined
from throughline.conversation.channel import Inbound

_BOX = Box("support@example.org", (), b"k" * 32, 1_795_258_000_000)
_KINDS = ("plain", "10,000 parts", "words of 250 kB", "styled elements", "3,000 multiparts in each other")


def held_up(raws: Sequence[bytes], box: Box) -> list[Read]:
    """Reads, but comes to no end where a mail says so, and wants all memory where one says so."""
    if any(b"forever" in raw for raw in raws):
        time.sleep(3_600)
    if any(b"everything" in raw for raw in raws):
        bounded(raws, box)
        return [Quarantined(str(len(bytearray(2**40))))]
    if any(b"gone" in raw for raw in raws):
        os._exit(9)
    return bounded(raws, box)


async def test_a_process_reads_as_a_thread_does() -> None:
    raws = [hostile.written(kind) for kind in _KINDS]

    assert await Apart(little=0).read(raws, _BOX) == await Apart(little=2**30).read(raws, _BOX) == taken(raws, _BOX)


async def test_what_wants_too_much_or_breaks_the_process_is_set_aside_alone() -> None:
    mails = [hostile.written("plain", number) for number in range(4)]
    for at, word in ((1, b"everything"), (2, b"gone")):
        mails[at] = mails[at].replace(b"Hello", word)

    found = await Apart(little=0, within=60.0, work=held_up).read(mails, _BOX)

    assert [type(one) for one in found] == [Inbound, Quarantined, Quarantined, Inbound]
    assert found[1:3] == [Quarantined("too_slow")] * 2


async def test_what_comes_to_no_end_is_set_aside() -> None:
    forever = hostile.written("plain").replace(b"Hello", b"forever")

    assert await Apart(little=0, within=0.2, work=held_up).read([forever], _BOX) == [Quarantined("too_slow")]


async def test_who_goes_away_leaves_no_process_at_work() -> None:
    apart = Apart(little=0, within=60.0, work=held_up)
    waiting = asyncio.create_task(apart.read([hostile.written("plain").replace(b"Hello", b"forever")], _BOX))
    await asyncio.wait({waiting}, timeout=0.5)
    waiting.cancel()
    await asyncio.wait({waiting})

    (read,) = await apart.read([hostile.written("plain")], _BOX)

    assert isinstance(read, Inbound)
