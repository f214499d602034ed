"""Accounts heard without a public address: one ear each, for as long as they want to be heard that way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace

from throughline.conversation.channel import Reading, Reply
from throughline.conversation.records import Account
from throughline.flow.listen import LOOK, Listen
from throughline.observe import spawn
from throughline.ports import Channels, Line

from .ear import OURS, SECOND, Ear, Plain, ear

Take = Callable[[Reading], Awaitable[Reply]]


class Heard(Plain):
    """A channel with ears: who listens now, and everyone who ever did."""

    def __init__(self) -> None:
        self.now: dict[str, tuple[Line, Take]] = {}
        self.ever: list[str] = []
        self.change = asyncio.Event()

    def listens(self, options: Mapping[str, str]) -> bool:
        return options.get("socket") == "on"

    async def listen(self, line: Line, take: Take, nudge: asyncio.Event) -> None:
        self.now[line.account.id] = (line, take)
        self.ever.append(line.account.id)
        self.change.set()
        try:
            await asyncio.Event().wait()
        finally:
            del self.now[line.account.id]
            self.change.set()

    async def until(self, true: Callable[[], bool]) -> None:
        """Return when it is so."""
        while not true():
            self.change.clear()
            await asyncio.wait_for(self.change.wait(), 20)


class Room:
    """Ears at work on a real store."""

    def __init__(self, slack: Ear) -> None:
        self.slack, self.heard = slack, Heard()
        self.listen = Listen(slack.store, slack.clock, Channels([self.heard]), slack.lines, slack.hear)

    async def write(self, account: Account) -> None:
        """The account is another one, and everybody is told."""
        await self.slack.store.write(lambda tx: tx.accounts.change(account))
        self.slack.lines.forget(account.id)
        self.listen.look()


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with ear(tmp_path / "data") as slack:
        made = Room(slack)
        task = spawn(made.listen.run(), "listen")
        yield made
        task.cancel()
        await asyncio.wait({task})
        assert made.heard.now == {}, "nobody listens after the end"


ON = replace(OURS, options={"socket": "on"})


async def test_only_accounts_that_want_it_are_listened_to(room: Room) -> None:
    await room.write(ON)
    await room.heard.until(lambda: OURS.id in room.heard.now)

    assert room.heard.ever == [OURS.id]


async def test_what_is_heard_is_in_the_log_before_it_is_answered(room: Room) -> None:
    await room.write(ON)
    await room.heard.until(lambda: OURS.id in room.heard.now)
    _, take = room.heard.now[OURS.id]

    reply = await take(Reading(inbound=(room.slack.inbound("Hello from a socket"),)))

    assert reply.status == 200
    assert room.slack.all_texts == ["Hello from a socket"]


async def test_a_store_that_is_down_is_never_answered_well(room: Room) -> None:
    await room.write(ON)
    await room.heard.until(lambda: OURS.id in room.heard.now)
    _, take = room.heard.now[OURS.id]
    room.slack.store.down = True

    reply = await take(Reading(inbound=(room.slack.inbound(),)))
    room.slack.store.down = False

    assert reply.status == 503
    assert room.slack.all_texts == []


@pytest.mark.parametrize(
    "after", [replace(ON, enabled=False), replace(ON, options={})], ids=["switched off", "webhook"]
)
async def test_an_account_that_wants_it_no_more_is_left(room: Room, after: Account) -> None:
    await room.write(ON)
    await room.heard.until(lambda: OURS.id in room.heard.now)
    await room.write(after)
    await room.heard.until(lambda: not room.heard.now)

    assert room.heard.ever == [OURS.id]


async def test_another_address_is_another_line(room: Room) -> None:
    await room.write(ON)
    await room.heard.until(lambda: OURS.id in room.heard.now)
    await room.write(replace(ON, base="http://elsewhere.test/"))
    await room.heard.until(lambda: len(room.heard.ever) == 2 and OURS.id in room.heard.now)

    assert room.heard.now[OURS.id][0].base_url == "http://elsewhere.test/"


async def test_a_new_state_alone_does_not_cut_a_line(room: Room) -> None:
    await room.write(ON)
    await room.heard.until(lambda: OURS.id in room.heard.now)
    await room.write(replace(ON, status="degraded", reason="slow"))
    await room.write(replace(SECOND, options={"socket": "on"}))
    await room.heard.until(lambda: SECOND.id in room.heard.now)

    assert room.heard.ever == [OURS.id, SECOND.id]


async def test_a_change_nobody_told_of_is_found_at_the_next_look(room: Room) -> None:
    await room.slack.store.write(lambda tx: tx.accounts.change(ON))
    while OURS.id not in room.heard.now:
        room.slack.clock.move(LOOK)
        await asyncio.sleep(0)

    assert room.heard.ever == [OURS.id]
