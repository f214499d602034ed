"""Unseen: what is owed where no courier comes. The web has none, and neither has an account that is switched off.

A message on the web has got through once one of the person's own tabs says so. Nobody tells when that does not happen,
so it is looked at.
"""

from collections.abc import Callable, Sequence

from msgspec import Struct

from throughline.conversation import delivery, failover
from throughline.conversation.bindings import Table
from throughline.conversation.ids import AccountId
from throughline.conversation.policy import Policy
from throughline.conversation.records import DeliveryRow, Errand
from throughline.flow.failover import Given, Ways, give_on
from throughline.flow.join import Names
from throughline.observe import failure, logger
from throughline.ports import Clock, Ids, Store, StoreDown, Tx

#: Seconds between two looks at the web, and between two at accounts that are off; rows of one look.
EVERY, SELDOM = 0.5, 5.0
MOST = 200

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
        self._store, self._clock, self._names, self._told = store, clock, Names(ids), told
        self._ways = Ways(self._names, capabilities_of, shut)
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
        given = await self._store.write(lambda tx: self._settle(tx, now, also=also))
        for row in (row for one in given for row in one.rows):
            self._told.row(row)
        lost = [row for one in given for row in one.lost]
        if lost:
            self._told.lost(lost)
        if any(one.leaves for one in given):
            self._told.wake()

    def _settle(self, tx: Tx, now: int, *, also: bool) -> list[Given]:
        self._names.again()
        unseen, stranded = _found(tx, now, also=also)
        given = [one for row in unseen if (one := self._on_web(tx, row, now)) is not None]
        return given + [give_on(tx, row, "account_down", self._ways, now) for row in stranded]

    def _on_web(self, tx: Tx, row: DeliveryRow, now: int) -> Given | None:
        if not row.attempts:
            tenant = tx.people.tenant(row.tenant)
            rules = failover.patience(Policy() if tenant is None else tenant.policy)
            row = failover.seen_so_far(row, rules)
            tx.bindings.settle(row)
        return give_on(tx, row, "not_seen", self._ways, now) if row.due <= now else None


def _found(tx: Tx, now: int, *, also: bool) -> tuple[list[DeliveryRow], list[DeliveryRow]]:
    off = tx.outbox.stranded(MOST) if also else []
    rows = (row for binding in off for row in tx.outbox.open_rows(Errand(binding, 0, 0), MOST))
    return tx.outbox.unseen(now, MOST), [row for row in rows if row.owed and delivery.waits(row)]
