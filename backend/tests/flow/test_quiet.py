"""In quiet hours nothing rings instead: a message waits for their end, and is not lost, late or twice."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from throughline.conversation.channel import Address, Inbound, NotSent, Reading, Refused
from throughline.conversation.ids import IdentityId
from throughline.conversation.quiet import QUIET, TALKING
from throughline.conversation.records import User
from throughline.flow.hear import Hear
from throughline.flow.move import Move
from throughline.flow.steps.receipts import received

from .counter import LOST
from .stage import ADA, Numbers
from .test_failover_late import Lines
from .ways_stage import C1, NUMBER, SMS, TENANT, WaysStage, open_ways

REFUSED = Refused("no")
MINUTE = 60.0


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[WaysStage]:
    opened = await open_ways(tmp_path / "data")
    yield opened
    await opened.base.close()


async def look(stage: WaysStage, seconds: float) -> None:
    while seconds > 0:
        await stage.base.advance(min(seconds, 15.0), 7.5)
        await stage.unseen.look()
        seconds -= 15.0


def ends(stage: WaysStage, minutes: float) -> str:
    """The time of day, at the minute, so many minutes from now."""
    return datetime.fromtimestamp(round(stage.base.clock.now() / 60_000 + minutes) * 60, UTC).strftime("%H:%M")


async def only_sms(stage: WaysStage, minutes: float = 90) -> str:
    """SMS is all that is left, and it is quiet for so long. When that ends."""
    await stage.modes(b_mail="off", b_web="off")
    await stage.quiet(minutes)
    stage.base.start()
    return ends(stage, minutes)


async def test_what_rings_is_skipped_for_what_does_not(stage: WaysStage) -> None:
    await stage.policy(fallback=("sms", "gmail"))
    await stage.quiet(90)
    stage.slack.script("send", REFUSED)
    stage.base.start()
    message = await stage.say()
    await stage.base.until(stage.base.reached(message, "accepted"))

    assert await stage.fate(message) == {"slack": "passed", "gmail": "accepted*"}
    assert not stage.sms.calls


async def test_where_nothing_else_is_left_it_waits_for_their_end_and_says_so(stage: WaysStage) -> None:
    end = await only_sms(stage)
    stage.slack.script("send", REFUSED)
    message = await stage.say()
    await stage.base.settle()
    await look(stage, 85 * MINUTE)

    assert await stage.fate(message) == {"slack": "passed", "sms": "pending*"}
    waiting = await stage.base.row(message, on=SMS)
    assert (waiting.reason, waiting.rungs[0].reason) == (QUIET, QUIET)
    assert not stage.sms.calls
    assert not stage.base.lost

    await look(stage, 6 * MINUTE)
    assert await stage.fate(message) == {"slack": "passed", "sms": "accepted*"}
    assert stage.story(message) == ["slack refused", "slack passed", f"slack to sms: no, at {end}", "sms accepted"]
    assert stage.sms.said() == "words"


async def test_a_crash_while_it_waits_changes_nothing(stage: WaysStage) -> None:
    await only_sms(stage)
    stage.slack.script("send", REFUSED)
    message = await stage.say()
    await stage.base.settle()
    await stage.base.die()
    stage.base.start()
    await look(stage, 30 * MINUTE)
    assert await stage.fate(message) == {"slack": "passed", "sms": "pending*"}

    await look(stage, 61 * MINUTE)
    assert await stage.fate(message) == {"slack": "passed", "sms": "accepted*"}
    assert len(stage.sms.calls) == 1


async def test_what_surely_did_not_leave_is_tried_where_it_is_first(stage: WaysStage) -> None:
    """The channel may be well again long before the night is over."""
    await only_sms(stage)
    stage.slack.script("send", *[NotSent("http_503")] * 12)
    message = await stage.say()
    await stage.base.settle()
    await look(stage, 12 * MINUTE)

    assert await stage.fate(message) == {"slack": "accepted*"}
    assert not stage.sms.calls


async def test_what_would_be_given_up_waits_instead(stage: WaysStage) -> None:
    await stage.policy(give_up_after=300.0)
    end = await only_sms(stage)
    stage.slack.script("send", *[NotSent("http_503")] * 99)
    message = await stage.say()
    await stage.base.settle()
    await look(stage, 7 * MINUTE)

    assert await stage.fate(message) == {"slack": "passed", "sms": "pending*"}
    assert stage.story(message)[-1] == f"slack to sms: not_sent, at {end}"
    assert not stage.base.lost


async def test_what_a_tab_has_meanwhile_does_not_ring_in_the_morning(stage: WaysStage) -> None:
    await stage.modes(b1="off", b_mail="off", b_web="active")
    await stage.quiet(90)
    stage.base.start()
    message = await stage.say()
    await look(stage, MINUTE)
    assert await stage.fate(message) == {"web": "passed", "sms": "pending*"}
    await stage.got(message)
    await look(stage, 90 * MINUTE)

    assert await stage.fate(message) == {"web": "delivered", "sms": "passed"}
    assert stage.story(message)[-1] == "sms passed"
    assert not stage.sms.calls


async def test_who_opens_the_web_at_night_is_not_told_any_more_that_it_will_ring(stage: WaysStage) -> None:
    await stage.modes(b1="off", b_mail="off", b_web="active")
    await stage.quiet(90)
    stage.base.start()
    message = await stage.say()
    await look(stage, MINUTE)
    head, user = stage.base.entries[-1].seq, User(ADA.user, TENANT, "ada@x.test", "Ada", "customer", ADA.person, "")
    await stage.base.store.write(lambda tx: tx.users.add(user, 1))
    await stage.base.store.write(lambda tx: received(tx, ADA, C1, head, 0, stage.base.clock.now()))
    await stage.base.advance(4)

    assert await stage.fate(message) == {"web": "delivered", "sms": "passed"}


async def test_where_they_talk_is_never_held_up(stage: WaysStage) -> None:
    await stage.modes(b1="standby", b_sms="active")
    await stage.quiet(90)
    stage.base.start()
    message = await stage.say()
    await stage.base.until(stage.base.reached(message, "accepted"))

    assert await stage.fate(message) == {"sms": "accepted*"}


async def test_who_begins_to_talk_there_gets_what_waited_first(stage: WaysStage) -> None:
    await only_sms(stage)
    stage.slack.script("send", REFUSED)
    first = await stage.say("first;")
    await stage.base.settle()
    base = stage.base
    assert base.ids is not None
    await Move(base.store, base.clock, base.ids, stage.table, base._wake).bind(ADA, C1, "sms")
    await stage.say("second")
    await base.settle()

    assert await stage.fate(first) == {"slack": "passed", "sms": "accepted*"}
    assert stage.sms.said().startswith("first;")


async def test_who_talks_at_another_place_gets_it_there(stage: WaysStage) -> None:
    await only_sms(stage)
    stage.slack.script("send", REFUSED)
    message = await stage.say()
    await stage.base.settle()
    base = stage.base
    await stage.modes(b_mail="standby")
    assert base.ids is not None
    await Move(base.store, base.clock, base.ids, stage.table, base._wake).bind(ADA, C1, "gmail")
    await base.settle()

    assert await stage.fate(message) == {"slack": "passed", "sms": "passed", "gmail": "accepted*"}
    assert "sms to gmail: quiet_hours" in stage.story(message)


async def test_who_has_just_written_from_there_is_awake(stage: WaysStage) -> None:
    await only_sms(stage)
    now = stage.base.clock.now()
    await stage.base.store.write(lambda tx: tx.people.spoke(TENANT, IdentityId(f"i-{SMS}"), now))
    stage.slack.script("send", REFUSED, REFUSED)
    awake = await stage.say()
    await stage.base.until(stage.base.reached(awake, "accepted"))
    await look(stage, TALKING / 1000)
    asleep = await stage.say()
    await stage.base.settle()

    assert await stage.fate(awake) == {"slack": "passed", "sms": "accepted*"}
    assert await stage.fate(asleep) == {"slack": "passed", "sms": "pending*"}


async def test_who_writes_from_there_without_moving_gets_what_waited_first(stage: WaysStage) -> None:
    await only_sms(stage)
    base = stage.base
    await base.store.write(lambda tx: tx.bindings.follow(TENANT, C1, "pin"))
    stage.slack.script("send", REFUSED)
    waited = await stage.say("waited;")
    await base.settle()
    hear = Hear(
        base.store, base.clock, Numbers(), "Guide", Lines(stage), base.channels, lambda: None,  # type: ignore[arg-type]
        deliver=base._wake, told=base._told,
    )  # fmt: skip
    account = await base.store.read(lambda tx: tx.accounts.account(NUMBER))
    assert account is not None
    await hear.take(account, Reading(inbound=(Inbound("k1", Address(f"to-{SMS}"), "list", at=base.clock.now()),)))
    await base.settle()
    await base.advance(2)

    assert await stage.fate(waited) == {"slack": "passed", "sms": "accepted*"}
    assert stage.sms.said().startswith("waited;")
    assert len(stage.sms.calls) == 2


async def test_other_hours_hold_for_what_waits_already(stage: WaysStage) -> None:
    await only_sms(stage)
    stage.slack.script("send", REFUSED)
    message = await stage.say()
    await stage.base.settle()

    await stage.quiet(30)
    await look(stage, 20 * MINUTE)
    assert await stage.fate(message) == {"slack": "passed", "sms": "pending*"}
    await stage.quiet(None)
    await stage.base.until(stage.base.reached(message, "accepted"))
    assert await stage.fate(message) == {"slack": "passed", "sms": "accepted*"}


async def test_what_waits_goes_in_order_and_once(stage: WaysStage) -> None:
    await only_sms(stage, 30)
    stage.slack.script("send", REFUSED, LOST, REFUSED)
    messages = [await stage.say(f"{n};") for n in range(3)]
    await stage.base.settle()
    await look(stage, 32 * MINUTE)

    assert [await stage.fate(m) for m in messages] == [{"slack": "passed", "sms": "accepted*"}] * 3
    assert stage.sms.said() == "0;1;2;"


@pytest.mark.parametrize("off", [False, True])
async def test_a_channel_that_is_down_in_the_morning_gets_its_time_then(stage: WaysStage, *, off: bool) -> None:
    await stage.policy(give_up_after=300.0)
    await only_sms(stage, 30)
    stage.slack.script("send", REFUSED)
    message = await stage.say()
    await stage.base.settle()
    line = stage.base.accounts.open[NUMBER]
    await stage.account(NUMBER, enabled=not off, status="disabled" if off else "down")
    stage.base.accounts.open[NUMBER] = None
    await look(stage, 33 * MINUTE)
    assert await stage.fate(message) == {"slack": "passed", "sms": "pending*" if off else "not_sent*"}
    assert not stage.base.lost

    await stage.account(NUMBER, enabled=True, status="up")
    stage.base.accounts.open[NUMBER] = line
    await look(stage, 2 * MINUTE)
    assert await stage.fate(message) == {"slack": "passed", "sms": "accepted*"}


async def test_where_its_channel_goes_off_while_it_waits_it_goes_on_by_another(stage: WaysStage) -> None:
    await only_sms(stage, 30)
    stage.slack.script("send", REFUSED)
    message = await stage.say()
    await stage.base.settle()
    await stage.modes(b_mail="standby")
    await stage.account(NUMBER, status="down")
    stage.base.accounts.open[NUMBER] = None
    await look(stage, 31 * MINUTE)

    assert await stage.fate(message) == {"slack": "passed", "sms": "passed", "gmail": "accepted*"}
