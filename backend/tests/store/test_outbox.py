"""Couriers' leases: head of line per binding, fences, and when there is something to do."""

import msgspec
import pytest

from throughline.conversation.events import DeliveryState
from throughline.conversation.ids import BindingId, ConversationId, IdentityId, MessageId
from throughline.conversation.records import Binding, DeliveryRow, Errand, Rung
from throughline.ports import Conflict, Store, Tx

from .given import (
    ACME,
    C1,
    C2,
    RIVAL,
    SLACK,
    account,
    account_of,
    connected,
    conversation,
    leaves,
    owed,
    slack,
)


def become(row: DeliveryRow, state: DeliveryState, **more: object) -> DeliveryRow:
    return msgspec.structs.replace(row, state=state, **more)


def one(got: list[Errand]) -> Errand:
    assert len(got) == 1
    return got[0]


async def owing(store: Store, *rows: DeliveryRow) -> None:
    def owe(tx: Tx) -> None:
        connected(tx)
        for row in rows:
            tx.bindings.owe(row)

    await store.write(owe)


async def claim(store: Store, now: int = 100, owner: str = "w1", limit: int = 9) -> list[Errand]:
    return await store.write(lambda tx: tx.outbox.claim(owner, now, now + 15, limit))


async def test_a_binding_with_due_work_is_leased_to_one(store: Store) -> None:
    await owing(store, leaves("m1", 1), leaves("m2", 2))

    assert await claim(store, now=59) == []
    errand = one(await claim(store))
    assert errand == Errand(slack(), fence=1, until=115)
    assert await claim(store, owner="w2") == []
    assert await store.read(lambda tx: tx.outbox.open_rows(errand, 9)) == [leaves("m1", 1), leaves("m2", 2)]
    assert await store.read(lambda tx: tx.outbox.open_rows(errand, 1)) == [leaves("m1", 1)]


async def test_a_lease_that_ran_out_is_claimed_again_under_a_higher_fence(store: Store) -> None:
    await owing(store, leaves("m1", 1))
    first = one(await claim(store))

    assert await claim(store, now=114, owner="w2") == []
    assert one(await claim(store, now=115, owner="w2")) == Errand(slack(), fence=first.fence + 1, until=130)


async def test_an_old_fence_writes_nothing(store: Store) -> None:
    await owing(store, leaves("m1", 1))
    old = one(await claim(store))
    new = one(await claim(store, now=120, owner="w2"))
    sent = become(leaves("m1", 1), "accepted", at=121)

    def late(tx: Tx, errand: Errand) -> list[bool]:
        return [tx.outbox.change(errand, sent), tx.outbox.rooted(errand, "D1:1"), tx.outbox.renew(errand, 999)]

    for fence in (old.fence, new.fence + 1):
        wrong = msgspec.structs.replace(new, fence=fence)
        assert await store.write(lambda tx, wrong=wrong: late(tx, wrong)) == [False] * 3  # type: ignore[misc]
    assert await store.read(lambda tx: tx.outbox.open_rows(new, 9)) == [leaves("m1", 1)]
    assert await store.read(lambda tx: tx.bindings.at_thread(ACME, account_of(), "D1:1")) is None
    assert await store.write(lambda tx: late(tx, new)) == [True] * 3


async def test_a_lease_is_held_longer_or_let_go(store: Store) -> None:
    await owing(store, leaves("m1", 1))
    errand = one(await claim(store))

    assert await store.write(lambda tx: tx.outbox.renew(errand, 200))
    assert await claim(store, now=199, owner="w2") == []
    assert await store.read(lambda tx: tx.outbox.next_due()) == 200
    assert await store.write(lambda tx: tx.outbox.let_go(errand, 0))
    assert await store.read(lambda tx: tx.outbox.next_due()) == 60
    again = one(await claim(store, now=101, owner="w2"))
    assert again.fence == 2
    assert not await store.write(lambda tx: tx.outbox.renew(errand, 200))
    assert not await store.write(lambda tx: tx.outbox.let_go(errand, 0))


async def test_what_was_let_go_is_not_renewed_by_whoever_asks_late(store: Store) -> None:
    await owing(store, leaves("m1", 1))
    errand = one(await claim(store))
    assert await store.write(lambda tx: tx.outbox.let_go(errand, 0))

    assert not await store.write(lambda tx: tx.outbox.renew(errand, 200))
    assert one(await claim(store, now=101, owner="w2")).fence == 2


async def test_what_is_let_go_until_later_is_nobodys_before_unless_there_is_news(store: Store) -> None:
    await owing(store, leaves("m1", 1))
    errand = one(await claim(store))
    assert await store.write(lambda tx: tx.outbox.let_go(errand, 500))

    assert await store.read(lambda tx: tx.outbox.next_due()) == 500
    assert await claim(store, now=499, owner="w2") == []
    await store.write(lambda tx: tx.bindings.owe(leaves("m2", 2)))
    assert one(await claim(store, now=499, owner="w2")).fence == 2


async def test_a_change_is_written_with_its_rungs(store: Store) -> None:
    await owing(store, leaves("m1", 1))
    errand = one(await claim(store))
    sending = become(leaves("m1", 1), "sending", at=101, due=0)
    streaming = become(sending, "streaming", at=102, remote=("1.1",))
    more = msgspec.structs.replace(streaming, at=103, remote=("1.1", "1.2"), attempts=1)
    accepted = become(more, "accepted", at=104, reason="late")

    for row in (sending, streaming, more, accepted):
        assert await store.write(lambda tx, row=row: tx.outbox.change(errand, row))  # type: ignore[misc]

    assert await store.read(lambda tx: tx.bindings.delivery(ACME, C1, row.message, SLACK)) == msgspec.structs.replace(
        accepted,
        rungs=(Rung("pending", 60), Rung("sending", 101), Rung("streaming", 102), Rung("accepted", 104, "late")),
    )
    assert await store.read(lambda tx: tx.outbox.next_due()) is None
    assert not await store.write(
        lambda tx: tx.outbox.change(errand, msgspec.structs.replace(accepted, message=MessageId("none")))
    )


async def test_a_first_post_opens_the_thread_unless_it_is_taken(store: Store) -> None:
    await owing(store, leaves("m1", 1))

    def other(tx: Tx) -> None:
        tx.log.start(conversation(ACME, C2))
        tx.bindings.bind(msgspec.structs.replace(slack(where=C2), thread="D1:9"))

    await store.write(other)
    errand = one(await claim(store))

    with pytest.raises(Conflict):
        await store.write(lambda tx: tx.outbox.rooted(errand, "D1:9"))
    assert await store.write(lambda tx: tx.outbox.rooted(errand, "D1:1"))
    assert await store.read(lambda tx: tx.bindings.at_thread(ACME, account_of(), "D1:1")) == msgspec.structs.replace(
        slack(), thread="D1:1"
    )
    assert await store.write(lambda tx: tx.outbox.let_go(errand, 0))
    assert one(await claim(store, now=101)).binding.thread == "D1:1"


@pytest.mark.parametrize(
    ("head", "passes"),
    [
        (leaves("m1", 1, "pending", due=500), False),
        (leaves("m1", 1, "not_sent", due=500), False),
        (leaves("m1", 1, "sending", due=500), False),
        (leaves("m1", 1, "streaming", due=500), False),
        (leaves("m1", 1, "streaming", due=500, remote=("1.1",)), True),
        (leaves("m1", 1, "ambiguous", due=500), False),
        # Its wait is over: nobody's work, and in nobody's way.
        (leaves("m1", 1, "ambiguous", due=0), True),
        *((leaves("m1", 1, state, due=500), True) for state in ("accepted", "held", "refused", "passed", "dead")),
    ],
    ids=lambda value: f"{value.state}{value.remote}{value.due}" if isinstance(value, DeliveryRow) else None,
)
async def test_what_holds_up_the_rows_behind_it(store: Store, head: DeliveryRow, passes: bool) -> None:
    await owing(store, head, leaves("m2", 2, due=70))

    assert await store.read(lambda tx: tx.outbox.next_due()) == (70 if passes else 500)
    assert len(await claim(store, now=69)) == 0
    assert len(await claim(store, now=70)) == passes


async def test_what_was_not_sent_waits_for_its_time(store: Store) -> None:
    await owing(store, leaves("m1", 1))
    errand = one(await claim(store))
    failed = become(leaves("m1", 1), "not_sent", at=101, reason="rate", due=4_000, attempts=1)

    def put_off(tx: Tx) -> bool:
        return tx.outbox.change(errand, failed) and tx.outbox.let_go(errand, 0)

    assert await store.write(put_off)
    assert await store.read(lambda tx: tx.outbox.next_due()) == 4_000
    assert await claim(store, now=3_999) == []
    assert one(await claim(store, now=4_000)).binding == slack()


async def test_an_ambiguous_row_that_was_waited_for_is_nobodys_work(store: Store) -> None:
    await owing(store, leaves("m1", 1, "ambiguous", due=500))
    errand = one(await claim(store, now=500))

    def give_up(tx: Tx) -> list[DeliveryRow]:
        assert tx.outbox.change(errand, leaves("m1", 1, "ambiguous", due=0))
        assert tx.outbox.let_go(errand, 0)
        return tx.outbox.open_rows(errand, 9)

    assert await store.write(give_up) == []
    assert await store.read(lambda tx: tx.outbox.next_due()) is None
    assert await claim(store, now=10_000) == []


async def test_the_web_has_no_courier(store: Store) -> None:
    await owing(store, owed("m1", 1, state="pending"))

    assert await claim(store) == []
    assert await store.read(lambda tx: tx.outbox.next_due()) is None


async def test_a_disabled_account_is_left_alone_until_it_is_enabled(store: Store) -> None:
    await owing(store, leaves("m1", 1))
    await store.write(lambda tx: tx.accounts.change(msgspec.structs.replace(account(), enabled=False)))

    assert await claim(store) == []
    assert await store.read(lambda tx: tx.outbox.next_due()) is None
    await store.write(lambda tx: tx.accounts.change(account()))
    assert await store.read(lambda tx: tx.outbox.next_due()) == 60
    assert len(await claim(store)) == 1


async def test_who_waits_longest_comes_first_and_no_more_than_asked(store: Store) -> None:
    def several(tx: Tx) -> None:
        connected(tx)
        connected(tx, RIVAL)
        tx.bindings.owe(leaves("m1", 1, due=30))
        tx.bindings.owe(leaves("m1", 1, due=10, of=RIVAL))
        for n, due in ((1, 20), (2, 40), (3, 5_000)):
            where = ConversationId(f"y{n}")
            tx.log.start(conversation(ACME, where))
            tx.bindings.bind(slack(where=where))
            tx.bindings.owe(leaves("m1", 1, due=due, where=where))

    await store.write(several)
    got = [await claim(store, limit=3), await claim(store, limit=3), await claim(store, limit=3)]

    assert [[(e.binding.tenant, e.binding.conversation) for e in some] for some in got] == [
        [(RIVAL, C1), (ACME, "y1"), (ACME, C1)], [(ACME, "y2")], [],
    ]  # fmt: skip


async def test_what_others_settle_makes_the_next_row_ready(store: Store) -> None:
    await owing(store, leaves("m1", 1, "ambiguous", due=9_000), leaves("m2", 2, "not_sent", due=500), leaves("m3", 3))

    def step(tx: Tx) -> int | None:
        return tx.outbox.next_due()

    before = await store.read(step)
    await store.write(lambda tx: tx.bindings.reached(ACME, C1, SLACK, 1, "delivered", 99))
    echoed = await store.read(step)
    await store.write(lambda tx: tx.bindings.settle(become(leaves("m2", 2), "passed", at=99)))
    passed = await store.read(step)

    assert (before, echoed, passed) == (9_000, 500, 60)


async def test_a_row_owed_under_a_lease_does_not_end_it(store: Store) -> None:
    await owing(store, leaves("m1", 1))
    one(await claim(store))
    await store.write(lambda tx: tx.bindings.owe(leaves("m2", 2)))

    assert await claim(store, now=114, owner="w2") == []
    assert await store.read(lambda tx: tx.outbox.next_due()) == 115


async def test_void_ends_every_lease_and_every_fence(store: Store) -> None:
    await owing(store, leaves("m1", 1))

    def more(tx: Tx) -> None:
        tx.log.start(conversation(ACME, C2))
        tx.bindings.bind(slack(where=C2))
        tx.bindings.owe(leaves("m1", 1, where=C2))

    await store.write(more)
    left = await claim(store)

    assert await store.write(lambda tx: tx.outbox.void()) == 2
    assert await store.write(lambda tx: tx.outbox.void()) == 0
    assert not any([await store.write(lambda tx, e=e: tx.outbox.renew(e, 999)) for e in left])  # type: ignore[misc]
    assert {errand.fence for errand in await claim(store, now=101, owner="w2")} == {3}


async def test_a_binding_that_changes_its_mode_keeps_its_lease(store: Store) -> None:
    await owing(store, leaves("m1", 1))
    errand = one(await claim(store))
    await store.write(lambda tx: tx.bindings.bind(msgspec.structs.replace(slack(), mode="off")))

    assert await claim(store, owner="w2") == []
    assert await store.write(lambda tx: tx.outbox.renew(errand, 200))


async def test_a_courier_of_one_binding_cannot_write_anothers_row(store: Store) -> None:
    await owing(store, leaves("m1", 1))
    errand = one(await claim(store))
    elsewhere = msgspec.structs.replace(
        errand, binding=Binding(BindingId("b-other"), ACME, C1, IdentityId("i-ben"), "slack", "off", account_of())
    )

    assert not await store.write(lambda tx: tx.outbox.change(elsewhere, become(leaves("m1", 1), "accepted")))
    assert await store.read(lambda tx: tx.outbox.open_rows(errand, 9)) == [leaves("m1", 1)]


async def test_what_no_tab_got_is_found_when_its_time_is_over(store: Store) -> None:
    rows = [
        msgspec.structs.replace(owed("late", 2), due=90),
        msgspec.structs.replace(owed("first", 1), due=80),
        msgspec.structs.replace(owed("not-yet", 3), due=200),
        msgspec.structs.replace(owed("never", 4), due=0),
        msgspec.structs.replace(owed("mirrored", 5), due=70, owed=False),
        msgspec.structs.replace(owed("there", 6, state="delivered"), due=70),
    ]
    await owing(store, *rows)

    async def found(now: int, limit: int = 9) -> list[str]:
        return [row.message for row in await store.read(lambda tx: tx.outbox.unseen(now, limit))]

    assert await found(100) == ["first", "late"]
    assert await found(100, 1) == ["first"]
    assert await found(79) == []


async def test_what_lies_on_an_account_that_is_off_is_found_while_it_is_due(store: Store) -> None:
    await owing(store, leaves("m1", 1, due=60))
    assert await store.read(lambda tx: tx.outbox.stranded(100, 9)) == []
    off = msgspec.structs.replace(account(), enabled=False, status="disabled")
    await store.write(lambda tx: tx.accounts.change(off))

    assert await store.read(lambda tx: tx.outbox.stranded(100, 9)) == [slack()]
    assert await store.read(lambda tx: tx.outbox.stranded(59, 9)) == []
    await store.write(lambda tx: tx.bindings.settle(become(leaves("m1", 1), "dead", due=0)))
    assert await store.read(lambda tx: tx.outbox.stranded(100, 9)) == []


async def test_the_rows_of_one_message_and_what_was_lost(store: Store) -> None:
    rows = [leaves("m1", 1), owed("m1", 1), leaves("m2", 2, "dead"), leaves("m3", 3, "held")]
    rows[3] = msgspec.structs.replace(rows[3], at=70)
    await owing(store, *rows, msgspec.structs.replace(leaves("m4", 4, "dead"), owed=False))

    found = await store.read(lambda tx: tx.bindings.of_message(ACME, C1, MessageId("m1")))
    assert [row.binding for row in found] == [SLACK, "b-web"]

    async def lost(limit: int) -> list[str]:
        return [row.message for row in await store.read(lambda tx: tx.bindings.lost(ACME, None, limit))]

    assert await lost(9) == ["m3", "m2"]
    assert await lost(1) == ["m3"]
    assert await store.read(lambda tx: tx.bindings.lost(RIVAL, None, 9)) == []
