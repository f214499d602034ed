"""Listen: accounts that are heard without a public address keep a line open, and start anew when they change."""

import asyncio

from msgspec import Struct

from throughline.conversation.channel import Reading, Reply
from throughline.conversation.faults import Fault
from throughline.conversation.ids import AccountId
from throughline.conversation.records import Account
from throughline.flow.first import first
from throughline.flow.hear import Hear
from throughline.flow.lines import Lines, OpenLine
from throughline.observe import logger, spawn
from throughline.ports import Channels, Clock, Listens, Store, StoreDown

#: Seconds between looks for accounts that changed without a word to us.
LOOK = 30.0

_log = logger("flow.listen")


class _Ear(Struct, frozen=True):
    line: OpenLine
    nudge: asyncio.Event
    task: "asyncio.Task[None]"

    def hears(self, line: OpenLine) -> bool:
        """Whether it still is the same line: what an account is told in between changes neither."""
        mine = self.line
        return not self.task.done() and (mine.base_url, mine.secrets, mine.account.options) == (
            line.base_url, line.secrets, line.account.options,
        )  # fmt: skip


class Listen:
    """The open ears of this process."""

    def __init__(self, store: Store, clock: Clock, channels: Channels, lines: Lines, hear: Hear) -> None:
        self._store, self._clock, self._channels, self._lines, self._hear = store, clock, channels, lines, hear
        self._ears: dict[AccountId, _Ear] = {}
        self._changed = asyncio.Event()

    def look(self) -> None:
        """An account may be another one."""
        self._changed.set()

    def nudge(self, account: AccountId) -> None:
        """There may be news for an account that is asked for them."""
        ear = self._ears.get(account)
        if ear is not None:
            ear.nudge.set()

    async def run(self) -> None:
        """Listen until cancelled."""
        try:
            while True:
                self._changed.clear()
                try:
                    await self._set()
                except StoreDown:
                    _log.warning("listening_waits_for_the_store")
                await first(self._changed.wait(), self._clock.sleep(LOOK))
        finally:
            for which in [*self._ears]:
                await self._shut(which)

    async def _set(self) -> None:
        """Open what should be heard, shut what should not."""
        wanted: dict[AccountId, OpenLine] = {}
        for account in await self._store.read(lambda tx: tx.accounts.accounts(None)):
            channel = self._listens(account)
            if account.enabled and channel is not None and channel.listens(account.options):
                line = await self._lines.line(account.id)
                if line is not None:
                    wanted[account.id] = line
        for which, ear in [*self._ears.items()]:
            if which not in wanted or not ear.hears(wanted[which]):
                await self._shut(which)
        for which, line in wanted.items():
            channel = self._listens(line.account)
            if which not in self._ears and channel is not None:
                nudge = asyncio.Event()
                self._ears[which] = _Ear(line, nudge, spawn(self._one(channel, line, nudge), f"listen {which}"))

    def _listens(self, account: Account) -> Listens | None:
        channel: object = self._channels.of(account)
        return channel if isinstance(channel, Listens) else None

    async def _shut(self, which: AccountId) -> None:
        ear = self._ears.pop(which)
        ear.task.cancel()
        await asyncio.wait({ear.task})

    async def _one(self, channel: Listens, line: OpenLine, nudge: asyncio.Event) -> None:
        async def take(reading: Reading) -> Reply:
            return await self._take(line.account, reading)

        await channel.listen(line, take, nudge)

    async def _take(self, account: Account, reading: Reading) -> Reply:
        """Durable, or said not to be: then it is not acknowledged, and comes again."""
        kept = await self._hear.take(account, reading)
        return Reply(status=kept.status) if isinstance(kept, Fault) else kept
