"""Answers in parts whose courier dies, whose posts get lost, whose talk moves: each part once, or not at all."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from throughline.conversation.channel import NotSent, Refused
from throughline.flow.courier import errand as errand_module
from throughline.flow.courier import send as send_module
from throughline.flow.courier.deliver import POLL
from throughline.flow.lease import LEASE

from .counter import LOST
from .courier_stage import Stage, open_stage
from .phone_stage import ONE, PHONE, REST, TWO, echoes, leaves, on, says, stands, texts


class Killed(Exception):  # noqa: N818
    """The process is gone at this point."""


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    opened = await open_stage(tmp_path / "data")
    on(opened, PHONE)
    yield opened
    await opened.close()


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
