"""Turns whose owner dies, stalls, or loses its lease: whoever comes next, one reply is committed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from throughline.conversation.answer import Done, SegmentDone, Words
from throughline.conversation.ids import ConversationId
from throughline.flow import turn as turn_module
from throughline.flow.lease import LEASE
from throughline.flow.reply import POLL

from .stage import ADA, Stage, Step, open_stage

WHOLE: list[Step] = [Words("Whole."), SegmentDone(), Done(None)]
LAPSED = LEASE // 1000 + int(POLL) + 1


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    opened = await open_stage(tmp_path / "data")
    yield opened
    await opened.close()


def never() -> asyncio.Event:
    """What nobody will ever set."""
    return asyncio.Event()


def live(stage: Stage, name: str) -> list[tuple[object, ...]]:
    """The calls of one kind without name and message."""
    return [call[2:] for call in stage.live.calls if call[0] == name]


async def interrupted(stage: Stage, script: list[Step], words: int) -> ConversationId:
    """A conversation whose turn's owner died after `words` pieces of text."""
    stage.actor.scripts = [script, WHOLE]
    stage.start("first")
    where = await stage.conversation()
    await stage.say(where, "Hi")
    await stage.until(lambda: len(live(stage, "add")) == words)
    await stage.die()
    return where


async def test_next_owner_takes_the_turn_up_when_the_lease_has_run_out(stage: Stage) -> None:
    where = await interrupted(stage, [Words("Half"), never()], 1)
    stage.start("second")
    await stage.advance(LEASE // 1000 - 1)
    assert stage.kinds(where) == ["turn_started"]
    await stage.advance(int(POLL) + 2)
    await stage.until(lambda: stage.replies(where))

    assert [(b.attempt, b.message) for b in stage.bodies(where, "turn_started")] == [
        (1, stage.replies(where)[0].id),
        (2, stage.replies(where)[0].id),
    ]
    assert stage.replies(where)[0].text == "Whole."
    assert stage.kinds(where) == ["turn_started", "turn_started", "message", "turn_ended", "delivery"]


async def test_process_that_is_alone_takes_turns_up_at_once(stage: Stage) -> None:
    where = await interrupted(stage, [Words("Half"), never()], 1)
    stage.start("second", alone=True)
    await stage.until(lambda: stage.replies(where))

    assert stage.replies(where)[0].text == "Whole."


async def test_new_attempt_begins_with_the_checkpoint_and_the_agent_goes_on_from_it(stage: Stage) -> None:
    where = await interrupted(stage, [Words("One."), SegmentDone(), Words("Tw"), never()], 2)
    stage.start("second", alone=True)
    await stage.until(lambda: stage.replies(where))

    assert live(stage, "begin") == [(1, ""), (2, "One.")]
    assert live(stage, "add")[2:] == [("\n\nWhole.",)]
    assert stage.actor.briefs[1].opening == "One."
    assert stage.replies(where)[0].text == "One.\n\nWhole."


async def test_messages_after_the_first_attempt_wait_for_their_own_turn(stage: Stage) -> None:
    where = await interrupted(stage, [Words("Half"), never()], 1)
    await stage.say(where, "And?")
    stage.start("second", alone=True)
    await stage.until(lambda: len(stage.replies(where)) == 2)

    assert [said.text for said in stage.actor.briefs[1].history] == ["Hi"]
    assert [said.text for said in stage.actor.briefs[2].history] == ["Hi", "Whole.", "And?"]


async def test_reply_keeps_the_place_of_its_first_attempt(stage: Stage) -> None:
    where = await interrupted(stage, [Words("Half"), never()], 1)
    stage.start("second", alone=True)
    await stage.until(lambda: stage.replies(where))

    first = next(e.seq for e in stage.entries if e.kind == "turn_started")
    assert stage.replies(where)[0].pos == first


async def test_finished_last_segment_is_not_gone_on_with_after_a_crash(stage: Stage) -> None:
    where = await interrupted(stage, [Words("All."), SegmentDone(), never()], 1)
    stage.start("second", alone=True)
    await stage.until(lambda: stage.replies(where))

    assert stage.replies(where)[0].text == "Whole."


async def test_owner_that_lost_its_lease_commits_nothing_and_closes_its_text(stage: Stage) -> None:
    gate = asyncio.Event()
    stage.actor.scripts = [[Words("Old"), gate, Words(" words"), Done(None)], WHOLE]
    stage.start("old")
    where = await stage.conversation()
    await stage.say(where, "Hi")
    await stage.until(lambda: live(stage, "add"))
    stage.start("new", alone=True)
    await stage.until(lambda: stage.replies(where))
    gate.set()
    await stage.until(lambda: stage.actor.closed == 2 and len(live(stage, "end")) == 2)

    assert [reply.text for reply in stage.replies(where)] == ["Whole."]
    assert len(stage.bodies(where, "turn_ended")) == 1


async def test_owner_stops_itself_before_its_lease_can_run_out(stage: Stage) -> None:
    stage.actor.scripts = [[Words("Half"), never()]]
    stage.start()
    where = await stage.conversation()
    await stage.say(where, "Hi")
    await stage.until(lambda: live(stage, "add"))
    stage.store.down = True
    await stage.advance(12)
    await stage.until(lambda: stage.actor.closed == 1 and live(stage, "end"))

    stage.store.down = False
    assert stage.kinds(where) == ["turn_started"]


async def test_renewed_lease_carries_a_long_turn(stage: Stage) -> None:
    gate = asyncio.Event()
    stage.actor.scripts = [[Words("Long"), gate, Done(None)]]
    stage.start("one")
    stage.start("two")
    where = await stage.conversation()
    await stage.say(where, "Hi")
    await stage.until(lambda: live(stage, "add"))
    await stage.advance(60)
    gate.set()
    await stage.until(lambda: stage.replies(where))

    assert stage.kinds(where) == ["turn_started", "message", "turn_ended", "delivery"]
    assert len(stage.actor.briefs) == 1


async def test_closing_leaves_a_turn_to_the_next_owner_at_once(stage: Stage) -> None:
    stage.actor.scripts = [[Words("Half"), never()], WHOLE]
    first = stage.start("first")
    where = await stage.conversation()
    await stage.say(where, "Hi")
    await stage.until(lambda: live(stage, "add"))
    await first.close()
    assert stage.actor.closed == 1
    stage.start("second")
    await stage.until(lambda: stage.replies(where))

    assert stage.replies(where)[0].text == "Whole."


async def test_closing_with_grace_lets_a_short_turn_end(stage: Stage) -> None:
    gate = asyncio.Event()
    stage.actor.scripts = [[Words("Short"), gate, Done(None)]]
    reply = stage.start()
    where = await stage.conversation()
    await stage.say(where, "Hi")
    await stage.until(lambda: live(stage, "add"))
    closing = asyncio.ensure_future(reply.close(grace=10))
    for _ in range(100):
        # It has gone as far as it can without the turn.
        await asyncio.sleep(0)
    gate.set()
    await closing

    assert stage.replies(where)[0].text == "Short"


async def test_stop_that_was_kept_but_not_carried_out_is_carried_out_by_the_next_owner(stage: Stage) -> None:
    where = await interrupted(stage, [Words("One."), SegmentDone(), Words("Tw"), never()], 2)
    turn = await stage.turn(where)
    assert turn is not None
    stage.start("idle")
    reply = stage.owners[-1][0]
    await reply.stop(ADA, where, turn.id)
    await stage.advance(LAPSED)
    await stage.until(lambda: "turn_ended" in stage.kinds(where))

    assert (stage.replies(where)[0].text, stage.replies(where)[0].stopped) == ("One.", True)
    assert len(stage.actor.briefs) == 1


async def test_end_waits_for_a_store_that_is_down_for_a_moment(stage: Stage) -> None:
    gate = asyncio.Event()
    stage.actor.scripts = [[Words("Done"), gate, Done(None)]]
    stage.start()
    where = await stage.conversation()
    await stage.say(where, "Hi")
    await stage.until(lambda: live(stage, "add"))
    stage.store.down = True
    gate.set()
    await stage.advance(2)
    assert stage.replies(where) == []
    stage.store.down = False
    await stage.advance(1)
    await stage.until(lambda: stage.replies(where))

    assert stage.kinds(where) == ["turn_started", "message", "turn_ended", "delivery"]


async def test_turn_that_kills_its_process_again_and_again_is_ended(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn_module, "MAX_ATTEMPTS", 2)
    where = await interrupted(stage, [Words("Half"), never()], 1)
    stage.actor.scripts = [[Words("Half"), never()]]
    stage.start("second", alone=True)
    await stage.until(lambda: len(live(stage, "add")) == 2)
    await stage.die()
    stage.start("third", alone=True)
    await stage.until(lambda: "turn_ended" in stage.kinds(where))

    assert stage.bodies(where, "turn_ended")[0].reason == "given_up"
    assert stage.replies(where)[0].text == "That went wrong."


async def test_crash_points_are_passed_in_the_order_of_a_turns_life(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed: list[str] = []

    def note(name: str) -> None:
        passed.append(name)
        stage.moved.set()

    monkeypatch.setattr(turn_module, "crash_point", note)
    stage.actor.scripts = [WHOLE]
    stage.start()
    where = await stage.conversation()
    await stage.say(where, "Hi")
    await stage.until(lambda: "reply.after_end" in passed)

    assert passed == ["reply.claimed", "reply.started", "reply.mid_stream", "reply.before_end", "reply.after_end"]
