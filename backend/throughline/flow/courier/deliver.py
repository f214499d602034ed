"""Deliver: claim bindings with something to do, hold their leases, serve many side by side.

A lease lasts 15 s by the store's clock and is renewed every 5 s; its owner gives it up 5 s before it could run out, by
its own monotonic clock. Each binding has a task of its own: a provider that hangs is waited for by nobody else.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from throughline.conversation.ids import BindingId
from throughline.conversation.records import DeliveryRow, Errand
from throughline.flow.courier.errand import Round
from throughline.flow.courier.office import Lines, Office
from throughline.flow.courier.pace import Pace
from throughline.flow.first import first
from throughline.observe import failure, logger, spawn
from throughline.ports import Channels, Clock, Live, Store, StoreDown, Tx

#: Milliseconds of a lease; seconds between renewals, and by which an owner gives up earlier.
LEASE = 15_000
RENEW = 5.0
EARLY = 5.0
#: Seconds between looks for work that nobody told us of, and between two looks at the least.
POLL = 3.0
SOON = 0.05
#: Bindings at one time, and of one claim.
SIDE_BY_SIDE = 200
CLAIMS = 32

_log = logger("flow.deliver")


class Deliver:
    """The couriers of this process. `owner` names it among others; `alone`: no other process has this store.

    `told` is called after the commit of every change of a row's state. `rest` goes to the office:
    `rooted(binding)` once a first post has opened its thread, `halt(binding, message)` when a person stops a stream
    where it shows, `chance`.
    """

    def __init__(
        self,
        store: Store,
        live: Live,
        clock: Clock,
        channels: Channels,
        lines: Lines,
        owner: str,
        told: Callable[[DeliveryRow], None] = lambda _: None,
        *,
        alone: bool = False,
        **rest: Any,
    ) -> None:
        self._store, self._clock, self._owner, self._alone = store, clock, owner, alone
        self._office = Office(store, live, clock, channels, lines, told, wake=self.wake, **rest)
        self._rounds: dict[BindingId, Round] = {}
        self._tasks: dict[BindingId, asyncio.Task[None]] = {}
        self._due = asyncio.Event()
        self._closing = False
        self._closed = asyncio.Event()

    @property
    def running(self) -> int:
        """How many bindings are served now."""
        return len(self._rounds)

    @property
    def pace(self) -> Pace:
        """What all calls of this process to a provider keep."""
        return self._office.pace

    def wake(self) -> None:
        """A row may be due."""
        self._due.set()

    async def run(self) -> None:
        """Deliver until `close`. Cancelling it leaves everything to the next owner."""
        try:
            if self._alone:
                await self._patiently(lambda tx: tx.outbox.void())
            async with asyncio.TaskGroup() as group:
                leases = group.create_task(self._keep())
                await self._claim_all()
                # Leases are held for as long as `close` lets anything go on.
                await self._closed.wait()
                leases.cancel()
        finally:
            self._closing = True
            for task in self._tasks.values():
                task.cancel()

    async def close(self, grace: float = 0.0) -> None:
        """Begin nothing more, give what is under way `grace` seconds, leave the rest to the next owner at once."""
        self._closing = True
        self._due.set()
        for one in self._rounds.values():
            one.leave()
        if self._tasks and grace > 0:
            await asyncio.wait({*self._tasks.values()}, timeout=grace)
        left = [one.errand for one in self._rounds.values()]
        for task in self._tasks.values():
            task.cancel()
        if self._tasks:
            await asyncio.wait({*self._tasks.values()})
        if left:
            await self._let_go(left)
        self._closed.set()

    async def _claim_all(self) -> None:
        while not self._closing:
            self._due.clear()
            room = min(CLAIMS, SIDE_BY_SIDE - len(self._rounds))
            claimed, due = await self._claim(room)
            for errand, safe_until in claimed:
                self._begin(errand, safe_until)
            if len(claimed) < CLAIMS and not self._due.is_set():
                await first(self._due.wait(), self._clock.sleep(due))

    async def _claim(self, room: int) -> tuple[list[tuple[Errand, float]], float]:
        """What we got, and seconds until there may be more."""
        now, safe_until = self._clock.now(), self._safe_until()

        def claim(tx: Tx) -> tuple[list[Errand], int | None]:
            got = tx.outbox.claim(self._owner, now, now + LEASE, room) if room > 0 else []
            return got, tx.outbox.next_due()

        try:
            got, due = await self._store.write(claim)
        except StoreDown:
            return [], POLL
        wait = POLL if due is None or due <= now else min(POLL, (due - now) / 1000)
        return [(errand, safe_until) for errand in got], max(SOON, wait)

    def _begin(self, errand: Errand, safe_until: float) -> None:
        which = errand.binding.id
        before = self._tasks.get(which)
        if before is not None:
            # Its lease ran out under our own feet.
            before.cancel()
        one = Round(self._office, errand, safe_until)
        self._rounds[which] = one
        self._tasks[which] = spawn(self._one(one, before), f"deliver {which}")

    async def _one(self, one: Round, before: asyncio.Task[None] | None) -> None:
        which = one.errand.binding.id
        try:
            if before is not None:
                await asyncio.wait({before})
            if await one.go():
                await self._let_go([one.errand], self._clock.now() + round(1_000 * one.put_off) if one.put_off else 0)
            if one.did:
                # A row may have come after the last look, when the binding could not be claimed yet.
                self._due.set()
        finally:
            if self._rounds.get(which) is one:
                del self._rounds[which], self._tasks[which]
                if len(self._rounds) == SIDE_BY_SIDE - 1:
                    self._due.set()

    async def _keep(self) -> None:
        """Renew all leases together; who could have lost its own gives up in time."""
        renewing: asyncio.Task[None] | None = None
        last = self._clock.monotonic()
        while True:
            await self._clock.sleep(1.0)
            now = self._clock.monotonic()
            for which, one in self._rounds.items():
                if now > one.safe_until:
                    self._tasks[which].cancel()
            if self._rounds and now - last >= RENEW and (renewing is None or renewing.done()):
                last, renewing = now, spawn(self._renew(), "deliver leases")

    async def _renew(self) -> None:
        rounds = [*self._rounds.values()]
        until, safe_until = self._clock.now() + LEASE, self._safe_until()
        try:
            held = await self._store.write(lambda tx: [tx.outbox.renew(one.errand, until) for one in rounds])
        except StoreDown:
            return
        for one, still in zip(rounds, held, strict=True):
            which = one.errand.binding.id
            if self._rounds.get(which) is not one:
                continue
            if still:
                one.renewed(safe_until)
            else:
                self._tasks[which].cancel()

    async def _let_go(self, errands: list[Errand], until: int = 0) -> None:
        """Anybody may have them, from then on (UTC ms)."""
        try:
            await self._store.write(lambda tx: [tx.outbox.renew(errand, until) for errand in errands])
        except StoreDown as error:
            _log.info("leases_kept", bindings=len(errands), **failure(error))

    async def _patiently(self, fn: Callable[[Tx], object]) -> None:
        while not self._closing:
            try:
                await self._store.write(fn)
            except StoreDown:
                await self._clock.sleep(RENEW)
            else:
                return

    def _safe_until(self) -> float:
        return self._clock.monotonic() + LEASE / 1000 - EARLY
