"""A leased binding: its place, its calls in their turn, and writes that fail once it is somebody else's."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from msgspec.structs import replace

from throughline.conversation import courier, failover, quiet
from throughline.conversation.channel import Accepted, Outcome, Piece, Place
from throughline.conversation.events import DeliveryState
from throughline.conversation.failover import Patience, Why
from throughline.conversation.ids import AccountId
from throughline.conversation.records import DeliveryRow, Errand, Identity, Rung
from throughline.conversation.trust import plain
from throughline.conversation.window import Barred, barred
from throughline.flow.courier.office import Office
from throughline.flow.courier.outset import Said, Whom, said, whom
from throughline.flow.steps.failover import Given, Ways, done, give_on, woken
from throughline.observe import crash_point, delivered, spawn
from throughline.observe import message as counted
from throughline.ports import Channel, Conflict, Line, StoreDown, Tx

#: Seconds between tries of a write while the store is down.
PATIENCE = 0.5

#: A row as it was written, whether it is in another state, and what became of it as it failed.
_Put = tuple[DeliveryRow, bool, Given | None]


class Gone(Exception):  # noqa: N818 - it is no error: the binding is somebody else's, or not there any more
    """The binding is not ours any more."""


class Hold:
    """One errand in our hands. `safe_until` (monotonic seconds): from then on it may be somebody else's."""

    def __init__(self, office: Office, errand: Errand, account: AccountId, channel: Channel, safe_until: float) -> None:
        self.office, self.errand, self.account, self.channel = office, errand, account, channel
        self.binding = errand.binding
        self.rates = channel.capabilities.rates
        self.safe_until = safe_until
        #: Nothing new is begun.
        self.leaving = False
        self.place = Place("", self.binding.thread, self.binding.ref)
        self._identity: Identity | None = None
        #: Seconds until the next row may leave, where that is too long to wait for with the lease in our hands.
        self.put_off = 0.0
        #: This is the errand's only row: what takes it there lets go of the lease too.
        self.only = False
        self.let_go = False
        #: Held while something is on its way there.
        self.floor = asyncio.Lock()
        #: What the conversation is called, and how its tenant wants things tried again.
        self.title, self.retry, self.rules = "", courier.USUAL, Patience()

    @property
    def now(self) -> int:
        """UTC milliseconds."""
        return self.office.clock.now()

    @property
    def safe(self) -> bool:
        """Whether the lease surely holds."""
        return self.office.clock.monotonic() < self.safe_until

    def check(self) -> None:
        """Raise Gone unless the lease surely holds: to be asked right before every request."""
        if not self.safe:
            raise Gone

    def know(self, whom: Whom) -> None:
        """Take in who is there. Raises Gone where there is nobody."""
        if whom.identity is None:
            raise Gone
        self._identity, self.title = whom.identity, whom.title
        if whom.policy is not None:
            self.retry, self.rules = courier.retry_of(whom.policy), failover.patience(whom.policy)
        self.place = Place(plain(whom.identity.address), self.binding.thread, self.binding.ref)

    async def barred(self, piece: Piece) -> Barred | None:
        """Why this may not be sent there now, whatever the provider would say. Raises Gone where nobody is there."""
        capabilities = self.channel.capabilities
        if self._identity is None or barred(capabilities, self._identity, piece, self.now) is not None:
            # They may have written since we looked.
            self.know(await self.office.store.read(lambda tx: whom(tx, self.binding)))
        return None if self._identity is None else barred(capabilities, self._identity, piece, self.now)

    async def again(self, row: DeliveryRow) -> DeliveryRow:
        """The row as it is now. Raises Gone where it is not there any more."""
        key = row.tenant, row.conversation, row.message, row.binding
        found = await self.office.store.read(lambda tx: tx.bindings.delivery(*key))
        if found is None:
            raise Gone
        return found

    async def line(self, *, beside: bool = False) -> Line | None:
        """The account opened, once more, for one send. None: nothing can be sent now; `beside`: nobody waits for it."""
        return await self.office.line(self.account, beside=beside)

    @property
    def rest(self) -> tuple[Why, float]:
        """Why there was no line, and seconds until it is looked for again."""
        return self.office.rest(self.account)

    async def turn(self, kind: str) -> None:
        """Return when a call of this kind may leave."""
        await self.office.pace.turn(self.account, kind, self.place.address, self.rates)

    async def may(self, kind: str) -> bool:
        """True once a call of this kind may leave; False: the provider wants none for longer than we wait."""
        patience = self.rules.after / 1000
        return self.closed(kind) <= patience and await self.office.pace.turn(
            self.account, kind, self.place.address, self.rates, patience
        )

    def wait(self, kind: str) -> float:
        """Seconds until a call of this kind could leave."""
        return self.office.pace.wait(self.account, kind, self.place.address, self.rates)

    def closed(self, kind: str) -> float:
        """Seconds for which the provider wants no call of this kind."""
        return self.office.pace.closed(self.account, kind, self.place.address)

    async def call(self, kind: str, request: Callable[[], Awaitable[Outcome]]) -> Outcome:
        """Make a request, if the lease holds, and learn from its outcome."""
        self.check()
        outcome = await request()
        self.office.heed(self.account, kind, self.place.address, self.rates, outcome)
        return outcome

    async def write(self, was: DeliveryRow, wanted: DeliveryRow, thread: str | None = None) -> DeliveryRow:
        """Write a row as far as nobody else settled it; the row as it is now. Raises Gone.

        Waits for a store that is down, as long as the lease holds: what a provider said must not be lost.
        """
        rooted = thread if self.binding.thread is None else None

        now, ways = self.now, self.office.ways()

        def put(tx: Tx) -> _Put | None:
            self.let_go = False
            there = tx.bindings.delivery(was.tenant, was.conversation, was.message, was.binding)
            if there is None or (rooted is not None and not tx.outbox.rooted(self.errand, rooted)):
                return None
            new = courier.joined(there, was, wanted)
            if new is there:
                return there, False, None
            if not tx.outbox.change(self.errand, new):
                return None
            if self.only and new.state in courier.THERE:
                self.let_go = tx.outbox.let_go(self.errand, 0)
            apart = new.state != there.state
            event = courier.event(new) if apart else None
            if event is not None:
                tx.log.append(new.tenant, new.conversation, new.at, event)
            step = Rung(new.state, new.at, new.reason)
            row = replace(new, rungs=(*there.rungs, step)) if apart else new
            return self._onward(tx, row, ways, now, apart=apart)

        try:
            written = await self._patiently(put)
        except Conflict:
            # The thread is another conversation's already: the message stands there, the binding goes on without one.
            rooted = None
            written = await self._patiently(put)
        if written is None:
            raise Gone
        if rooted is not None:
            self.binding = replace(self.binding, thread=rooted)
            self.place = replace(self.place, thread=rooted)
            spawn(self._tell_rooted(), "deliver rooted")
        return self._after(written)

    async def shut(self) -> Why | None:
        """Why nothing leaves there now: our end is shut, or the provider wants nothing for longer than we wait."""
        if max(self.closed("post"), self.closed("prepare")) * 1000 > self.rules.after:
            return await self.office.shut(self.account) or "not_sent"
        return await self.office.shut(self.account)

    async def stuck(self, row: DeliveryRow) -> Why | None:
        """Why those behind a head have to go by another channel, which itself could not. None: it does not fail."""
        why = None if self.office.ways() is None else failover.fails(row, self.rules, self.now, await self.shut())
        return why if why is None or why in {"account_down", "breaker_open"} else "not_sent"

    async def leave(self, row: DeliveryRow) -> DeliveryRow:
        """Give up setting right what stands there: the whole goes by another channel, if there is one. Raises Gone."""
        now, ways = self.now, self.office.ways()
        if ways is None or not row.owed:
            return row

        def put(tx: Tx) -> _Put | None:
            there = tx.bindings.delivery(row.tenant, row.conversation, row.message, row.binding)
            if there is None or not tx.outbox.change(self.errand, there):
                return None
            if not there.owed or there.state != row.state:
                return there, False, None
            ways.names.again()
            return there, False, give_on(tx, there, "not_sent", ways, now)

        written = await self._patiently(put)
        if written is None:
            raise Gone
        return self._after(written)

    async def pass_on(self, row: DeliveryRow, behind: Why | None = None) -> DeliveryRow:
        """Give a head that fails to another channel, if there is one; the row as it is then. Raises Gone.

        `behind`: why the head of the binding fails, where this row waits behind it.
        """
        now, ways = self.now, self.office.ways()
        if ways is None or not row.owed:
            return row
        rested = quiet.is_put_off(row) and row.due <= now
        shut = None if rested else await self.shut()
        # Who comes behind a message that is tried again and again would not be tried at all.
        if not rested and failover.fails(row, self.rules, now, shut or behind) is None:
            return row

        def put(tx: Tx) -> _Put | None:
            there = tx.bindings.delivery(row.tenant, row.conversation, row.message, row.binding)
            if there is None or not tx.outbox.change(self.errand, there):
                return None
            if rested and quiet.is_put_off(there):
                ways.names.again()
                return there, False, woken(tx, there, ways, now)
            return self._onward(tx, there, ways, now, shut or behind)

        written = await self._patiently(put)
        if written is None:
            raise Gone
        return self._after(written)

    def _onward(
        self, tx: Tx, row: DeliveryRow, ways: Ways | None, now: int, shut: Why | None = None, *, apart: bool = False
    ) -> _Put:  # fmt: skip
        """In the transaction that wrote a row: where it goes if it fails."""
        why = None if ways is None else failover.fails(row, self.rules, now, shut)
        if ways is None or why is None:
            return row, apart, None
        ways.names.again()
        return row, apart, give_on(tx, row, why, ways, now)

    def _after(self, written: _Put) -> DeliveryRow:
        """Tell of what is durable now."""
        row, apart, given = written
        if apart:
            self._count(row)
        if given is None or given.row is row:
            if apart:
                self.office.told(row)
            return row
        done(given)
        crash_point("failover.after_commit")
        for one in given.rows:
            self._count(one)
            self.office.told(one)
        if given.lost:
            self.office.lost(given.lost)
        if given.leaves:
            self.office.wake()
        return given.row

    async def tried(
        self, row: DeliveryRow, outcome: Outcome, *, last: bool, between: DeliveryState = "pending"
    ) -> DeliveryRow:  # fmt: skip
        """Write what became of a piece; `between`: the state until the next one goes."""
        wait = self.channel.capabilities.echo_wait
        chance = self.office.chance()
        new = courier.after(row, outcome, self.now, chance, echo_wait=wait, last=last, retry=self.retry)
        if new.state == "pending":
            new = replace(new, state=between)
        if self.office.ways() is not None:
            new = failover.looked_at_again(new, self.rules, self.now)
        if new.owed and courier.failing(new, self.retry):
            self.office.failing(self.account, new.reason or "not_sent")
        return await self.write(row, new, outcome.thread if isinstance(outcome, Accepted) else None)

    async def undo(self, row: DeliveryRow) -> None:
        """Say that nothing is in flight, as the last thing: too late to send, early enough for the fence. Gone."""
        with contextlib.suppress(StoreDown):
            await self.office.store.write(lambda tx: tx.outbox.change(self.errand, row))
        raise Gone

    async def said(self, row: DeliveryRow) -> Said:
        """What the log has of a row's message."""
        return await self.office.store.read(lambda tx: said(tx, row))

    async def _patiently(self, put: Callable[[Tx], _Put | None]) -> _Put | None:
        while self.safe:
            try:
                return await self.office.store.write(put)
            except StoreDown:
                await self.office.clock.sleep(PATIENCE)
        raise Gone

    async def _tell_rooted(self) -> None:
        await self.office.rooted(self.binding)

    def _count(self, row: DeliveryRow) -> None:
        if row.state in courier.THERE:
            counted(row.channel, "out", "ok")
            if row.rungs:
                delivered(row.channel, max(0, row.at - row.rungs[0].at) / 1000)
        elif row.state in {"ambiguous", "refused", "dead"}:
            counted(row.channel, "out", row.state)
