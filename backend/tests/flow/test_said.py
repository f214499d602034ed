"""What is said of an answer before it is whole: in the log first, kept whatever happens, only where it is wanted."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from throughline.conversation import utf16
from throughline.conversation.answer import Broken, Done, SegmentDone, Words
from throughline.conversation.events import Said
from throughline.conversation.ids import ConversationId, TurnId
from throughline.conversation.records import DeliveryRow
from throughline.flow import saying as saying_module
from throughline.flow import turn as turn_module
from throughline.flow.reply import Reply

from .moving import Moving, table
from .speaking import ONE, THREE, TWO, WHOLE, choose, on_the_phone, speaking
from .stage import ADA, TENANT, Step


class Killed(BaseException):
    """The process is gone at this point: nothing in it gets to say another word."""


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Moving]:
    async with speaking(tmp_path / "data") as opened:
        yield opened


def never() -> asyncio.Event:
    """What nobody will ever set."""
    return asyncio.Event()


def words(text: str) -> list[Step]:
    """A text as a model writes it."""
    return [Words(word) for word in text.replace(" ", "| ").split("|")]


def said(talk: Moving, where: ConversationId) -> list[tuple[int, int, str]]:
    """Number, place and text of each part."""
    return [(body.n, body.at, body.text) for body in talk.stage.bodies(where, "said")]


async def asked(talk: Moving, where: ConversationId, *scripts: list[Step]) -> None:
    """Somebody asks, and an agent with these scripts is there."""
    talk.stage.actor.scripts = list(scripts)
    talk.answering()
    await talk.say(where, "When?")


async def wrote(talk: Moving, word: str) -> None:
    """The agent has come that far."""
    await talk.stage.until(lambda: any(call[0] == "add" and call[-1] == word for call in talk.stage.live.calls))


async def row(talk: Moving, where: ConversationId, channel: str = "whatsapp") -> DeliveryRow | None:
    """The answer's there."""
    (message, *_) = {body.message for body in talk.stage.bodies(where, "turn_started")}
    return next((r for r in await talk.stage.rows(where) if (r.message, r.channel) == (message, channel)), None)


async def ended(talk: Moving, where: ConversationId) -> Any:
    """The answer, once its turn is over."""
    await talk.stage.until(lambda: talk.stage.bodies(where, "turn_ended"))
    return talk.stage.replies(where)[-1]


async def test_a_part_is_said_at_the_end_of_a_sentence_and_the_row_is_there_from_the_start(talk: Moving) -> None:
    where, go = await on_the_phone(talk), asyncio.Event()
    await asked(talk, where, [go, *words(WHOLE), Done(None)])
    await talk.stage.until(lambda: talk.stage.actor.briefs)
    there = await row(talk, where)
    assert there is not None
    assert (there.owed, there.state, there.seq) == (True, "pending", talk.stage.entries[-1].seq)
    go.set()
    reply = await ended(talk, where)

    assert said(talk, where) == [(0, 0, ONE), (1, len(ONE), TWO)]
    assert reply.text == WHOLE
    assert talk.stage.kinds(where)[:4] == ["turn_started", "said", "said", "message"]
    assert await talk.rows(where, "whatsapp") == [
        ("This conversation goes on here. Until now it was on the web.", True, "pending"), (WHOLE, True, "pending"),
    ]  # fmt: skip


async def test_offsets_count_as_browsers_do(talk: Moving) -> None:
    where = await on_the_phone(talk)
    begin = ONE.replace("ferry", "👍🏽 ferry")
    await asked(talk, where, [*words(begin + TWO + " So"), Done(None)])
    await ended(talk, where)

    assert said(talk, where)[1] == (1, utf16.length(begin), TWO)


async def test_nothing_is_said_where_the_account_wants_answers_whole(tmp_path: Path) -> None:
    async with speaking(tmp_path / "data", "final") as talk:
        where = await on_the_phone(talk)
        await asked(talk, where, [*words(WHOLE), Done(None)])
        reply, there = await ended(talk, where), await row(talk, where)

        assert said(talk, where) == []
        assert there is not None
        assert there.seq > reply.pos


@pytest.mark.parametrize("channel", ["web", "slack", "gmail"])
async def test_nothing_is_said_while_another_channel_is_active(talk: Moving, channel: str) -> None:
    where = await on_the_phone(talk)
    await talk.bind(where, channel)
    await asked(talk, where, [*words(WHOLE), Done(None)])
    await ended(talk, where)

    assert said(talk, where) == []
    assert await row(talk, where) is None


async def test_a_new_attempt_goes_on_after_what_was_said(talk: Moving) -> None:
    where = await on_the_phone(talk)
    await asked(talk, where, [*words(ONE + TWO), never()], [*words(TWO.strip() + THREE), Done(None)])
    await wrote(talk, " that.")
    await talk.stage.die()
    talk.stage.run(_alone(talk))
    reply = await ended(talk, where)

    assert talk.stage.actor.briefs[1].opening == ONE
    assert [call[2:] for call in talk.stage.live.calls if call[0] == "begin"] == [(1, ""), (2, ONE)]
    assert reply.text == f"{ONE}\n\n{TWO.strip()}{THREE}"
    assert [text for _, _, text in said(talk, where)] == [ONE, f"\n\n{TWO.strip()}"]


async def test_a_stop_and_a_failure_keep_what_was_said(talk: Moving) -> None:
    where = await on_the_phone(talk)
    await asked(talk, where, [*words(ONE + TWO), never()], [*words(WHOLE), Broken("timeout", "slow", again=True)])
    await wrote(talk, " that.")
    turn = await talk.stage.turn(where)
    assert turn is not None
    await talk.stage.owners[0][0].stop(ADA, where, turn.id)
    stopped = await ended(talk, where)
    await talk.say(where, "And?")
    await talk.stage.until(lambda: len(talk.stage.bodies(where, "turn_ended")) == 2)
    failed = talk.stage.replies(where)[-1]

    assert (stopped.text, stopped.stopped) == (ONE + TWO, True)
    assert failed.text == f"{ONE}{TWO}\n\nThat went wrong."


async def test_a_failure_before_anything_was_said_is_the_line_alone(talk: Moving) -> None:
    where = await on_the_phone(talk)
    await asked(talk, where, [*words(ONE), Broken("timeout", "slow", again=True)])

    assert (await ended(talk, where)).text == "That went wrong."


async def test_a_finished_segment_is_said_with_what_makes_it_certain(talk: Moving) -> None:
    where = await on_the_phone(talk)
    await asked(talk, where, [Words(ONE), SegmentDone(), *words(TWO.strip()), Done(None)])
    reply = await ended(talk, where)

    assert said(talk, where) == [(0, 0, ONE)]
    assert reply.text == f"{ONE}\n\n{TWO.strip()}"


async def test_a_move_in_the_middle_ends_the_saying_and_owes_the_whole_elsewhere(talk: Moving) -> None:
    where, go = await on_the_phone(talk), asyncio.Event()
    await asked(talk, where, [*words(ONE + TWO), go, *words(THREE + " So"), Done(None)])
    await wrote(talk, " that.")
    await talk.settle(where, "whatsapp", "streaming", remote=("w1",), cuts=(len(ONE),))
    await talk.bind(where, "slack")
    there = await row(talk, where)
    assert there is not None
    assert (there.owed, there.state, there.reason, there.remote) == (False, "passed", "move", ("w1",))
    assert ("whatsapp", "passed") in talk.told(where)
    go.set()
    await ended(talk, where)

    assert [text for _, _, text in said(talk, where)] == [ONE]
    assert (WHOLE + " So", True, "pending") in await talk.rows(where, "slack")


async def test_what_is_on_its_way_when_the_talk_moves_is_left_to_its_courier_and_owed_no_more(talk: Moving) -> None:
    where = await on_the_phone(talk)
    await asked(talk, where, [*words(ONE + TWO), never()])
    await talk.stage.until(lambda: said(talk, where))
    await talk.settle(where, "whatsapp", "sending", cuts=(len(ONE),))
    await talk.bind(where, "web")
    there = await row(talk, where)

    assert there is not None
    assert (there.owed, there.state) == (False, "sending")


async def test_a_talk_that_comes_to_the_phone_and_comes_back_goes_on_in_parts(talk: Moving) -> None:
    where, first, second = await talk.start(), asyncio.Event(), asyncio.Event()
    await asked(talk, where, [*words(ONE + TWO), first, *words(THREE + " So"), second, *words(" it"), Done(None)])
    await wrote(talk, " that.")
    assert await row(talk, where) is None
    await talk.bind(where, "whatsapp")
    there = await row(talk, where)
    assert there is not None
    assert (there.owed, there.state) == (True, "pending")
    first.set()
    await talk.stage.until(lambda: len(said(talk, where)) == 3)
    await talk.settle(where, "whatsapp", "streaming", remote=("w1",), cuts=(len(WHOLE),))
    await talk.bind(where, "web")
    await talk.bind(where, "whatsapp")
    there = await row(talk, where)

    assert "".join(text for _, _, text in said(talk, where)) == WHOLE
    assert there is not None
    assert (there.owed, there.state, there.remote) == (True, "pending", ("w1",))
    second.set()
    await ended(talk, where)


async def test_an_account_that_changes_its_mind_hears_no_more_parts(talk: Moving) -> None:
    where, go = await on_the_phone(talk), asyncio.Event()
    await asked(talk, where, [*words(ONE + TWO), go, *words(THREE), Done(None)])
    await talk.stage.until(lambda: said(talk, where))
    await choose(talk, "final")
    go.set()
    reply = await ended(talk, where)

    assert (len(said(talk, where)), reply.text) == (1, WHOLE)


async def test_an_owner_that_lost_its_lease_says_nothing(talk: Moving) -> None:
    where, go = await on_the_phone(talk), asyncio.Event()
    await asked(talk, where, [*words(ONE), go, *words(TWO), Done(None)], [*words(THREE.strip()), Done(None)])
    await wrote(talk, " tomorrow.")
    talk.stage.run(_alone(talk))
    reply = await ended(talk, where)
    go.set()
    await talk.stage.until(lambda: talk.stage.actor.closed == 2)

    assert (said(talk, where), reply.text) == ([], THREE.strip())


@pytest.mark.parametrize("point", ["claimed", "started", "mid_stream", "said", "before_end"])
async def test_a_crash_anywhere_and_the_message_begins_with_all_that_was_said(
    talk: Moving, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    left = [f"reply.{point}"]

    def passed(name: str) -> None:
        if left == [name]:
            left.clear()
            talk.stage.moved.set()
            raise Killed

    monkeypatch.setattr(turn_module, "crash_point", passed)
    monkeypatch.setattr(saying_module, "crash_point", passed)
    where = await on_the_phone(talk)
    await asked(talk, where, [*words(WHOLE), Done(None)])
    await talk.stage.until(lambda: not left)
    await talk.stage.die()
    talk.stage.run(_alone(talk))
    reply = await ended(talk, where)
    found = said(talk, where)

    assert reply.text.startswith("".join(text for _, _, text in found))
    assert [n for n, _, _ in found] == [*range(len(found))]
    assert len(talk.stage.replies(where)) == 1


async def test_every_part_is_known_by_its_turn_alone(talk: Moving) -> None:
    where = await on_the_phone(talk)
    await asked(talk, where, [*words(WHOLE), Done(None)])
    reply = await ended(talk, where)
    bodies: list[Said] = talk.stage.bodies(where, "said")

    assert {body.message for body in bodies} == {reply.id}
    assert await talk.stage.store.read(lambda tx: tx.turns.current(TENANT, where)) is None
    assert reply.turn != TurnId("")


def _alone(talk: Moving) -> Reply:
    stage = talk.stage
    return Reply(stage.store, stage.live, stage.actor, stage.clock, "two", alone=True, capabilities_of=table)
