"""Failures, doubt, tabs, moves, crashes and lost leases in any order, with real couriers on a real store.

Whatever happens, a message is owed at one place or somebody has it; no channel is gone on to twice; the log says what
the rows say; and left alone, everything comes to an end.
"""

import asyncio
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from throughline.conversation.channel import Ambiguous, NotSent, Refused
from throughline.conversation.courier import OPEN, THERE
from throughline.conversation.events import Delivery, FailedOver
from throughline.conversation.ids import AccountId, BindingId, MessageId
from throughline.conversation.quiet import QUIET
from throughline.conversation.records import DeliveryRow
from throughline.flow.move import Move
from throughline.ports import Tx

from .counter import LOST, OpenLine, Step
from .stage import ADA, Numbers
from .ways_stage import ACCOUNT, C1, MAILBOX, NUMBER, TENANT, WEB, WaysStage, open_ways

ENDS = THERE | {"dead", "superseded"}
LOGGED = {"accepted", "delivered", "read", "refused", "dead", "ambiguous", "held"}


class Failovers(RuleBasedStateMachine):
    """A person on Slack, mail, SMS and the web; time goes on in steps."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.stage: WaysStage
        self.messages: list[MessageId] = []

    @initialize(doubt=st.sampled_from(["failover", "resend", "hold"]), start=st.sampled_from(["slack", "web"]))
    def begin(self, doubt: str, start: str) -> None:
        async def go() -> WaysStage:
            stage = await open_ways(Path(self.folder.name) / "data")
            await stage.policy(doubt=doubt, give_up_after=120.0)
            if start == "web":
                await stage.modes(b1="mirror", b_web="active")
            stage.base.start()
            return stage

        self.stage = self.loop.run_until_complete(go())

    @precondition(lambda self: len(self.messages) < 4)
    @rule()
    def say(self) -> None:
        self.messages.append(self.loop.run_until_complete(self.stage.say(f"words {len(self.messages)};")))
        self.pass_time(0.5)

    @rule(
        channel=st.sampled_from(["slack", "mail", "sms"]),
        step=st.sampled_from(
            [Refused("no"), NotSent("http_503"), NotSent("http_429", 3_600.0), Ambiguous("timeout"), LOST]
        ),
        times=st.integers(1, 4),
    )
    def fails(self, channel: str, step: Step, times: int) -> None:
        getattr(self.stage, channel).script("send", *[step] * times)

    @rule(seconds=st.sampled_from([0.5, 2.0, 11.0, 35.0, 70.0]))
    def pass_time(self, seconds: float) -> None:
        async def go() -> None:
            left = seconds
            while left > 0:
                await self.stage.base.advance(min(left, 5.0), 2.5)
                await self.stage.unseen.look()
                left -= 5.0
            await self.stage.base.settle()

        self.loop.run_until_complete(go())

    @precondition(lambda self: self.messages)
    @rule()
    def a_tab_has_it_all(self) -> None:
        async def go() -> None:
            now = self.stage.base.clock.now()

            def put(tx: Tx) -> None:
                changed = tx.bindings.reached(TENANT, C1, WEB, 10_000, "delivered", now)
                rows = (tx.bindings.delivery(TENANT, C1, message, WEB) for message in changed)
                owed = [row.message for row in rows if row is not None and row.owed]
                if owed:
                    told = Delivery(messages=tuple(owed), binding=WEB, channel="web", state="delivered")
                    tx.log.append(TENANT, C1, now, told)

            await self.stage.base.store.write(put)

        self.loop.run_until_complete(go())

    @rule(which=st.sampled_from([ACCOUNT, MAILBOX, NUMBER]), off=st.booleans())
    def account_goes(self, which: AccountId, *, off: bool) -> None:
        self._account(which, "disabled" if off else "down", enabled=not off)

    @rule(which=st.sampled_from([ACCOUNT, MAILBOX, NUMBER]))
    def account_comes(self, which: AccountId) -> None:
        self._account(which, "up", enabled=True)

    @rule(channel=st.sampled_from(["slack", "gmail", "sms", "web"]))
    def move(self, channel: str) -> None:
        base = self.stage.base
        mover = Move(base.store, base.clock, self.stage.base.ids or Numbers(), self.stage.table, base._wake)
        self.loop.run_until_complete(mover.bind(ADA, C1, channel))

    @rule(minutes=st.sampled_from([None, 1, 5, 600]))
    def quiet_hours(self, minutes: float | None) -> None:
        self.loop.run_until_complete(self.stage.quiet(minutes))

    @invariant()
    def nothing_is_lost_because_of_quiet_hours(self) -> None:
        for message in self.messages:
            for row in self._rows(message).values():
                assert row.state == "pending" or row.reason != QUIET, row

    @rule()
    def crash(self) -> None:
        async def go() -> None:
            await self.stage.base.die()
            self.stage.unseen = self.stage.look_out()
            self.stage.base.start()
            await self.stage.base.settle()

        self.loop.run_until_complete(go())

    @rule()
    def leases_are_lost(self) -> None:
        self.loop.run_until_complete(self.stage.base.store.write(lambda tx: tx.outbox.void()))

    @invariant()
    def each_is_owed_at_one_place_or_is_there(self) -> None:
        for message in self.messages:
            rows = self._rows(message)
            owed = [row for row in rows.values() if row.owed]
            assert len(owed) <= 1, rows
            assert owed or any(row.state in THERE for row in rows.values()), rows

    @invariant()
    def no_channel_is_gone_on_to_twice(self) -> None:
        told = [entry.body() for entry in (self.stage.base.entries if self.messages else [])]
        went = Counter((body.message, body.to) for body in told if isinstance(body, FailedOver))
        assert all(count == 1 for count in went.values()), went

    @invariant()
    def the_log_says_what_the_rows_say(self) -> None:
        for message in self.messages:
            last: dict[BindingId, str] = {}
            for entry in self.stage.base.entries:
                body = entry.body()
                if isinstance(body, Delivery) and message in body.messages:
                    last[body.binding] = body.state
            for row in self._rows(message).values():
                if row.owed and row.state in LOGGED:
                    assert last.get(row.binding) == row.state, (row, last)

    def teardown(self) -> None:
        """Left alone with channels that work, everything comes to an end, and who is to know of it does."""
        try:
            self._left_alone()
        finally:
            self.loop.run_until_complete(self.stage.base.close())
            self.loop.close()
            self.folder.cleanup()

    def _left_alone(self) -> None:
        for counter in (self.stage.slack, self.stage.mail, self.stage.sms):
            counter.scripts.clear()
        for which in (ACCOUNT, MAILBOX, NUMBER):
            self._account(which, "up", enabled=True)
        self.loop.run_until_complete(self.stage.quiet(None))
        for _ in range(4):
            self.pass_time(70.0)
        lost = {(row.message, row.binding) for row in self.stage.base.lost}
        for message in self.messages:
            for row in self._rows(message).values():
                # Doubt about a mirror's row is nobody's to end.
                assert row.state not in OPEN or (row.state == "ambiguous" and not row.owed), row
                if row.owed:
                    assert row.state in ENDS | {"held"}, row
                    assert row.state not in {"dead", "held"} or (message, row.binding) in lost, row

    def _rows(self, message: MessageId) -> dict[BindingId, DeliveryRow]:
        return self.loop.run_until_complete(self.stage.rows(message))

    def _account(self, which: AccountId, status: str, *, enabled: bool) -> None:
        async def go() -> None:
            await self.stage.account(which, enabled=enabled, status=status)
            row = await self.stage.base.store.read(lambda tx: tx.accounts.account(which))
            assert row is not None
            up = status == "up"
            self.stage.base.accounts.open[which] = OpenLine(replace(row, status="up")) if up else None
            self.stage.base._wake()

        self.loop.run_until_complete(go())


TestFailovers = Failovers.TestCase
TestFailovers.settings = settings(max_examples=12, stateful_step_count=12, deadline=None, phases=[Phase.generate])
