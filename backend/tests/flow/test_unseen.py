"""What is owed where no courier comes: on the web, until a tab has it, and on accounts that are switched off."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace

from throughline.conversation.events import DeliveryState
from throughline.conversation.ids import BindingId, TurnId
from throughline.conversation.records import Turn
from throughline.flow import unseen as unseen_module
from throughline.flow.steps import failover as failover_module
from throughline.flow.steps.failover import written
from throughline.flow.unseen import FORSAKEN, LATER

from .ways_stage import ACCOUNT, C1, GUIDE, MAIL, TENANT, WEB, WaysStage, open_ways


class Killed(Exception):  # noqa: N818
    """The process is gone at this point."""


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[WaysStage]:
    opened = await open_ways(tmp_path / "data")
    await opened.modes(b1="standby", b_web="active")
    yield opened
    await opened.base.close()


async def look(stage: WaysStage, seconds: float, step: float = 1.0) -> None:
    """Time passes, and somebody looks."""
    while seconds > 0:
        await stage.base.advance(min(step, seconds))
        await stage.unseen.look()
        seconds -= step


async def test_what_no_tab_has_in_half_a_minute_goes_by_the_next_channel(stage: WaysStage) -> None:
    stage.base.start()
    message = await stage.say()
    await look(stage, 29)
    assert await stage.fate(message) == {"web": "accepted*"}
    await look(stage, 2)
    await stage.base.settle()

    assert await stage.fate(message) == {"web": "passed", "slack": "accepted*"}
    assert stage.story(message) == ["web accepted", "web passed", "web to slack: not_seen", "slack accepted"]
    told = [(row.channel, row.state) for row in stage.base.told]
    assert told[:2] == [("web", "passed"), ("slack", "pending")]


@pytest.mark.parametrize("after", [0, 2, 25])
async def test_what_a_tab_has_stays(stage: WaysStage, after: int) -> None:
    stage.base.start()
    message = await stage.say()
    await look(stage, after)
    await stage.got(message)
    await look(stage, 60, 5)

    assert await stage.fate(message) == {"web": "delivered*"}
    assert not stage.slack.calls


async def test_a_tab_that_opens_later_is_recorded_and_nothing_is_sent_again(stage: WaysStage) -> None:
    stage.base.start()
    message = await stage.say()
    await look(stage, 31)
    await stage.base.settle()
    await stage.got(message)
    await look(stage, 60, 5)

    assert await stage.fate(message) == {"web": "delivered", "slack": "accepted*"}
    assert len(stage.slack.calls) == 1


async def test_where_there_is_no_other_channel_it_stays_in_the_history(stage: WaysStage) -> None:
    await stage.modes(b1="off", b_mail="off", b_sms="off")
    message = await stage.say()
    await look(stage, 4_000, 500)

    assert await stage.fate(message) == {"web": "accepted*"}
    assert not stage.base.lost
    row = await stage.base.row(message, on=WEB)
    assert row.due == 0


async def test_the_tenant_says_how_long(stage: WaysStage) -> None:
    await stage.policy(unseen_after=3.0)
    stage.base.start()
    message = await stage.say()
    await look(stage, 4)

    assert (await stage.fate(message))["web"] == "passed"


async def test_several_pass_in_order_and_their_new_places_are_apart(stage: WaysStage) -> None:
    stage.base.start()
    messages = [await stage.say(f"{n}") for n in range(4)]
    await look(stage, 31)
    await stage.base.settle()

    assert stage.slack.said() == "0123"
    assert {(await stage.fate(m))["slack"] for m in messages} == {"accepted*"}


async def test_two_that_look_decide_once(stage: WaysStage) -> None:
    stage.base.start()
    message = await stage.say()
    await stage.unseen.look()
    await stage.base.advance(1)
    await stage.unseen.look()
    await stage.base.advance(31)
    other = stage.look_out()
    await asyncio.gather(stage.unseen.look(), other.look())
    await stage.base.settle()

    assert stage.story(message).count("web to slack: not_seen") == 1
    assert len(stage.slack.calls) == 1


@pytest.mark.parametrize("point", ["failover.before_commit", "failover.after_commit"])
async def test_a_crash_around_the_decision_costs_nothing(
    stage: WaysStage, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    def passed(name: str) -> None:
        if name == point:
            monkeypatch.undo()
            raise Killed

    message = await stage.say()
    await look(stage, 29)
    monkeypatch.setattr(failover_module, "crash_point", passed)
    monkeypatch.setattr(unseen_module, "crash_point", passed)
    await stage.base.advance(2)
    with pytest.raises(Killed):
        await stage.unseen.look()
    assert (await stage.fate(message))["web"] == ("accepted*" if "before" in point else "passed")
    stage.unseen = stage.look_out()
    stage.base.start()
    await look(stage, 5)
    await stage.base.settle()

    assert await stage.fate(message) == {"web": "passed", "slack": "accepted*"}
    assert stage.story(message).count("web to slack: not_seen") == 1


async def test_what_lies_on_an_account_that_is_off_goes_on_at_once(stage: WaysStage) -> None:
    await stage.modes(b_web="standby", b1="active")
    await stage.account(ACCOUNT, enabled=False, status="disabled")
    messages = [await stage.say(f"{n}") for n in range(3)]
    stage.base.start()
    await look(stage, 6)
    await stage.base.settle()

    assert [await stage.fate(m) for m in messages] == [{"slack": "passed", "gmail": "accepted*"}] * 3
    assert stage.mail.said() == "012"
    assert not stage.slack.calls


@pytest.mark.parametrize(
    ("state", "why"), [("sending", "not_confirmed"), ("ambiguous", "not_confirmed"), ("streaming", "account_down")]
)
async def test_what_was_under_way_there_goes_on_once_nobody_has_it_in_hand(
    stage: WaysStage, state: DeliveryState, why: str
) -> None:
    await stage.modes(b_web="standby", b1="active")
    await stage.account(ACCOUNT, enabled=False, status="disabled")
    message = await stage.say()
    row = await stage.base.row(message)
    remote = ("ts-1",) if state == "streaming" else ()
    due = row.at + 10_000 if state == "ambiguous" else 0
    await stage.base.store.write(
        lambda tx: tx.bindings.settle(replace(row, state=state, remote=remote, due=due))
    )  # fmt: skip
    await look(stage, 6)
    assert await stage.fate(message) == {"slack": f"{state}*"}
    await look(stage, FORSAKEN / 1000 + 25, 5)

    assert await stage.fate(message) == {"slack": "passed", "gmail": "pending*"}
    assert f"slack to gmail: {why}" in stage.story(message)


async def test_who_can_go_nowhere_lets_others_be_looked_at_and_is_given_up_in_the_end(
    stage: WaysStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unseen_module, "MOST", 2)
    await stage.policy(give_up_after=300.0)
    await stage.modes(b_web="off", b1="active", b_mail="off", b_sms="off")
    await stage.account(ACCOUNT, enabled=False, status="disabled")
    messages = [await stage.say(f"{n}") for n in range(3)]
    await look(stage, 6)
    dues = [(await stage.base.row(m)).due for m in messages]
    assert dues[0] >= stage.base.clock.now() + LATER - 6_000
    assert await stage.fate(messages[0]) == {"slack": "pending*"}
    await look(stage, 400, 6)

    assert [await stage.fate(m) for m in messages] == [{"slack": "dead*"}] * 3
    assert len(stage.base.lost) == 3


async def test_what_a_turn_still_writes_is_not_unseen_on_the_web(stage: WaysStage) -> None:
    await stage.modes(b_web="standby", b1="active", b_mail="off", b_sms="off")
    message = await stage.base.begin()
    given = await stage.gives_on(message, GUIDE, "account_down")
    assert given.to == "web"
    await look(stage, 60, 5)
    assert await stage.fate(message) == {"slack": "passed", "web": "accepted*"}
    upto = await stage.base.store.read(lambda tx: tx.log.conversation(TENANT, C1))
    assert upto is not None
    await stage.base.store.write(
        lambda tx: tx.bindings.reached(TENANT, C1, BindingId("b-web"), upto.head, "delivered", 1)
    )  # fmt: skip
    assert await stage.fate(message) == {"slack": "passed", "web": "accepted*"}


@pytest.mark.parametrize("whole", [True, False])
async def test_its_time_on_the_web_begins_when_it_is_whole_and_ends_where_it_will_never_be(
    stage: WaysStage, *, whole: bool
) -> None:
    await stage.modes(b_web="standby", b1="active", b_mail="off", b_sms="off")
    message = await stage.base.begin()
    await stage.gives_on(message, GUIDE, "account_down")
    turn = Turn(
        id=TurnId("t"), tenant=TENANT, conversation=C1, message=message, status="running", agent="Guide", attempt=1,
        fence=1, owner=None, until=0, pos=1, checkpoint="", stop_asked=False, due_at=0,
    )  # fmt: skip
    now = stage.base.clock.now()
    await stage.base.store.write(
        lambda tx: written(tx, turn, tx.bindings.bindings(TENANT, C1), 9 if whole else None, now)
    )
    row = await stage.base.row(message, on=WEB)

    if whole:
        assert (row.state, row.seq, row.attempts, row.due) == ("accepted", 9, 0, now + 1_000)
        await stage.got(message)
        assert await stage.fate(message) == {"slack": "passed", "web": "delivered*"}
    else:
        assert row.state == "superseded"
        assert stage.story(message)[-1] == "web superseded"


async def test_a_mail_that_nobody_owes_is_nobodys_to_pass_on(stage: WaysStage) -> None:
    await stage.modes(b_web="off", b1="active", b_mail="mirror")
    await stage.account("a-mail", enabled=False, status="disabled")  # type: ignore[arg-type]
    message = await stage.say()
    await look(stage, 12)

    assert (await stage.base.row(message, on=MAIL)).state == "pending"
    assert not stage.story(message)
