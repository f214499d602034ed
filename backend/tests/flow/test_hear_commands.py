"""Commands and limits on a channel: obeyed or refused politely, and never a turn."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from throughline.conversation.policy import Policy
from throughline.flow.steps.hearing import SLOW_DOWN
from throughline.ports import Tx

from .ear import DEMO, Ear, ear


@pytest_asyncio.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Ear]:
    async with ear(tmp_path / "data") as inside:
        yield inside


async def test_help_is_answered_where_it_was_asked_and_by_nobody_else(slack: Ear) -> None:
    await slack.say("help", sender="T1/UADA")

    where = await slack.where()
    said, answer = slack.bodies(where, "message")
    bindings = await slack.bindings(where)
    assert (said.text, answer.purpose, answer.only) == ("help", "notice", bindings["slack"].id)
    assert "continue on web" in answer.text
    assert (slack.woken, slack.delivers) == (0, 1)
    assert (await slack.row(where)).title == ""
    assert (await slack.delivery(where, answer.id)).state == "pending"


async def test_stop_stops_the_turn_and_says_so_to_its_runner(slack: Ear) -> None:
    await slack.say("a long story please")
    where = await slack.where()
    await slack.say("/stop", answers=True)

    turn = await slack.store.read(lambda tx: tx.turns.current(DEMO, where))
    assert turn is not None
    assert turn.stop_asked
    assert slack.stopped == [turn.id]
    assert slack.woken == 1


async def test_go_on_on_the_web_moves_the_talk_and_keeps_slack_live(slack: Ear) -> None:
    await slack.say("hello", sender="T1/UADA")
    where = await slack.where()
    await slack.say("continue on web", sender="T1/UADA", answers=True)

    assert {c: b.mode for c, b in (await slack.bindings(where)).items()} == {"slack": "mirror", "web": "active"}
    assert [b.why for b in slack.bodies(where, "bound")] == ["started", "asked"]


async def test_going_on_from_the_mirror_does_not_follow_first(slack: Ear) -> None:
    where = await slack.root("accepted")
    await slack.rooted(where, "D1:7")
    await slack.say("continue on web", sender="T1/UADA", thread="D1:7", answers=True)

    assert await slack.active(where) == "web"
    assert slack.bodies(where, "bound") == []


async def test_a_group_cannot_move(slack: Ear) -> None:
    await slack.say("continue on web", thread="C1:1", group=True)

    where = await slack.where("C1:1")
    assert await slack.active(where) == "slack"
    assert "stays in its group" in slack.texts(where)[-1]


async def test_what_is_overheard_is_no_command(slack: Ear) -> None:
    await slack.say("@bot hi", thread="C1:1", group=True)
    await slack.say("stop", thread="C1:1", group=True, overheard=True, answers=True)

    assert slack.stopped == []
    assert slack.texts(await slack.where("C1:1")) == ["@bot hi", "stop"]


@pytest_asyncio.fixture
async def limited(tmp_path: Path) -> AsyncIterator[Ear]:
    async with ear(tmp_path / "data", Policy(messages_per_minute=2, messages_per_day=0)) as inside:
        yield inside


async def finish(slack: Ear) -> None:
    """The due turn is answered."""

    def end(tx: Tx) -> None:
        turn = tx.turns.claim("me", slack.clock.now(), slack.clock.now() + 2)
        assert turn is not None
        assert tx.turns.change(turn.id, turn.fence, status="completed")

    await slack.store.write(end)


async def test_over_the_limit_it_is_logged_and_waits_for_the_next_turn(limited: Ear) -> None:
    await limited.say("1")
    await finish(limited)
    await limited.say("2", answers=True)
    await finish(limited)
    where = await limited.where()
    for text in ("3", "4"):
        await limited.say(text, answers=True)

    assert [t for t in limited.texts(where) if t != SLOW_DOWN] == ["1", "2", "3", "4"]
    assert limited.texts(where).count(SLOW_DOWN) == 1
    assert limited.woken == 2
    assert await limited.store.read(lambda tx: tx.turns.current(DEMO, where)) is None

    limited.clock.move(61)
    await limited.say("5", answers=True)
    assert limited.woken == 3


async def test_who_never_pauses_is_heard_all_the_same(limited: Ear) -> None:
    for n in range(120):
        await limited.say(str(n), answers=True)
        limited.clock.move(1)
    where = await limited.where()
    person = (await limited.row(where)).person
    assert person is not None

    # Twice a minute: what is over the limit does not push the window on.
    counted = await limited.store.read(lambda tx: tx.messages.times(DEMO, person, 0, 1000))
    assert len(counted) == 4
    assert limited.texts(where).count(SLOW_DOWN) <= 3


async def test_stop_is_obeyed_over_the_limit(limited: Ear) -> None:
    await limited.say("1")
    await limited.say("2", answers=True)
    await limited.say("stop", answers=True)

    assert len(limited.stopped) == 1
    assert SLOW_DOWN not in limited.all_texts
