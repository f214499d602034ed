"""Bindings and deliveries: one active, owed once, receipts that only climb."""

from functools import partial

import msgspec
import pytest

from throughline.conversation.channel import Place
from throughline.conversation.events import DeliveryState
from throughline.conversation.ids import BindingId, IdentityId, MessageId, UserId
from throughline.conversation.records import Binding, Rung
from throughline.ports import Conflict, Store, Tx

from .given import (
    ACME,
    ANNA,
    C1,
    C2,
    ON_SLACK,
    SLACK,
    WEB,
    account_of,
    begun,
    connected,
    conversation,
    identity,
    leaves,
    owed,
    say,
    slack,
)


async def test_a_binding_is_attached_and_changes_its_mode(store: Store) -> None:
    await store.write(begun)
    web = Binding(WEB, ACME, C1, IdentityId("i-anna"), "web", "active")
    before = await store.read(lambda tx: tx.bindings.bindings(ACME, C1))
    await store.write(lambda tx: tx.bindings.bind(msgspec.structs.replace(web, mode="off")))

    assert before == [web]
    assert await store.read(lambda tx: tx.bindings.bindings(ACME, C1)) == [msgspec.structs.replace(web, mode="off")]


async def test_two_are_never_active_at_once(store: Store) -> None:
    await store.write(begun)
    other = Binding(SLACK, ACME, C1, IdentityId("i-ben"), "slack", "active")

    with pytest.raises(Conflict):
        await store.write(lambda tx: tx.bindings.bind(other))

    def move(tx: Tx) -> None:
        tx.bindings.bind(Binding(WEB, ACME, C1, IdentityId("i-anna"), "web", "mirror"))
        tx.bindings.bind(other)

    await store.write(move)
    assert {b.id: b.mode for b in await store.read(lambda tx: tx.bindings.bindings(ACME, C1))} == {
        WEB: "mirror", SLACK: "active",
    }  # fmt: skip


async def test_a_message_is_owed_once_per_binding(store: Store) -> None:
    await store.write(begun)
    first = owed("m1", 1)

    def twice(tx: Tx) -> None:
        tx.bindings.owe(first)
        tx.bindings.owe(msgspec.structs.replace(first, state="pending", at=99))

    await store.write(twice)

    assert await store.read(lambda tx: tx.bindings.deliveries(ACME, C1)) == [first]


async def test_nothing_is_owed_on_a_binding_that_is_not_there(store: Store) -> None:
    await store.write(begun)

    with pytest.raises(Conflict):
        await store.write(lambda tx: tx.bindings.owe(msgspec.structs.replace(owed("m", 1), binding=SLACK)))


async def test_receipts_climb_up_to_their_seq_and_never_fall(store: Store) -> None:
    def rows(tx: Tx) -> None:
        begun(tx)
        for i in range(1, 5):
            say(tx, f"m{i}")
            tx.bindings.owe(owed(f"m{i}", i))

    await store.write(rows)

    def receipts(tx: Tx) -> list[list[str]]:
        steps: tuple[tuple[int, DeliveryState], ...] = (
            (2, "delivered"), (2, "delivered"), (1, "read"), (3, "delivered"), (4, "accepted"), (4, "read"),
            (4, "read"),
        )  # fmt: skip
        return [[*tx.bindings.reached(ACME, C1, WEB, upto, state, 70 + upto)] for upto, state in steps]

    assert await store.write(receipts) == [["m1", "m2"], [], ["m1"], ["m3"], [], ["m2", "m3", "m4"], []]
    kept = await store.read(lambda tx: tx.bindings.deliveries(ACME, C1))
    assert [(row.message, row.state, row.at) for row in kept] == [
        ("m1", "read", 71), ("m2", "read", 74), ("m3", "read", 74), ("m4", "read", 74),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("have", "accepted", "delivered", "read"),
    [
        *((state, True, True, True) for state in ("pending", "sending", "streaming", "not_sent", "ambiguous", "held")),
        ("accepted", False, True, True),
        ("delivered", False, False, True),
        ("read", False, False, False),
        # An end gives way only to what the person's own device says.
        *((state, False, True, True) for state in ("refused", "passed", "superseded", "dead")),
    ],
)
async def test_which_state_is_further(
    store: Store, have: DeliveryState, accepted: bool, delivered: bool, read: bool
) -> None:
    await store.write(begun)
    steps: tuple[DeliveryState, ...] = ("accepted", "delivered", "read")

    def climb(i: int, step: DeliveryState, tx: Tx) -> bool:
        say(tx, f"m{i}")
        tx.bindings.owe(owed(f"m{i}", 1 + i, state=have))
        return MessageId(f"m{i}") in tx.bindings.reached(ACME, C1, WEB, 1 + i, step, 9)

    found = [await store.write(partial(climb, i, step)) for i, step in enumerate(steps)]

    assert found == [accepted, delivered, read]


async def test_only_rungs_can_be_reached(store: Store) -> None:
    await store.write(begun)

    with pytest.raises(KeyError):
        await store.write(lambda tx: tx.bindings.reached(ACME, C1, WEB, 1, "dead", 9))


async def test_rows_come_in_the_order_of_the_log(store: Store) -> None:
    def rows(tx: Tx) -> None:
        begun(tx)
        for name, seq in (("z", 1), ("a", 3), ("m", 2)):
            tx.bindings.owe(owed(name, seq))

    await store.write(rows)

    assert [row.message for row in await store.read(lambda tx: tx.bindings.deliveries(ACME, C1))] == ["z", "m", "a"]


async def test_a_thread_belongs_to_one_conversation_of_its_account(store: Store) -> None:
    def two(tx: Tx) -> None:
        connected(tx)
        tx.log.start(conversation(ACME, C2))
        tx.bindings.bind(msgspec.structs.replace(slack(), thread="D1:1"))

    await store.write(two)

    with pytest.raises(Conflict):
        await store.write(lambda tx: tx.bindings.bind(msgspec.structs.replace(slack(where=C2), thread="D1:1")))
    await store.write(lambda tx: tx.bindings.bind(msgspec.structs.replace(slack(where=C2), thread="D1:2")))
    found = await store.read(lambda tx: [tx.bindings.at_thread(ACME, account_of(), f"D1:{n}") for n in (1, 2, 3)])
    assert [None if one is None else one.conversation for one in found] == [C1, C2, None]


async def test_the_places_of_an_account_are_its_peoples_who_wrote_last_first(store: Store) -> None:
    ben = msgspec.structs.replace(identity(), id=IdentityId("i-cy"), address="T1/CY", person=None)
    by_ben = msgspec.structs.replace(slack(where=C2), id=BindingId("b-cy"), identity=ben.id, thread="D2:1")

    def two(tx: Tx) -> None:
        connected(tx)
        tx.log.start(conversation(ACME, C2))
        tx.people.add_identity(ben)
        for binding in (msgspec.structs.replace(slack(), thread="D1:1"), slack(where=C2), by_ben):
            tx.bindings.bind(binding)
        tx.people.spoke(ACME, identity().id, 50)
        tx.people.spoke(ACME, ben.id, 60)

    await store.write(two)

    found = await store.read(lambda tx: tx.bindings.places(ACME, account_of(), 9))
    assert found == [Place("T1/CY", "D2:1"), Place(identity().address, "D1:1")]
    assert await store.read(lambda tx: tx.bindings.places(ACME, account_of(), 1)) == found[:1]


async def test_bindings_without_a_thread_do_not_meet(store: Store) -> None:
    def two(tx: Tx) -> None:
        connected(tx)
        tx.log.start(conversation(ACME, C2))
        tx.bindings.bind(slack(where=C2))

    await store.write(two)

    assert await store.read(lambda tx: tx.bindings.bindings(ACME, C2)) == [slack(where=C2)]


async def test_a_conversation_follows_or_stays(store: Store) -> None:
    await store.write(begun)

    def pinned(tx: Tx) -> str | None:
        found = tx.log.conversation(ACME, C1)
        return None if found is None else found.follow

    before = await store.read(pinned)
    await store.write(lambda tx: tx.bindings.follow(ACME, C1, "pin"))

    assert (before, await store.read(pinned)) == ("follow", "pin")


@pytest.mark.parametrize(
    ("state", "remote", "due", "rooting"),
    [
        ("sending", (), 0, True),
        ("ambiguous", (), 99, True),
        ("streaming", (), 0, True),
        ("streaming", ("1.1",), 0, False),
        # Its echo was waited for in vain.
        ("ambiguous", (), 0, False),
        *((state, (), 99, False) for state in ("pending", "not_sent", "accepted", "held", "dead")),
    ],
)
async def test_when_a_first_post_is_on_its_way(
    store: Store, state: DeliveryState, remote: tuple[str, ...], due: int, rooting: bool
) -> None:
    await store.write(connected)
    await store.write(lambda tx: tx.bindings.owe(leaves("m1", 1, state, remote=remote, due=due)))

    assert await store.read(lambda tx: tx.bindings.rooting(ACME, ON_SLACK)) is rooting
    await store.write(lambda tx: tx.bindings.bind(msgspec.structs.replace(slack(), thread="D1:1")))
    assert not await store.read(lambda tx: tx.bindings.rooting(ACME, ON_SLACK))


async def test_a_row_is_settled_with_all_that_changes_and_a_rung_where_the_state_does(store: Store) -> None:
    await store.write(connected)
    first = leaves("m1", 1)
    await store.write(lambda tx: tx.bindings.owe(first))
    passed = msgspec.structs.replace(first, owed=False, state="passed", at=70, reason="move", due=0)
    again = msgspec.structs.replace(passed, owed=True, seq=5, due=90, attempts=2, remote=("1.1", 'ü,"2'), reason=None)

    assert await store.write(lambda tx: tx.bindings.settle(passed))
    once = await store.read(lambda tx: tx.bindings.delivery(ACME, C1, first.message, SLACK))
    assert await store.write(lambda tx: tx.bindings.settle(again))
    twice = await store.read(lambda tx: tx.bindings.delivery(ACME, C1, first.message, SLACK))

    rungs = (Rung("pending", 60), Rung("passed", 70, "move"))
    assert once == msgspec.structs.replace(passed, rungs=rungs)
    assert twice == msgspec.structs.replace(again, rungs=rungs)


async def test_nothing_is_settled_that_is_not_there_or_in_other_hands(store: Store) -> None:
    await store.write(connected)
    row = leaves("m1", 1, "sending")
    await store.write(lambda tx: tx.bindings.owe(row))
    passed = msgspec.structs.replace(row, state="passed", at=70)

    def tries(tx: Tx) -> list[bool]:
        return [
            tx.bindings.settle(msgspec.structs.replace(passed, message=MessageId("none"))),
            tx.bindings.settle(passed, but_in=("streaming", "sending")),
            tx.bindings.settle(passed, but_in=("streaming",)),
        ]

    assert await store.write(tries) == [False, False, True]


async def test_each_step_of_a_receipt_is_a_rung(store: Store) -> None:
    def rows(tx: Tx) -> None:
        connected(tx)
        tx.bindings.owe(leaves("m1", 1, "accepted"))
        tx.bindings.reached(ACME, C1, SLACK, 1, "delivered", 70)
        tx.bindings.reached(ACME, C1, SLACK, 1, "read", 80)

    await store.write(rows)
    found = await store.read(lambda tx: tx.bindings.delivery(ACME, C1, MessageId("m1"), SLACK))

    assert found is not None
    assert found.rungs == (Rung("accepted", 60), Rung("delivered", 70), Rung("read", 80))
    assert await store.read(lambda tx: tx.bindings.delivery(ACME, C1, MessageId("m1"), WEB)) is None


async def test_a_group_is_attached_by_an_author_who_is_nobodys_contact(store: Store) -> None:
    def group(tx: Tx) -> None:
        connected(tx)
        tx.people.add_identity(identity(name=IdentityId("i-group"), person=None))
        tx.log.start(conversation(ACME, C2, person=None))
        tx.bindings.bind(msgspec.structs.replace(slack(where=C2), identity=IdentityId("i-group"), mode="active"))

    await store.write(group)
    listed = await store.read(lambda tx: [tx.log.summaries(ACME, who, UserId("u"), None, 9) for who in (ANNA, None)])

    assert [[one.conversation.id for one in page] for page in listed] == [[C1], [C2, C1]]
    assert [one.person_name for one in listed[1]] == ["", "Anna of acme"]
    assert [one.conversation.person for one in listed[1]] == [None, ANNA]
