"""Turns: one due and one running per conversation, leases, fences."""

import msgspec

from throughline.conversation.ids import ConversationId, TurnId
from throughline.ports import Store, Tx

from .given import ACME, C1, C2, begun, conversation, turn

T1 = TurnId("t1")


def two(tx: Tx) -> None:
    begun(tx)
    tx.log.start(conversation(ACME, C2))


async def test_a_due_turn_takes_later_messages_too(store: Store) -> None:
    await store.write(begun)

    assert await store.write(lambda tx: [tx.turns.due(turn("t1")), tx.turns.due(turn("t2"))]) == [True, False]
    assert await store.read(lambda tx: tx.turns.current(ACME, C1)) == turn("t1")


async def test_a_running_turn_lets_one_more_be_due_but_not_run(store: Store) -> None:
    await store.write(begun)
    await store.write(lambda tx: tx.turns.due(turn("t1")))
    running = await store.write(lambda tx: tx.turns.claim("w1", 200, 215))
    more = await store.write(lambda tx: [tx.turns.due(turn(f"t{i}", due_at=50)) for i in (2, 3)])

    assert running == msgspec.structs.replace(turn("t1"), status="running", owner="w1", fence=1, until=215)
    assert more == [True, False]
    assert await store.write(lambda tx: tx.turns.claim("w2", 201, 216)) is None
    assert await store.read(lambda tx: tx.turns.current(ACME, C1)) == running

    ended = await store.write(lambda tx: tx.turns.change(T1, 1, status="completed", at=205))
    following = await store.write(lambda tx: tx.turns.claim("w2", 206, 221))
    assert ended
    assert following is not None
    assert (following.id, following.fence) == ("t2", 1)


async def test_the_oldest_that_may_run_is_claimed_first(store: Store) -> None:
    def several(tx: Tx) -> None:
        two(tx)
        for i, at in ((1, 30), (2, 10), (3, 20), (4, 10)):
            where = ConversationId(f"y{i}")
            tx.log.start(conversation(ACME, where))
            tx.turns.due(turn(f"t{i}", where=where, due_at=at))

    await store.write(several)

    def claim_all(tx: Tx) -> list[str]:
        return [claimed.id for _ in range(5) if (claimed := tx.turns.claim("w", 100, 115)) is not None]

    assert await store.write(claim_all) == ["t2", "t4", "t3", "t1"]


async def test_a_lease_that_ran_out_is_claimed_again_under_a_higher_fence(store: Store) -> None:
    await store.write(begun)
    await store.write(lambda tx: tx.turns.due(turn("t1")))
    await store.write(lambda tx: tx.turns.claim("w1", 100, 115))
    await store.write(lambda tx: tx.turns.change(T1, 1, attempt=1, pos=7, checkpoint="so far"))

    early = await store.write(lambda tx: tx.turns.claim("w2", 114, 130))
    again = await store.write(lambda tx: tx.turns.claim("w2", 115, 130))

    assert early is None
    assert again is not None
    assert (again.owner, again.fence, again.until, again.attempt, again.pos, again.checkpoint) == (
        "w2", 2, 130, 1, 7, "so far",
    )  # fmt: skip


async def test_an_old_fence_writes_nothing(store: Store) -> None:
    await store.write(begun)
    await store.write(lambda tx: tx.turns.due(turn("t1")))
    await store.write(lambda tx: tx.turns.claim("w1", 100, 115))
    taken = await store.write(lambda tx: tx.turns.claim("w2", 120, 135))

    def late(tx: Tx) -> list[bool]:
        return [
            tx.turns.renew(T1, 1, 999),
            tx.turns.change(T1, 1, checkpoint="late"),
            tx.turns.change(T1, 1, status="completed", at=9),
            tx.turns.renew(T1, 3, 999),
        ]

    assert await store.write(late) == [False] * 4
    assert await store.read(lambda tx: tx.turns.current(ACME, C1)) == taken


async def test_a_lease_is_held_longer_by_its_owner_until_the_turn_ends(store: Store) -> None:
    await store.write(begun)
    await store.write(lambda tx: tx.turns.due(turn("t1")))
    await store.write(lambda tx: tx.turns.claim("w1", 100, 115))

    assert await store.write(lambda tx: tx.turns.renew(T1, 1, 130))
    assert await store.write(lambda tx: tx.turns.claim("w2", 120, 135)) is None
    assert await store.write(lambda tx: tx.turns.change(T1, 1, status="failed", at=125))
    assert not await store.write(lambda tx: tx.turns.renew(T1, 1, 140))
    assert not await store.write(lambda tx: tx.turns.change(T1, 1, status="completed", at=126))
    assert await store.read(lambda tx: tx.turns.current(ACME, C1)) is None
    assert await store.write(lambda tx: tx.turns.claim("w2", 999, 1_014)) is None


async def test_what_is_not_given_stays_as_it_is(store: Store) -> None:
    await store.write(begun)
    await store.write(lambda tx: tx.turns.due(turn("t1")))
    claimed = await store.write(lambda tx: tx.turns.claim("w1", 100, 115))
    assert claimed is not None
    await store.write(lambda tx: tx.turns.change(T1, 1, checkpoint="a"))
    await store.write(lambda tx: tx.turns.change(T1, 1, attempt=2))
    await store.write(lambda tx: tx.turns.change(T1, 1, pos=5))
    await store.write(lambda tx: tx.turns.change(T1, 1))

    kept = await store.read(lambda tx: tx.turns.current(ACME, C1))
    assert kept == msgspec.structs.replace(claimed, checkpoint="a", attempt=2, pos=5)
    await store.write(lambda tx: tx.turns.change(T1, 1, checkpoint="", pos=0))
    kept = await store.read(lambda tx: tx.turns.current(ACME, C1))
    assert kept == msgspec.structs.replace(claimed, attempt=2)


async def test_stop_is_asked_of_open_turns_only(store: Store) -> None:
    await store.write(two)
    await store.write(lambda tx: tx.turns.due(turn("t1")))

    due = await store.write(lambda tx: tx.turns.ask_stop(ACME, C1, T1))
    running = await store.write(lambda tx: tx.turns.claim("w1", 100, 115))
    again = await store.write(lambda tx: tx.turns.ask_stop(ACME, C1, T1))
    elsewhere = await store.write(lambda tx: tx.turns.ask_stop(ACME, C2, T1))
    await store.write(lambda tx: tx.turns.change(T1, 1, status="stopped", at=101))
    ended = await store.write(lambda tx: tx.turns.ask_stop(ACME, C1, T1))

    assert (due, again, elsewhere, ended) == (True, True, False, False)
    assert running is not None
    assert running.stop_asked


async def test_void_ends_every_lease_and_every_fence(store: Store) -> None:
    def running(tx: Tx) -> None:
        two(tx)
        for i, where in ((1, C1), (2, C2)):
            tx.turns.due(turn(f"t{i}", where=where))
            tx.turns.claim("w1", 100, 10_000)
        tx.turns.due(turn("t3"))

    await store.write(running)

    assert await store.write(lambda tx: tx.turns.void()) == 2
    assert not await store.write(lambda tx: tx.turns.renew(T1, 1, 20_000))
    claimed = await store.write(lambda tx: [tx.turns.claim("w2", 101, 10_000) for _ in range(3)])
    assert [None if item is None else (item.id, item.owner) for item in claimed] == [("t1", "w2"), ("t2", "w2"), None]
    assert all(item.fence > 1 for item in claimed if item is not None)
