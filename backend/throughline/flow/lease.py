"""Lease: what a process has taken is its own for a while, is renewed with all else it has, and is given up in time.

Whoever claims (Reply, Deliver) says what it takes and what is done with it; how long it is held, and how that ends, is
the same for both.

A lease lasts 15 s by the store's clock and is renewed every 5 s; its owner gives it up 5 s before it could run out, by
its own monotonic clock.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, NamedTuple, Protocol, TypeVar

from throughline.observe import failure, logger, spawn
from throughline.ports import Clock, Store, StoreDown, Tx

#: Milliseconds of a lease; seconds between renewals, and by which an owner gives up earlier.
LEASE = 15_000
RENEW = 5.0
EARLY = 5.0

_log = logger("flow.lease")


class Term(NamedTuple):
    """Until when something is leased (UTC ms), and until when its owner may surely think so (monotonic seconds)."""

    until: int
    safe_until: float


class Leased(Protocol):
    """What is done under a lease. From `safe_until` on it may be somebody else's."""

    safe_until: float

    def renewed(self, safe_until: float) -> None:
        """The lease holds until then."""

    @property
    def give_up(self) -> Callable[[], object]:
        """Called where it may be somebody else's: nothing more is done."""


Key = TypeVar("Key", bound=Hashable)
Work = TypeVar("Work", bound=Leased)


class Leases(Generic[Key, Work]):
    """All leases of one kind that a process has.

    In a transaction `renew` holds one on until then, and says whether it could; `leave` lets anybody have it then.
    """

    def __init__(
        self, store: Store, clock: Clock, renew: Callable[[Tx, Work, int], bool],
        leave: Callable[[Tx, Work, int], bool],
    ) -> None:  # fmt: skip
        self.held: dict[Key, Work] = {}
        #: What does the work, as long as it is held.
        self.tasks: dict[Key, asyncio.Task[None]] = {}
        #: There may be something to claim.
        self.due = asyncio.Event()
        #: Nothing more is claimed.
        self.closing = False
        self._closed = asyncio.Event()
        self._store, self._clock, self._renew, self._leave = store, clock, renew, leave

    def term(self) -> Term:
        """Of a lease that is taken or renewed now: to be asked before the store is."""
        return Term(self._clock.now() + LEASE, self._clock.monotonic() + LEASE / 1000 - EARLY)

    async def run(self, claim: Callable[[], Awaitable[None]], void: Callable[[Tx], object] | None) -> None:
        """Hold what `claim` takes, until `close`. Cancelling it leaves everything to the next owner.

        `void` ends what an earlier life of this process had; None: others may live beside it.
        """
        try:
            if void is not None:
                await self._patiently(void)
            async with asyncio.TaskGroup() as group:
                keeping = group.create_task(self.keep())
                await claim()
                # Leases are held for as long as `close` lets anything go on.
                await self._closed.wait()
                keeping.cancel()
        finally:
            self.closing = True
            for work in [*self.held.values()]:
                work.give_up()

    async def close(self, grace: float, until: int = 0) -> None:
        """Claim nothing more, give what is under way `grace` seconds, leave the rest to the next owner from then on."""
        self.closing = True
        self.due.set()
        if self.tasks and grace > 0:
            await asyncio.wait({*self.tasks.values()}, timeout=grace)
        left = [*self.held.values()]
        for work in left:
            work.give_up()
        if self.tasks:
            await asyncio.wait({*self.tasks.values()})
        if left:
            await self.let_go(*left, until=until)
        self._closed.set()

    async def keep(self) -> None:
        """Renew all together until cancelled; who could have lost its own gives up in time."""
        renewing: asyncio.Task[None] | None = None
        last = self._clock.monotonic()
        while True:
            await self._clock.sleep(1.0)
            now = self._clock.monotonic()
            for work in [*self.held.values()]:
                if now > work.safe_until:
                    work.give_up()
            if self.held and now - last >= RENEW and (renewing is None or renewing.done()):
                last, renewing = now, spawn(self._renew_all(), "leases")

    async def let_go(self, *works: Work, until: int = 0) -> None:
        """Anybody may have them, from then on (UTC ms)."""
        try:
            await self._store.write(lambda tx: [self._leave(tx, work, until) for work in works])
        except StoreDown as error:
            _log.info("leases_kept", count=len(works), **failure(error))

    async def _patiently(self, fn: Callable[[Tx], object]) -> None:
        while not self.closing:
            try:
                await self._store.write(fn)
            except StoreDown:
                await self._clock.sleep(RENEW)
            else:
                return

    async def _renew_all(self) -> None:
        works, (until, safe_until) = [*self.held.items()], self.term()
        try:
            still = await self._store.write(lambda tx: [self._renew(tx, work, until) for _, work in works])
        except StoreDown:
            return
        for (key, work), held in zip(works, still, strict=True):
            if self.held.get(key) is not work:
                continue
            if held:
                work.renewed(safe_until)
            else:
                work.give_up()
