"""Calls wait for their turn: in order, fairly, and no longer than they are wanted."""

import asyncio

import pytest

from throughline.conversation.ids import AccountId
from throughline.flow.courier import pace as pace_module
from throughline.flow.courier.pace import Pace, Rates

from .stage import HandClock

A, B = AccountId("a"), AccountId("b")
RATES: Rates = {"append": (100, 60.0), "post": (1, 10.0), "start": (1, 60.0)}


class Line:
    """Calls that write down when they left."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.pace = Pace(self.clock)
        self.left: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []

    def call(self, name: str, kind: str = "post", account: AccountId = A, address: str = "") -> asyncio.Task[None]:
        async def wait() -> None:
            await self.pace.turn(account, kind, address, RATES)
            self.left.append(name)

        self.tasks.append(asyncio.ensure_future(wait()))
        return self.tasks[-1]

    async def advance(self, seconds: float) -> None:
        for _ in range(round(seconds * 10)):
            await self.settle()
            self.clock.move(0.1)
        await self.settle()

    async def settle(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def test_calls_leave_in_the_order_they_came() -> None:
    line = Line()
    for name in "abc":
        line.call(name)
    await line.advance(21)

    assert line.left == ["a", "b", "c"]


async def test_posts_wait_for_their_own_place_and_account_only() -> None:
    line = Line()
    line.call("a", address="x")
    line.call("b", address="x")
    line.call("c", address="y")
    line.call("d", address="x", account=B)
    await line.settle()

    assert line.left == ["a", "c", "d"]
    await line.close()


async def test_other_kinds_are_counted_for_the_whole_account() -> None:
    line = Line()
    line.call("a", "start", address="x")
    line.call("b", "start", address="y")
    await line.settle()

    assert line.left == ["a"]
    await line.close()


async def test_a_kind_without_a_rate_waits_for_nothing() -> None:
    line = Line()
    for name in "abc":
        line.call(name, "other")
    await line.settle()

    assert line.left == ["a", "b", "c"]
    assert line.pace.wait(A, "other", "", RATES) == 0


async def test_who_is_not_wanted_any_more_is_not_waited_for() -> None:
    line = Line()
    calls = [line.call(name) for name in "abc"]
    await line.settle()
    calls[1].cancel()
    await line.advance(11)

    assert line.left == ["a", "c"]


@pytest.mark.parametrize("kind", ["post", "other"])
async def test_a_tier_that_was_closed_opens_after_its_time(kind: str) -> None:
    line = Line()
    line.pace.close(A, kind, "", RATES, 5.0)
    line.call("a", kind)
    await line.advance(4.5)
    assert line.left == []
    await line.advance(1)

    assert line.left == ["a"]


async def test_twenty_streams_share_a_tier() -> None:
    line = Line()

    async def stream(name: str) -> None:
        while True:
            await line.pace.turn(A, "append", "", RATES)
            line.left.append(name)
            # The request.
            await asyncio.sleep(0)

    names = [f"s{n}" for n in range(20)]
    line.tasks = [asyncio.ensure_future(stream(name)) for name in names]
    await line.advance(50)
    counts = [line.left.count(name) for name in names]

    assert max(counts) - min(counts) <= 1
    assert 75 <= len(line.left) <= 100
    await line.close()


async def test_idle_tiers_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace_module, "TIERS", 3)
    line = Line()
    for address in "abcd":
        line.call(address, address=address)
        await line.advance(11)

    assert line.left == ["a", "b", "c", "d"]
    assert line.pace.wait(A, "post", "d", RATES) == 0


async def test_who_waits_hears_that_the_provider_wants_nothing_for_longer_than_they_would_wait() -> None:
    clock = HandClock()
    pace = Pace(clock)
    assert await pace.turn(A, "post", "", RATES)
    impatient = asyncio.ensure_future(pace.turn(A, "post", "", RATES, patience=30.0))
    patient = asyncio.ensure_future(pace.turn(A, "post", "", RATES))
    for _ in range(10):
        await asyncio.sleep(0)

    pace.close(A, "post", "", RATES, 20.0)
    for _ in range(10):
        await asyncio.sleep(0)
    assert not impatient.done()
    pace.close(A, "post", "", RATES, 3_600.0)

    assert await impatient is False
    assert not patient.done()
    for _ in range(3_601):
        clock.move(1.0)
        for _ in range(4):
            await asyncio.sleep(0)
    assert await patient is True
