"""Hear: what a channel tells us goes into the log in one transaction; only then is the provider answered.

Who may not write here is told so once a day, beside every conversation (greet.py).

What is built of limits: over the tenant's message limit a message is logged and makes no turn; it waits for the
person's next message that is within the limit, and a notice says so, once a minute at most. Groups have no person,
and no limit but that each conversation answers one turn at a time.
"""

from collections.abc import Callable, Sequence

from throughline.conversation.accounts import CameIn, Ended, next_status
from throughline.conversation.channel import Capabilities, Reading, Reply, web_alone
from throughline.conversation.events import ChannelName
from throughline.conversation.faults import BUSY, Fault
from throughline.conversation.files import File
from throughline.conversation.ids import AccountId, TurnId
from throughline.conversation.kept import About, nothing_about
from throughline.conversation.linking import LinkRow
from throughline.conversation.records import Account, Binding, Conversation, DeliveryRow
from throughline.flow.aside import said_aside
from throughline.flow.lines import Lines
from throughline.flow.steps.claim import Claim, not_linked
from throughline.flow.steps.failover import done
from throughline.flow.steps.hearing import KEPT, After, Hearing
from throughline.flow.steps.join import Names, code
from throughline.observe import crash_point, late_duplicate, logger, rate_limited, spawn
from throughline.observe import message as counted
from throughline.ports import Channels, Clock, Conflict, Ids, Store, StoreDown, Tx

#: Seconds between looks for parked messages whose wait is over, and how many one look takes.
SWEEP = 1.0
_AT_ONCE = 100

NO_ACCOUNT = Fault("unknown_account", 404, "There is no such account here.", "Copy the address from the admin page.")

#: A reading that says only that there may be news.
_HINT = Reading(nudge=True)

_log = logger("flow.hear")


class Hear:
    """The entrance of every channel that has accounts.

    After the commit: `wake` where a turn is due, `begun` for each new conversation, `deliver` where a courier has
    something to do, `stop_turn` for each turn that is to be stopped, `told` for each delivery whose state changed,
    `nudge` where an account that is asked for news may have some.
    With `agent` empty nobody answers.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: Ids,
        agent: str,
        lines: Lines,
        channels: Channels,
        wake: Callable[[], None],
        begun: Callable[[Conversation], None] = lambda _: None,
        deliver: Callable[[], None] = lambda: None,
        stop_turn: Callable[[TurnId], None] = lambda _: None,
        told: Callable[[DeliveryRow], None] = lambda _: None,
        nudge: Callable[[AccountId], None] = lambda _: None,
        fetch: Callable[[], None] = lambda: None,
        share: Callable[[File], str] = lambda _: "",
        claim: Claim = not_linked,
        claimed: Callable[[LinkRow], None] = lambda _: None,
        lost: Callable[[Sequence[DeliveryRow]], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._agent = agent
        self._lines = lines
        self._channels = channels
        self._wake = wake
        self._begun = begun
        self._deliver = deliver
        self._stop_turn = stop_turn
        self._told, self._lost = told, lost
        self._nudge = nudge
        self._fetch, self._share = fetch, share
        self._claim, self._claimed = claim, claimed

    async def take(
        self, account: Account, reading: Reading, raw: bytes = b"", about: About = nothing_about, *, asked: bool = False
    ) -> Reply | Fault:
        """Keep everything of a verified reading, or nothing. `raw` is the body that it was read from.

        `about` says what to keep beside the body, where that is kept.

        `asked`: it is what the provider said when we asked, which does not show that it reaches us by itself.

        Faults: no such account any more, or switched off; store busy (the provider shall come again).
        """
        if reading == _HINT:
            # It keeps nothing: who is nudged asks for what there is.
            self._noted(account, reading)
            return reading.reply
        names, now = Names(self._ids), self._clock.now()

        def hear(tx: Tx) -> After | None:
            names.again()
            if not tx.accounts.enabled(account.tenant, account.id) or self._channels.of(account) is None:
                return None
            hearing = self._hearing(tx, account, names, now, raw, about)
            hearing.reading(reading)
            if reading.ended is not None and (row := tx.accounts.account(account.id)) is not None:
                tx.accounts.change(next_status(row, Ended(code(reading.ended)), now))
            if reading.cursor is not None:
                tx.accounts.got_to(account.tenant, account.id, reading.cursor)
            crash_point("hear.before_commit")
            return hearing.after

        try:
            after = await self._store.write(hear)
        except StoreDown:
            return BUSY
        except Conflict as conflict:
            _log.error(
                "reading_conflicts", account=account.id, tenant=account.tenant, caused_by=type(conflict).__name__
            )
            return await self._set_aside(account, reading, raw, about)
        if after is None:
            return NO_ACCOUNT
        self._done(account, after)
        if not asked:
            self._noted(account, reading)
        crash_point("hear.before_reply")
        return reading.reply

    async def unpark(self, binding: Binding) -> None:
        """A first post of ours has its thread: what was parked for it belongs there."""
        thread, which = binding.thread, binding.account
        if thread is None or which is None:
            return
        try:
            await self._release(which, thread)
        except StoreDown:
            # The sweep comes by.
            _log.warning("unpark_waits_for_the_store", account=which)

    async def sweep(self) -> int:
        """Let in what has waited long enough: into its thread's conversation, else a new one. How many were due."""
        now = self._clock.now()
        due = await self._store.read(lambda tx: tx.inbox.parked(now, _AT_ONCE))
        for _, parked in due:
            await self._release(parked.account, None, parked.key)
        return len(due)

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            try:
                await self.sweep()
            except StoreDown:
                _log.warning("sweep_waits_for_the_store")
            await self._clock.sleep(SWEEP)

    async def _release(
        self, account: AccountId, thread: str | None, key: str | None = None, *, give_up: bool = False
    ) -> None:
        """Let in what is parked on an account for a thread; or what is parked under a key, with all of its thread."""
        names, now = Names(self._ids), self._clock.now()

        def let_in(tx: Tx) -> tuple[Account, After] | None:
            names.again()
            row = tx.accounts.account(account)
            if row is None or self._channels.of(row) is None:
                return None
            hearing = self._hearing(tx, row, names, now)
            which = thread if key is None else hearing.thread_of(key)
            if give_up and key is not None:
                hearing.give_up(key)
            elif which is not None:
                hearing.release(which)
            return row, hearing.after

        try:
            done = await self._store.write(let_in)
        except Conflict:
            _log.error("parked_conflicts", account=account)
            if key is not None and not give_up:
                await self._release(account, None, key, give_up=True)
            return
        if done is not None:
            self._done(*done)

    async def _set_aside(
        self, account: Account, reading: Reading, raw: bytes, about: About
    ) -> Reply | Fault:  # fmt: skip
        """What the data forbids now, it forbids every time: it is kept for an engineer instead of coming for ever."""
        now = self._clock.now()
        keep = (account.tenant, account.id, "conflict", raw[:KEPT], now, about())
        try:
            await self._store.write(lambda tx: tx.inbox.quarantine(*keep))
        except (StoreDown, Conflict):
            return BUSY
        counted(account.channel, "in", "conflict")
        return reading.reply

    def _hearing(
        self, tx: Tx, row: Account, names: Names, now: int, raw: bytes = b"", about: About = nothing_about
    ) -> Hearing:
        channel = self._channels.of(row)
        assert channel is not None
        return Hearing(
            tx, row, channel, self._capabilities_of, self._agent, names, now, raw, about, self._claim, self._share,
            shut=self._lines.breakers.bars,
        )  # fmt: skip

    def _capabilities_of(self, channel: ChannelName) -> Capabilities:
        known = self._channels.by(channel)
        return web_alone(channel) if known is None else known.capabilities

    def _done(self, account: Account, after: After) -> None:
        for outcome in after.outcomes:
            counted(account.channel, "in", outcome)
            if outcome == "rate_limited":
                rate_limited("messages")
        for row in after.begun:
            self._begun(row)
        if after.due:
            self._wake()
        for turn in after.stops:
            self._stop_turn(turn)
        for delivery in after.rows:
            self._told(delivery)
        self._went_on(after)
        if after.leaves:
            self._deliver()
        if after.fetches:
            self._fetch()
        for link in after.claimed:
            self._claimed(link)
        channel = self._channels.of(account)
        for aside in after.asides:
            if channel is not None:
                spawn(said_aside(self._lines, channel, account, aside), f"aside {account.id}")

    def _went_on(self, after: After) -> None:
        for given in after.given:
            done(given)
        lost = [row for given in after.given for row in given.lost]
        if lost:
            self._lost(lost)
        for late in after.late:
            late_duplicate(late)

    def _noted(self, account: Account, reading: Reading) -> None:
        if reading.nudge:
            self._nudge(account.id)
        if reading.quarantine is not None:
            counted(account.channel, "in", "quarantined")
            _log.warning("reading_quarantined", account=account.id, tenant=account.tenant, why=code(reading.quarantine))
        if reading.ended is not None:
            _log.error("account_ended", account=account.id, tenant=account.tenant, why=code(reading.ended))
            self._lines.told(next_status(account, Ended(code(reading.ended)), 0))
        self._lines.happened(account.id, CameIn())
