"""Stream: a message that shows on a channel while it is written; in the end it says what the log says.

While all goes well the text goes out by appends, each with everything that has gathered. Whatever goes wrong (a crash,
a new attempt, an append that may have arrived) only ends the showing: what stands is then set right at the end.
"""

import asyncio

from throughline.conversation import courier
from throughline.conversation.records import DeliveryRow
from throughline.flow.courier.hold import Gone, Hold
from throughline.flow.courier.mend import mend, stop_all, take_away
from throughline.flow.courier.native import Native
from throughline.flow.courier.overhear import Telling
from throughline.flow.courier.redraw import Redraw
from throughline.flow.courier.send import send
from throughline.flow.courier.shown import LOOK, Shown
from throughline.flow.first import over, set_within
from throughline.observe import spawn
from throughline.ports import Edits, Shows, StoreDown, Streams


class Stream:
    """One row of a message that was being written when it was taken up."""

    def __init__(self, hold: Hold, row: DeliveryRow, telling: Telling) -> None:
        self._hold, self._telling = hold, telling
        self._shown = Shown(hold, row, telling)
        self._native: Native | None = None
        self._redraw: Redraw | None = None
        self._said: asyncio.Task[None] | None = None
        self._stopped = False

    @property
    def row(self) -> DeliveryRow:
        """As last written."""
        return self._shown.row

    async def passable(self) -> None:
        """Return when later rows need not wait for it any more; they do for as long as nothing of it stands."""
        await self._shown.passes.wait()

    async def run(self) -> None:
        """See it through. Raises Gone."""
        shown, telling = self._shown, self._telling
        self._take_up()
        if not telling.ended:
            self._status("working")
            await self._show()
            self._status("done")
        if not shown.open:
            return
        if telling.over:
            await take_away(shown)
        elif telling.final is not None:
            await self._finish()

    def _take_up(self) -> None:
        """What another owner left: its segments are stopped, its start is not made again."""
        shown, row = self._shown, self._shown.row
        if row.remote:
            shown.passes.set()
        if row.state != "streaming":
            # Not begun; or whole, with some pieces there already.
            return
        shown.quiet, shown.torn, shown.ajar = True, bool(row.remote), set(row.remote)
        if not row.remote or row.reason == "starting":
            shown.orphan()

    async def _show(self) -> None:
        shown, telling = self._shown, self._telling
        while not telling.ended and shown.open:
            telling.moved.clear()
            if shown.quiet and shown.ajar and not self._stopped:
                self._stopped = True
                await stop_all(shown)
            way = None if shown.quiet else self._way()
            wait = LOOK if way is None else await way.step()
            if wait <= 0 or telling.ended:
                continue
            if telling.look or not await set_within(telling.moved, shown.clock, min(wait, LOOK)):
                await self._look()

    def _way(self) -> Native | Redraw | None:
        """How it is shown now: by the channel's own streams, else by a post that is set anew, else not."""
        hold, channel = self._hold, self._hold.channel
        streams = channel.capabilities.stream and hold.account not in hold.office.streamless
        if isinstance(channel, Streams) and (streams or (self._native is not None and self._native.sent)):
            self._native = self._native or Native(self._shown, channel)
            return self._native
        if isinstance(channel, Edits) and channel.capabilities.edit:
            self._redraw = self._redraw or Redraw(self._shown, channel)
            return self._redraw
        return None

    async def _look(self) -> None:
        """Whether the log has the end, or somebody else has settled the row."""
        self._telling.look = False
        self._shown.row = await self._hold.again(self._shown.row)
        _, message, nothing = await self._hold.said(self._shown.row)
        if (message is not None or nothing) and not self._telling.ended:
            self._telling.end(message)

    async def _finish(self) -> None:
        shown, message = self._shown, self._telling.final
        if message is None:
            return
        if shown.row.state != "streaming" or not shown.row.remote:
            shown.row = await send(self._hold, shown.row, message)
        elif self._native is not None and await self._native.close(message):
            shown.row = await self._hold.write(shown.row, courier.ended(shown.row, "accepted", self._hold.now))
        else:
            await mend(shown, message)

    def _status(self, status: str) -> None:
        """Show what the agent does, beside everything else: nothing waits for it."""
        if isinstance(self._hold.channel, Shows):
            self._said = spawn(self._say(self._hold.channel, status, self._said), "stream status")

    async def _say(self, channel: Shows, status: str, before: asyncio.Task[None] | None) -> None:
        hold = self._hold
        if before is not None:
            await over(before)
        await hold.turn("status")
        try:
            line = await hold.line(beside=True)
            if line is not None:
                await hold.call("status", lambda: channel.status(line, hold.place, status))
        except (Gone, StoreDown):
            return
