"""Pace: calls wait for their turn at a provider's tiers, in the order they came."""

import asyncio
import math
from collections.abc import Mapping

from throughline.conversation.buckets import Queue, bucket, closed, free_at, idle
from throughline.conversation.ids import AccountId
from throughline.observe import spawn
from throughline.ports import Clock

#: Kinds that a provider counts for each place apart.
BY_PLACE = frozenset({"post"})
#: Tiers that are remembered before idle ones are forgotten.
TIERS = 10_000
#: Seconds added to each wait, so that rounding never wakes anybody too early.
_GRAIN = 0.001
#: Seconds for which a provider wants nothing that are worth another look of those who wait.
_LONG = 1.0

Rates = Mapping[str, tuple[int, float]]
Key = tuple[AccountId, str, str]


class _Tier:
    """A queue, and what each waiting call is woken by."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        #: True: it is its turn; False: look again, the provider wants no call for a while.
        self.asleep: dict[object, asyncio.Future[bool]] = {}
        self.pump: asyncio.Task[None] | None = None


class Pace:
    """All tiers of this process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tiers: dict[Key, _Tier] = {}

    async def turn(
        self, account: AccountId, kind: str, address: str, rates: Rates, patience: float = math.inf
    ) -> bool:  # fmt: skip
        """True once a call of this kind may leave; cancelled: it needs no turn any more.

        False: while it waited, the provider said that it wants none for more than `patience` seconds.
        """
        tier = self._tier(account, kind, address, rates)
        if tier is None:
            return True
        ticket, now = object(), self._clock.monotonic()
        tier.queue.join(ticket)
        if len(tier.queue) == 1 and tier.queue.served(now) is ticket:
            return True
        if tier.pump is None or tier.pump.done():
            tier.pump = spawn(self._serve(tier), f"pace {kind}")
        try:
            while not await self._woken(tier, ticket):
                if tier.queue.tier.closed - self._clock.monotonic() > patience:
                    return False
            return True
        finally:
            tier.queue.leave(ticket)

    def wait(self, account: AccountId, kind: str, address: str, rates: Rates) -> float:
        """About how many seconds a call would wait for its turn."""
        tier = self._tier(account, kind, address, rates)
        return 0.0 if tier is None else tier.queue.wait(self._clock.monotonic())

    def closed(self, account: AccountId, kind: str, address: str) -> float:
        """Seconds for which the provider wants no call of this kind."""
        tier = self._tiers.get((account, kind, address if kind in BY_PLACE else ""))
        return 0.0 if tier is None else max(0.0, tier.queue.tier.closed - self._clock.monotonic())

    def close(self, account: AccountId, kind: str, address: str, rates: Rates, seconds: float) -> None:
        """The provider wants no call of this kind for so long."""
        tier = self._tier(account, kind, address, rates)
        if tier is None:
            # A kind without a rate: from now on it is known that it has one, though not which.
            tier = self._add((account, kind, address if kind in BY_PLACE else ""), 1, 0.0)
        tier.queue.tier = closed(tier.queue.tier, self._clock.monotonic() + seconds)
        # For less nobody need look again: and then nobody can be served between this and their look.
        for woken in tier.asleep.values() if seconds >= _LONG else ():
            if not woken.done():
                woken.set_result(False)

    async def _woken(self, tier: _Tier, ticket: object) -> bool:
        woken: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        tier.asleep[ticket] = woken
        try:
            return await woken
        finally:
            del tier.asleep[ticket]

    def _tier(self, account: AccountId, kind: str, address: str, rates: Rates) -> _Tier | None:
        key = (account, kind, address if kind in BY_PLACE else "")
        known, rate = self._tiers.get(key), rates.get(kind)
        if known is not None or rate is None:
            return known
        return self._add(key, *rate)

    def _add(self, key: Key, calls: int, seconds: float) -> _Tier:
        if len(self._tiers) >= TIERS:
            now = self._clock.monotonic()
            for other, tier in [*self._tiers.items()]:
                if not len(tier.queue) and idle(tier.queue.tier, now):
                    del self._tiers[other]
        tier = self._tiers[key] = _Tier(Queue(bucket(key[1], calls, seconds)))
        return tier

    async def _serve(self, tier: _Tier) -> None:
        while len(tier.queue):
            now = self._clock.monotonic()
            ticket = tier.queue.served(now)
            if ticket is None:
                await self._clock.sleep(free_at(tier.queue.tier, now) - now + _GRAIN)
            elif (woken := tier.asleep.get(ticket)) is not None and not woken.done():
                woken.set_result(True)
