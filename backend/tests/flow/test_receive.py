"""What somebody says is in the log once, makes a turn due once, and is refused without a trace."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from throughline.conversation.events import ConversationEnded
from throughline.conversation.faults import (
    BAD_ID,
    BAD_TEXT,
    BUSY,
    EMPTY,
    FORBIDDEN,
    ID_REUSED,
    UNKNOWN_CONVERSATION,
    UNKNOWN_FILE,
    Fault,
)
from throughline.conversation.records import Acked, Caller, Conversation
from throughline.flow.receive import title

from .entrance import ADA, BOB, DEMO, EVE, OTTO, RITA, Entrance, entrance


@pytest_asyncio.fixture
async def way(tmp_path: Path) -> AsyncIterator[Entrance]:
    async with entrance(tmp_path / "data") as opened:
        yield opened


# ---------------------------------------------------------------- once


async def test_a_message_is_in_the_log_and_acked_where_it_stands(way: Entrance) -> None:
    where = await way.start()
    acked = await way.say(where, "m-1", "Hello there")

    assert acked == Acked("m-1", where, 3)
    (body,) = way.bodies(where, "message")
    assert (body.id, body.text, body.author.kind, body.author.name, body.channel) == (
        "m-1", "Hello there", "person", "Ada", "web",
    )  # fmt: skip


async def test_second_say_with_same_id_is_acked_again_and_changes_nothing(way: Entrance) -> None:
    where = await way.start()
    first = await way.say(where, "m-1")
    way.clock.move(1)
    before, row = len(way.entries), await way.row(where)

    assert await way.say(where, "m-1") == first
    assert (len(way.entries), await way.row(where), way.woken) == (before, row, 1)


async def test_the_same_id_twice_in_one_commit_is_kept_once(way: Entrance) -> None:
    where = await way.start()
    async with way.gathered():
        both = [asyncio.ensure_future(way.say(where, "m-1")) for _ in range(2)]
        await asyncio.sleep(0)

    assert (await both[0]) == (await both[1]) == Acked("m-1", where, 3)
    assert way.kinds(where) == ["message"]
    assert way.woken == 1


async def test_twenty_at_once_with_one_id_are_one_message(way: Entrance) -> None:
    where = await way.start()
    acks = await asyncio.gather(*(way.say(where, "m-1") for _ in range(20)))

    assert set(acks) == {Acked("m-1", where, 3)}
    assert way.kinds(where) == ["message"]


async def test_of_two_texts_under_one_id_in_one_commit_the_first_wins(way: Entrance) -> None:
    where = await way.start()
    await way.receive.policy(DEMO)
    async with way.gathered():
        tasks = [asyncio.ensure_future(way.receive.say(ADA, where, "m-1", text)) for text in ("one", "two")]
        await asyncio.sleep(0)

    assert await tasks[0] == Acked("m-1", where, 3)
    assert await tasks[1] == ID_REUSED
    assert [b.text for b in way.bodies(where, "message")] == ["one"]


async def test_an_id_with_other_words_or_from_another_author_is_refused(way: Entrance) -> None:
    where = await way.start()
    await way.say(where, "m-1", "Hello")

    assert await way.receive.say(ADA, where, "m-1", "Hello!") == ID_REUSED
    assert await way.receive.say(OTTO, where, "m-1", "Hello") == ID_REUSED
    assert way.kinds(where) == ["message"]


async def test_the_same_id_in_another_conversation_is_another_message(way: Entrance) -> None:
    one, two = await way.start(), await way.start()

    assert (await way.say(one, "m-1", "a")).conversation == one
    assert (await way.say(two, "m-1", "b")).conversation == two


async def test_a_repeat_is_acked_again_after_the_store_was_reopened(tmp_path: Path) -> None:
    async with entrance(tmp_path / "data") as first:
        where = await first.start()
        acked = await first.say(where, "m-1")
    async with entrance(tmp_path / "data") as second:
        assert await second.say(where, "m-1") == acked
        assert await second.receive.say(ADA, where, "m-1", "else") == ID_REUSED
        assert second.entries == []


# ---------------------------------------------------------------- refused


@pytest.mark.parametrize("who", [BOB, EVE, RITA], ids=["another person", "another tenant", "its operator"])
async def test_a_foreign_conversation_answers_exactly_as_an_unknown_one(way: Entrance, who: Caller) -> None:
    where = await way.start()

    foreign = await way.receive.say(who, where, "m-1", "Hello")
    unknown = await way.receive.say(who, "no-such-thing", "m-1", "Hello")

    assert foreign == unknown == UNKNOWN_CONVERSATION
    assert await way.receive.mark(who, where, 1, 1) == await way.receive.mark(who, "nothing", 1, 1) == foreign
    assert way.kinds(where) == []


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("", "Hi", BAD_ID),
        ("a" * 65, "Hi", BAD_ID),
        ("m 1", "Hi", BAD_ID),
        ("m-1\n", "Hi", BAD_ID),
        ("m-1", "", EMPTY),
        ("m-1", " \t\n\u3000", EMPTY),
        ("m-1", "a\x00b", BAD_TEXT),
        ("m-1", "a\ud83d", BAD_TEXT),
    ],
)
async def test_what_cannot_be_kept_is_refused(way: Entrance, name: str, text: str, fault: Fault) -> None:
    where = await way.start()

    assert await way.receive.say(ADA, where, name, text) == fault
    assert way.kinds(where) == []


@pytest.mark.parametrize("where", ["", "\ud800", "a\x00b", "x" * 10_000, "inbox:p-ada", "../etc"])
async def test_a_conversation_id_that_cannot_be_one_is_unknown(way: Entrance, where: str) -> None:
    assert await way.receive.say(ADA, where, "m-1", "Hi") == UNKNOWN_CONVERSATION
    assert await way.receive.mark(ADA, where, 1, 1) == UNKNOWN_CONVERSATION


async def test_two_thousand_characters_are_kept_and_one_more_is_not(way: Entrance) -> None:
    where = await way.start()

    assert isinstance(await way.receive.say(ADA, where, "m-1", "é" * 2_000), Acked)
    refused = await way.receive.say(ADA, where, "m-2", "é" * 2_001)
    assert isinstance(refused, Fault)
    assert refused.code == "too_long"


async def test_attachments_are_refused_and_the_text_is_not_kept_without_them(way: Entrance) -> None:
    where = await way.start()

    assert await way.receive.say(ADA, where, "m-1", "See this", ["file-1"]) == UNKNOWN_FILE
    assert way.kinds(where) == []


async def test_a_store_that_is_down_is_busy_and_nothing_is_woken(way: Entrance) -> None:
    where = await way.start()
    way.store.down = True

    assert await way.receive.say(ADA, where, "m-1", "Hello") == BUSY
    assert await way.receive.start(ADA) == BUSY
    assert await way.receive.mark(ADA, where, 1, 1) == BUSY
    assert (way.woken, way.kinds(where), way.begun) == (0, [], [where])
    way.store.down = False
    assert (await way.say(where, "m-1")).seq == 3


async def test_a_store_that_is_closed_is_busy_before_the_policy_is_known(tmp_path: Path) -> None:
    async with entrance(tmp_path / "data") as way:
        where = await way.start()
        await way.store.close()

        assert await way.receive.say(ADA, where, "m-1", "Hello") == BUSY


# ---------------------------------------------------------------- what follows


async def test_a_burst_makes_one_turn_due_and_wakes_once(way: Entrance) -> None:
    where = await way.start()
    await asyncio.gather(*(way.say(where, f"m-{n}", f"part {n}") for n in range(10)))

    turn = await way.store.read(lambda tx: tx.turns.current(DEMO, where))
    assert turn is not None
    assert (turn.status, turn.agent, way.woken) == ("due", "Guide", 1)
    assert len(way.bodies(where, "message")) == 10


async def test_a_message_during_a_running_turn_makes_the_next_one_due(way: Entrance) -> None:
    where = await way.start()
    await way.say(where, "m-1")
    running = await way.store.write(lambda tx: tx.turns.claim("me", way.clock.now(), way.clock.now() + 15_000))
    await way.say(where, "m-2")
    await way.say(where, "m-3")

    assert running is not None
    assert way.woken == 2
    await way.store.write(lambda tx: tx.turns.change(running.id, running.fence, status="completed"))
    waiting = await way.store.write(lambda tx: tx.turns.claim("me", way.clock.now(), way.clock.now() + 15_000))
    assert waiting is not None
    assert waiting.id != running.id
    assert await way.store.write(lambda tx: tx.turns.claim("me", way.clock.now(), way.clock.now() + 15_000)) is None


async def test_where_no_agent_answers_nothing_is_due(tmp_path: Path) -> None:
    async with entrance(tmp_path / "data", agent="") as way:
        where = await way.start()
        await way.say(where, "m-1")

        assert await way.store.read(lambda tx: tx.turns.current(DEMO, where)) is None
        assert way.woken == 0


async def test_a_members_message_owes_the_person_a_delivery_and_makes_no_turn(way: Entrance) -> None:
    where = await way.start()
    acked = await way.say(where, "m-1", "I am Otto.", OTTO)

    assert way.kinds(where) == ["message", "delivery"]
    (body,) = way.bodies(where, "message")
    assert (body.author.kind, body.author.name) == ("member", "Otto")
    (row,) = await way.store.read(lambda tx: tx.bindings.deliveries(DEMO, where))
    assert (row.message, row.channel, row.state, row.owed, row.seq) == ("m-1", "web", "accepted", True, acked.seq)
    assert await way.store.read(lambda tx: tx.turns.current(DEMO, where)) is None
    assert way.woken == 0
    assert (await way.row(where)).title == ""


async def test_a_persons_own_words_owe_nothing(way: Entrance) -> None:
    where = await way.start()
    await way.say(where, "m-1")

    assert await way.states(where) == []


async def test_a_message_reopens_an_ended_conversation_before_it(way: Entrance) -> None:
    where = await way.start()
    await way.store.write(lambda tx: tx.log.append(DEMO, where, way.clock.now(), ConversationEnded("closed")))
    acked = await way.say(where, "m-1")
    await way.say(where, "m-2")

    assert way.kinds(where) == ["conversation_ended", "conversation_reopened", "message", "message"]
    assert acked.seq == 5
    assert (await way.row(where)).status == "active"


async def test_a_refused_message_reopens_nothing(way: Entrance) -> None:
    where = await way.start()
    await way.say(where, "m-1")
    await way.store.write(lambda tx: tx.log.append(DEMO, where, way.clock.now(), ConversationEnded("closed")))

    assert await way.receive.say(ADA, where, "m-1", "other") == ID_REUSED
    assert isinstance(await way.receive.say(ADA, where, "m-1", "Hello"), Acked)
    assert (await way.row(where)).status == "ended"


async def test_the_first_words_of_the_person_are_the_title(way: Entrance) -> None:
    where = await way.start()
    await way.say(where, "m-1", "  Where is\nmy   parcel? ")
    await way.say(where, "m-2", "Anyone?")

    assert (await way.row(where)).title == "Where is my parcel?"


def test_a_long_title_ends_at_a_word() -> None:
    words = "We would like to move our booking, from Tuesday to the Thursday after, please"
    assert title(words) == "We would like to move our booking, from Tuesday to the…"
    assert title("x" * 200) == "x" * 60 + "…"
    assert len(title("x" * 35 + " " + "y" * 60)) == 36


# ---------------------------------------------------------------- beginning


async def test_a_conversation_begins_with_its_web_binding_and_is_told_once(way: Entrance) -> None:
    where = await way.start(ADA, "c-1")
    again = await way.start(ADA, "c-1")

    assert where == again == "c-1"
    assert way.kinds(where, after=0) == ["conversation_started", "bound"]
    (binding,) = await way.store.read(lambda tx: tx.bindings.bindings(DEMO, where))
    assert (binding.channel, binding.mode, binding.identity) == ("web", "active", "i-Ada")
    assert way.begun == ["c-1"]


async def test_twenty_starts_at_once_with_one_id_are_one_conversation(way: Entrance) -> None:
    found = await asyncio.gather(*(way.start(ADA, "c-1") for _ in range(20)))

    assert set(found) == {"c-1"}
    assert way.kinds("c-1", after=0) == ["conversation_started", "bound"]
    assert way.begun == ["c-1"]


async def test_an_id_of_another_person_is_taken_and_shows_nothing_of_it(way: Entrance) -> None:
    await way.start(ADA, "c-1")

    assert await way.receive.start(BOB, "c-1") == ID_REUSED
    assert await way.receive.say(BOB, "c-1", "m-1", "Hi") == UNKNOWN_CONVERSATION


async def test_another_tenants_id_is_as_good_as_new(way: Entrance) -> None:
    await way.start(ADA, "c-1")
    await way.say("c-1", "m-1", "Ada's")
    made = await way.receive.start(EVE, "c-1")

    assert isinstance(made, Conversation)
    assert (made.tenant, made.person, made.head, made.title) == (EVE.tenant, EVE.person, 2, "")
    await way.say("c-1", "m-1", "Eve's", EVE)
    assert (await way.row(made.id)).title == "Ada's"
    assert (await way.row(made.id, EVE.tenant)).title == "Eve's"


async def test_members_begin_no_conversation_and_bad_ids_none_either(way: Entrance) -> None:
    assert await way.receive.start(OTTO) == FORBIDDEN
    assert await way.receive.start(ADA, "a b") == BAD_ID
    assert await way.receive.start(ADA, "inbox:p-bob") == BAD_ID
    assert way.entries == []


async def test_a_person_that_is_not_there_begins_nothing(way: Entrance) -> None:
    ghost = Caller(DEMO, ADA.user, EVE.person, "customer", "Ghost", ADA.session)

    assert await way.receive.start(ghost) == FORBIDDEN
    assert way.entries == []
