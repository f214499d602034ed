"""The log: dense, in order, two views, cheap lists."""

import asyncio
from collections.abc import Callable
from functools import partial

import pytest

from throughline.conversation.events import (
    Author,
    ConversationEnded,
    ConversationReopened,
    ConversationStarted,
    Delivery,
    Entry,
    FailedOver,
    Hidden,
    Message,
    Part,
    TurnEnded,
    entry,
)
from throughline.conversation.ids import ConversationId, FileId, MessageId, PersonId, TurnId
from throughline.conversation.records import Node, Summary
from throughline.ports import Conflict, Store, Tx

from .given import ACME, ANNA, ANNA_USER, BEN, C1, C2, OPERATOR, WEB, appending, begun, conversation, words


async def test_a_new_conversation_has_head_zero(store: Store) -> None:
    await store.write(begun)

    assert await store.read(lambda tx: tx.log.conversation(ACME, C1)) == conversation(ACME, C1)


async def test_a_conversation_id_is_taken_once(store: Store) -> None:
    await store.write(begun)

    with pytest.raises(Conflict):
        await store.write(lambda tx: tx.log.start(conversation(ACME, C1)))


async def test_a_conversation_needs_its_person(store: Store) -> None:
    with pytest.raises(Conflict):
        await store.write(lambda tx: tx.log.start(conversation(ACME, C1)))


async def test_seq_begins_at_one_and_is_dense(store: Store, told: list[Entry]) -> None:
    await store.write(begun)

    made = [await store.write(appending(words("x", f"m{i}"), 20 + i)) for i in range(3)]

    assert [item.seq for item in made] == [1, 2, 3]
    assert told == made
    assert await store.read(lambda tx: tx.log.entries(ACME, C1, 0, 10)) == made


async def test_an_entry_is_what_the_pure_rule_makes_of_the_body(store: Store) -> None:
    await store.write(begun)
    bodies = [
        words("same for both"),
        words("members see more", confidence=0.4, cost_usd=0.01),
        TurnEnded(TurnId("t"), "failed", detail="the provider said no"),
        Hidden(),
    ]

    def append(tx: Tx) -> list[Entry]:
        return [tx.log.append(ACME, C1, 30 + i, body) for i, body in enumerate(bodies)]

    made = await store.write(append)
    kept = await store.read(lambda tx: tx.log.entries(ACME, C1, 0, 10))

    assert made == kept == [entry(ACME, C1, i + 1, 30 + i, body) for i, body in enumerate(bodies)]
    assert kept[0].person is kept[0].member
    assert kept[1].person is not None
    assert b"confidence" not in kept[1].person
    assert kept[3].person is None
    assert [item.body() for item in kept] == bodies


async def test_text_of_every_plane_comes_back_as_it_was(store: Store) -> None:
    await store.write(begun)
    text = "é\u0000𝄞\u202e end\U000e0041"

    await store.write(lambda tx: tx.log.append(ACME, C1, 20, words(text)))

    (kept,) = await store.read(lambda tx: tx.log.entries(ACME, C1, 0, 10))
    body = kept.body()
    assert isinstance(body, Message)
    assert body.text == text


async def test_entries_go_on_after_a_seq_up_to_a_limit_of_some_kinds(store: Store) -> None:
    await store.write(begun)

    def append(tx: Tx) -> None:
        for i in range(6):
            tx.log.append(ACME, C1, 20, words("x", f"m{i}") if i % 2 else ConversationReopened())

    await store.write(append)

    def seqs(tx: Tx) -> list[list[int]]:
        log = tx.log
        found = (
            log.entries(ACME, C1, 2, 3),
            log.entries(ACME, C1, 6, 3),
            log.entries(ACME, C1, 99, 3),
            log.entries(ACME, C1, 0, 9, ["message"]),
            log.entries(ACME, C1, 0, 2, ["message", "conversation_reopened"]),
            log.entries(ACME, C1, 0, 9, ["no_such_kind"]),
            log.entries(ACME, C1, 0, 0),
        )
        return [[item.seq for item in items] for items in found]

    assert await store.read(seqs) == [[3, 4, 5], [], [], [2, 4, 6], [1, 2], [], []]


async def test_appending_to_nothing_fails_and_leaves_nothing(store: Store, told: list[Entry]) -> None:
    await store.write(begun)

    with pytest.raises(LookupError):
        await store.write(lambda tx: tx.log.append(ACME, ConversationId("nowhere"), 20, words("x")))

    assert told == []


async def test_head_status_and_time_follow_what_is_appended(store: Store) -> None:
    await store.write(begun)
    seen = []
    for at, body in (
        (20, ConversationStarted("web")),
        (21, ConversationEnded("idle")),
        (22, Delivery((MessageId("m"),), WEB, "web", "read")),
        (23, ConversationReopened()),
    ):
        await store.write(appending(body, at))
        row = await store.read(lambda tx: tx.log.conversation(ACME, C1))
        assert row is not None
        seen.append((row.head, row.status, row.updated_at))

    # A receipt moves the head, not the place in the list.
    assert seen == [(1, "active", 20), (2, "ended", 21), (3, "ended", 21), (4, "active", 23)]


async def test_fifty_writers_leave_no_gap_and_no_double(store: Store, told: list[Entry]) -> None:
    await store.write(begun)
    await store.write(lambda tx: tx.log.start(conversation(ACME, C2)))

    def whole(where: ConversationId) -> Callable[[Tx], list[Entry]]:
        return lambda tx: tx.log.entries(ACME, where, 0, 500)

    async def writer(n: int) -> list[int]:
        where = C1 if n % 2 else C2
        return [(await store.write(appending(words(f"{n}", f"{n}-{i}"), where=where))).seq for i in range(8)]

    seqs = await asyncio.gather(*(writer(n) for n in range(50)))

    for where, ours in ((C1, seqs[1::2]), (C2, seqs[0::2])):
        assert sorted(seq for mine in ours for seq in mine) == list(range(1, 201))
        assert all(mine == sorted(mine) for mine in ours)
        assert [item.seq for item in told if item.conversation == where] == list(range(1, 201))
        assert await store.read(whole(where)) == [item for item in told if item.conversation == where]


async def test_place_of_the_last_messages_counts_messages_only(store: Store) -> None:
    await store.write(begun)

    def append(tx: Tx) -> None:
        for i in range(3):
            tx.log.append(ACME, C1, 20, ConversationReopened())
            tx.log.append(ACME, C1, 20, words("x", f"m{i}"))

    await store.write(append)

    def places(tx: Tx) -> list[int]:
        return [tx.log.place_of(ACME, C1, n) for n in (0, 1, 2, 3, 4, 50)]

    assert await store.read(places) == [6, 5, 3, 1, 0, 0]


async def test_a_list_is_newest_first_and_pages_without_a_gap(store: Store) -> None:
    await store.write(begun)

    def start(tx: Tx) -> None:
        for i in range(7):  # several of the same time
            tx.log.start(conversation(ACME, ConversationId(f"x{i}"), BEN if i == 6 else ANNA, at=100 + i // 3))

    await store.write(start)

    def listed(person: PersonId | None, before: tuple[int, str] | None, tx: Tx) -> list[Summary]:
        return tx.log.summaries(ACME, person, ANNA_USER, before, 2)

    async def pages(person: PersonId | None) -> list[str]:
        found: list[str] = []
        before: tuple[int, str] | None = None
        while True:
            page = await store.read(partial(listed, person, before))
            if not page:
                return found
            found += [item.conversation.id for item in page]
            before = (page[-1].conversation.updated_at, page[-1].conversation.id)

    assert await pages(ANNA) == ["x5", "x4", "x3", "x2", "x1", "x0", "c1"]
    assert await pages(None) == ["x6", "x5", "x4", "x3", "x2", "x1", "x0", "c1"]


async def test_a_summary_shows_the_last_dozen_messages_and_the_last_words(store: Store) -> None:
    await store.write(begun)

    def append(tx: Tx) -> None:
        for i in range(15):
            tx.log.append(ACME, C1, 20, words(f"number\n\n {i}", f"m{i}", "agent" if i % 2 else "person"))
        tx.log.append(ACME, C1, 30, ConversationReopened())

    await store.write(append)
    (summary,) = await store.read(lambda tx: tx.log.summaries(ACME, ANNA, ANNA_USER, None, 9))

    assert summary.person_name == "Anna of acme"
    assert summary.preview == "number 14"
    assert summary.trace == tuple(Node("agent" if i % 2 else "person", "web") for i in range(3, 15))


async def test_a_summary_shows_where_a_conversation_broke(store: Store) -> None:
    await store.write(begun)
    hop = FailedOver(MessageId("m2"), "whatsapp", "gmail", WEB, "refused")

    def append(tx: Tx) -> None:
        tx.log.append(ACME, C1, 20, words("asked", "m1", "person"))
        tx.log.append(ACME, C1, 21, words("answered", "m2", "agent"))
        tx.log.append(ACME, C1, 22, hop)
        tx.log.append(ACME, C1, 23, Delivery((MessageId("m2"),), WEB, "gmail", "accepted"))
        tx.log.append(ACME, C1, 24, Delivery((MessageId("m1"),), WEB, "sms", "dead"))

    await store.write(append)
    (summary,) = await store.read(lambda tx: tx.log.summaries(ACME, ANNA, ANNA_USER, None, 9))

    assert summary.trace == (
        Node("person", "web"), Node("agent", "web"), Node("system", "gmail", "hop"), Node("system", "sms", "lost"),
    )  # fmt: skip
    assert summary.conversation.updated_at == 22
    assert summary.preview == "answered"


async def test_the_preview_of_a_message_without_words_names_its_parts(store: Store) -> None:
    await store.write(begun)
    picture = Message(
        MessageId("m"),
        Author("person", "Anna"),
        "telegram",
        "",
        parts=(Part(FileId("f"), "image", "cat.png", "image/png", 3),),
    )

    await store.write(lambda tx: tx.log.append(ACME, C1, 20, picture))
    (summary,) = await store.read(lambda tx: tx.log.summaries(ACME, ANNA, ANNA_USER, None, 9))

    assert summary.preview == "cat.png"
    assert summary.trace == (Node("person", "telegram"),)


async def test_unread_is_what_others_wrote_after_the_seen_mark(store: Store) -> None:
    await store.write(begun)

    def append(tx: Tx) -> None:
        for i, author in enumerate(("person", "agent", "person", "agent", "member", "system")):
            tx.log.append(ACME, C1, 20, words("x", f"m{i}", author))

    await store.write(append)

    async def unread() -> tuple[int, int]:
        (mine,) = await store.read(lambda tx: tx.log.summaries(ACME, ANNA, ANNA_USER, None, 9))
        (theirs,) = await store.read(lambda tx: tx.log.summaries(ACME, None, OPERATOR, None, 9))
        return mine.unread, theirs.unread

    assert await unread() == (4, 2)
    await store.write(lambda tx: tx.messages.received(ACME, C1, ANNA_USER, 6, 4))
    assert await unread() == (2, 2)
    await store.write(lambda tx: tx.messages.received(ACME, C1, OPERATOR, 1, 1))
    assert await unread() == (2, 1)


async def test_titles_are_given(store: Store) -> None:
    await store.write(begun)
    await store.write(lambda tx: tx.messages.titled(ACME, C1, "Second workspace"))

    row = await store.read(lambda tx: tx.log.conversation(ACME, C1))
    assert row is not None
    assert row.title == "Second workspace"
