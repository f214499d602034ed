"""An answer that goes out in parts: in order, at the channel's pace, and then the rest."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace

from throughline.conversation.answer import Done, Words
from throughline.conversation.ids import MessageId, TurnId
from throughline.conversation.records import Turn
from throughline.flow.reply import Reply
from throughline.flow.steps.fates import pieces
from throughline.ports import Tx

from .counter import without
from .courier_stage import ACCOUNT, C1, TENANT, Stage, open_stage
from .phone_stage import ONE, PHONE, REST, TWO, echoes, on, says, share, stands, table, texts
from .stage import Actor, Step


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    opened = await open_stage(tmp_path / "data")
    on(opened, PHONE)
    yield opened
    await opened.close()


async def test_parts_are_posted_one_by_one_as_they_are_said_and_then_the_rest(stage: Stage) -> None:
    stage.start()
    message = await stage.begin()
    await says(stage, message, 0, ONE)
    await stands(stage, 1)
    row = await stage.row(message)
    assert (row.state, row.remote, row.cuts) == ("streaming", ("ts-1",), (len(ONE),))
    await says(stage, message, 1, TWO)
    await stands(stage, 2)
    await stage.finish(message, ONE + TWO + REST)
    await stage.until(stage.reached(message, "accepted"))

    row = await stage.row(message)
    assert texts(stage) == [ONE, TWO, REST]
    assert [stage.counter.marks[name] for name in row.remote] == [(C1, message, 0), (C1, message, 1), (C1, message, 2)]
    assert [rung.state for rung in row.rungs] == ["pending", *["sending", "streaming"] * 2, "sending", "accepted"]
    assert stage.events() == [(message, "accepted")]


async def test_without_a_part_it_is_one_whole_message(stage: Stage) -> None:
    stage.start()
    message = await stage.begin()
    stage.write(message, ONE + TWO)
    await stage.settle()
    assert texts(stage) == []
    await stage.finish(message, ONE + TWO)
    await stage.until(stage.reached(message, "accepted"))

    assert texts(stage) == [ONE + TWO]
    assert (await stage.row(message)).cuts == ()


@pytest.mark.parametrize("end", ["", "\n\n"])
async def test_where_everything_was_said_nothing_is_posted_at_the_end(stage: Stage, end: str) -> None:
    stage.start()
    message = await stage.begin()
    await says(stage, message, 0, ONE)
    await stands(stage, 1)
    await stage.finish(message, ONE + end)
    await stage.until(stage.reached(message, "accepted"))

    assert texts(stage) == [ONE]


async def test_what_is_never_heard_is_found_in_the_log(stage: Stage) -> None:
    message = await stage.begin()
    await says(stage, message, 0, ONE)
    stage.start()
    await stands(stage, 1)
    stage.live.sinks.clear()
    await says(stage, message, 1, TWO)
    await stage.finish(message, ONE + TWO + REST)
    stage.live.sinks.clear()
    await stage.advance(4)
    for sinks in stage.live.sinks.values():
        sinks.clear()

    assert texts(stage) == [ONE, TWO + REST]


async def test_a_message_that_will_not_be_ends_superseded(stage: Stage) -> None:
    stage.start()
    message = await stage.begin()
    await stage.settle()
    await stage.finish(message, None)
    await stage.until(stage.reached(message, "superseded"))

    assert texts(stage) == []


async def test_later_messages_pass_between_two_parts_and_never_before_the_rest(stage: Stage) -> None:
    gate = asyncio.Event()
    stage.start()
    message = await stage.begin()
    await says(stage, message, 0, ONE)
    await stands(stage, 1)
    between = await stage.say("A notice. ")
    await stage.until(stage.reached(between, "accepted"))
    stage.counter.script("send", gate)
    await says(stage, message, 1, TWO)
    await stage.until(lambda: len(stage.counter.calls) == 4 or stage.counter.kinds().count("send") == 3)
    await stage.finish(message, ONE + TWO + REST)
    after = await stage.say("Another one.")
    await stage.settle()
    assert stage.counter.kinds().count("send") == 3
    gate.set()
    await stage.until(stage.reached(after, "accepted"))

    assert texts(stage) == [ONE, "A notice. ", TWO, REST, "Another one."]


async def test_a_part_that_is_too_long_for_one_post_goes_in_several(stage: Stage) -> None:
    long = "x" * 900
    stage.start()
    message = await stage.begin()
    await says(stage, message, 0, long)
    await stands(stage, 3)
    await stage.finish(message, long + REST)
    await stage.until(stage.reached(message, "accepted"))

    row = await stage.row(message)
    assert texts(stage) == ["x" * 400, "x" * 400, "x" * 100, REST]
    assert [stage.counter.marks[name] for name in row.remote] == [(C1, message, n) for n in range(4)]
    assert row.cuts == (900, 900 + len(REST))


async def test_parts_that_wait_for_their_turn_leave_as_one_post(stage: Stage) -> None:
    on(stage, without(PHONE, rates={"post": (1, 10.0)}))
    stage.start()
    message = await stage.begin()
    await says(stage, message, 0, ONE)
    await stands(stage, 1)
    await says(stage, message, 1, TWO)
    await stage.advance(3)
    await says(stage, message, 2, TWO)
    await stage.advance(3)
    assert texts(stage) == [ONE]
    await stage.finish(message, ONE + TWO + TWO + REST)
    await stage.advance(8)

    assert texts(stage) == [ONE, TWO + TWO + REST]
    assert (await stage.row(message)).state == "accepted"


async def test_receipts_count_the_pieces_that_went(stage: Stage) -> None:
    stage.start()
    message = await stage.begin()
    await says(stage, message, 0, ONE)
    await stands(stage, 1)
    await echoes(stage, message, "delivered")
    assert (await stage.row(message)).state == "streaming"
    await stage.finish(message, ONE + REST)
    await stage.until(stage.reached(message, "accepted"))
    row = await stage.row(message)
    assert await stage.store.read(lambda tx: pieces(tx, stage.counter, row, table, share)) == 2
    await echoes(stage, message, "delivered")

    assert (await stage.row(message)).state == "delivered"


async def test_the_sign_that_somebody_writes_is_shown_again_after_each_part(stage: Stage) -> None:
    stage.start()
    message = await stage.begin()
    await says(stage, message, 0, ONE)
    await stands(stage, 1)
    await stage.until(lambda: ("status", "", "working") in stage.counter.calls)
    await stage.finish(message, ONE + REST)
    await stage.until(stage.reached(message, "accepted"))
    await stage.settle()

    assert stage.counter.calls.count(("status", "", "working")) == 1


async def test_from_an_agents_words_to_the_phone_while_it_still_writes(stage: Stage) -> None:
    first = "This is the first of the sentences that an agent has to say."
    second = " And this is another one, which is as long as the one before it."
    more, end = asyncio.Event(), asyncio.Event()
    script: list[Step] = [
        Words(first),
        Words(" And"),
        more,
        Words(second[4:] + " So"),
        end,
        Words(" long."),
        Done(None),
    ]
    message = MessageId("m-9")
    turn = Turn(
        TurnId("t-9"), TENANT, C1, message, "due", "Guide", 0, 0, None, 0, 0, "", stop_asked=False,
        due_at=stage.clock.now(),
    )  # fmt: skip

    def ask(tx: Tx) -> None:
        account = tx.accounts.account(ACCOUNT)
        assert account is not None
        assert tx.accounts.change(replace(account, options={"answers": "sentences"}))
        assert tx.turns.due(turn)

    await stage.store.write(ask)
    actor = Actor(stage.moved.set)
    actor.scripts = [script]
    courier = stage.start()
    reply = Reply(
        stage.store, stage.live, actor, stage.clock, "one", alone=True, capabilities_of=table, deliver=courier.wake
    )  # fmt: skip
    answering = asyncio.get_running_loop().create_task(reply.run())
    await stands(stage, 1)
    assert texts(stage) == [first]
    more.set()
    await stands(stage, 2)
    assert texts(stage) == [first, second]
    end.set()
    await stage.until(stage.reached(message, "accepted"))
    await reply.close()
    await answering

    assert texts(stage) == [first, second, " So long."]
    assert [entry.kind for entry in stage.entries if entry.conversation == C1] == [
        "turn_started", "said", "said", "message", "turn_ended", "delivery",
    ]  # fmt: skip
