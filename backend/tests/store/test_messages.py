"""Ids that are taken once, exact times, marks that only rise."""

import pytest

from throughline.conversation.ids import ConversationId, MessageId
from throughline.conversation.records import Logged, Repeat
from throughline.ports import Conflict, Store, Tx

from .given import ACME, ANNA, ANNA_USER, BEN, C1, C2, OPERATOR, begun, conversation, say


async def test_an_id_is_free_until_it_is_kept(store: Store) -> None:
    await store.write(begun)
    before = await store.read(lambda tx: tx.messages.logged(ACME, C1, MessageId("m1")))
    await store.write(lambda tx: say(tx, "m1"))

    assert before is None
    assert await store.read(lambda tx: tx.messages.logged(ACME, C1, MessageId("m1"))) == Logged(1, b"digest")


async def test_an_id_is_taken_once_in_its_conversation_and_free_in_another(store: Store) -> None:
    await store.write(begun)
    await store.write(lambda tx: tx.log.start(conversation(ACME, C2)))
    await store.write(lambda tx: say(tx, "m1"))

    with pytest.raises(Conflict):
        await store.write(lambda tx: say(tx, "m1"))
    await store.write(lambda tx: say(tx, "m1", where=C2))

    assert [item.seq for item in await store.read(lambda tx: tx.log.entries(ACME, C1, 0, 9))] == [1]


async def test_times_are_the_newest_of_one_person_over_all_conversations_oldest_first(store: Store) -> None:
    def several(tx: Tx) -> None:
        begun(tx)
        tx.log.start(conversation(ACME, C2))
        for i, where in enumerate((C1, C2, C1, C2)):
            say(tx, f"m{i}", at=100 + i, where=where)
        tx.messages.keep(ACME, C1, MessageId("bens"), Logged(9, b""), 103, BEN)
        tx.messages.keep(ACME, C1, MessageId("agents"), Logged(10, b""), 104, None)

    await store.write(several)

    def times(tx: Tx) -> list[tuple[int, ...]]:
        return [tx.messages.times(ACME, ANNA, since, limit) for since, limit in ((0, 9), (102, 9), (0, 2), (200, 9))]

    assert await store.read(times) == [(100, 101, 102, 103), (102, 103), (102, 103), ()]


async def test_marks_only_rise_and_tell_what_they_were(store: Store) -> None:
    await store.write(begun)

    def raise_them(tx: Tx) -> list[tuple[int, int]]:
        return [tx.messages.received(ACME, C1, ANNA_USER, got, seen) for got, seen in ((3, 1), (2, 2), (5, 0), (0, 0))]

    assert await store.write(raise_them) == [(0, 0), (3, 1), (3, 2), (5, 2)]
    assert await store.write(lambda tx: tx.messages.received(ACME, C1, OPERATOR, 0, 0)) == (0, 0)


async def test_marks_on_nothing_are_not_kept(store: Store) -> None:
    await store.write(begun)
    nowhere = ConversationId("nowhere")

    assert await store.write(lambda tx: tx.messages.received(ACME, nowhere, ANNA_USER, 3, 3)) == (0, 0)
    assert await store.write(lambda tx: tx.messages.received(ACME, nowhere, ANNA_USER, 3, 3)) == (0, 0)


async def test_a_repeat_is_answered_as_the_first_time(store: Store) -> None:
    await store.write(begun)
    first = Repeat(b"digest", 201, b'{"id":"c1"}')
    before = await store.read(lambda tx: tx.repeats.seen(ACME, ANNA_USER, "k"))
    await store.write(lambda tx: tx.repeats.keep(ACME, ANNA_USER, "k", first, 5))

    assert before is None
    assert await store.read(lambda tx: tx.repeats.seen(ACME, ANNA_USER, "k")) == first
    assert await store.read(lambda tx: tx.repeats.seen(ACME, OPERATOR, "k")) is None
    with pytest.raises(Conflict):
        await store.write(lambda tx: tx.repeats.keep(ACME, ANNA_USER, "k", first, 6))
