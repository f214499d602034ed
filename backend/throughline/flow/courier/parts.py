"""Parts: an answer that goes out while it is written, by posts of its sentences; then its rest, or at once the whole.

What may go is what the log calls said. Each part is cut off when its turn to be posted has come, so that whatever was
said while it waited goes along in it. Where it was cut is durable with `sending`: what was on its way when a process
died is in doubt as every post is, and never cut or sent another time.
"""

import asyncio
from contextlib import suppress

from msgspec.structs import replace

from throughline.conversation import courier
from throughline.conversation.channel import Piece
from throughline.conversation.courier import LONGEST
from throughline.conversation.events import Author, Message
from throughline.conversation.parts import parted
from throughline.conversation.records import DeliveryRow
from throughline.conversation.window import shut_out
from throughline.flow.courier.hold import Gone, Hold
from throughline.flow.courier.overhear import Telling
from throughline.flow.courier.send import post, send
from throughline.flow.courier.shown import LOOK
from throughline.flow.first import set_within
from throughline.flow.steps.enclosed import enclosures
from throughline.flow.steps.said import Known, known
from throughline.observe import spawn
from throughline.ports import Prepares, Shows, StoreDown

#: Nothing of it is on its way or in doubt, and more may go.
_GOES_ON = frozenset({"pending", "not_sent", "streaming"})


class Parts:
    """One row of a message that was being written when it was taken up, where text cannot be set anew."""

    def __init__(self, hold: Hold, row: DeliveryRow, telling: Telling) -> None:
        self._hold, self._row, self._telling = hold, row, telling
        #: All that was said is posted.
        self._idle = asyncio.Event()
        self._sign: asyncio.Task[None] | None = None

    @property
    def row(self) -> DeliveryRow:
        """As last written."""
        return self._row

    async def passable(self) -> None:
        """Return when later rows need not wait for it any more: while there is nothing to post."""
        await self._idle.wait()
        while self._telling.spoken.is_set():
            # It is about to look what was said.
            await asyncio.sleep(0)
            await self._idle.wait()

    async def run(self) -> None:
        """See it through, or as far as it goes now. Raises Gone."""
        hold = self._hold
        while True:
            self._telling.spoken.clear()
            found = await self._look()
            if self._row.state not in _GOES_ON or self._row.due > hold.now:
                return
            if found.over:
                self._row = await hold.write(self._row, courier.ended(self._row, "superseded", hold.now))
                return
            if self._row.cuts and not self._row.owed and not found.mirrors:
                # The talk went elsewhere meanwhile, and has the whole there.
                self._row = await hold.write(self._row, courier.ended(self._row, "passed", hold.now, "move"))
                return
            if found.whole is not None and not self._row.cuts:
                self._row = await send(hold, self._row, found.whole)
                return
            if await self._post_next(found):
                continue
            self._idle.set()
            await set_within(self._telling.spoken, hold.office.clock, LOOK)
            self._idle.clear()

    async def _look(self) -> Known:
        row = self._row
        found = await self._hold.office.store.read(lambda tx: known(tx, row))
        if found.row is None:
            raise Gone
        self._row = found.row
        return found

    async def _post_next(self, found: Known) -> bool:
        """Post the next piece, or end the row where there is none to come. False: wait until more is said."""
        hold, row = self._hold, self._row
        if isinstance(hold.channel, Prepares):
            # It came from another channel while it was being written; a mail is one mail.
            return False
        closed = hold.closed("post")
        if closed * 1000 > hold.rules.after:
            self._row = await hold.write(row, courier.later(row, "rate_limited", hold.now, min(closed, LONGEST)))
            return True
        posts, at = await self._pieces(found, row), len(row.remote)
        if at >= len(posts):
            rest = found.text[row.cuts[-1] if row.cuts else 0 :]
            if not rest.strip():
                if found.whole is not None:
                    self._row = await hold.write(row, courier.ended(row, "accepted", hold.now))
                return found.whole is not None
        await hold.turn("post")
        found = await self._look()
        if self._row.state not in _GOES_ON or len(self._row.remote) != at or self._changed(row):
            return True
        row = self._row
        if at >= len(posts):
            # Whatever was said while it waited for its turn goes along.
            row = replace(row, cuts=(*row.cuts, len(found.text)))
            posts = await self._pieces(found, row)
            if at >= len(posts):
                self._row = await hold.write(self._row, row)
                return True
        last = found.whole is not None and at + 1 >= len(posts) and row.cuts[-1] >= len(found.text)
        self._row = await self._post(row, posts[at], last=last)
        if not last and self._row.state == "streaming":
            self._working()
        return True

    async def _post(self, row: DeliveryRow, piece: Piece, *, last: bool) -> DeliveryRow:
        hold = self._hold
        line = await hold.line()
        if line is None:
            return await hold.write(self._row, courier.later(self._row, hold.rest[0], hold.now, hold.rest[1]))
        why = await hold.barred(piece)
        if why is not None:
            return await hold.write(self._row, shut_out(self._row, why, hold.now))
        hold.check()
        return await post(hold, row, line, piece, last=last, between="streaming")

    async def _pieces(self, found: Known, row: DeliveryRow) -> tuple[Piece, ...]:
        """All that is cut so far, as it goes there."""
        hold, channel = self._hold, self._hold.binding.channel
        message = found.whole or Message(row.message, Author("agent", ""), channel, found.text)
        tenant, share = row.tenant, hold.office.share
        files = await hold.office.store.read(lambda tx: enclosures(tx, tenant, message, share)) if message.parts else []
        label = hold.office.label(message.channel)
        return parted(hold.channel.render, row.conversation, message, channel, label, row.cuts, hold.title, files)

    def _changed(self, before: DeliveryRow) -> bool:
        return self._row.owed != before.owed or self._row.cuts != before.cuts

    def _working(self) -> None:
        """A post takes the sign away that somebody is typing: show it again, beside everything else."""
        if isinstance(self._hold.channel, Shows) and self._hold.channel.capabilities.typing and not self._telling.ended:
            self._sign = spawn(self._show(self._hold.channel), "parts sign")

    async def _show(self, channel: Shows) -> None:
        hold = self._hold
        with suppress(Gone, StoreDown):
            await hold.turn("status")
            line = await hold.line(beside=True)
            if line is not None and not self._telling.ended:
                await hold.call("status", lambda: channel.status(line, hold.place, "working"))
