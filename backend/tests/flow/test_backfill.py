"""What people said while nobody listened is asked for: at the start, and when an account is well again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import cast

import pytest
import pytest_asyncio
from msgspec.structs import replace

from throughline.conversation.channel import Address, Ambiguous, Inbound, NotSent, Place, Reading, Refused
from throughline.conversation.records import Account
from throughline.flow.backfill import AGAIN, FARTHEST, LONGEST, PAUSE, TRIES, Backfill
from throughline.observe import spawn
from throughline.ports import Channels, Line

from .courier_stage import Watched
from .ear import OURS, SECOND, Ear, Plain, ear

Said = Inbound | NotSent | Refused | Ambiguous
HOUR = 3_600_000


class Kept(Plain):
    """A channel whose provider keeps what was said: (when, message), and what it answers instead, first to last."""

    def __init__(self) -> None:
        self.said: list[tuple[int, Inbound]] = []
        self.instead: list[NotSent | Refused | Ambiguous] = []
        self.asked: list[tuple[str, int, Sequence[Place]]] = []
        self.change = asyncio.Event()

    async def missed(
        self, line: Line, since: int, places: Sequence[Place], turn: Callable[[str], Awaitable[None]]
    ) -> AsyncIterator[Reading | NotSent | Refused | Ambiguous]:
        await turn("history")
        self.asked.append((line.account.id, since, places))
        self.change.set()
        for at, inbound in self.said:
            if at >= since and line.account.id == OURS.id:
                yield Reading(inbound=(inbound,))
        if self.instead:
            yield self.instead.pop(0)

    async def until(self, true: Callable[[], bool]) -> None:
        while not true():
            self.change.clear()
            await asyncio.wait_for(self.change.wait(), 10)


class Room:
    """A gateway that looks back, on a real store."""

    def __init__(self, slack: Ear) -> None:
        self.slack, self.kept = slack, Kept()
        self.task: asyncio.Task[None] | None = None

    async def start(self) -> Backfill:
        """A process begins."""
        backfill = Backfill(
            self.slack.store, self.slack.clock, Channels([self.kept]), self.slack.lines, self.slack.hear
        )  # fmt: skip
        self.task = spawn(backfill.run(), "backfill")
        await self.settle()
        return backfill

    async def end(self) -> None:
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait({self.task})
            self.task = None

    async def settle(self) -> None:
        """Everything that can happen without time passing has happened."""
        for _ in range(40):
            await asyncio.sleep(0)
            await self.slack.store.settled()

    async def advance(self, seconds: float) -> None:
        for _ in range(round(seconds / 10)):
            self.slack.clock.move(10)
            await self.settle()

    async def write(self, account: Account) -> None:
        await self.slack.store.write(lambda tx: tx.accounts.change(account))
        self.slack.lines.forget(account.id)

    async def last_in(self) -> int | None:
        found = await self.slack.store.read(lambda tx: tx.accounts.account(OURS.id))
        assert found is not None
        return found.last_in

    async def cursor(self) -> str | None:
        """What stands on our account."""
        found = await self.slack.store.read(lambda tx: tx.accounts.account(OURS.id))
        assert found is not None
        return found.cursor

    async def came(self, at: int) -> None:
        await self.slack.store.write(lambda tx: tx.accounts.touched(OURS.id, last_in=at))
        self.slack.lines.forget(OURS.id)

    @property
    def of_ours(self) -> list[int]:
        """Since when our account was asked about, each time."""
        return [since for which, since, _ in self.kept.asked if which == OURS.id]


def inbound(n: int, thread: str = "D1:1") -> Inbound:
    return Inbound(f"T1:D1:{n}", Address("T1/U1", "Grace"), f"text {n}", thread)


@pytest_asyncio.fixture
async def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Room]:
    async with ear(tmp_path / "data") as slack:
        # Reads are under way too.
        monkeypatch.setattr(slack.store, "read", partial(Watched.read, cast("Watched", slack.store)))
        made = Room(slack)
        yield made
        await made.end()


async def test_what_was_said_meanwhile_is_heard_once_and_in_order(room: Room) -> None:
    now = room.slack.clock.now()
    room.kept.said = [(now, inbound(n)) for n in range(5)]
    await room.slack.take(inbound(1))
    await room.settle()
    await room.came(now - 1_000)
    await room.start()
    await room.end()
    await room.start()

    assert room.slack.all_texts == ["text 1", "text 0", "text 2", "text 3", "text 4"]
    assert room.of_ours == [now - 1_000 - AGAIN] * 2


async def test_it_is_asked_from_when_something_last_came_at_most_a_week_ago(room: Room) -> None:
    now = room.slack.clock.now()
    for last, since in (
        (now - HOUR, now - HOUR - AGAIN),
        (now - 90 * 24 * HOUR, now - FARTHEST),
        # The clock was a day ahead when it came.
        (now + 24 * HOUR, now - AGAIN),
    ):
        await room.came(last)
        await room.start()
        await room.end()
        assert room.of_ours[-1] == since


async def test_what_was_asked_for_does_not_show_that_the_webhook_works(room: Room) -> None:
    room.kept.said = [(room.slack.clock.now(), inbound(1))]
    await room.came(1)
    waiting = replace(OURS, status="waiting_first_event", last_in=None)
    await room.write(waiting)
    await room.start()

    assert room.slack.all_texts == ["text 1"]
    assert await room.last_in() == 1
    found = await room.slack.store.read(lambda tx: tx.accounts.account(OURS.id))
    assert found is not None
    assert found.status == "waiting_first_event"


async def test_an_account_that_is_well_again_is_asked_from_when_it_fell_ill(room: Room) -> None:
    backfill = await room.start()
    asked = len(room.of_ours)
    fell = room.slack.clock.now() - HOUR
    await room.came(fell)
    await room.write(replace(OURS, status="down", reason="revoked"))
    backfill.look()
    await room.settle()
    await room.came(room.slack.clock.now())
    await room.write(OURS)
    backfill.look()
    await room.settle()

    assert room.of_ours[asked:] == [fell - AGAIN]


async def test_an_account_that_is_off_or_shut_is_not_asked(room: Room) -> None:
    await room.write(replace(OURS, enabled=False, status="disabled"))
    await room.write(replace(SECOND, status="needs_reauth"))
    await room.start()

    assert {which for which, _, _ in room.kept.asked} & {OURS.id, SECOND.id} == set()


async def test_a_change_nobody_told_of_is_found_at_the_next_look(room: Room) -> None:
    await room.write(replace(OURS, status="needs_reauth"))
    await room.start()
    await room.write(OURS)
    await room.advance(40)

    assert len(room.of_ours) == 1


@pytest.mark.parametrize("why", [NotSent("ratelimited", 60.0), Ambiguous("http_502")])
async def test_an_answer_that_is_none_is_asked_for_again_a_few_times(room: Room, why: NotSent | Ambiguous) -> None:
    room.kept.instead = [why] * 99
    await room.write(replace(SECOND, enabled=False, status="disabled"))
    await room.write(replace(OURS))
    await room.start()
    assert len(room.of_ours) == 1
    await room.advance(PAUSE / 2)
    assert len(room.of_ours) == 1
    await room.advance(PAUSE * 40)

    assert len(room.of_ours) == TRIES


@pytest.mark.parametrize("why", [Refused("missing_scope"), Ambiguous("too_many")])
async def test_what_will_not_change_is_not_asked_again(room: Room, why: Refused | Ambiguous) -> None:
    room.kept.instead = [why] * 9
    await room.start()
    await room.advance(PAUSE * 4)

    assert len(room.of_ours) == 1


async def test_a_store_that_is_down_loses_nothing(room: Room) -> None:
    room.kept.said = [(room.slack.clock.now(), inbound(n)) for n in range(3)]
    room.slack.store.down = True
    await room.start()
    await room.advance(20)
    room.slack.store.down = False
    await room.advance(PAUSE * 2)

    assert room.slack.all_texts == [f"text {n}" for n in range(3)]


async def test_places_are_where_people_talked_last(room: Room) -> None:
    await room.slack.take(inbound(1))
    await room.start()

    (places,) = [places for which, _, places in room.kept.asked if which == OURS.id]
    assert places == [Place("T1/U1", "D1:1")]


class Slow(Kept):
    """Says one thing, and the rest once it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may = asyncio.Event()

    async def missed(
        self, line: Line, since: int, places: Sequence[Place], turn: Callable[[str], Awaitable[None]]
    ) -> AsyncIterator[Reading | NotSent | Refused | Ambiguous]:
        async for found in super().missed(line, since, places, turn):
            yield found
            await self.may.wait()


async def test_what_a_restart_cuts_is_asked_for_again_from_where_it_began(room: Room) -> None:
    room.kept = slow = Slow()
    now = room.slack.clock.now()
    room.kept.said = [(now - HOUR + n, inbound(n)) for n in range(3)]
    await room.came(now - HOUR)
    await room.start()
    assert room.slack.all_texts == ["text 0"]
    # Something comes by itself meanwhile: from then on nothing would tell of the hour before.
    await room.came(now)
    await room.end()
    assert await room.cursor() == str(now - HOUR - AGAIN)

    slow.may.set()
    await room.start()
    assert room.slack.all_texts == ["text 0", "text 1", "text 2"]
    assert room.of_ours == [now - HOUR - AGAIN] * 2
    assert await room.cursor() == ""
    await room.end()
    await room.start()
    assert room.of_ours[2:] == [now - AGAIN]


@pytest.mark.parametrize(
    ("why", "kept"),
    [(Refused("missing_scope"), True), (NotSent("ratelimited"), True), (Ambiguous("too_many"), False)],
)
async def test_what_could_not_be_asked_for_is_at_the_next_start(
    room: Room, why: NotSent | Refused | Ambiguous, *, kept: bool
) -> None:
    now = room.slack.clock.now()
    await room.came(now - HOUR)
    room.kept.instead = [why] * 9
    await room.start()
    assert len(room.of_ours) == 1
    await room.came(now)
    await room.end()
    room.kept.instead.clear()
    await room.start()

    assert room.of_ours[1:] == [now - HOUR - AGAIN if kept else now - AGAIN]


async def test_a_gap_that_opens_while_another_is_closed_stays_open(room: Room) -> None:
    room.kept = slow = Slow()
    room.kept.said = [(room.slack.clock.now(), inbound(1))]
    backfill = await room.start()
    await room.write(replace(OURS, status="down", reason="revoked"))
    backfill.look()
    await room.settle()
    await room.write(OURS)
    backfill.look()
    await room.settle()
    slow.may.set()
    await room.settle()
    asked = len(room.of_ours)

    assert asked == 2
    assert await room.cursor() == ""


async def test_an_asking_that_hangs_ends(room: Room) -> None:
    hung, ended = asyncio.Event(), list[str]()

    class Hangs(Kept):
        async def missed(
            self, line: Line, since: int, places: Sequence[Place], turn: Callable[[str], Awaitable[None]]
        ) -> AsyncIterator[Reading | NotSent | Refused | Ambiguous]:
            self.asked.append((line.account.id, since, places))
            try:
                await hung.wait()
                yield Reading()
            finally:
                ended.append(line.account.id)

    room.kept = Hangs()
    await room.start()
    await room.advance(LONGEST - 10)
    assert ended == []
    await room.advance(20)

    assert OURS.id in ended
    assert len(room.of_ours) == 1
