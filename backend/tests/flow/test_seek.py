"""A send in doubt whose echo did not come: its provider is asked once, before it is given up."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Piece, Place, Refused
from throughline.ports import Channels, Line

from .counter import LOST, Counter, without
from .courier_stage import C2, CAN, OTHER, Stage, open_stage

Found = Accepted | NotSent | Refused | None


class Asked(Counter):
    """A channel that can be asked. `answers`: what it says; none left: what stands there, by its mark."""

    def __init__(self, moved: Callable[[], None]) -> None:
        super().__init__(moved, without(CAN, stream=False, edit=False, rates={"seek": (1, 60.0)}))
        self.answers: list[Found] = []
        self.since: list[int] = []

    async def seek(self, line: Line, place: Place, piece: Piece, since: int) -> Found:
        self.calls.append(("seek", "", piece.text))
        self.since.append(since)
        self._moved()
        if self.answers:
            return self.answers.pop(0)
        return next((Accepted(remote) for remote, mark in self.marks.items() if mark == piece.mark), None)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    made = await open_stage(tmp_path / "data")
    made.counter = Asked(made.moved.set)
    made.channels = Channels([made.counter])
    yield made
    await made.close()


def asked(stage: Stage) -> Asked:
    assert isinstance(stage.counter, Asked)
    return stage.counter


async def test_what_stands_there_is_accepted_with_its_id_and_the_rest_follows(stage: Stage) -> None:
    stage.counter.script("send", LOST)
    left = stage.clock.now()
    message = await stage.say("x" * 400 + "y" * 100)
    stage.start()
    await stage.until(stage.reached(message, "ambiguous"))
    await stage.advance(9)
    assert stage.counter.kinds() == ["send"]

    await stage.advance(3)
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.kinds() == ["send", "seek", "send"]
    assert asked(stage).since == [left]
    assert list((await stage.row(message)).remote) == ["ts-1", "ts-2"]
    assert len(stage.counter.stands) == 2


async def test_what_is_surely_not_there_goes_again_once(stage: Stage) -> None:
    stage.counter.script("send", Ambiguous("reset"))
    asked(stage).answers = [NotSent("not_there")]
    message = await stage.say("Hello")
    stage.start()
    await stage.until(stage.reached(message, "ambiguous"))
    await stage.advance(15)
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.kinds() == ["send", "seek", "send"]
    assert list(stage.counter.stands.values()) == ["Hello"]


@pytest.mark.parametrize("found", [None, Accepted("ts-1")], ids=["nobody knows", "another message's"])
async def test_what_nobody_can_tell_stays_in_doubt_and_is_asked_once(stage: Stage, found: Found) -> None:
    stage.start()
    before = await stage.say("Before")
    await stage.until(stage.reached(before, "accepted"))
    stage.counter.script("send", Ambiguous("reset"))
    asked(stage).answers = [found]
    message = await stage.say("Hello")
    await stage.until(stage.reached(message, "ambiguous"))
    await stage.advance(60)

    assert stage.counter.kinds().count("seek") == 1
    row = await stage.row(message)
    assert (row.state, row.due, row.remote) == ("ambiguous", 0, ())


async def test_a_refusal_that_is_found_is_one(stage: Stage) -> None:
    stage.counter.script("send", Ambiguous("reset"))
    asked(stage).answers = [Refused("window_closed")]
    message = await stage.say("Hello")
    stage.start()
    await stage.until(stage.reached(message, "ambiguous"))
    await stage.advance(12)
    await stage.until(stage.reached(message, "refused"))

    assert (await stage.row(message)).reason == "window_closed"


async def test_what_was_being_sent_when_the_process_died_is_asked_about(stage: Stage) -> None:
    """Since when: its request left before the process died, however long nobody looked."""
    stage.counter.script("send", asyncio.Event())
    stage.start()
    left = stage.clock.now()
    message = await stage.say("Hello")
    await stage.until(lambda: stage.counter.kinds() == ["send"])
    await stage.die()
    stage.clock.move(3_600)
    stage.start("two")
    await stage.until(lambda: any(r.message == message and r.state == "ambiguous" for r in stage.told))
    asked(stage).answers = [NotSent("not_there")]
    await stage.advance(15)

    assert asked(stage).since == [left]
    assert list(stage.counter.stands.values()) == ["Hello"]


async def test_an_echo_that_came_while_it_was_asked_is_not_undone(stage: Stage) -> None:
    stage.counter.script("send", Ambiguous("reset"))
    message = await stage.say("Hello")
    stage.start()
    await stage.until(stage.reached(message, "ambiguous"))
    await stage.settle_row(await stage.row(message), "delivered", "ts-9")
    asked(stage).answers = [NotSent("not_there")]
    await stage.advance(15)

    row = await stage.row(message)
    assert (row.state, list(row.remote)) == ("delivered", ["ts-9"])
    assert stage.counter.kinds().count("send") == 1


async def test_asking_keeps_the_providers_pace(stage: Stage) -> None:
    stage.counter.script("send", Ambiguous("reset"), Ambiguous("reset"))
    asked(stage).answers = [None, None]
    first = await stage.say("One")
    second = await stage.say("Two", where=C2, on=OTHER)
    stage.start()
    await stage.until(stage.reached(first, "ambiguous"))
    await stage.until(stage.reached(second, "ambiguous"))
    await stage.advance(30)
    assert stage.counter.kinds().count("seek") == 1

    await stage.advance(50)
    assert stage.counter.kinds().count("seek") == 2


@pytest.mark.parametrize("hours", [1, 24, -1, -24])
async def test_a_clock_that_jumps_sends_nothing_twice(
    stage: Stage, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ahead, it is asked about at once; back, once the clock is set right."""
    stage.counter.script("send", LOST)
    message = await stage.say("Hello")
    stage.start()
    await stage.until(stage.reached(message, "ambiguous"))
    right = stage.clock.now
    monkeypatch.setattr(stage.clock, "now", lambda: right() + hours * 3_600_000)
    await stage.advance(30)
    assert ((await stage.row(message)).state == "accepted") == (hours > 0)
    monkeypatch.setattr(stage.clock, "now", right)
    await stage.advance(30)

    row = await stage.row(message)
    assert (row.state, list(row.remote)) == ("accepted", ["ts-1"])
    assert stage.counter.kinds() == ["send", "seek"]
