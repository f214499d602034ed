"""Reply: claim due turns, hold their leases, run many conversations side by side, stop one when somebody asks.

Whoever claims next, after a lease ran out, goes on from what is in the log.
"""

import asyncio
from collections.abc import Callable

from throughline.conversation.bindings import Table
from throughline.conversation.channel import web_alone
from throughline.conversation.faults import BUSY, NO_TURN, UNKNOWN_CONVERSATION, Fault
from throughline.conversation.ids import ConversationId, MessageId, TenantId, TurnId
from throughline.conversation.records import Acked, Caller, Turn
from throughline.flow.first import first
from throughline.flow.lease import Leases
from throughline.flow.steps.say import may_see
from throughline.flow.turn import Run
from throughline.observe import spawn
from throughline.ports import Agent, Blobs, Clock, Live, Store, StoreDown, Tx

#: Seconds between looks for turns whose lease ran out elsewhere; new ones of our own are told by `wake`.
POLL = 3.0
#: Turns at one time, and claims in one transaction.
SIDE_BY_SIDE = 400
CLAIMS = 16


class Reply:
    """The turns of this process. `owner` names it among others; `alone`: no other process has this store.

    `deliver` is called after a commit that made something for a courier. `blobs`: for a model that can see pictures.
    `working` is called when a turn begins to run here; what it gives, when it does not any more.
    """

    def __init__(
        self,
        store: Store,
        live: Live,
        agent: Agent,
        clock: Clock,
        owner: str,
        *,
        alone: bool = False,
        capabilities_of: Table = web_alone,
        deliver: Callable[[], None] = lambda: None,
        blobs: Blobs | None = None,
        working: Callable[[Turn], Callable[[], None]] = lambda _: lambda: None,
    ) -> None:
        self._store = store
        self._live = live
        self._agent = agent
        self._clock = clock
        self._owner = owner
        self._alone = alone
        self._capabilities_of = capabilities_of
        self._deliver = deliver
        self._blobs = blobs
        self._working = working
        self._leases = Leases[TurnId, Run](store, clock, _renew, _renew)
        self._runs = self._leases.held

    @property
    def running(self) -> int:
        """How many turns are being answered now."""
        return len(self._runs)

    def wake(self) -> None:
        """A turn may be due."""
        self._leases.due.set()

    async def run(self) -> None:
        """Answer until `close`. Cancelling it leaves everything to the next owner."""
        await self._leases.run(self._claim_all, (lambda tx: tx.turns.void()) if self._alone else None)

    async def close(self, grace: float = 0.0) -> None:
        """Take no more turns, give running ones `grace` seconds, leave the rest to the next owner at once."""
        await self._leases.close(grace, until=self._clock.now())

    async def stop(self, caller: Caller, conversation: str, turn: str) -> Acked | Fault:
        """End a running turn and keep what was written; durable first. The person of the conversation or a member.

        Faults: unknown conversation, no such open turn, store busy. `Acked.id` is the turn's.
        """
        where, which = ConversationId(conversation), TurnId(turn)

        def ask(tx: Tx) -> Acked | Fault:
            row = tx.log.conversation(caller.tenant, where)
            if row is None or not may_see(caller, row):
                return UNKNOWN_CONVERSATION
            asked = tx.turns.ask_stop(caller.tenant, where, which)
            return Acked(turn, where, row.head) if asked else NO_TURN

        try:
            answer = await self._store.write(ask)
        except StoreDown:
            return BUSY
        if isinstance(answer, Acked):
            self.halt(which)
        return answer

    def halt(self, turn: TurnId) -> None:
        """A turn was asked to end, durably: if it runs here, it freezes its text and ends now."""
        run = self._runs.get(turn)
        if run is not None:
            run.stop()

    async def stop_writing(self, tenant: TenantId, conversation: ConversationId, message: MessageId) -> None:
        """End the turn that writes this message, where it still does: somebody stopped it where it shows."""

        def ask(tx: Tx) -> TurnId | None:
            turn = tx.turns.current(tenant, conversation)
            if turn is None or turn.message != message:
                return None
            return turn.id if tx.turns.ask_stop(tenant, conversation, turn.id) else None

        which = await self._store.write(ask)
        if which is not None:
            self.halt(which)

    async def _claim_all(self) -> None:
        while not self._leases.closing:
            self._leases.due.clear()
            room = min(CLAIMS, SIDE_BY_SIDE - len(self._runs))
            claimed = await self._claim(room) if room > 0 else []
            for turn, safe_until in claimed:
                self._begin(turn, safe_until)
            if len(claimed) < CLAIMS and not self._leases.due.is_set():
                await first(self._leases.due.wait(), self._clock.sleep(POLL))

    async def _claim(self, room: int) -> list[tuple[Turn, float]]:
        now, (until, safe_until) = self._clock.now(), self._leases.term()

        def claim(tx: Tx) -> list[Turn]:
            found: list[Turn] = []
            while len(found) < room and (turn := tx.turns.claim(self._owner, now, until)) is not None:
                found.append(turn)
            return found

        try:
            return [(turn, safe_until) for turn in await self._store.write(claim)]
        except StoreDown:
            return []

    def _begin(self, turn: Turn, safe_until: float) -> None:
        old, before = self._runs.get(turn.id), self._leases.tasks.get(turn.id)
        if old is not None:
            old.give_up()
        run = Run(
            self._store, self._live, self._agent, self._clock, turn, safe_until, self._capabilities_of, self._deliver,
            self._blobs,
        )  # fmt: skip
        self._runs[turn.id] = run
        self._leases.tasks[turn.id] = spawn(self._one(run, before), f"reply {turn.id}")

    async def _one(self, run: Run, before: asyncio.Task[None] | None) -> None:
        over = self._working(run.turn)
        try:
            if before is not None:
                # Its lease ran out under our own feet: it closes the open text before the new run opens it again.
                await asyncio.wait({before})
            await run.go()
        finally:
            over()
            if self._runs.get(run.turn.id) is run:
                del self._runs[run.turn.id], self._leases.tasks[run.turn.id]
            # A message may have come meanwhile, whose turn had to wait for this one.
            self._leases.due.set()


def _renew(tx: Tx, run: Run, until: int) -> bool:
    return tx.turns.renew(run.turn.id, run.turn.fence, until)
