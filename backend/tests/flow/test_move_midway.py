"""Moves and endings while an answer is being written: it shows where the talk is, and is owed there."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from throughline.conversation.answer import Done, Words

from .moving import Moving, moving
from .stage import ADA


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Moving]:
    async with moving(tmp_path / "data") as opened:
        yield opened


async def test_an_answer_has_a_row_on_slack_from_the_moment_it_begins(talk: Moving) -> None:
    where, go = await talk.start(), asyncio.Event()
    talk.stage.actor.scripts = [[Words("Hello "), go, Words("Ada"), Done(None)]]
    talk.answering()
    await talk.say(where, "Hi")
    await talk.stage.until(lambda: any(call[0] == "add" for call in talk.stage.live.calls))
    (started,) = talk.stage.bodies(where, "turn_started")
    assert await talk.rows(where, "slack") == [("Hi", False, "pending"), (started.message, False, "pending")]
    rows = [r for r in await talk.stage.rows(where) if r.message == started.message]
    assert [(r.channel, r.seq) for r in rows] == [("slack", 4)]

    go.set()
    await talk.stage.until(lambda: talk.stage.bodies(where, "turn_ended"))
    assert [text for text, _, _ in await talk.rows(where, "slack")] == ["Hi", "Hello Ada"]
    assert await talk.rows(where, "web") == [("Hello Ada", True, "accepted")]


async def test_a_move_in_the_middle_of_an_answer_opens_its_stream_there(tmp_path: Path) -> None:
    async with moving(tmp_path / "data", demo=False) as talk:
        where, go = await talk.start(), asyncio.Event()
        talk.stage.actor.scripts = [[Words("Hello "), go, Words("Ada"), Done(None)]]
        talk.answering()
        await talk.say(where, "Hi")
        await talk.stage.until(lambda: any(call[0] == "add" for call in talk.stage.live.calls))
        assert await talk.rows(where, "slack") == []
        await talk.bind(where, "slack")
        (started,) = talk.stage.bodies(where, "turn_started")
        assert (await talk.rows(where, "slack"))[0] == (started.message, True, "pending")

        go.set()
        await talk.stage.until(lambda: talk.stage.bodies(where, "turn_ended"))
        assert [r for r in await talk.rows(where, "slack") if r[0] == "Hello Ada"] == [("Hello Ada", True, "pending")]
        assert ("Hello Ada", False, "accepted") in await talk.rows(where, "web")


async def test_moving_away_from_slack_in_the_middle_owes_the_answer_on_the_web(talk: Moving) -> None:
    where, go = await talk.start(), asyncio.Event()
    await talk.choose(where, {"slack": "active"}, "pin")
    talk.stage.actor.scripts = [[Words("Hello "), go, Words("Ada"), Done(None)]]
    talk.answering()
    await talk.say(where, "Hi")
    await talk.stage.until(lambda: any(call[0] == "add" for call in talk.stage.live.calls))
    await talk.bind(where, "web")
    go.set()
    await talk.stage.until(lambda: talk.stage.bodies(where, "turn_ended"))

    assert ("Hello Ada", False, "pending") in await talk.rows(where, "slack")
    assert ("Hello Ada", True, "accepted") in await talk.rows(where, "web")


async def test_a_turn_that_ends_without_words_takes_its_rows_back(talk: Moving) -> None:
    where, go = await talk.start(), asyncio.Event()
    await talk.choose(where, {"slack": "active"}, "pin")
    talk.stage.actor.scripts = [[go, Done(None)]]
    reply = talk.answering()
    await talk.say(where, "Hi")
    await talk.stage.until(lambda: talk.stage.actor.briefs)
    (started,) = talk.stage.bodies(where, "turn_started")
    await reply.stop(ADA, where, started.turn)
    await talk.stage.until(lambda: talk.stage.bodies(where, "turn_ended"))

    assert (await talk.rows(where, "slack"))[-1] == (started.message, True, "superseded")
    assert talk.told(where)[-1] == ("slack", "superseded")


async def test_what_streams_already_is_left_to_its_courier(talk: Moving) -> None:
    where, go = await talk.start(), asyncio.Event()
    talk.stage.actor.scripts = [[go, Done(None)]]
    reply = talk.answering()
    await talk.say(where, "Hi")
    await talk.stage.until(lambda: talk.stage.actor.briefs)
    await talk.settle(where, "slack", "streaming", remote=("1.1",))
    (started,) = talk.stage.bodies(where, "turn_started")
    woken = talk.woken
    await reply.stop(ADA, where, started.turn)
    await talk.stage.until(lambda: talk.stage.bodies(where, "turn_ended"))

    assert (await talk.rows(where, "slack"))[-1] == (started.message, False, "streaming")
    await talk.stage.until(lambda: talk.woken > woken)


async def test_the_agent_is_told_where_it_answers_and_nothing_of_openings(talk: Moving) -> None:
    where = await talk.start()
    await talk.choose(where, {"slack": "active"}, "pin")
    talk.stage.actor.scripts = [[Words("Hello"), Done(None)]]
    talk.answering()
    await talk.say(where, "Hi")
    await talk.stage.until(lambda: talk.stage.bodies(where, "turn_ended"))

    (brief,) = talk.stage.actor.briefs
    assert (brief.channel, [said.text for said in brief.history]) == ("slack", ["Hi"])
    assert talk.stage.replies(where)[0].channel == "slack"
