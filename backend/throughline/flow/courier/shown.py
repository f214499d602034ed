"""Shown: what stands of a message on a channel while it is written, and how to go on with it."""

import asyncio
from collections.abc import Awaitable, Callable

from throughline.conversation import courier
from throughline.conversation.channel import Outcome
from throughline.conversation.records import DeliveryRow
from throughline.flow.courier.hold import Hold
from throughline.flow.courier.overhear import Telling
from throughline.observe import message as counted
from throughline.observe import spawn
from throughline.ports import Line

#: Seconds between looks into the log while nothing is heard.
LOOK = 3.0


class Shown:
    """One row's present. `row` is as last written."""

    def __init__(self, hold: Hold, row: DeliveryRow, telling: Telling) -> None:
        self.hold, self.row, self.telling = hold, row, telling
        self.clock = hold.office.clock
        #: Later rows of the binding need not wait for it any more.
        self.passes = asyncio.Event()
        #: Nothing more is shown until the message is whole.
        self.quiet = False
        #: What stands is not, or not surely, the beginning of the text.
        self.torn = False
        #: Segments that may still be open at the provider.
        self.ajar: set[str] = set()
        #: Monotonic seconds before which nothing is tried, and how often it was in vain.
        self.not_before = 0.0
        self.tries = 0

    @property
    def open(self) -> bool:
        """The row still waits for us."""
        return self.row.state in courier.OPEN

    async def turn(self, kind: str) -> bool:
        """Wait for a call's turn. False: the message ended meanwhile, the call is not needed."""
        waiting, ended = spawn(self.hold.turn(kind), "stream turn"), spawn(self._ended(), "stream end")
        try:
            await asyncio.wait({waiting, ended}, return_when=asyncio.FIRST_COMPLETED)
            return waiting.done() and not self.telling.ended
        finally:
            waiting.cancel()
            ended.cancel()

    async def call(self, kind: str, request: Callable[[Line], Awaitable[Outcome]]) -> Outcome | None:
        """Make a request; None: the account is down, nothing was sent, look again later."""
        line = await self.hold.line()
        if line is None:
            self.pause(self.hold.rest[1])
            return None
        return await self.hold.call(kind, lambda: request(line))

    def pause(self, seconds: float) -> None:
        """Do nothing for so long."""
        self.not_before = self.clock.monotonic() + seconds

    def in_vain(self, after: float | None) -> float:
        """It was not sent: pause, longer with every time; seconds."""
        self.tries += 1
        wait = courier.pause(self.tries, self.hold.office.chance(), after, self.hold.retry)
        self.pause(wait)
        return wait

    def break_off(self) -> None:
        """Show nothing more; the end sets right what stands."""
        self.quiet, self.torn = True, bool(self.row.remote)

    def orphan(self) -> None:
        """Something of it may stand there that nobody has the name of: counted, never made again."""
        counted(self.row.channel, "out", "orphan")

    async def _ended(self) -> None:
        await self.telling.closed.wait()
