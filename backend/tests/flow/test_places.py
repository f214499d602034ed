"""Channels without threads: where a message belongs, what shows there, and what is remembered of who wrote."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from msgspec.structs import replace

from throughline.conversation.channel import Halt, Receipt, Renamed
from throughline.conversation.events import Author, ConversationEnded, Message
from throughline.conversation.ids import ConversationId, IdentityId, MessageId
from throughline.conversation.records import Identity
from throughline.flow.steps.greet import welcome
from throughline.flow.steps.owe import owe
from throughline.ports import Tx

from .ear import ADA, CHAT, DEMO, Ear, ear

HER = "+1555/+4477"


@pytest_asyncio.fixture
async def ears(tmp_path: Path) -> AsyncIterator[Ear]:
    async with ear(tmp_path / "data") as inside:
        await inside.store.write(
            lambda tx: tx.people.add_identity(
                Identity(IdentityId("i-chat"), DEMO, ADA, CHAT.id, "whatsapp", HER, "verified", 3, "Ada")
            )
        )
        yield inside


async def chat(ears: Ear, text: str = "Hello", sender: str = HER, **more: Any) -> ConversationId:
    """Somebody writes on WhatsApp; the conversation it went to."""
    await ears.say(text, CHAT, sender=sender, thread=None, **more)
    return await talks(ears, sender)


async def talks(ears: Ear, sender: str = HER) -> ConversationId:
    known = await ears.identity(sender, CHAT)
    assert known is not None
    assert known.talks_in is not None
    return known.talks_in


async def answer(ears: Ear, where: ConversationId, name: str = "m-out") -> None:
    """The agent answers; what it owes is planned as a turn's end does."""

    def write(tx: Tx) -> None:
        body = Message(MessageId(name), Author("agent", "Guide"), "web", "An answer")
        entry = tx.log.append(DEMO, where, ears.clock.now(), body)
        bindings = tx.bindings.bindings(DEMO, where)
        owe(tx, DEMO, where, body, entry.seq, ears.clock.now(), bindings, ears.can)

    await ears.store.write(write)


async def _rows(ears: Ear, where: ConversationId) -> list[str]:
    rows = await ears.store.read(lambda tx: tx.bindings.deliveries(DEMO, where))
    return [r.message for r in rows if r.channel == "whatsapp" and r.message == "m-out"]


async def test_messages_of_one_address_go_to_one_conversation_until_it_is_idle(ears: Ear) -> None:
    first = await chat(ears)
    ears.clock.move(23 * 3600)
    assert await chat(ears, "still here") == first
    ears.clock.move(23 * 3600)
    assert await chat(ears, "and here") == first
    ears.clock.move(24 * 3600)
    second = await chat(ears, "next day")

    assert second != first
    assert ears.begun == [first, second]
    assert ears.woken == 2


async def test_a_message_on_another_channel_keeps_the_talk_going(ears: Ear) -> None:
    first = await chat(ears)
    ears.clock.move(23 * 3600)
    await answer(ears, first)
    ears.clock.move(23 * 3600)

    assert await chat(ears, "I read that") == first


async def test_a_talk_that_ended_is_not_gone_on_with(ears: Ear) -> None:
    first = await chat(ears)
    await ears.store.write(lambda tx: tx.log.append(DEMO, first, ears.clock.now(), ConversationEnded(why="closed")))

    assert await chat(ears) != first


async def test_only_the_talk_that_an_address_is_in_mirrors_to_it(ears: Ear) -> None:
    first = await chat(ears)
    ears.clock.move(25 * 3600)
    second = await chat(ears)
    for where in (first, second):
        binding = (await ears.bindings(where))["whatsapp"]
        web = (await ears.bindings(where))["web"]

        def mirror(tx: Tx, binding: Any = binding, web: Any = web) -> None:
            tx.bindings.bind(replace(binding, mode="mirror"))
            tx.bindings.bind(replace(web, mode="active"))

        await ears.store.write(mirror)
        await answer(ears, where)

    assert await _rows(ears, first) == []
    assert await _rows(ears, second) == ["m-out"]
    assert await talks(ears) == second


async def test_what_is_owed_there_makes_its_talk_the_one_that_an_answer_belongs_to(ears: Ear) -> None:
    first = await chat(ears)
    ears.clock.move(25 * 3600)
    second = await chat(ears)
    assert first != second
    await answer(ears, first)

    assert await chat(ears, "about the first") == first


async def test_the_newest_reference_and_the_time_of_the_last_message_are_kept(ears: Ear) -> None:
    now = ears.clock.now()
    where = await chat(ears, ref="wamid.1", at=now - 5_000)
    await chat(ears, ref="wamid.2", at=now - 2_000)
    await chat(ears, at=now - 60_000)
    await chat(ears, ref="x" * 1_001, at=now + 60_000)

    known = await ears.identity(HER, CHAT)
    assert known is not None
    assert known.last_in == now
    assert (await ears.bindings(where))["whatsapp"].ref == "wamid.2"
    assert (await ears.bindings(where))["whatsapp"].thread is None


async def test_a_stop_and_a_receipt_need_no_thread(ears: Ear) -> None:
    where = await chat(ears)
    await answer(ears, where)
    await ears.take(Receipt("delivered", where, MessageId("m-out"), "wamid.9"), account=CHAT)
    await ears.take(Halt("h1", address=HER), account=CHAT)
    await ears.take(Halt("h2", address="+1/+2"), Halt("h3"), account=CHAT)

    rows = await ears.store.read(lambda tx: tx.bindings.deliveries(DEMO, where))
    assert [(r.state, r.remote) for r in rows if r.message == "m-out" and r.owed] == [("delivered", ("wamid.9",))]
    assert len(ears.stopped) == 1


async def test_an_alias_finds_the_same_one_and_is_kept(ears: Ear) -> None:
    first = await chat(ears, sender="+1555/GB.123", aliases=(HER,))
    assert await chat(ears, "by the phone") == first
    assert await chat(ears, "by the other name", sender="+1555/GB.123") == first
    known = await ears.identity("+1555/GB.123", CHAT)
    assert known is not None
    assert (known.id, known.address) == ("i-chat", HER)


async def test_an_alias_that_is_somebody_elses_address_stays_theirs(ears: Ear) -> None:
    other = await chat(ears, sender="+1555/+99")
    mine = await chat(ears, aliases=("+1555/+99",))

    assert mine != other
    assert await chat(ears, sender="+1555/+99") == other


async def test_a_changed_number_is_the_same_person(ears: Ear) -> None:
    where = await chat(ears)
    await ears.take(Renamed(HER, "+1555/+88"), account=CHAT)

    assert await chat(ears, "new number", sender="+1555/+88") == where
    assert await ears.identity(HER, CHAT) is None


async def test_a_changed_number_that_is_somebodys_changes_nobody(ears: Ear) -> None:
    other = await chat(ears, sender="+1555/+99")
    where = await chat(ears)
    await ears.take(Renamed(HER, "+1555/+99"), Renamed("+1555/+0", "+1555/+1"), Renamed(HER, "\x00"), account=CHAT)

    assert await chat(ears) == where
    assert await chat(ears, sender="+1555/+99") == other


async def test_nothing_of_a_group_is_heard_where_there_are_no_threads(ears: Ear) -> None:
    await ears.say("hi all", CHAT, sender="+1555/+77", thread=None, group=True)

    assert ears.all_texts == []


async def test_who_comes_for_the_first_time_is_welcomed_once(ears: Ear) -> None:
    first = await chat(ears)
    ears.clock.move(25 * 3600)
    second = await chat(ears)

    said = ears.bodies(first, "message")
    assert [(b.purpose, b.author.kind) for b in said] == [("reply", "person"), ("welcome", "system")]
    assert said[1].text == welcome(CHAT, ears.chat.capabilities, "Guide")
    assert len(ears.texts(second)) == 1


async def test_start_is_answered_by_the_welcome_alone_and_later_by_help(ears: Ear) -> None:
    where = await chat(ears, "/start")
    assert [b.purpose for b in ears.bodies(where, "message")] == ["reply", "welcome"]
    await chat(ears, "/start")

    assert "You can write:" in ears.bodies(where, "message")[-1].text
    assert ears.woken == 0


async def test_what_comes_a_day_late_is_kept_and_waits_for_the_next(ears: Ear) -> None:
    where = await chat(ears, "stop", at=ears.clock.now() - 86_400_001)
    assert ears.texts(where) == ["stop"]
    assert (ears.woken, ears.stopped) == (0, [])
    await chat(ears, "now")

    assert ears.woken == 1
