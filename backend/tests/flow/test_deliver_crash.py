"""Couriers that die, stall or lose their lease: nothing is sent twice, and what stands is set right by the next one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from throughline.conversation import courier
from throughline.conversation.channel import Accepted
from throughline.flow.courier import errand as errand_module
from throughline.flow.courier import native as native_module
from throughline.flow.courier import send as send_module
from throughline.flow.courier.deliver import POLL
from throughline.flow.courier.hold import Gone, Hold
from throughline.flow.courier.office import Office
from throughline.flow.lease import EARLY, LEASE

from .counter import LOST, without
from .courier_stage import ACCOUNT, C2, CAN, OTHER, Stage, Watched, open_stage


class Killed(Exception):  # noqa: N818
    """The process is gone at this point."""


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    opened = await open_stage(tmp_path / "data")
    yield opened
    await opened.close()


@pytest.fixture
def kill_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """The next process dies where it passes a crash point for the first time."""

    def arm(name: str) -> None:
        left = [name]

        def passed(point: str) -> None:
            if left == [point]:
                left.clear()
                raise Killed

        for module in (errand_module, send_module, native_module):
            monkeypatch.setattr(module, "crash_point", passed)

    return arm


async def dies(stage: Stage) -> None:
    """What the crash point stopped is over, and nobody renews anything any more."""
    await stage.settle()
    await stage.die()


@pytest.mark.parametrize(
    ("point", "state", "sends"),
    [
        ("deliver.claimed", "accepted", 1),
        ("deliver.before_send", "ambiguous", 0),
        ("deliver.after_send", "ambiguous", 1),
    ],
)
async def test_a_whole_message_survives_a_crash_at_each_point_and_is_never_sent_twice(
    stage: Stage, kill_at: Callable[[str], None], point: str, state: str, sends: int
) -> None:
    kill_at(point)
    stage.start("first")
    message = await stage.say("once")
    await dies(stage)
    stage.start("second")
    await stage.until(stage.reached(message, state))  # type: ignore[arg-type]
    await stage.advance(30)

    assert stage.counter.kinds() == ["send"] * sends
    assert stage.events() == [(message, state)]


@pytest.mark.parametrize(
    ("point", "kinds"),
    [
        ("deliver.claimed", ["start", "stop"]),
        # The start may have been taken: it is not made again, the whole is posted.
        ("deliver.after_stream_start", ["start", "send"]),
        ("deliver.before_end", ["start", "stop", "edit"]),
    ],
)
async def test_a_stream_survives_a_crash_at_each_point(
    stage: Stage, kill_at: Callable[[str], None], point: str, kinds: list[str]
) -> None:
    kill_at(point)
    stage.start("first")
    message = await stage.begin()
    stage.write(message, "Begun")
    await stage.settle()
    if point == "deliver.before_end":
        await stage.finish(message, "Begun and done.")
    await dies(stage)
    stage.start("second")
    await stage.settle()
    if point != "deliver.before_end":
        await stage.finish(message, "Begun and done.")
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.kinds() == kinds
    assert list(stage.counter.stands.values())[-1] == "Begun and done."
    assert stage.counter.open <= set(stage.counter.stands) - set((await stage.row(message)).remote)


async def test_the_next_owner_stops_an_open_stream_and_sets_the_text_at_the_end(stage: Stage) -> None:
    stage.start("first")
    message = await stage.begin()
    stage.write(message, "Half a sen")
    await stage.until(lambda: stage.counter.calls)
    await stage.settle()
    await stage.die()
    stage.start("second")
    await stage.settle()
    assert stage.counter.open == set()
    words = await stage.say("meanwhile ", author="person", owed=False)
    await stage.until(stage.reached(words, "accepted"))
    stage.write(message, "tence, whole")
    await stage.finish(message, "Half a sentence, whole.")
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.stands["ts-1"] == "Half a sentence, whole."
    assert stage.counter.kinds() == ["start", "stop", "send", "edit"]


async def test_a_crash_while_a_segment_was_added_leaves_the_known_ones_right(
    stage: Stage, kill_at: Callable[[str], None]
) -> None:
    stage.counter.capabilities = without(CAN, text=100)
    stage.start("first")
    message = await stage.begin()
    stage.write(message, "a" * 60)
    await stage.advance(2)
    kill_at("deliver.after_stream_start")
    stage.write(message, "b" * 60)
    await stage.advance(3)
    await dies(stage)
    stage.start("second")
    await stage.settle()
    await stage.finish(message, "a" * 60 + "b" * 60)
    await stage.until(stage.reached(message, "accepted"))

    row = await stage.row(message)
    assert "".join(stage.counter.stands[remote] for remote in row.remote) == "a" * 60 + "b" * 60
    assert stage.counter.kinds().count("start") == 2


async def test_a_crash_while_surplus_is_removed_is_gone_over_again(stage: Stage) -> None:
    stage.counter.capabilities = without(CAN, text=100)
    stage.start("first")
    message = await stage.begin()
    stage.write(message, "x" * 150)
    await stage.advance(3)
    assert len(stage.counter.stands) == 2
    stage.counter.script("remove", asyncio.Event())
    await stage.finish(message, "Short.")
    await stage.settle()
    await stage.die()
    stage.start("second")
    await stage.until(stage.reached(message, "accepted"))

    assert list(stage.counter.stands.values()) == ["Short."]
    assert (await stage.row(message)).remote == ("ts-1",)


async def test_an_owner_that_cannot_renew_gives_up_before_its_lease_is_over(stage: Stage) -> None:
    stage.counter.script("send", asyncio.Event())
    lame = Watched(stage.store)
    first = stage.start("first", alone=False, store=lame)
    message = await stage.say("stuck")
    await stage.until(lambda: stage.counter.calls)
    lame.down = True
    await stage.advance(LEASE / 1000 - EARLY - 1)
    assert first.running == 1
    await stage.advance(3)
    assert first.running == 0
    assert (await stage.row(message)).state == "sending"
    stage.start("second", alone=False)
    await stage.advance(LEASE / 1000 + POLL)
    await stage.until(stage.reached(message, "ambiguous"))

    assert stage.counter.kinds() == ["send"]


async def test_a_lease_that_is_renewed_is_kept_for_as_long_as_it_takes(stage: Stage) -> None:
    gate = asyncio.Event()
    stage.counter.script("send", gate)
    first, second = stage.start("first", alone=False), None
    message = await stage.say("slow")
    await stage.until(lambda: stage.counter.calls)
    second = stage.start("second", alone=False)
    await stage.advance(60)
    assert (first.running, second.running) == (1, 0)
    gate.set()
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.kinds() == ["send"]


async def test_an_old_owner_writes_nothing_and_sends_nothing(stage: Stage) -> None:
    message = await stage.say("mine")
    now = stage.clock.now()
    old = (await stage.store.write(lambda tx: tx.outbox.claim("old", now, now + 1, 1)))[0]
    new = (await stage.store.write(lambda tx: tx.outbox.claim("new", now + 2, now + 99, 1)))[0]
    assert new.fence > old.fence
    office = Office(stage.store, stage.live, stage.clock, stage.channels, stage.accounts, stage.told.append)
    hold = Hold(office, old, ACCOUNT, stage.counter, stage.clock.monotonic() + 10)
    row = await stage.row(message)
    with pytest.raises(Gone):
        await hold.write(row, courier.began(row, "sending", now))
    with pytest.raises(Gone):
        await hold.write(row, courier.after(row, Accepted("x"), now, 0.5))
    hold.safe_until = stage.clock.monotonic()

    async def request() -> Accepted:
        raise AssertionError("not ours any more")

    with pytest.raises(Gone):
        await hold.call("send", request)
    with pytest.raises(Gone):
        await hold.undo(row)
    assert await stage.row(message) == row
    assert stage.told == []


async def test_what_was_answered_while_the_store_was_down_is_written_when_it_is_back(stage: Stage) -> None:
    def down() -> None:
        stage.store.down = True

    stage.counter.script("send", down)
    stage.start()
    message = await stage.say("kept")
    await stage.until(lambda: stage.counter.calls)
    await stage.advance(2)
    assert (await stage.row(message)).state == "sending"
    stage.store.down = False
    await stage.advance(1)
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.kinds() == ["send"]


async def test_closing_lets_what_is_under_way_end_and_leaves_the_rest_at_once(stage: Stage) -> None:
    gate = asyncio.Event()
    stage.counter.script("send", gate)
    deliver = stage.start("first", alone=False)
    message, rest = await stage.say("under way "), await stage.say("rest")
    await stage.until(lambda: stage.counter.calls)
    closing = asyncio.ensure_future(deliver.close(grace=30.0))
    await stage.settle()
    gate.set()
    await closing
    assert (await stage.row(message)).state == "accepted"
    assert (await stage.row(rest)).state == "pending"
    stage.start("second", alone=False)
    await stage.until(stage.reached(rest, "accepted"))

    assert stage.counter.said() == "under way rest"


async def test_closing_without_grace_leaves_doubt_not_a_second_send(stage: Stage) -> None:
    stage.counter.script("send", asyncio.Event())
    deliver = stage.start("first", alone=False)
    message = await stage.say("cut")
    await stage.until(lambda: stage.counter.calls)
    await deliver.close()
    stage.start("second", alone=False)
    await stage.until(stage.reached(message, "ambiguous"))
    await stage.advance(30)

    assert stage.counter.kinds() == ["send"]


async def test_a_binding_is_let_go_while_it_has_nothing_to_do(stage: Stage) -> None:
    gate = asyncio.Event()
    stage.counter.script("send", LOST)
    deliver = stage.start()
    first = await stage.say("lost")
    await stage.until(stage.reached(first, "ambiguous"))
    await stage.advance(12)
    assert deliver.running == 0
    stage.counter.script("send", gate)
    held = await stage.say("held")
    await stage.until(lambda: len(stage.counter.calls) == 2)
    other = await stage.say("other", C2, on=OTHER)
    await stage.until(stage.reached(other, "accepted"))
    await stage.settle()
    assert deliver.running == 1
    gate.set()
    await stage.until(stage.reached(held, "accepted"))


def test_every_crash_point_of_the_courier_is_passed_by_a_story_here() -> None:
    sources = [Path(module.__file__ or "").read_text() for module in (errand_module, send_module, native_module)]
    points = {line.split('"')[1] for source in sources for line in source.splitlines() if "crash_point(" in line}

    assert points == {
        "deliver.claimed",
        "deliver.before_send",
        "deliver.after_send",
        "deliver.after_stream_start",
        "deliver.before_end",
    }
