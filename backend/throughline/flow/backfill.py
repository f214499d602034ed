"""Backfill: what people said while nobody here listened is asked for, where the provider can be asked.

When a process starts, and when an account is well again, its provider is asked what came since something last did. The
inbox takes each message once, so what was heard already may come again. Bounded in requests by the adapters, in time
here. Where nobody can be asked (Meta, Telegram's webhook) it is the provider's own repeating that closes the gap.

Since when an account is to be asked about stands on it (its cursor) until that is done, so that a process that ends in
between leaves it to the next one: by then last_in may tell of something that came after the gap.
"""

import asyncio
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from throughline.conversation.accounts import SHUT
from throughline.conversation.channel import Ambiguous, NotSent, Reading, Refused
from throughline.conversation.faults import Fault
from throughline.conversation.ids import AccountId
from throughline.conversation.records import Account
from throughline.flow.courier.pace import Pace, Rates
from throughline.flow.first import first, over
from throughline.flow.hear import Hear
from throughline.flow.lines import Lines
from throughline.observe import logger, missed, spawn
from throughline.ports import Backfills, Channels, Clock, Store, StoreDown, Tx

#: Seconds between looks for accounts that changed without a word to us.
LOOK = 30.0
#: Milliseconds that are asked for once more, because clocks differ; and how far back anybody is asked at most.
AGAIN, FARTHEST = 300_000, 7 * 86_400_000
#: Seconds of one asking; tries, and seconds before the second one, twice as many before each after it.
LONGEST, TRIES, PAUSE = 1_800.0, 5, 60.0
#: Accounts that are asked about at one time; people of one who are asked about, where it goes by people.
SIDE_BY_SIDE, PEOPLE = 16, 50

_log = logger("flow.backfill")


class _Gap(Struct, frozen=True):
    """Since when an account may have missed something (UTC ms), and when it is asked again (monotonic seconds)."""

    since: int
    tries: int = 0
    due: float = 0.0


class Backfill:
    """Looks back for all accounts of this process."""

    def __init__(
        self, store: Store, clock: Clock, channels: Channels, lines: Lines, hear: Hear, pace: Pace | None = None
    ) -> None:
        """`pace`: the couriers' own, so that both together keep a provider's limits."""
        self._store, self._clock, self._channels, self._lines, self._hear = store, clock, channels, lines, hear
        self._pace = pace or Pace(clock)
        self._gaps: dict[AccountId, _Gap] = {}
        #: Of each account whether it was well when last looked at, and since when it may have missed something if not.
        self._known: dict[AccountId, int | None] = {}
        self._asking: dict[AccountId, asyncio.Task[None]] = {}
        #: Done with, which the store may not know yet.
        self._over: set[AccountId] = set()
        self._changed = asyncio.Event()

    def look(self) -> None:
        """An account may be well again."""
        self._changed.set()

    async def run(self) -> None:
        """Look back until cancelled."""
        try:
            while True:
                self._changed.clear()
                try:
                    await self._find()
                except StoreDown:
                    _log.warning("backfill_waits_for_the_store")
                self._ask_all()
                await first(self._changed.wait(), self._clock.sleep(LOOK))
        finally:
            tasks = [*self._asking.values()]
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks)

    async def _find(self) -> None:
        """Which accounts may have missed something."""
        accounts = await self._store.read(lambda tx: tx.accounts.accounts(None))
        for account in accounts:
            if not isinstance(self._channels.of(account), Backfills):
                continue
            fit, well = account.enabled and account.status not in SHUT, account.status in {"up", "waiting_first_event"}
            since = self._since(account)
            if account.id not in self._known:
                if fit:
                    self._gaps[account.id] = _Gap(since)
            elif fit and well and (from_then := self._known[account.id]) is not None:
                self._gaps[account.id] = _Gap(from_then)
            if fit and well:
                self._known[account.id] = None
            elif self._known.get(account.id) is None:
                self._known[account.id] = since
        there = {account.id for account in accounts}
        for gone in [which for which in self._known if which not in there]:
            del self._known[gone]
            self._gaps.pop(gone, None)
        await self._keep(accounts)

    async def _keep(self, accounts: Sequence[Account]) -> None:
        """Write down which gaps are open. Nobody else does, so that none is closed while another one begins."""
        wanted = dict.fromkeys(self._over, "") | {which: str(gap.since) for which, gap in self._gaps.items()}
        changed = [one for one in accounts if one.id in wanted and (one.cursor or "") != wanted[one.id]]
        over = {*self._over}
        if changed:

            def keep(tx: Tx) -> None:
                for one in changed:
                    tx.accounts.got_to(one.tenant, one.id, wanted[one.id])

            await self._store.write(keep)
        self._over -= over

    def _since(self, account: Account) -> int:
        """From when on it may have missed something: a little before something last came, or since a gap that is open.

        What is written there is ours alone: a channel that is asked for news all the time is not asked after downtimes.
        """
        now = self._clock.now()
        came = account.created_at if account.last_in is None else account.last_in - AGAIN
        if account.cursor and account.cursor.isdecimal():
            came = min(came, int(account.cursor))
        return max(min(came, now - AGAIN), now - FARTHEST)

    def _ask_all(self) -> None:
        now = self._clock.monotonic()
        for which, gap in self._gaps.items():
            if len(self._asking) >= SIDE_BY_SIDE:
                return
            if which not in self._asking and gap.due <= now:
                self._asking[which] = spawn(self._one(which, gap), f"backfill {which}")

    async def _one(self, which: AccountId, gap: _Gap) -> None:
        """Close one account's gap, or say when to try again."""
        again: float | None = 0.0
        whole = False
        try:
            asking = spawn(self._close(which, gap.since), f"backfill of {which}")
            try:
                await first(over(asking), self._clock.sleep(LONGEST))
            finally:
                asking.cancel()
                await asyncio.wait({asking})
            if asking.cancelled():
                _log.warning("looked_back", account=which, ended="too_long")
                again, whole = None, True
            else:
                again, whole = asking.result()
        except StoreDown:
            _log.warning("backfill_waits_for_the_store", account=which)
        finally:
            self._asking.pop(which, None)
        if self._gaps.get(which) is not gap:
            # It was ill and is well again meanwhile: that is another gap.
            self._changed.set()
            return
        if again is None or gap.tries + 1 >= TRIES:
            del self._gaps[which]
            if whole:
                self._over.add(which)
        else:
            due = self._clock.monotonic() + max(again, PAUSE * 2**gap.tries)
            self._gaps[which] = replace(gap, tries=gap.tries + 1, due=due)
        self._changed.set()

    async def _close(self, which: AccountId, since: int) -> tuple[float | None, bool]:
        """Ask, and hear what is said. None: not now again, else seconds before it is worth trying again.

        And whether it is done with: what is not is asked about at the next start, or once the account is well again.
        """
        line = await self._lines.line(which)
        channel: object = None if line is None else self._channels.of(line.account)
        if line is None or not isinstance(channel, Backfills) or line.account.status in SHUT:
            return None, False
        account, rates = line.account, channel.capabilities.rates
        places = await self._store.read(lambda tx: tx.bindings.places(account.tenant, which, PEOPLE))

        async def turn(kind: str) -> None:
            await self._pace.turn(which, kind, "", rates)

        had = 0
        async for found in channel.missed(line, since, places, turn):
            if not isinstance(found, Reading):
                return self._failed(account, rates, found, had)
            if isinstance(await self._hear.take(account, found, asked=True), Fault):
                return 0.0, False
            had += len(found.inbound)
        self._told(account, had, None)
        return None, True

    def _failed(
        self, account: Account, rates: Rates, found: NotSent | Refused | Ambiguous, had: int
    ) -> tuple[float | None, bool]:  # fmt: skip
        self._told(account, had, found.reason)
        if isinstance(found, NotSent):
            after = found.after or 0.0
            for kind in ("history", "seek") if after else ():
                self._pace.close(account.id, kind, "", rates, after)
            return after, False
        # What is refused stays refused until somebody changes the account; what is too much is so again.
        if isinstance(found, Refused):
            return None, False
        return (None, True) if found.reason == "too_many" else (0.0, False)

    def _told(self, account: Account, had: int, why: str | None) -> None:
        missed(account.channel, had)
        say = _log.info if why is None else _log.warning
        say("looked_back", account=account.id, tenant=account.tenant, messages=had, ended=why or "whole")
