"""Unseen: what is owed where no courier comes. The web has none, and neither has an account that is switched off.

A message on the web has got through once one of the person's own tabs says so. Nobody tells when that does not happen,
so it is looked at.
"""

from collections.abc import Callable, Sequence
from itertools import islice

from msgspec import Struct

from throughline.conversation import courier, failover, quiet
from throughline.conversation.bindings import Table
from throughline.conversation.failover import Patience
from throughline.conversation.ids import AccountId
from throughline.conversation.policy import Policy
from throughline.conversation.records import DeliveryRow, Errand
from throughline.flow.steps.failover import Given, Ways, done, give_on, woken
from throughline.flow.steps.join import Names
from throughline.observe import crash_point, failure, logger
from throughline.ports import Clock, Ids, Store, StoreDown, Tx

#: Seconds between two looks at the web, and between two at accounts that are off; rows of one look.
EVERY, SELDOM = 0.5, 5.0
MOST = 200
#: Milliseconds after which no courier has a row in its hands any more, where none comes; until it is looked at again.
FORSAKEN, LATER = 60_000, 30_000

_log = logger("flow.unseen")


class Told(Struct, frozen=True):
    """Who hears of it after the commit: of each row, of what got through nowhere, and that couriers have work."""

    row: Callable[[DeliveryRow], None]
    lost: Callable[[Sequence[DeliveryRow]], None]
    wake: Callable[[], None]


class Unseen:
    """Looks, until it is cancelled."""

    def __init__(
        self, store: Store, clock: Clock, ids: Ids, capabilities_of: Table, told: Told,
        shut: Callable[[AccountId], bool] = lambda _: False,
    ) -> None:  # fmt: skip
        self._store, self._clock, self._ids, self._told = store, clock, ids, told
        self._capabilities_of, self._shut = capabilities_of, shut
        self._off_at = 0.0

    async def run(self) -> None:
        """Look again and again."""
        while True:
            try:
                await self.look()
            except StoreDown as error:
                _log.info("not_looked", **failure(error))
            await self._clock.sleep(EVERY)

    async def look(self) -> None:
        """Once. Raises StoreDown."""
        now, also = self._clock.now(), self._clock.monotonic() >= self._off_at
        if also:
            self._off_at = self._clock.monotonic() + SELDOM
        if not await self._store.read(lambda tx: any(_found(tx, now, also=also))):
            return
        ways = Ways(Names(self._ids), self._capabilities_of, self._shut)
        given = await self._store.write(lambda tx: self._settle(tx, ways, now, also=also))
        crash_point("failover.after_commit")
        for one in given:
            done(one)
        for row in (row for one in given for row in one.rows):
            self._told.row(row)
        lost = [row for one in given for row in one.lost]
        if lost:
            self._told.lost(lost)
        if any(one.leaves for one in given):
            self._told.wake()

    def _settle(self, tx: Tx, ways: Ways, now: int, *, also: bool) -> list[Given]:
        ways.names.again()
        unseen, stranded = _found(tx, now, also=also)
        given = [self._on_web(tx, row, ways, now) for row in unseen]
        given += [self._where_it_is_off(tx, row, ways, now) for row in stranded]
        return [one for one in given if one is not None]

    def _on_web(self, tx: Tx, row: DeliveryRow, ways: Ways, now: int) -> Given | None:
        if not row.attempts:
            row = failover.seen_so_far(row, _rules(tx, row))
            tx.bindings.settle(row)
        return give_on(tx, row, "not_seen", ways, now) if row.due <= now else None

    def _where_it_is_off(self, tx: Tx, left: DeliveryRow, ways: Ways, now: int) -> Given | None:
        if quiet.is_put_off(left):
            return woken(tx, left, ways, now)
        forsaken = now - left.at >= FORSAKEN
        # Whoever was sending it so long ago is gone.
        row = courier.found(left, now, self._capabilities_of(left.channel).echo_wait) if forsaken else left
        why = failover.fails(row, _rules(tx, row), now, "account_down")
        if why is None and forsaken and row.state == "streaming":
            why = "account_down"
        if why is None:
            if row is not left:
                tx.bindings.settle(row)
            return None
        given = give_on(tx, row, why, ways, now)
        if given.row is row:
            tx.bindings.settle(failover.deferred(row, now, LATER))
        return given


def _rules(tx: Tx, row: DeliveryRow) -> Patience:
    tenant = tx.people.tenant(row.tenant)
    return failover.patience(Policy() if tenant is None else tenant.policy)


def _found(tx: Tx, now: int, *, also: bool) -> tuple[list[DeliveryRow], list[DeliveryRow]]:
    off = tx.outbox.stranded(now, MOST) if also else []
    rows = (row for binding in off for row in tx.outbox.open_rows(Errand(binding, 0, 0), MOST))
    owed = (row for row in rows if row.owed and row.due <= now)
    return tx.outbox.unseen(now, MOST), [*islice(owed, MOST)]
