"""A reply to a post of ours whose thread is not known yet waits, and is never lost nor out of order."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from throughline.conversation.channel import Receipt
from throughline.conversation.events import DeliveryState
from throughline.conversation.ids import MessageId
from throughline.conversation.records import Parked
from throughline.ports import Conflict

from .ear import ADA, DEMO, ECHO, OURS, Ear, ear

UNDER_WAY: tuple[DeliveryState, ...] = ("sending", "ambiguous")


@pytest_asyncio.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Ear]:
    async with ear(tmp_path / "data") as inside:
        yield inside


async def waiting(slack: Ear) -> list[str]:
    """The keys of what is parked."""
    return [p.key for p in await slack.store.read(lambda tx: tx.inbox.parked_of(DEMO, OURS.id))]


async def answer(slack: Ear, text: str, thread: str = "D1:9") -> None:
    """Ada writes into a thread."""
    await slack.say(text, sender="T1/UADA", thread=thread, answers=True)


@pytest.mark.parametrize("state", UNDER_WAY)
async def test_while_a_first_post_is_under_way_its_answers_wait(slack: Ear, state: DeliveryState) -> None:
    where = await slack.root(state)
    await answer(slack, "one")
    await answer(slack, "two")

    assert len(await waiting(slack)) == 2
    assert slack.texts(where) == ["Opening"]

    await slack.hear.unpark(await slack.rooted(where, "D1:9"))
    assert slack.texts(where) == ["Opening", "one", "two"]
    assert (await waiting(slack), slack.begun, slack.woken) == ([], [], 1)


async def test_the_wait_ends_with_the_echo_wait_at_the_latest(slack: Ear) -> None:
    where = await slack.root("ambiguous")
    await answer(slack, "one")
    await answer(slack, "two")
    slack.clock.move(ECHO - 0.01)
    assert await slack.hear.sweep() == 0
    slack.clock.move(0.02)
    assert await slack.hear.sweep() == 2

    assert slack.texts(where) == ["Opening"]
    assert slack.texts(await slack.where("D1:9")) == ["one", "two"]
    assert await waiting(slack) == []


async def test_another_thread_than_the_posts_is_a_talk_of_its_own(slack: Ear) -> None:
    where = await slack.root("sending")
    await answer(slack, "elsewhere", thread="D1:8")
    await answer(slack, "there", thread="D1:9")
    await slack.hear.unpark(await slack.rooted(where, "D1:9"))

    assert slack.texts(where) == ["Opening", "there"]
    assert len(await waiting(slack)) == 1

    slack.clock.move(ECHO + 1)
    await slack.hear.sweep()
    assert slack.texts(await slack.where("D1:8")) == ["elsewhere"]


async def test_what_comes_later_does_not_overtake_what_waits(slack: Ear) -> None:
    where = await slack.root("sending")
    await answer(slack, "one")
    await slack.rooted(where, "D1:9")
    await answer(slack, "two")

    assert slack.texts(where) == ["Opening", "one", "two"]


async def test_the_echo_of_the_first_post_lets_the_answers_in(slack: Ear) -> None:
    where = await slack.root("ambiguous")
    await answer(slack, "one")
    await slack.take(Receipt("accepted", where, MessageId("root-post"), "9", "D1:9"))

    assert slack.texts(where) == ["Opening", "one"]
    assert (await slack.delivery(where, "root-post")).state == "accepted"
    assert await waiting(slack) == []


async def test_a_new_thread_does_not_wait(slack: Ear) -> None:
    await slack.root("sending")
    await slack.say("a new matter", sender="T1/UADA", thread="D1:10")

    assert slack.texts(await slack.where("D1:10")) == ["a new matter"]


async def test_somebody_else_does_not_wait(slack: Ear) -> None:
    await slack.root("sending")
    await slack.say("who are you", sender="T1/U2", thread="D1:9", answers=True)

    assert slack.texts(await slack.where("D1:9")) == ["who are you"]


async def test_a_parked_message_that_comes_again_is_still_one(slack: Ear) -> None:
    where = await slack.root("sending")
    said = slack.inbound("one", sender="T1/UADA", thread="D1:9", answers=True)
    await slack.take(said)
    await slack.take(said)
    binding = await slack.rooted(where, "D1:9")
    await asyncio.gather(*(slack.hear.unpark(binding) for _ in range(5)), slack.take(said), slack.hear.sweep())

    assert slack.texts(where) == ["Opening", "one"]


async def test_what_waits_survives_a_restart(tmp_path: Path) -> None:
    async with ear(tmp_path / "data") as first:
        await first.root("sending")
        await answer(first, "one")
    async with ear(tmp_path / "data") as second:
        second.clock.move(ECHO + 1)
        assert await second.hear.sweep() == 1
        assert second.texts(await second.where("D1:9")) == ["one"]


async def test_what_cannot_be_let_in_is_put_aside_and_blocks_nobody(
    slack: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    await slack.root("sending")
    await answer(slack, "one")
    slack.clock.move(ECHO + 1)

    def forbidden(*_: object) -> None:
        raise Conflict

    with monkeypatch.context() as patched:
        patched.setattr("throughline.flow.steps.hearing.join", forbidden)
        await slack.hear.sweep()

    assert [code for code, _ in slack.quarantined()] == ["conflict"]
    assert await slack.hear.sweep() == 0


async def test_what_another_version_parked_and_we_cannot_read_is_put_aside(slack: Ear) -> None:
    old = Parked(OURS.id, "k", b'{"key": 7}', slack.clock.now())
    await slack.store.write(lambda tx: tx.inbox.park(DEMO, old, 1))
    await slack.hear.sweep()

    assert slack.quarantined() == [("unreadable", b'{"key": 7}')]
    assert await slack.hear.sweep() == 0


async def test_the_sweep_goes_on_when_the_store_comes_back(slack: Ear) -> None:
    await slack.root("sending")
    await answer(slack, "one")
    slack.clock.move(ECHO + 1)
    slack.store.down = True
    sweeping = asyncio.ensure_future(slack.hear.run())
    for _ in range(20):
        await asyncio.sleep(0)
    slack.store.down = False
    while not slack.begun:
        await asyncio.sleep(0)
        slack.clock.move(1)
    sweeping.cancel()
    await asyncio.wait({sweeping})

    assert slack.texts(await slack.where("D1:9")) == ["one"]
    assert (await slack.row(await slack.where("D1:9"))).person == ADA
