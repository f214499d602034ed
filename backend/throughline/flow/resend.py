"""Resend: what was lost is sent again, or a member says that it arrived. One transaction for each conversation.

A row that is not lost any more is left alone: it was sent again by somebody else, or its provider spoke late. So the
same may be asked for twice, and two members may ask at once.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from throughline.conversation import delivery, failover, lost
from throughline.conversation.bindings import Table
from throughline.conversation.events import Author
from throughline.conversation.faults import Fault
from throughline.conversation.ids import BindingId, ConversationId, MessageId, TenantId
from throughline.conversation.records import Caller, DeliveryRow
from throughline.flow.steps.owe import talks_there, tell
from throughline.observe import logger
from throughline.ports import Clock, Store, Tx

UNKNOWN = Fault(
    "unknown_delivery", 404, "There is no such delivery here.", "GET /api/v1/deliveries/lost lists what was lost."
)
NOT_LOST = Fault(
    "not_lost", 409, "This message is not lost any more.", "Read the list again: somebody was faster, or it arrived."
)
NO_DOUBT = Fault(
    "no_doubt", 409, "This message surely did not reach the channel.", "Send it again, or reach the person elsewhere."
)
_log = logger("flow.resend")


class Named(Struct, frozen=True):
    """One row."""

    conversation: ConversationId
    message: MessageId
    binding: BindingId


class Resent(Struct, frozen=True):
    """How many are on their way again, and how many of those named were not lost any more."""

    taken: int
    gone: int


class Resend:
    """What members do about lost messages. After a commit `told` hears of each row, `wake` that couriers have work."""

    def __init__(
        self, store: Store, clock: Clock, capabilities_of: Table, told: Callable[[DeliveryRow], None],
        wake: Callable[[], None],
    ) -> None:  # fmt: skip
        self._store, self._clock, self._capabilities_of = store, clock, capabilities_of
        self._told, self._wake = told, wake

    async def again(self, tenant: TenantId, named: Iterable[Named], upto: int) -> Resent:
        """Send these again, as far as they were lost by `upto` (UTC ms) and still are. Raises StoreDown."""
        wanted = sorted(set(named), key=lambda each: each.conversation)
        taken = 0
        for where, group in groupby(wanted, key=lambda each: each.conversation):
            rows = await self._of_one(tenant, where, tuple(group), upto)
            taken += len(rows)
            for row in rows:
                self._told(row)
            if rows:
                self._wake()
        return Resent(taken, len(wanted) - taken)

    async def _of_one(
        self, tenant: TenantId, where: ConversationId, wanted: Sequence[Named], upto: int
    ) -> list[DeliveryRow]:  # fmt: skip
        now = self._clock.now()

        def put(tx: Tx) -> list[DeliveryRow]:
            found = (tx.bindings.delivery(tenant, where, each.message, each.binding) for each in wanted)
            rows = [failover.again(row, now) for row in found if row and lost.is_lost(row) and row.at <= upto]
            for row in rows:
                tx.bindings.settle(row)
            if rows:
                talks_there(tx, rows, tx.bindings.bindings(tenant, where), self._capabilities_of)
                tell(tx, tenant, where, delivery.told(rows), now)
            return rows

        return await self._store.write(put)

    async def arrived(self, caller: Caller, named: Named) -> DeliveryRow | Fault:
        """A member has seen that it is there. Said twice it holds once. Raises StoreDown.

        Faults: no such row; it is not lost; it surely did not arrive.
        """
        now, who = self._clock.now(), Author("member", caller.name)

        def put(tx: Tx) -> tuple[DeliveryRow, bool] | Fault:
            row = tx.bindings.delivery(caller.tenant, named.conversation, named.message, named.binding)
            if row is None:
                return UNKNOWN
            if row.state == "accepted" and row.reason == lost.SAID:
                return row, False
            if not lost.is_lost(row):
                return NOT_LOST
            if not lost.doubtful(row):
                return NO_DOUBT
            new = lost.arrived(row, now)
            tx.bindings.settle(new)
            events = [replace(event, by=who) for event in delivery.told([new])]
            tell(tx, caller.tenant, named.conversation, events, now)
            return new, True

        done = await self._store.write(put)
        if isinstance(done, Fault):
            return done
        row, fresh = done
        if fresh:
            _log.info(
                "said_by_member", tenant=caller.tenant, user=caller.user, conversation=row.conversation,
                message=row.message, channel=row.channel,
            )  # fmt: skip
            self._told(row)
        return row
