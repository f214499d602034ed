"""Messages that show while they are written: in the end what stands is what the log says, whatever happened."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from throughline.conversation.channel import Ambiguous, NotSent, Outcome, Refused
from throughline.conversation.ids import MessageId

from .counter import LOST, without
from .courier_stage import C1, C2, CAN, OTHER, Stage, open_stage


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    opened = await open_stage(tmp_path / "data")
    yield opened
    await opened.close()


async def streaming(stage: Stage, text: str = "Hello") -> MessageId:
    """A message that stands there with its first words."""
    message = await stage.begin()
    stage.write(message, text)
    await stage.until(lambda: "start" in stage.counter.kinds())
    await stage.settle()
    return message


async def test_text_shows_while_it_is_written_and_ends_as_the_log_has_it(stage: Stage) -> None:
    stage.start()
    message = await streaming(stage)
    assert stage.counter.said() == "Hello"
    assert (await stage.row(message)).remote == ("ts-1",)
    stage.write(message, " wor")
    stage.write(message, "ld & <all>")
    await stage.advance(1)
    assert stage.counter.said() == "Hello world & <all>"
    await stage.finish(message, "Hello world & <all>, bye.")
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.said() == "Hello world & <all>, bye."
    assert stage.counter.kinds() == ["start", "append", "stop"]
    assert stage.counter.open == set()
    assert stage.counter.marks["ts-1"] == (C1, message, 0)
    assert [r.state for r in (await stage.row(message)).rungs] == ["pending", "streaming", "accepted"]
    assert stage.events() == [(message, "accepted")]


async def test_whatever_gathers_between_two_appends_goes_in_one(stage: Stage) -> None:
    stage.start()
    message = await streaming(stage)
    for word in "abcdefgh":
        stage.write(message, word)
        await stage.settle()
    await stage.advance(1)

    assert stage.counter.calls[-1] == ("append", "ts-1", "abcdefgh")


async def test_later_messages_pass_a_stream_that_stands_there(stage: Stage) -> None:
    stage.start()
    message = await streaming(stage)
    words = await stage.say("meanwhile", author="person", owed=False)
    await stage.until(stage.reached(words, "accepted"))
    assert (await stage.row(message)).state == "streaming"
    await stage.finish(message, "Hello.")
    await stage.until(stage.reached(message, "accepted"))


async def test_a_turn_that_says_nothing_yet_is_waited_for(stage: Stage) -> None:
    stage.start()
    message = await stage.begin()
    words = await stage.say("after", author="person", owed=False)
    await stage.advance(10)
    assert stage.counter.kinds() == []
    await stage.finish(message, "Whole at once.")
    await stage.until(stage.reached(words, "accepted"))

    assert stage.counter.kinds() == ["send", "send"]
    assert stage.counter.said() == "Whole at once.Person · Web: after"


async def test_a_courier_that_comes_late_begins_with_what_is_there(stage: Stage) -> None:
    message = await stage.begin()
    stage.write(message, "Said before anybody listened. ")
    stage.start()
    await stage.until(lambda: stage.counter.calls)
    stage.write(message, "And after.")
    await stage.advance(2)

    assert stage.counter.said() == "Said before anybody listened. And after."


async def test_a_message_that_was_finished_before_is_posted(stage: Stage) -> None:
    message = await stage.begin()
    await stage.finish(message, "Done long ago.")
    stage.start()
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.kinds() == ["send"]


async def test_a_new_attempt_stops_the_stream_and_the_end_sets_it_right(stage: Stage) -> None:
    stage.start()
    message = await streaming(stage, "Wrong words")
    await stage.again(message, 2)
    stage.write(message, "Right")
    await stage.advance(2)
    assert stage.counter.open == set()
    assert stage.counter.said() == "Wrong words"
    await stage.finish(message, "Right words.")
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.said() == "Right words."
    assert stage.counter.kinds() == ["start", "stop", "edit"]
    assert stage.counter.marks["ts-1"] == (C1, message, 0)


async def test_the_logs_text_wins_over_what_was_streamed(stage: Stage) -> None:
    stage.start()
    message = await streaming(stage, "I will tell")
    await stage.finish(message, "That went wrong.")
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.said() == "That went wrong."
    assert stage.counter.open == set()


async def test_an_append_in_doubt_is_not_repeated(stage: Stage) -> None:
    stage.counter.script("append", LOST)
    stage.start()
    message = await streaming(stage, "One. ")
    stage.write(message, "Two. ")
    await stage.advance(2)
    stage.write(message, "Three.")
    await stage.advance(2)
    assert stage.counter.kinds() == ["start", "append", "stop"]
    await stage.finish(message, "One. Two. Three.")
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.said() == "One. Two. Three."


async def test_a_start_in_doubt_is_not_repeated_and_the_whole_is_posted(stage: Stage) -> None:
    stage.counter.script("start", LOST)
    stage.start()
    message = await streaming(stage, "One. ")
    stage.write(message, "Two.")
    await stage.advance(5)
    assert stage.counter.kinds() == ["start"]
    assert (await stage.row(message)).state == "streaming"
    await stage.finish(message, "One. Two.")
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.kinds() == ["start", "send"]
    assert list(stage.counter.stands.values()) == ["One. ", "One. Two."]


@pytest.mark.parametrize("outcome", [LOST, Ambiguous("reset"), NotSent("connect")])
async def test_an_end_in_doubt_is_set_right(stage: Stage, outcome: Outcome | str) -> None:
    stage.counter.script("stop", outcome)
    stage.start()
    message = await streaming(stage, "One. ")
    await stage.finish(message, "One. Two.")
    await stage.advance(10)
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.said() == "One. Two."
    assert stage.counter.open == set()
    assert stage.counter.kinds().count("start") == 1


async def test_edits_that_fail_are_made_until_they_are_taken(stage: Stage) -> None:
    stage.counter.script("edit", NotSent("ratelimited", 5.0), Ambiguous("timeout"), LOST)
    stage.start()
    message = await streaming(stage, "Wrong")
    await stage.finish(message, "Right")
    await stage.advance(20)
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.said() == "Right"


async def test_a_turn_that_ends_without_a_message_leaves_nothing(stage: Stage) -> None:
    stage.start()
    message = await streaming(stage, "Never mind")
    await stage.finish(message, None)
    await stage.until(stage.reached(message, "superseded"))

    assert stage.counter.stands == {}
    assert stage.counter.kinds() == ["start", "stop", "remove"]
    assert stage.events() == [(message, "superseded")]


async def test_a_person_who_stops_it_there_stops_the_turn(stage: Stage) -> None:
    stage.counter.script("append", Refused("stopped_by_user"))
    stage.start()
    message = await streaming(stage, "On and on")
    stage.counter.open.clear()
    stage.write(message, " and on")
    await stage.advance(2)
    await stage.until(lambda: stage.halted)
    await stage.finish(message, "On and on and on")
    await stage.until(stage.reached(message, "accepted"))

    assert stage.halted == [message]
    assert stage.counter.said() == "On and on and on"


async def test_a_workspace_without_streams_gets_a_post_that_is_set_anew(stage: Stage) -> None:
    stage.counter.script("start", Refused("no_streaming"))
    stage.start()
    message = await streaming(stage, "One. ")
    stage.write(message, "Two. ")
    await stage.advance(2)
    assert stage.counter.said() == "One. Two. "
    assert list(stage.counter.marks.values()) == [None]
    await stage.finish(message, "One. Two. Three.")
    await stage.until(stage.reached(message, "accepted"))
    assert stage.counter.said() == "One. Two. Three."
    assert stage.counter.marks["ts-1"] == (C1, message, 0)
    assert stage.counter.kinds() == ["start", "send", "edit", "edit"]

    again = await stage.begin()
    stage.write(again, "More")
    await stage.finish(again, "More")
    await stage.until(stage.reached(again, "accepted"))
    assert stage.counter.kinds().count("start") == 1


async def test_where_nothing_can_be_edited_a_workspace_without_streams_gets_the_whole(stage: Stage) -> None:
    stage.counter.capabilities = without(CAN, edit=False)
    stage.counter.script("start", Refused("no_streaming"))
    stage.start()
    message = await streaming(stage, "One. ")
    await stage.advance(5)
    await stage.finish(message, "One. Two.")
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.kinds() == ["start", "send"]
    assert [r.state for r in (await stage.row(message)).rungs][:3] == ["pending", "streaming", "pending"]


async def test_a_start_that_would_wait_too_long_is_left_out(stage: Stage) -> None:
    stage.counter.capabilities = without(CAN, rates={"start": (1, 60.0)})
    stage.start()
    await streaming(stage)
    second = await stage.begin(C2, on=OTHER)
    stage.write(second, "Late", C2)
    await stage.advance(5)
    assert stage.counter.kinds().count("start") == 1
    await stage.finish(second, "Late but whole.", C2)
    await stage.until(stage.reached(second, "accepted"))

    assert "send" in stage.counter.kinds()


async def test_a_start_that_is_refused_ends_the_row(stage: Stage) -> None:
    stage.counter.script("start", Refused("channel_not_found"))
    stage.start()
    message = await stage.begin()
    stage.write(message, "Hello")
    await stage.until(stage.reached(message, "refused"))
    after = await stage.say("after")
    await stage.until(stage.reached(after, "accepted"))

    assert stage.events() == [(message, "refused"), (after, "accepted")]


async def test_a_start_that_did_not_go_is_made_again(stage: Stage) -> None:
    stage.counter.script("start", NotSent("connect"))
    stage.start()
    message = await streaming(stage, "Hello")
    await stage.advance(3)

    assert stage.counter.kinds() == ["start", "start"]
    assert (await stage.row(message)).remote == ("ts-1",)


async def test_what_the_agent_does_is_shown_beside_it(stage: Stage) -> None:
    stage.counter.script("status", asyncio.Event())
    stage.start()
    message = await streaming(stage)
    await stage.finish(message, "Hello.")
    await stage.until(stage.reached(message, "accepted"))
    assert [text for kind, _, text in stage.counter.calls if kind == "status"] == ["working"]

    second = await stage.begin(C2, on=OTHER)
    await stage.settle()
    await stage.finish(second, "Quick.", C2)
    await stage.until(stage.reached(second, "accepted"))
    await stage.settle()
    assert [text for kind, _, text in stage.counter.calls if kind == "status"][-2:] == ["working", "done"]


async def test_a_talk_that_moved_away_before_the_first_word_lets_the_binding_go(stage: Stage) -> None:
    stage.start()
    message = await stage.begin()
    await stage.settle()
    await stage.settle_row(await stage.row(message), "passed")
    notice = await stage.say("Moved.")
    await stage.advance(4)
    await stage.until(stage.reached(notice, "accepted"))
    stage.write(message, "Not here")
    await stage.finish(message, "Not here")
    await stage.settle()

    assert stage.counter.said() == "Moved."


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.text(alphabet="ab &<`\n😀", min_size=1, max_size=60), min_size=1, max_size=12),
    st.lists(st.sampled_from([0.0, 0.4, 1.0, 3.0]), min_size=12, max_size=12),
    st.text(alphabet="xy\n", max_size=30),
)
def test_any_cutting_of_the_text_ends_as_the_log_has_it(parts: list[str], pauses: list[float], rest: str) -> None:
    async def story() -> None:
        with tempfile.TemporaryDirectory() as folder:
            stage = await open_stage(Path(folder))
            stage.counter.capabilities = without(CAN, text=10_000)
            try:
                stage.start()
                message = await stage.begin()
                for part, pause in zip(parts, pauses, strict=False):
                    stage.write(message, part)
                    await stage.advance(pause)
                whole = "".join(parts) + rest
                await stage.finish(message, whole or "x")
                await stage.advance(2)
                await stage.until(stage.reached(message, "accepted" if whole.strip() else "superseded"))
                assert stage.counter.said() == (whole if whole.strip() else "")
                assert stage.counter.open == set()
            finally:
                await stage.close()

    asyncio.run(story())


async def test_an_owed_mirror_becomes_owed_while_it_streams(stage: Stage) -> None:
    stage.start()
    message = await stage.begin(owed=False)
    stage.write(message, "Hi")
    await stage.until(lambda: stage.counter.calls)
    await stage.settle()
    row = await stage.row(message)
    await stage.store.write(lambda tx: tx.bindings.settle(replace(row, owed=True)))
    await stage.finish(message, "Hi.")
    await stage.until(stage.reached(message, "accepted"))

    assert stage.events() == [(message, "accepted")]
