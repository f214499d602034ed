"""Turns from claim to end: what is in the log, what went live, and who may stop one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest_asyncio

from throughline.conversation.answer import Broken, Done, Said, SegmentDone, Sure, Words
from throughline.conversation.events import TurnEnded, Usage, person_view
from throughline.conversation.faults import ID_REUSED, NO_TURN, UNKNOWN_CONVERSATION
from throughline.conversation.records import Acked, Turn
from throughline.flow.reply import Reply

from .stage import ADA, BOB, OTTO, RIVAL, TENANT, Stage, Step, open_stage

WHOLE: list[Step] = [Sure(0.8), Words("Hello "), Words("Ada."), SegmentDone(), Done(Usage("demo", 7, 2))]


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    opened = await open_stage(tmp_path / "data")
    yield opened
    await opened.close()


async def test_completed_turn_commits_message_end_and_delivery_together(stage: Stage) -> None:
    stage.actor.scripts = [WHOLE]
    stage.start()
    where = await stage.conversation()
    await stage.say(where, "Hi")
    await stage.until(lambda: "delivery" in stage.kinds(where))

    assert stage.kinds(where) == ["turn_started", "message", "turn_ended", "delivery"]
    (started,), (reply,), (ended,) = (
        stage.bodies(where, "turn_started"),
        stage.replies(where),
        stage.bodies(where, "turn_ended"),
    )
    assert (reply.id, reply.text, reply.turn, reply.confidence, reply.stopped) == (
        started.message,
        "Hello Ada.",
        started.turn,
        0.8,
        False,
    )
    assert stage.entries[[e.body() for e in stage.entries].index(started)].seq == reply.pos
    assert ended == TurnEnded(turn=started.turn, outcome="completed", message=reply.id, usage=Usage("demo", 7, 2))
    (row,) = await stage.rows(where)
    assert (row.message, row.state, row.owed) == (reply.id, "accepted", True)


async def test_words_go_live_between_begin_and_end(stage: Stage) -> None:
    stage.actor.scripts = [WHOLE]
    stage.start()
    where = await stage.conversation()
    await stage.say(where, "Hi")
    await stage.until(lambda: stage.live.calls and stage.live.calls[-1][0] == "end")

    message = stage.replies(where)[0].id
    assert stage.live.calls == [
        ("begin", message, 1, ""),
        ("add", message, "Hello "),
        ("add", message, "Ada."),
        ("end", message),
    ]


async def test_agent_is_told_who_talks_where_and_what_was_said(stage: Stage) -> None:
    stage.actor.scripts = [WHOLE]
    stage.start()
    where = await stage.conversation()
    await stage.say(where, "First")
    await stage.until(lambda: stage.kinds(where)[-1:] == ["delivery"])
    await stage.say(where, "Second")
    await stage.until(lambda: len(stage.actor.briefs) == 2)

    brief = stage.actor.briefs[1]
    assert (brief.tenant_name, brief.person_name, brief.agent, brief.channel, brief.opening) == (
        "Demo",
        "Ada",
        "Guide",
        "web",
        "",
    )
    assert brief.history == (Said("person", "First"), Said("agent", "Hello Ada."), Said("person", "Second"))


async def test_messages_that_come_during_a_turn_are_answered_together_by_the_next(stage: Stage) -> None:
    gate = asyncio.Event()
    stage.actor.scripts = [[Words("One"), gate, Done(None)], WHOLE]
    stage.start()
    where = await stage.conversation()
    await stage.say(where, "a")
    await stage.until(lambda: ("add", "One") in [(c[0], c[-1]) for c in stage.live.calls])
    await stage.say(where, "b")
    await stage.say(where, "c")
    gate.set()
    await stage.until(lambda: len(stage.replies(where)) == 2)

    assert [said.text for said in stage.actor.briefs[0].history] == ["a"]
    assert [said.text for said in stage.actor.briefs[1].history] == ["a", "One", "b", "c"]
    assert len(stage.actor.briefs) == 2


async def test_reply_stands_before_messages_that_came_while_it_was_written(stage: Stage) -> None:
    gate = asyncio.Event()
    stage.actor.scripts = [[Words("One"), gate, Done(None)], WHOLE]
    stage.start()
    where = await stage.conversation()
    await stage.say(where, "a")
    await stage.until(lambda: stage.actor.briefs)
    later = await stage.say(where, "b")
    gate.set()
    await stage.until(lambda: stage.replies(where))

    assert stage.replies(where)[0].pos < later.seq


async def test_stop_keeps_what_was_written_and_ends_the_upstream(stage: Stage) -> None:
    stage.actor.scripts = [[Sure(0.7), Words("Half a "), asyncio.Event(), Done(None)]]
    reply = stage.start()
    where = await stage.conversation()
    await stage.say(where, "Hi")
    await stage.until(lambda: "add" in [c[0] for c in stage.live.calls])
    turn = stage.bodies(where, "turn_started")[0].turn
    answer = await reply.stop(ADA, where, turn)
    await stage.until(lambda: "delivery" in stage.kinds(where))

    assert isinstance(answer, Acked)
    assert (stage.replies(where)[0].text, stage.replies(where)[0].stopped) == ("Half a ", True)
    assert stage.bodies(where, "turn_ended")[0].outcome == "stopped"
    assert stage.actor.closed == 1


async def test_stop_before_the_first_word_leaves_no_message(stage: Stage) -> None:
    stage.actor.scripts = [[asyncio.Event(), Done(None)]]
    reply = stage.start()
    where = await stage.conversation()
    await stage.say(where, "Hi")
    await stage.until(lambda: stage.actor.briefs)
    await reply.stop(ADA, where, stage.bodies(where, "turn_started")[0].turn)
    await stage.until(lambda: "turn_ended" in stage.kinds(where))

    assert stage.kinds(where) == ["turn_started", "turn_ended"]
    assert await stage.rows(where) == []


async def test_member_may_stop_and_strangers_may_not(stage: Stage) -> None:
    stage.actor.scripts = [[Words("Some"), asyncio.Event()]]
    reply = stage.start()
    where = await stage.conversation()
    await stage.say(where, "Hi")
    await stage.until(lambda: stage.actor.briefs)
    turn = stage.bodies(where, "turn_started")[0].turn

    assert await reply.stop(BOB, where, turn) == UNKNOWN_CONVERSATION
    assert await reply.stop(RIVAL, where, turn) == UNKNOWN_CONVERSATION
    assert await reply.stop(OTTO, where, "no-such-turn") == NO_TURN
    assert isinstance(await reply.stop(OTTO, where, turn), Acked)
    await stage.until(lambda: "turn_ended" in stage.kinds(where))
    assert await reply.stop(ADA, where, turn) == NO_TURN


async def test_stop_that_was_acknowledged_wins_over_an_end_at_the_same_time(stage: Stage) -> None:
    gate = asyncio.Event()
    stage.actor.scripts = [[Words("All of it"), gate, Done(None)]]
    stage.start()
    where = await stage.conversation()
    await stage.say(where, "Hi")
    await stage.until(lambda: "add" in [c[0] for c in stage.live.calls])
    turn = stage.bodies(where, "turn_started")[0].turn
    assert await stage.store.write(lambda tx: tx.turns.ask_stop(TENANT, where, turn))
    gate.set()
    await stage.until(lambda: "turn_ended" in stage.kinds(where))

    assert stage.bodies(where, "turn_ended")[0].outcome == "stopped"
    assert stage.replies(where)[0].stopped


async def test_failure_is_a_friendly_line_with_the_detail_for_members_only(stage: Stage) -> None:
    broken = Broken("unreachable", "The model answered 500: engine on fire", again=True)
    stage.actor.scripts = [[Sure(0.9), Words("Some"), broken]]
    stage.start()
    where = await stage.conversation()
    await stage.say(where, "Hi")
    await stage.until(lambda: "delivery" in stage.kinds(where))

    (reply,), (ended,) = stage.replies(where), stage.bodies(where, "turn_ended")
    assert reply.text == "That went wrong."
    assert (ended.outcome, ended.reason, ended.detail) == ("failed", "unreachable", broken.detail)
    assert b"engine on fire" not in b"".join(e.person or b"" for e in stage.entries)
    seen = person_view(ended)
    assert isinstance(seen, TurnEnded)
    assert seen.reason == "unreachable"


async def test_bug_in_an_agent_ends_its_turn_and_no_other(stage: Stage) -> None:
    stage.actor.scripts = [[Words("x"), ZeroDivisionError("secret words")], WHOLE]
    stage.start()
    first, second = await stage.conversation(), await stage.conversation()
    await stage.say(first, "Hi")
    await stage.until(lambda: "turn_ended" in stage.kinds(first))
    await stage.say(second, "Hi")
    await stage.until(lambda: "turn_ended" in stage.kinds(second))

    assert stage.bodies(first, "turn_ended")[0].detail == "The agent failed (ZeroDivisionError)."
    assert stage.bodies(second, "turn_ended")[0].outcome == "completed"


async def test_agent_that_ends_without_an_end_is_cut_off(stage: Stage) -> None:
    stage.actor.scripts = [[Words("x")]]
    stage.start()
    where = await stage.conversation()
    await stage.say(where, "Hi")
    await stage.until(lambda: "turn_ended" in stage.kinds(where))

    assert stage.bodies(where, "turn_ended")[0].reason == "cut_off"


async def test_segments_are_joined_by_a_blank_line_and_only_a_left_one_is_checkpointed(stage: Stage) -> None:
    between, after = asyncio.Event(), asyncio.Event()
    stage.actor.scripts = [[Words("a"), SegmentDone(), between, Words("b"), SegmentDone(), after, Done(None)]]
    stage.start()
    where = await stage.conversation()
    await stage.say(where, "Hi")
    await stage.until(lambda: "add" in [c[0] for c in stage.live.calls])
    between.set()
    await stage.until(lambda: [c[-1] for c in stage.live.calls if c[0] == "add"] == ["a", "\n\nb"])
    turn = await stage.turn(where)
    after.set()
    await stage.until(lambda: stage.replies(where))

    assert turn is not None
    assert turn.checkpoint == "a"
    assert stage.replies(where)[0].text == "a\n\nb"


async def test_nobody_else_can_take_the_id_of_a_reply_that_is_being_written(stage: Stage) -> None:
    gate = asyncio.Event()
    stage.actor.scripts = [[Words("x"), gate, Done(None)]]
    stage.start()
    where = await stage.conversation()
    await stage.say(where, "Hi")
    await stage.until(lambda: stage.actor.briefs)
    taken = stage.bodies(where, "turn_started")[0].message

    assert await stage.receive.say(ADA, where, taken, "mine") == ID_REUSED
    gate.set()
    await stage.until(lambda: stage.replies(where))


async def test_conversations_are_answered_side_by_side(stage: Stage) -> None:
    gate = asyncio.Event()
    stage.actor.scripts = [[Words("x"), gate, Done(None)]]
    reply = stage.start()
    places = [await stage.conversation() for _ in range(40)]
    for where in places:
        await stage.say(where, "Hi")
    await stage.until(lambda: len(stage.actor.briefs) == 40)
    assert reply.running == 40
    gate.set()
    await stage.until(lambda: all(stage.replies(where) for where in places))


async def test_who_shows_that_it_works_is_told_when_it_begins_and_when_it_is_over(stage: Stage) -> None:
    told: list[str] = []

    def working(turn: Turn) -> Callable[[], None]:
        told.append(f"began {turn.id}")

        def over() -> None:
            told.append(f"over {turn.id}")
            stage.moved.set()

        return over

    stage.actor.scripts = [WHOLE]
    where = await stage.conversation()
    stage.run(Reply(stage.store, stage.live, stage.actor, stage.clock, "one", working=working))
    await stage.say(where, "hi")
    stage.wake()
    await stage.until(lambda: len(told) == 2)

    assert told[0].removeprefix("began") == told[1].removeprefix("over")
