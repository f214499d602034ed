"""An answer that goes out in parts: in order, each once, whatever dies, gets lost, waits or moves; then the rest."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from throughline.conversation.channel import Capabilities, NotSent, Receipt, Refused
from throughline.conversation.events import Author, Bound, DeliveryState, Said
from throughline.conversation.ids import MessageId, TurnId
from throughline.conversation.receipts import raised
from throughline.conversation.records import Turn
from throughline.flow import errand as errand_module
from throughline.flow import send as send_module
from throughline.flow.deliver import LEASE, POLL
from throughline.flow.fates import pieces
from throughline.flow.said import left_behind
from throughline.ports import Channels, Tx

from .counter import LOST, Counter, without
from .courier_stage import C1, CAN, GUIDE, TENANT, Stage, open_stage

PHONE = without(CAN, stream=False, edit=False, typing=True, echo_wait=60.0, typing_lasts=25.0)
ONE, TWO, REST = "The first thing there is to say. ", "The second thing there is to say. ", "And that is all."


class Killed(Exception):  # noqa: N818
    """The process is gone at this point."""


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    opened = await open_stage(tmp_path / "data")
    on(opened, PHONE)
    yield opened
    await opened.close()


def on(stage: Stage, capabilities: Capabilities) -> None:
    """The channel is one like that."""
    stage.counter = Counter(stage.moved.set, capabilities)
    stage.channels = Channels([stage.counter])


@pytest.fixture
def kill_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """A process dies where it passes a crash point for the n-th time."""

    def arm(name: str, times: int) -> None:
        left = [name] * times

        def passed(point: str) -> None:
            if left and left[-1] == point:
                left.pop()
                if not left:
                    raise Killed

        for module in (errand_module, send_module):
            monkeypatch.setattr(module, "crash_point", passed)

    return arm


async def says(stage: Stage, message: MessageId, n: int, text: str) -> None:
    """The agent has said a part."""
    part = Said(message, n, 0, text)
    await stage.store.write(lambda tx: tx.log.append(TENANT, C1, stage.clock.now(), part))


async def echoes(stage: Stage, message: MessageId, state: DeliveryState = "accepted") -> None:
    """The provider tells of everything that stands there, as it does."""
    names = [*stage.counter.stands]

    def hear(tx: Tx) -> None:
        for name in names:
            row = tx.bindings.delivery(TENANT, C1, message, GUIDE)
            assert row is not None
            count = pieces(tx, stage.counter, row, _table, _share)
            new = raised(row, Receipt(state, C1, message, name), count, stage.clock.now())
            if new is not None:
                tx.bindings.settle(new)

    await stage.store.write(hear)
    for courier, _ in stage.couriers:
        courier.wake()


async def leaves(stage: Stage, message: MessageId) -> None:
    """The talk goes on elsewhere."""
    turn = Turn(
        TurnId("t"), TENANT, C1, message, "running", "Guide", 1, 1, "one", 0, 1, "", stop_asked=False, due_at=0
    )  # fmt: skip

    def go(tx: Tx) -> None:
        old = next(b for b in tx.bindings.bindings(TENANT, C1) if b.id == GUIDE)
        gone = replace(old, mode="standby")
        tx.bindings.bind(gone)
        tx.log.append(TENANT, C1, stage.clock.now(), Bound(by=Author("person", "Ada"), to="web"))
        left_behind(tx, turn, gone, stage.clock.now(), _table)

    await stage.store.write(go)


def texts(stage: Stage) -> list[str]:
    """What stands there, post by post."""
    return [*stage.counter.stands.values()]


async def stands(stage: Stage, count: int) -> None:
    """So many posts stand there, and it is written down."""
    await stage.until(lambda: len(stage.counter.stands) >= count)
    await stage.settle()


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


@pytest.mark.parametrize("point", ["deliver.before_send", "deliver.after_send"])
@pytest.mark.parametrize("times", [1, 2, 3])
async def test_a_crash_at_any_post_leaves_doubt_and_an_echo_lets_it_go_on_without_a_double(
    stage: Stage, kill_at: Callable[[str, int], None], point: str, times: int
) -> None:
    kill_at(point, times)
    stage.start("first")
    message = await stage.begin()
    for n, text in enumerate((ONE, TWO)):
        await says(stage, message, n, text)
        await stage.settle()
    await stage.finish(message, ONE + TWO + REST)
    await stage.settle()
    await stage.die()
    left = texts(stage)
    stage.start("second")
    await stage.until(stage.reached(message, "ambiguous"))
    await stage.advance(5)
    assert texts(stage) == left
    await echoes(stage, message)
    await stage.advance(5)

    row = await stage.row(message)
    if point == "deliver.after_send":
        assert "".join(texts(stage)) == ONE + TWO + REST
        assert (row.state, row.remote) == ("accepted", tuple(stage.counter.stands))
    else:
        # Nobody can know that it never left: what came before it stands, and nothing is said twice.
        assert (row.state, texts(stage)) == ("ambiguous", [ONE, TWO, REST][: times - 1])


async def test_a_courier_that_dies_between_two_parts_is_followed_by_one_that_goes_on(stage: Stage) -> None:
    stage.start("first")
    message = await stage.begin()
    await says(stage, message, 0, ONE)
    await stands(stage, 1)
    await stage.die()
    await says(stage, message, 1, TWO)
    stage.start("second")
    await stands(stage, 2)
    await stage.finish(message, ONE + TWO + REST)
    await stage.until(stage.reached(message, "accepted"))

    assert texts(stage) == [ONE, TWO, REST]


async def test_a_lease_that_runs_out_is_taken_up_where_it_was_left(stage: Stage) -> None:
    stage.start("first")
    message = await stage.begin()
    await says(stage, message, 0, ONE)
    await stands(stage, 1)
    await stage.die()
    stage.start("second", alone=False)
    await stage.finish(message, ONE + REST)
    await stage.advance(LEASE / 1000 + POLL + 1)

    assert texts(stage) == [ONE, REST]


async def test_an_answer_that_got_lost_waits_for_its_echo_and_is_not_said_again(stage: Stage) -> None:
    stage.counter.script("send", LOST)
    stage.start()
    message = await stage.begin()
    await says(stage, message, 0, ONE)
    await stage.until(stage.reached(message, "ambiguous"))
    await says(stage, message, 1, TWO)
    await stage.advance(10)
    assert texts(stage) == [ONE]
    await echoes(stage, message)
    await stage.advance(4)
    assert texts(stage) == [ONE, TWO]
    await stage.finish(message, ONE + TWO + REST)
    await stage.until(stage.reached(message, "accepted"))

    assert texts(stage) == [ONE, TWO, REST]


async def test_what_was_surely_not_sent_is_sent_again(stage: Stage) -> None:
    stage.start()
    message = await stage.begin()
    await says(stage, message, 0, ONE)
    await stands(stage, 1)
    stage.counter.script("send", NotSent("busy", 5.0))
    await says(stage, message, 1, TWO)
    await stage.until(stage.reached(message, "not_sent"))
    await stage.finish(message, ONE + TWO + REST)
    await stage.advance(4)
    assert texts(stage) == [ONE]
    await stage.advance(5)

    assert texts(stage) == [ONE, TWO, REST]
    assert (await stage.row(message)).state == "accepted"


async def test_a_part_that_is_refused_ends_it_there(stage: Stage) -> None:
    stage.start()
    message = await stage.begin()
    await says(stage, message, 0, ONE)
    await stands(stage, 1)
    stage.counter.script("send", Refused("not_in_allowed_list"))
    await says(stage, message, 1, TWO)
    await stage.until(stage.reached(message, "refused"))
    await stage.finish(message, ONE + TWO + REST)
    await stage.advance(4)

    assert texts(stage) == [ONE]


async def test_a_status_that_refuses_an_earlier_part_ends_it_there(stage: Stage) -> None:
    stage.start()
    message = await stage.begin()
    await says(stage, message, 0, ONE)
    await stands(stage, 1)
    await echoes(stage, message, "refused")
    await says(stage, message, 1, TWO)
    await stage.finish(message, ONE + TWO + REST)
    await stage.advance(4)

    assert texts(stage) == [ONE]
    assert (await stage.row(message)).state == "refused"


async def test_while_our_account_is_down_nothing_is_cut(stage: Stage) -> None:
    lines = {**stage.accounts.open}
    stage.start()
    message = await stage.begin()
    await says(stage, message, 0, ONE)
    await stands(stage, 1)
    stage.accounts.open.clear()
    await says(stage, message, 1, TWO)
    await stage.until(stage.reached(message, "not_sent"))
    await stage.finish(message, ONE + TWO + REST)
    stage.accounts.open.update(lines)
    await stage.advance(35)

    assert texts(stage) == [ONE, TWO + REST]


async def test_a_talk_that_moves_leaves_what_was_said_and_no_more(stage: Stage) -> None:
    stage.start()
    message = await stage.begin()
    await says(stage, message, 0, ONE)
    await stands(stage, 1)
    await leaves(stage, message)
    await stage.finish(message, ONE + TWO + REST)
    await stage.advance(4)

    row = await stage.row(message)
    assert texts(stage) == [ONE]
    assert (row.state, row.owed, row.reason) == ("passed", False, "move")


async def test_a_part_on_its_way_when_the_talk_moves_arrives_and_is_the_last(stage: Stage) -> None:
    gate = asyncio.Event()
    stage.counter.script("send", gate)
    stage.start()
    message = await stage.begin()
    await says(stage, message, 0, ONE)
    await stage.until(stage.counter.kinds)
    await leaves(stage, message)
    gate.set()
    await stage.finish(message, ONE + TWO + REST)
    await stage.until(stage.reached(message, "passed"))

    assert texts(stage) == [ONE]
    assert (await stage.row(message)).remote == ("ts-1",)


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
    assert await stage.store.read(lambda tx: pieces(tx, stage.counter, row, _table, _share)) == 2
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


def _table(_: Any) -> Capabilities:
    return PHONE


def _share(_: Any) -> str:
    return ""
