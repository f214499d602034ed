"""Fetch: bring what was attached on a channel here, find out what it is, and say in the log how that ended.

Asking again harms nobody, so a fetch that failed is tried a few times. A turn that waits for it goes on at once when
the last of a message's attachments is settled, and by itself after a while.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

from msgspec import UNSET
from msgspec.structs import replace

from throughline.conversation.channel import Accepted, Ambiguous, Media, NotSent, Refused
from throughline.conversation.events import FileSettled
from throughline.conversation.faults import Fault
from throughline.conversation.files import HEAD, MOST, File, again, kind_of, named, really
from throughline.conversation.ids import MessageId
from throughline.flow.first import first
from throughline.flow.lines import Lines
from throughline.observe import crash_point, logger, spawn
from throughline.ports import Blobs, Channels, Clock, Fetched, Fetches, Hears, Store, StoreDown, Tx

#: Attachments at one time; milliseconds for which one that was taken up is left alone.
AT_ONCE = 4
LEASE = 90_000
#: Seconds for one attachment, and between looks for what nobody told us of.
WITHIN, LOOK = 60.0, 5.0
#: Milliseconds after which what was uploaded and never sent is forgotten.
UNSENT = 86_400_000
#: Bytes of a recording that is written down.
HEARD = 20_000_000

_log = logger("flow.fetch")


class Fetch:
    """The fetching of this process. `wake` is called where a turn may begin."""

    def __init__(
        self, store: Store, clock: Clock, blobs: Blobs, channels: Channels, lines: Lines, hears: Hears | None,
        wake: Callable[[], None],
    ) -> None:  # fmt: skip
        self._store, self._clock, self._blobs = store, clock, blobs
        self._channels, self._lines, self._hears, self._wake = channels, lines, hears, wake
        self._due = asyncio.Event()

    def look(self) -> None:
        """There may be something to fetch."""
        self._due.set()

    async def run(self) -> None:
        """Fetch until cancelled."""
        under_way: set[asyncio.Task[None]] = set()
        try:
            while True:
                self._due.clear()
                room = AT_ONCE - len(under_way)
                for file in await self._claim(room) if room else []:
                    task = spawn(self._one(file), f"fetch {file.id}")
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
                    task.add_done_callback(lambda _: self._due.set())
                await first(self._due.wait(), self._clock.sleep(LOOK))
        finally:
            for task in [*under_way]:
                task.cancel()
            if under_way:
                await asyncio.wait({*under_way})

    async def _claim(self, room: int) -> list[File]:
        """What to fetch now, put off for everybody else; what was never sent is swept away by the way."""
        now = self._clock.now()

        def claim(tx: Tx) -> list[File]:
            for old in tx.files.unsent(now - UNSENT, AT_ONCE):
                tx.files.drop(old.tenant, old.id)
            taken = [replace(f, due=now + LEASE, attempts=f.attempts + 1) for f in tx.files.fetchable(now, room)]
            for file in taken:
                tx.files.change(file)
            return taken

        try:
            return await self._store.write(claim)
        except StoreDown:
            return []

    async def _one(self, file: File) -> None:
        try:
            async with asyncio.timeout(WITHIN):
                settled = await self._fetched(file)
        except (TimeoutError, OSError, StoreDown):
            settled = None
        now = self._clock.now()
        if settled is None:
            due = again(file, now)
            settled = replace(file, state="refused", reason="not_reached") if due is None else replace(file, due=due)
        crash_point("fetch.before_commit")
        try:
            woken = await self._store.write(partial(_settle, file=settled, now=now))
        except StoreDown:
            # Its lease runs out, and it is fetched once more.
            return
        if settled.state == "refused":
            _log.warning("attachment_refused", tenant=file.tenant, file=file.id, why=settled.reason)
        if woken:
            self._wake()

    async def _fetched(self, file: File) -> File | None:
        """The file as it is now; None: it may be tried again. Raises OSError where it breaks off."""
        line = None if file.account is None else await self._lines.line(file.account)
        channel: object = None if line is None else self._channels.of(line.account)
        if line is None or file.remote is None or not isinstance(channel, Fetches):
            return None if line is None else replace(file, state="refused", reason="not_fetchable")
        async with channel.fetch(line, file.remote) as got:
            if isinstance(got, Refused):
                return replace(file, state="refused", reason=got.reason[:64])
            if isinstance(got, Accepted | NotSent | Ambiguous):
                return None
            return await self._kept(file, file.remote, got)

    async def _kept(self, file: File, remote: Media, got: Fetched) -> File:
        kept = await self._blobs.keep(file.tenant, _counted(got), MOST)
        if isinstance(kept, Fault):
            return replace(file, state="refused", reason=kept.code)
        media_type = really(kept.head[:HEAD], got.media_type or remote.media_type)
        here = replace(
            file, state="ready", sha256=kept.sha256, size=kept.size, media_type=media_type, kind=kind_of(media_type),
            name=named(file.name, media_type),
        )  # fmt: skip
        return replace(here, transcript=await transcript(self._hears, self._blobs, here))


async def transcript(hears: Hears | None, blobs: Blobs, file: File) -> str | None:
    """What is said in a recording; None where it is none, or nobody can hear it."""
    if hears is None or file.sha256 is None or file.kind != "audio" or file.size > HEARD:
        return None
    recording = await blobs.whole(file.tenant, file.sha256, HEARD)
    return None if recording is None else await hears.transcribe(recording, file.media_type)


async def _counted(got: Fetched) -> AsyncIterator[bytes]:
    async for chunk in got.chunks():
        yield chunk


def _settle(tx: Tx, file: File, now: int) -> bool:
    """Write how it ended; whether a turn may begin now."""
    tx.files.change(file)
    if file.state == "waiting" or file.message is None:
        return False
    said = FileSettled(
        file=file.id, message=file.message, state="ready" if file.state == "ready" else "refused",
        type=file.kind if file.state == "ready" else UNSET, name=file.name, media_type=file.media_type, size=file.size,
        reason=UNSET if file.reason is None else file.reason,
        transcript=UNSET if file.transcript is None else file.transcript,
    )  # fmt: skip
    if tx.log.conversation(file.tenant, file.conversation) is None:
        return False
    tx.log.append(file.tenant, file.conversation, now, said)
    others = tx.files.of_message(file.tenant, file.conversation, MessageId(file.message))
    if any(other.state == "waiting" for other in others):
        return False
    return tx.turns.hasten(file.tenant, file.conversation, now)
