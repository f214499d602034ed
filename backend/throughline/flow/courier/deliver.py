"""Deliver: claim bindings with something to do, hold their leases, serve many side by side.

Each binding has a task of its own: a provider that hangs is waited for by nobody else.
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
from throughline.flow.lease import Leases
from throughline.observe import spawn
from throughline.ports import Channels, Clock, Live, Store, StoreDown, Tx

#: Seconds between looks for work that nobody told us of, and between two looks at the least.
POLL = 3.0
SOON = 0.05
#: Bindings at one time, and of one claim.
SIDE_BY_SIDE = 200
CLAIMS = 32


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
        self._leases = Leases[BindingId, Round](
            store, clock, lambda tx, one, until: tx.outbox.renew(one.errand, until),
            lambda tx, one, until: tx.outbox.let_go(one.errand, until),
        )  # fmt: skip
        self._rounds = self._leases.held

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
        self._leases.due.set()

    async def run(self) -> None:
        """Deliver until `close`. Cancelling it leaves everything to the next owner."""
        await self._leases.run(self._claim_all, (lambda tx: tx.outbox.void()) if self._alone else None)

    async def close(self, grace: float = 0.0) -> None:
        """Begin nothing more, give what is under way `grace` seconds, leave the rest to the next owner at once."""
        for one in self._rounds.values():
            one.leave()
        await self._leases.close(grace)

    async def _claim_all(self) -> None:
        while not self._leases.closing:
            self._leases.due.clear()
            room = min(CLAIMS, SIDE_BY_SIDE - len(self._rounds))
            safe_until, claimed, due = await self._claim(room)
            for errand in claimed:
                self._begin(errand, safe_until)
            if len(claimed) < CLAIMS and not self._leases.due.is_set():
                await first(self._leases.due.wait(), self._clock.sleep(due))

    async def _claim(self, room: int) -> tuple[float, list[Errand], float]:
        """Until when what we got is surely ours, what that is, and seconds until there may be more."""
        now, (until, safe_until) = self._clock.now(), self._leases.term()

        def claim(tx: Tx) -> tuple[list[Errand], int | None]:
            got = tx.outbox.claim(self._owner, now, until, room) if room > 0 else []
            return got, tx.outbox.next_due()

        try:
            got, due = await self._store.write(claim)
        except StoreDown:
            return safe_until, [], POLL
        wait = POLL if due is None or due <= now else min(POLL, (due - now) / 1000)
        return safe_until, got, max(SOON, wait)

    def _begin(self, errand: Errand, safe_until: float) -> None:
        which = errand.binding.id
        before = self._leases.tasks.get(which)
        if before is not None:
            # Its lease ran out under our own feet.
            before.cancel()
        one = self._rounds[which] = Round(self._office, errand, safe_until)
        task = self._leases.tasks[which] = spawn(self._one(one, before), f"deliver {which}")
        one.give_up = task.cancel

    async def _one(self, one: Round, before: asyncio.Task[None] | None) -> None:
        which = one.errand.binding.id
        try:
            if before is not None:
                await asyncio.wait({before})
            if await one.go():
                await self._leases.let_go(one, until=one.until)
            if one.did:
                # A row may have come after the last look, when the binding could not be claimed yet.
                self._leases.due.set()
        finally:
            if self._rounds.get(which) is one:
                del self._rounds[which], self._leases.tasks[which]
                if len(self._rounds) == SIDE_BY_SIDE - 1:
                    self._leases.due.set()
