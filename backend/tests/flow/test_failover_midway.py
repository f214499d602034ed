"""Failover in the middle of things: crashes, moves, other owners, a store that is down, text that still grows."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Refused
from throughline.conversation.faults import Fault
from throughline.flow.courier import hold as hold_module
from throughline.flow.courier.deliver import POLL
from throughline.flow.lease import LEASE
from throughline.flow.move import Move
from throughline.flow.steps import failover as failover_module

from .counter import LOST, without
from .stage import ADA, Numbers
from .ways_stage import ACCOUNT, C1, GUIDE, OF_MAIL, WaysStage, open_ways

REFUSED = Refused("channel_not_found")


class Killed(Exception):  # noqa: N818
    """The process is gone at this point."""


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[WaysStage]:
    opened = await open_ways(tmp_path / "data")
    yield opened
    await opened.base.close()


async def test_the_decision_waits_for_a_store_that_is_down(stage: WaysStage) -> None:
    answer = asyncio.Event()
    stage.slack.script("send", answer, REFUSED)
    stage.base.start()
    message = await stage.say()
    await stage.base.until(lambda: stage.slack.calls)
    stage.base.store.down = True
    answer.set()
    await stage.base.advance(2, 0.5)
    stage.base.store.down = False
    await stage.base.advance(3, 0.5)

    assert await stage.fate(message) == {"slack": "passed", "gmail": "accepted*"}
    assert stage.story(message).count("slack to gmail: channel_not_found") == 1


async def test_a_move_and_a_failure_at_the_same_time_are_one_decision(stage: WaysStage) -> None:
    answer = asyncio.Event()
    stage.slack.script("send", answer, REFUSED)
    stage.base.start()
    message = await stage.say()
    await stage.base.until(lambda: stage.slack.calls)
    given = await stage.gives_on(message, GUIDE, "account_down")
    assert given.to == "gmail"
    answer.set()
    await stage.base.settle()
    await stage.base.advance(40)

    assert await stage.fate(message) == {"slack": "passed", "gmail": "accepted*"}
    assert len(stage.mail.calls) == 1


@pytest.mark.parametrize("point", ["failover.before_commit", "failover.after_commit"])
async def test_a_crash_around_the_decision_costs_nothing_and_doubles_nothing(
    stage: WaysStage, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    def passed(name: str) -> None:
        if name == point:
            monkeypatch.undo()
            raise Killed

    for module in (failover_module, hold_module):
        monkeypatch.setattr(module, "crash_point", passed)
    stage.slack.script("send", REFUSED)
    stage.base.start("first")
    message = await stage.say()
    await stage.base.settle()
    await stage.base.die()
    stage.base.start("second")
    await stage.base.settle()
    await stage.base.advance(30)

    # What was refused and not written down may have arrived, for all that anybody knows.
    reason = "not_confirmed" if "before" in point else "channel_not_found"
    assert await stage.fate(message) == {"slack": "passed", "gmail": "accepted*"}
    assert [line for line in stage.story(message) if " to " in line] == [f"slack to gmail: {reason}"]
    assert (len(stage.slack.calls), len(stage.mail.calls)) == (1, 1)


async def test_an_old_owner_decides_nothing(stage: WaysStage) -> None:
    answer = asyncio.Event()
    stage.slack.script("send", answer, REFUSED)
    stage.base.start("old", alone=False)
    message = await stage.say()
    await stage.base.until(lambda: stage.slack.calls)
    await stage.base.store.write(lambda tx: tx.outbox.void())
    stage.base.start("new", alone=False)
    await stage.base.advance(LEASE / 1000 + POLL + 14)
    answer.set()
    await stage.base.advance(5)

    assert await stage.fate(message) == {"slack": "passed", "gmail": "accepted*"}
    assert [line for line in stage.story(message) if " to " in line] == ["slack to gmail: not_confirmed"]
    assert len(stage.mail.calls) == 1


async def test_a_message_that_is_still_written_goes_on_and_arrives_whole(stage: WaysStage) -> None:
    stage.slack.script("start", REFUSED)
    stage.base.start()
    message = await stage.base.begin()
    stage.base.write(message, "half ")
    await stage.base.until(stage.base.reached(message, "passed"))
    assert await stage.fate(message) == {"slack": "passed", "gmail": "pending*"}
    stage.base.write(message, "and whole")
    await stage.base.settle()
    assert not stage.mail.calls
    await stage.base.finish(message, "half and whole")
    await stage.base.settle()

    assert await stage.fate(message) == {"slack": "passed", "gmail": "accepted*"}
    assert stage.mail.said() == "half and whole"


async def test_it_streams_on_where_that_is_possible(stage: WaysStage) -> None:
    stage.mail.capabilities = without(OF_MAIL, stream=True, edit=True)
    stage.slack.script("start", REFUSED)
    stage.base.start()
    message = await stage.base.begin()
    stage.base.write(message, "half ")
    await stage.base.until(lambda: "start" in stage.mail.kinds())
    stage.base.write(message, "and whole")
    await stage.base.finish(message, "half and whole")
    await stage.base.settle()
    await stage.base.advance(5)

    assert await stage.fate(message) == {"slack": "passed", "gmail": "accepted*"}
    assert stage.mail.said() == "half and whole"


@pytest.mark.parametrize("how", ["down", "busy"])
async def test_what_stands_half_and_cannot_be_set_right_goes_whole_by_another_channel(
    stage: WaysStage, how: str
) -> None:
    stage.base.start()
    message = await stage.base.begin()
    stage.base.write(message, "half ")
    await stage.base.until(stage.slack.said)
    if how == "down":
        stage.base.accounts.open[ACCOUNT] = None
    else:
        stage.slack.script("stop", *[NotSent("http_503", 3_600.0)] * 99)
        stage.slack.script("edit", *[NotSent("http_503", 3_600.0)] * 99)
    await stage.base.finish(message, "half and whole")
    await stage.base.settle()
    await stage.base.advance(25)
    assert (await stage.fate(message))["slack"] == "streaming*"
    await stage.base.advance(40)

    assert await stage.fate(message) == {"slack": "passed", "gmail": "accepted*"}
    assert stage.mail.said() == "half and whole"
    assert "slack to gmail: not_sent" in stage.story(message)


async def test_a_message_in_pieces_that_fails_at_the_second_goes_whole(stage: WaysStage) -> None:
    text = "x" * 400 + "y" * 400
    stage.slack.script("send", Accepted("ts-1"), REFUSED)
    stage.base.start()
    message = await stage.say(text)
    await stage.base.until(stage.base.reached(message, "passed"))
    await stage.base.settle()

    assert (await stage.base.row(message)).remote == ("ts-1",)
    assert await stage.fate(message) == {"slack": "passed", "gmail": "accepted*"}
    assert stage.mail.said() == text


async def test_a_piece_that_stands_is_not_repeated_elsewhere_before_the_rest_was_tried_for_long(
    stage: WaysStage,
) -> None:
    stage.slack.script("send", Accepted("ts-1"), *[NotSent("http_503")] * 4)
    stage.base.start()
    message = await stage.say("x" * 400 + "y" * 400)
    await stage.base.settle()
    await stage.base.advance(29)

    assert await stage.fate(message) == {"slack": "accepted*"}
    assert not stage.mail.calls


async def test_doubt_on_a_mirror_that_becomes_owed_by_a_move_is_looked_after(stage: WaysStage) -> None:
    stage.mail.script("send", Ambiguous("timeout"))
    stage.slack.script("send", *[NotSent("http_503")] * 99)
    await stage.modes(b_mail="mirror")
    stage.base.start()
    message = await stage.say()
    await stage.base.settle()
    assert await stage.fate(message) == {"slack": "not_sent*", "gmail": "ambiguous"}

    move = Move(stage.base.store, stage.base.clock, Numbers(), stage.table, stage.base._wake)
    assert not isinstance(await move.bind(ADA, C1, "gmail"), Fault)
    await stage.base.settle()
    await stage.base.advance(5)
    assert await stage.fate(message) == {"slack": "not_sent*", "gmail": "ambiguous"}
    await stage.base.advance(60)

    assert await stage.fate(message) == {"slack": "passed", "gmail": "ambiguous", "sms": "accepted*"}


async def test_moving_back_to_where_it_may_stand_does_not_send_it_there_again(stage: WaysStage) -> None:
    stage.slack.script("send", LOST)
    stage.mail.script("send", *[NotSent("http_503")] * 99)
    stage.base.start()
    message = await stage.say("once and no more")
    await stage.base.until(stage.base.reached(message, "ambiguous"))
    await stage.base.advance(11)
    assert await stage.fate(message) == {"slack": "passed", "gmail": "not_sent*"}

    move = Move(stage.base.store, stage.base.clock, Numbers(), stage.table, stage.base._wake)
    for channel in ("gmail", "slack"):
        assert not isinstance(await move.bind(ADA, C1, channel, id=f"to-{channel}"), Fault)
        await stage.base.settle()
    await stage.base.advance(60)

    assert await stage.fate(message) == {"slack": "passed", "gmail": "passed", "sms": "accepted*"}
    assert sum("once and no more" in repr(call) for call in stage.slack.calls) == 1
