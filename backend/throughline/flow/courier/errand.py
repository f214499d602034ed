"""Errand: one leased binding, its open rows in log order, one in flight at a time.

A stream that stands at the provider is not in flight: it goes on by itself while later rows pass it.
"""

import asyncio
from collections.abc import Callable

from throughline.conversation import courier, delivery
from throughline.conversation.events import Message
from throughline.conversation.ids import MessageId
from throughline.conversation.records import DeliveryRow, Errand
from throughline.flow.courier import seek
from throughline.flow.courier.hold import Gone, Hold
from throughline.flow.courier.office import Office
from throughline.flow.courier.outset import Outset, outset
from throughline.flow.courier.overhear import Overhear
from throughline.flow.courier.parts import Parts
from throughline.flow.courier.send import send
from throughline.flow.courier.stream import Stream
from throughline.flow.first import first, over
from throughline.observe import crash_point, logger, spawn
from throughline.ports import StoreDown

#: Rows of one look; seconds between looks while streams are open.
ROWS = 50
LOOK = 3.0
#: Seconds for which a row waits for its turn with its binding in our hands; the hands are fewer than those who wait.
PATIENCE = 0.25

_log = logger("flow.errand")


class Round:
    """One errand, carried out."""

    def __init__(self, office: Office, errand: Errand, safe_until: float) -> None:
        self.errand = errand
        self.safe_until = safe_until
        #: Ends it where it is: it may be somebody else's.
        self.give_up: Callable[[], object] = lambda: None
        self._office = office
        self._hold: Hold | None = None
        self._streams: dict[MessageId, tuple[Stream | Parts, asyncio.Task[None]]] = {}
        self._leaving = asyncio.Event()
        #: Whether there was something to do.
        self.did = False

    def renewed(self, safe_until: float) -> None:
        """The lease holds until then (monotonic seconds)."""
        self.safe_until = safe_until
        if self._hold is not None:
            self._hold.safe_until = safe_until

    def leave(self) -> None:
        """Begin nothing new; what is open may go on."""
        self._leaving.set()

    @property
    def until(self) -> int:
        """From when there is something to do again (UTC ms); 0: whenever something is due."""
        wait = 0.0 if self._hold is None else self._hold.put_off
        return self._office.clock.now() + round(1_000 * wait) if wait else 0

    async def go(self) -> bool:
        """Carry it out; whether the lease is still ours to let go. Cancelled: everything is left as it is."""
        try:
            crash_point("deliver.claimed")
            await self._all()
        except (Gone, StoreDown):
            _log.info("errand_left", binding=self.errand.binding.id, tenant=self.errand.binding.tenant)
            return False
        return self._hold is None or not self._hold.let_go

    async def _all(self) -> None:
        binding, office = self.errand.binding, self._office
        # Listening comes first: what is said after the look is heard.
        heard = Overhear(office.live, (binding.tenant, binding.conversation))
        try:
            found = await self._outset()
            channel = None if found.account is None else office.channels.of(found.account)
            if found.account is None or channel is None:
                raise Gone
            hold = self._hold = Hold(office, self.errand, found.account.id, channel, self.safe_until)
            hold.know(found.whom)
            while True:
                heard.nudge.clear()
                hold.only = len(found.rows) == 1 and found.first is not None
                stuck = await self._look(hold, heard, found)
                if self._streams:
                    await self._until_something(heard)
                elif not stuck:
                    # What came meanwhile is the next errand's.
                    return
                if self._leaving.is_set() and not self._streams:
                    return
                found = await self._outset()
        finally:
            heard.close()
            tasks = [task for _, task in self._streams.values()]
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _outset(self) -> Outset:
        return await self._office.store.read(lambda tx: outset(tx, self.errand, ROWS))

    async def _look(self, hold: Hold, heard: Overhear, found: Outset) -> bool:
        """Go through the open rows; whether one that did not get through stands before the others now."""
        behind = None
        for read in found.rows:
            if self._leaving.is_set():
                break
            if behind is not None:
                if (await hold.pass_on(read, behind)).state in courier.OPEN:
                    break
                self.did = True
                continue
            if read.message in self._streams:
                if not await self._past(read.message):
                    break
                continue
            there = await seek.seek(hold, read) if seek.over(read, hold.now) else read
            new = courier.found(there, hold.now, hold.channel.capabilities.echo_wait)
            new = courier.waited(new, hold.now)
            row = there if new is there or new == there else await hold.write(there, new)
            row = await hold.pass_on(row)
            if courier.waits(row, hold.now) or row.state not in courier.OPEN:
                if courier.held_up(row, hold.now):
                    behind = await hold.stuck(row)
                    if behind is None:
                        break
                continue
            self.did = True
            known = found.first if read is found.rows[0] else None
            after = await self._serve(hold, heard, row, known)
            if hold.put_off:
                return False
            if courier.held_up(after, hold.now):
                return True
        return False

    async def _serve(self, hold: Hold, heard: Overhear, row: DeliveryRow, known: Message | None) -> DeliveryRow:
        """Send a whole message, or begin to show one that is being written; the row after it."""
        started, message, nothing = (None, known, False) if known is not None else await hold.said(row)
        if started is None and message is not None:
            return await send(hold, row, message, PATIENCE)
        if started is None:
            return await hold.write(row, courier.ended(row, "superseded", hold.now, "erased"))
        telling = heard.follow(row.message, started.turn)
        if message is not None or nothing:
            telling.end(message)
        can_show = delivery.live(hold.channel.capabilities)
        stream = Stream(hold, row, telling) if can_show else Parts(hold, row, telling)
        self._streams[row.message] = stream, spawn(stream.run(), f"stream {row.message}")
        await self._past(row.message)
        if row.message not in self._streams:
            heard.forget(row.message)
        return stream.row

    async def _past(self, message: MessageId) -> bool:
        """Wait until later rows may pass a stream; False: it is over, and the rows have to be looked at again."""
        stream, task = self._streams[message]
        if not task.done():
            passing = spawn(stream.passable(), "stream passes")
            try:
                await over(task, passing)
            finally:
                passing.cancel()
        if not task.done():
            return True
        del self._streams[message]
        task.result()
        return False

    async def _until_something(self, heard: Overhear) -> None:
        """An event in the conversation, a stream that is over, or a while."""
        ends = [task for _, task in self._streams.values()]
        await first(heard.nudge.wait(), over(*ends), self._leaving.wait(), self._office.clock.sleep(LOOK))
        for message, (_, task) in [*self._streams.items()]:
            if task.done():
                del self._streams[message]
                task.result()
