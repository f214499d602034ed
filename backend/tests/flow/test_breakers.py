"""Breakers at work: a channel that fails is left alone, its messages go elsewhere, and nobody else is slower for it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace

from throughline.conversation.accounts import AuthFailed, Failing, WentOut
from throughline.conversation.channel import Ambiguous, NotSent, Outcome, Piece, Place, Refused
from throughline.conversation.events import ChannelName, FailedOver
from throughline.conversation.ids import AccountId, BindingId, IdentityId, PersonId
from throughline.conversation.records import Binding, Identity
from throughline.flow.breakers import Breakers, Standing
from throughline.flow.courier.deliver import Deliver
from throughline.flow.courier.office import SOONEST, Office
from throughline.observe import REGISTRY
from throughline.ports import Channels, Line, Tx

from .counter import Counter, OpenLine
from .courier_stage import ACCOUNT, C1, C2, CAN, OTHER, TENANT, Stage, open_stage
from .stage import ADA, HandClock, Numbers

SECOND, ELSEWHERE = AccountId("a2"), BindingId("b3")
DOWN = NotSent("connect")


class Patchy(Counter):
    """A provider that some accounts do not reach. `asked`: how often each was."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.moved.set)
        self.down: dict[AccountId, Outcome] = {}
        self.asked: list[AccountId] = []

    async def send(self, line: Line, place: Place, piece: Piece) -> Outcome:
        self.asked.append(line.account.id)
        failed = self.down.get(line.account.id)
        return await super().send(line, place, piece) if failed is None else failed


class Phone(Patchy):
    """Another channel."""

    provider = "whatsapp"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.capabilities = replace(CAN, channel="whatsapp", label="WhatsApp")


class Desk:
    """A stage whose accounts can fail one by one, with breakers at hand."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.clock = stage, stage.clock
        self.channel = Patchy(stage)
        self.breakers = Breakers(stage.clock)
        stage.channels = Channels([self.channel, Phone(stage)])

    def start(self, *, passes: bool = True) -> None:
        """Couriers begin; `passes`: what fails goes by another channel."""
        stage = self.stage
        deliver = Deliver(
            stage.store, stage.live, stage.clock, stage.channels, stage.accounts, "one", stage._told, alone=True,
            chance=lambda: 0.5, ids=Numbers() if passes else None, breakers=self.breakers,
        )  # fmt: skip
        stage.couriers.append((deliver, asyncio.get_running_loop().create_task(deliver.run())))

    def fails(self, sends: int = 10, outcome: str = "bad", account: AccountId = ACCOUNT) -> None:
        """So many sends of somebody else's failed."""
        line = self.stage.accounts.open[account]
        assert line is not None
        assert self.breakers.admitted(line.account)
        for _ in range(sends):
            self.breakers.noted(account, "auth" if outcome == "auth" else "bad")

    async def second(self, channel: ChannelName = "slack") -> None:
        """The second conversation's binding is on an account of its own."""
        stage, first = self.stage, self.stage.accounts.open[ACCOUNT]
        assert first is not None
        other = replace(first.account, id=SECOND, channel=channel, provider=channel)
        stage.accounts.open[SECOND] = OpenLine(other)

        def put(tx: Tx) -> None:
            tx.accounts.add(other)
            who = IdentityId("i-second")
            tx.people.add_identity(Identity(who, TENANT, ADA.person, SECOND, channel, "T1/second", "verified", 1))
            (old,) = tx.bindings.bindings(TENANT, C2)
            tx.bindings.bind(replace(old, mode="off"))
            tx.bindings.bind(Binding(ELSEWHERE, TENANT, C2, who, channel, "active", SECOND, "D2:1"))

        await stage.store.write(put)


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    stage = await open_stage(tmp_path / "data")
    yield Desk(stage)
    await stage.close()


async def test_messages_of_a_paused_account_go_elsewhere_at_once_and_nothing_is_asked_of_it(desk: Desk) -> None:
    desk.fails()
    desk.start()
    message = await desk.stage.say("Hello")
    await desk.stage.until(desk.stage.reached(message, "passed"))

    (over,) = [e.body() for e in desk.stage.entries if e.kind == "failed_over"]
    assert isinstance(over, FailedOver)
    assert (over.message, over.origin, over.to, over.reason) == (message, "slack", "web", "breaker_open")
    assert desk.channel.asked == []


async def test_a_provider_that_fails_opens_it_everybody_learns_of_it_and_the_rest_goes_elsewhere(desk: Desk) -> None:
    desk.channel.down[ACCOUNT] = Ambiguous("http_500")
    desk.fails(9)
    desk.start()
    message = await desk.stage.say("Hello")
    await desk.stage.until(desk.stage.reached(message, "ambiguous"))
    other = await desk.stage.say("There", C2, on=OTHER)
    await desk.stage.until(desk.stage.reached(other, "passed"))

    assert desk.stage.accounts.were(Failing) == [Failing("breaker_open")]
    assert desk.channel.asked == [ACCOUNT]


async def test_an_account_whose_sends_work_is_untouched_by_another_one(desk: Desk) -> None:
    await desk.second()
    desk.channel.down[ACCOUNT] = DOWN
    desk.fails()
    desk.start()
    paused = await desk.stage.say("Hello")
    fine = await desk.stage.say("There", C2, on=ELSEWHERE)
    await desk.stage.until(desk.stage.reached(paused, "passed"))
    await desk.stage.until(desk.stage.reached(fine, "accepted"))

    assert desk.channel.asked == [SECOND]
    assert desk.breakers.closed(SECOND)


@pytest.mark.parametrize("paused", [True, False])
async def test_a_message_that_fails_goes_by_no_account_that_is_paused(desk: Desk, paused: bool) -> None:
    await desk.second("whatsapp")
    await desk.stage.store.write(
        lambda tx: tx.links.prefer(TENANT, ADA.person or PersonId(""), [IdentityId("i-second")], 1)
    )
    if paused:
        desk.fails(account=SECOND)
    desk.channel.down[ACCOUNT] = Refused("channel_not_found")
    desk.start()
    message = await desk.stage.say("Hello")
    await desk.stage.until(desk.stage.reached(message, "passed"))

    over = next(e.body() for e in desk.stage.entries if e.kind == "failed_over")
    there = await desk.stage.store.read(lambda tx: tx.bindings.bindings(TENANT, C1))
    assert isinstance(over, FailedOver)
    assert ([b.account for b in there if b.id == over.binding] == [SECOND]) is not paused


async def test_after_its_pause_one_message_tries_and_its_success_lets_all_pass(desk: Desk) -> None:
    desk.fails()
    desk.start(passes=False)
    first = await desk.stage.say("Hello")
    await desk.stage.settle()
    row = await desk.stage.row(first)
    assert (row.state, row.reason, desk.channel.asked) == ("not_sent", "breaker_open", [])
    await desk.stage.advance(31)
    await desk.stage.until(desk.stage.reached(first, "accepted"))

    assert desk.breakers.closed(ACCOUNT)
    assert desk.stage.accounts.were(WentOut)


async def test_a_failed_probe_pauses_it_for_twice_as_long(desk: Desk) -> None:
    desk.channel.down[ACCOUNT] = DOWN
    desk.fails()
    desk.start(passes=False)
    await desk.stage.say("Hello")
    await desk.stage.say("There", C2, on=OTHER)
    await desk.stage.advance(31)
    assert desk.channel.asked == [ACCOUNT]
    await desk.stage.advance(58)
    assert desk.channel.asked == [ACCOUNT]
    await desk.stage.advance(13)

    assert desk.channel.asked == [ACCOUNT, ACCOUNT]


async def test_what_comes_in_lets_a_message_try_before_the_pause_is_over(desk: Desk) -> None:
    desk.fails()
    desk.start(passes=False)
    message = await desk.stage.say("Hello")
    await desk.stage.advance(6)
    desk.breakers.came_in(ACCOUNT)
    await desk.stage.advance(10)

    assert (await desk.stage.row(message)).state == "accepted"
    assert desk.breakers.closed(ACCOUNT)


async def test_refused_credentials_open_it_at_once_and_no_probe_is_wasted_by_looking(desk: Desk) -> None:
    desk.channel.down[ACCOUNT] = Refused("token_revoked", auth=True)
    desk.start()
    message = await desk.stage.say("Hello")
    other = await desk.stage.say("There", C2, on=OTHER)
    await desk.stage.until(desk.stage.reached(message, "passed"))
    await desk.stage.until(desk.stage.reached(other, "passed"))

    assert desk.stage.accounts.were(AuthFailed)[0] == AuthFailed("token_revoked")
    assert desk.breakers.auth(ACCOUNT)
    assert not desk.stage.accounts.were(Failing)


async def test_an_outcome_that_says_when_to_come_again_opens_it_as_well(desk: Desk) -> None:
    desk.channel.down[ACCOUNT] = NotSent("service_unavailable", 3.0)
    desk.fails(9)
    desk.start(passes=False)
    await desk.stage.say("Hello")
    await desk.stage.settle()

    assert desk.stage.accounts.were(Failing) == [Failing("breaker_open")]


async def test_what_nobody_waits_for_is_never_the_one_send_that_may_pass(desk: Desk) -> None:
    office = Office(
        desk.stage.store,
        desk.stage.live,
        desk.clock,
        desk.stage.channels,
        desk.stage.accounts,
        print,
        breakers=desk.breakers,
    )
    assert await office.line(ACCOUNT, beside=True) is not None
    desk.fails()
    desk.clock.move(31)

    assert await office.line(ACCOUNT, beside=True) is None
    assert await office.shut(ACCOUNT) is None
    assert await office.line(ACCOUNT) is not None
    assert await office.line(ACCOUNT) is None
    assert office.rest(ACCOUNT) == ("breaker_open", SOONEST)


async def test_signs_of_typing_are_not_counted_unless_the_credentials_are_refused(desk: Desk) -> None:
    office = Office(
        desk.stage.store,
        desk.stage.live,
        desk.clock,
        desk.stage.channels,
        desk.stage.accounts,
        print,
        breakers=desk.breakers,
    )
    for _ in range(20):
        office.heed(ACCOUNT, "status", "T1/U1", {}, DOWN)
    assert desk.breakers.standing(ACCOUNT).sends == 0

    office.heed(ACCOUNT, "status", "T1/U1", {}, Refused("token_revoked", auth=True))
    assert desk.breakers.auth(ACCOUNT)


async def test_slower_is_no_failure(desk: Desk) -> None:
    desk.channel.down[ACCOUNT] = NotSent("ratelimited", 1.0)
    desk.start(passes=False)
    await desk.stage.say("Hello")
    await desk.stage.advance(20)

    assert len(desk.channel.asked) > 10
    assert desk.breakers.closed(ACCOUNT)


async def test_a_reason_of_a_single_send_does_not_hide_that_all_are_paused(desk: Desk) -> None:
    desk.channel.down[ACCOUNT] = DOWN
    desk.fails(7)
    desk.start(passes=False)
    message = await desk.stage.say("Hello")
    await desk.stage.advance(5)

    assert (await desk.stage.row(message)).attempts == 3
    assert desk.stage.accounts.were(Failing) == [Failing("breaker_open")]


def made(clock: HandClock, most: int = 10) -> Breakers:
    return Breakers(clock, most)


def open_for(where: Breakers, account: AccountId) -> None:
    for _ in range(10):
        where.noted(account, "bad")


def test_how_an_account_stands_is_told_in_utc() -> None:
    clock = HandClock()
    where = made(clock)
    assert where.standing(ACCOUNT) == Standing("closed", None, None, 0, 0)
    where.noted(ACCOUNT, "good")
    open_for(where, ACCOUNT)
    since = clock.now()
    clock.move(3)

    now = where.standing(ACCOUNT)
    assert (now.state, now.since, now.again) == ("open", since, since + 30_000)
    assert (now.sends, now.failures) == (11, 10)


def test_refused_credentials_have_no_time_at_which_they_are_tried_again() -> None:
    where = made(HandClock())
    where.noted(ACCOUNT, "auth")

    assert (where.standing(ACCOUNT).state, where.standing(ACCOUNT).again) == ("open", None)


def test_a_person_who_saw_to_it_lets_one_try() -> None:
    where = made(HandClock())
    where.noted(ACCOUNT, "auth")
    where.lifted(ACCOUNT)

    assert where.standing(ACCOUNT).state == "half_open"


def test_only_so_many_are_remembered_and_quiet_ones_go_first() -> None:
    clock = HandClock()
    where = made(clock, 3)
    open_for(where, AccountId("bad"))
    for n in range(50):
        where.noted(AccountId(f"a{n}"), "good")
        assert len(where._known) <= 3
        clock.move(61)

    assert not where.closed(AccountId("bad"))


def gauge(state: str) -> float:
    return REGISTRY.get_sample_value("throughline_breakers", {"channel": "slack", "state": state}) or 0.0


async def test_the_gauge_and_one_line_of_the_log_tell_of_it(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    before = gauge("open"), gauge("half_open")
    desk.fails()
    assert (gauge("open"), gauge("half_open")) == (before[0] + 1, before[1])
    desk.clock.move(31)
    line = desk.stage.accounts.open[ACCOUNT]
    assert line is not None
    assert desk.breakers.admitted(line.account)
    assert (gauge("open"), gauge("half_open")) == (before[0], before[1] + 1)
    desk.breakers.noted(ACCOUNT, "good")
    assert (gauge("open"), gauge("half_open")) == before

    lines = [text for text in capsys.readouterr().out.splitlines() if "breaker" in text]
    assert len(lines) == 3
