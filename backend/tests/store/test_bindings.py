"""Bindings and deliveries: one active, owed once, receipts that only climb."""

from functools import partial

import msgspec
import pytest

from throughline.conversation.events import DeliveryState
from throughline.conversation.ids import BindingId, IdentityId, MessageId
from throughline.conversation.records import Binding
from throughline.ports import Conflict, Store, Tx

from .given import ACME, C1, WEB, begun, owed, say

SLACK = BindingId("b-slack")


async def test_a_binding_is_attached_and_changes_its_mode(store: Store) -> None:
    await store.write(begun)
    web = Binding(WEB, ACME, C1, IdentityId("i-anna"), "web", "active")
    before = await store.read(lambda tx: tx.bindings.bindings(ACME, C1))
    await store.write(lambda tx: tx.bindings.bind(msgspec.structs.replace(web, mode="off")))

    assert before == [web]
    assert await store.read(lambda tx: tx.bindings.bindings(ACME, C1)) == [msgspec.structs.replace(web, mode="off")]


async def test_two_are_never_active_at_once(store: Store) -> None:
    await store.write(begun)
    slack = Binding(SLACK, ACME, C1, IdentityId("i-ben"), "slack", "active")

    with pytest.raises(Conflict):
        await store.write(lambda tx: tx.bindings.bind(slack))

    def move(tx: Tx) -> None:
        tx.bindings.bind(Binding(WEB, ACME, C1, IdentityId("i-anna"), "web", "mirror"))
        tx.bindings.bind(slack)

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
