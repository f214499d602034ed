"""Where showing goes wrong, or is hardly possible: posts that are set anew, mending that fails, accounts that go."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from throughline.conversation.accounts import AuthFailed
from throughline.conversation.channel import Ambiguous, NotSent, Outcome, Refused
from throughline.conversation.courier import ACCOUNT_PAUSE
from throughline.conversation.ids import MessageId
from throughline.ports import Channels

from .counter import LOST, Counter, without
from .courier_stage import ACCOUNT, CAN, Stage, open_stage

CHANNEL = ("secrets", "options", "read", "render", "send", "probe", "close")
STREAMS = ("shown", "start", "append", "stop")


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    opened = await open_stage(tmp_path / "data")
    yield opened
    await opened.close()


class Only:
    """A channel that can do less."""

    def __init__(self, counter: Counter, **can: Any) -> None:
        self.capabilities = without(counter.capabilities, **can)
        self.provider = counter.provider

    def learn(self, counter: Counter, *names: str) -> Any:
        for name in names:
            setattr(self, name, getattr(counter, name))
        return self


async def shown(stage: Stage, text: str, kind: str, *, owed: bool = True) -> MessageId:
    """A message of which the first words were asked for."""
    message = await stage.begin(owed=owed)
    stage.write(message, text)
    await stage.until(lambda: kind in stage.counter.kinds())
    await stage.settle()
    return message


async def redrawing(stage: Stage, *steps: Outcome | str) -> MessageId:
    """A message on a channel that has posts and edits only."""
    stage.counter.capabilities = without(CAN, stream=False)
    stage.counter.script("send", *steps)
    stage.start()
    return await shown(stage, "One. ", "send")


async def test_a_post_is_set_anew_no_faster_than_its_pace(stage: Stage) -> None:
    message = await redrawing(stage)
    for word in ("Two. ", "Three. ", "Four. "):
        stage.write(message, word)
        await stage.settle()
    assert stage.counter.kinds() == ["send"]
    await stage.advance(1)
    assert stage.counter.calls[-1] == ("edit", "ts-1", "One. Two. Three. Four. ")
    await stage.finish(message, "One. Two. Three. Four. " + "x" * 500)
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.said() == "One. Two. Three. Four. " + "x" * 500
    assert len((await stage.row(message)).remote) == 2


async def test_a_first_post_in_doubt_is_not_set_anew_and_the_whole_is_posted(stage: Stage) -> None:
    message = await redrawing(stage, LOST)
    stage.write(message, "Two.")
    await stage.advance(3)
    assert stage.counter.kinds() == ["send"]
    await stage.finish(message, "One. Two.")
    await stage.until(stage.reached(message, "accepted"))

    assert list(stage.counter.stands.values()) == ["One. ", "One. Two."]


async def test_a_first_post_that_did_not_go_is_made_again(stage: Stage) -> None:
    message = await redrawing(stage, NotSent("connect"))
    await stage.advance(2)

    assert stage.counter.kinds() == ["send", "send"]
    assert (await stage.row(message)).remote == ("ts-1",)


async def test_a_first_post_that_is_refused_ends_the_row(stage: Stage) -> None:
    message = await redrawing(stage, Refused("is_archived"))
    await stage.until(stage.reached(message, "refused"))

    assert stage.events() == [(message, "refused")]


@pytest.mark.parametrize("outcome", [NotSent("connect"), Ambiguous("timeout"), Refused("cant_update"), LOST])
async def test_an_edit_that_fails_on_the_way_is_made_up_for_at_the_end(stage: Stage, outcome: Outcome | str) -> None:
    message = await redrawing(stage)
    stage.counter.script("edit", outcome)
    stage.write(message, "Two. ")
    await stage.advance(3)
    await stage.finish(message, "One. Two. Three.")
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.said() == "One. Two. Three."


async def test_a_post_of_a_turn_without_a_message_is_taken_away(stage: Stage) -> None:
    message = await redrawing(stage)
    await stage.finish(message, None)
    await stage.until(stage.reached(message, "superseded"))

    assert stage.counter.stands == {}


async def test_a_channel_that_can_only_post_waits_for_the_whole(stage: Stage) -> None:
    stage.channels = Channels([Only(stage.counter, stream=False, edit=False).learn(stage.counter, *CHANNEL)])
    stage.start()
    message = await stage.begin()
    stage.write(message, "One. ")
    await stage.advance(5)
    assert stage.counter.calls == []
    await stage.finish(message, "One. Two.")
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.kinds() == ["send"]


async def test_where_nothing_can_be_set_right_the_whole_is_said_once_more(stage: Stage) -> None:
    stage.channels = Channels([Only(stage.counter, edit=False).learn(stage.counter, *CHANNEL, *STREAMS)])
    stage.start()
    message = await shown(stage, "Wrong", "start")
    await stage.finish(message, "Right")
    await stage.until(stage.reached(message, "accepted"))

    assert list(stage.counter.stands.values()) == ["Wrong", "Right"]
    assert stage.counter.kinds() == ["start", "send"]


async def test_an_edit_that_is_refused_at_the_end_ends_the_row_with_its_reason(stage: Stage) -> None:
    stage.start()
    message = await shown(stage, "Wrong", "start")
    stage.counter.script("edit", Refused("token_revoked", auth=True))
    await stage.finish(message, "Right")
    await stage.until(stage.reached(message, "refused"))

    assert stage.accounts.were(AuthFailed) == [AuthFailed("token_revoked")]
    assert (await stage.row(message)).reason == "token_revoked"


async def test_a_mirror_that_cannot_be_set_right_is_given_up(stage: Stage) -> None:
    stage.start()
    message = await shown(stage, "Wrong", "start", owed=False)
    stage.counter.script("edit", *[NotSent("connect")] * 200)
    await stage.finish(message, "Right")
    await stage.advance(700, 10.0)
    await stage.until(stage.reached(message, "dead"))

    assert stage.events() == []


async def test_a_stream_outlasts_an_account_that_is_down_for_a_while(stage: Stage) -> None:
    stage.start()
    message = await shown(stage, "One. ", "start")
    line, stage.accounts.open[ACCOUNT] = stage.accounts.open[ACCOUNT], None
    stage.write(message, "Two. ")
    await stage.advance(5)
    await stage.finish(message, "One. Two. Three.")
    await stage.advance(10)
    assert stage.counter.said() == "One. "
    stage.accounts.open[ACCOUNT] = line
    await stage.advance(2 * ACCOUNT_PAUSE)
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.said() == "One. Two. Three."
    assert stage.counter.open == set()


async def test_a_turn_begun_while_the_account_is_down_is_posted_when_it_is_back(stage: Stage) -> None:
    line, stage.accounts.open[ACCOUNT] = stage.accounts.open[ACCOUNT], None
    stage.start()
    message = await stage.begin()
    stage.write(message, "One. ")
    await stage.advance(5)
    await stage.finish(message, "One. Two.")
    stage.accounts.open[ACCOUNT] = line
    await stage.advance(2 * ACCOUNT_PAUSE)
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.said() == "One. Two."


@pytest.mark.parametrize("outcome", [NotSent("connect"), Ambiguous("timeout"), LOST, Refused("not_streaming")])
async def test_a_rotation_that_fails_costs_no_words(stage: Stage, outcome: Outcome | str) -> None:
    stage.start()
    message = await shown(stage, "One. ", "start")
    await stage.advance(239)
    stage.counter.script("stop", outcome)
    stage.write(message, "Two. ")
    await stage.advance(6)
    await stage.finish(message, "One. Two. Three.")
    await stage.advance(10)
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.said() == "One. Two. Three."
    assert stage.counter.open == set()


async def test_a_final_text_longer_than_a_message_is_said_whole(stage: Stage) -> None:
    stage.start()
    message = await shown(stage, "One. ", "start")
    text = "One. " + "word " * 200
    await stage.finish(message, text)
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.said() == text
    assert (await stage.row(message)).remote == tuple(stage.counter.stands)


@pytest.mark.parametrize("outcome", [NotSent("ratelimited", 60.0), NotSent("connect")])
async def test_starts_that_fail_too_long_leave_it_to_the_end(stage: Stage, outcome: Outcome) -> None:
    stage.counter.script("start", *[outcome] * 3)
    stage.start()
    message = await shown(stage, "One. ", "start")
    await stage.advance(10)
    starts = stage.counter.kinds().count("start")
    await stage.advance(10)
    assert stage.counter.kinds().count("start") == starts <= 3
    await stage.finish(message, "One. Two.")
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.said() == "One. Two."
