"""Codes, wrong ones and preferences as rows."""

from collections.abc import Sequence
from functools import partial

import msgspec
import pytest

from throughline.conversation.ids import IdentityId
from throughline.conversation.linking import LinkRow
from throughline.conversation.quiet import Quiet
from throughline.ports import Conflict, Store, Tx

from .given import ACME, ANNA, ANNA_USER, ON_SLACK, account_of, connected

LINK = LinkRow("l-1", ACME, ANNA_USER, ANNA, "whatsapp", "hash-1", "open", 10, 20)
A = account_of()


def full(tx: Tx) -> None:
    connected(tx)
    tx.links.add(LINK)


def wrong(tx: Tx, at: int) -> None:
    tx.links.wrong(ACME, A, "T1/U9", at, at - 50)


def prefer(tx: Tx, order: Sequence[IdentityId]) -> None:
    tx.links.prefer(ACME, ANNA, order, 9)


async def test_a_code_is_found_by_its_hash_and_changes(store: Store) -> None:
    claimed = msgspec.structs.replace(LINK, state="claimed", identity=ON_SLACK, claimed_at=15)
    await store.write(full)

    assert await store.read(lambda tx: tx.links.coded(ACME, "hash-1")) == LINK
    assert await store.write(lambda tx: tx.links.change(claimed))
    assert await store.read(lambda tx: tx.links.link(ACME, "l-1")) == claimed
    assert not await store.write(lambda tx: tx.links.change(msgspec.structs.replace(LINK, id="none")))


async def test_two_codes_are_never_the_same(store: Store) -> None:
    await store.write(full)

    with pytest.raises(Conflict):
        await store.write(lambda tx: tx.links.add(msgspec.structs.replace(LINK, id="l-2")))


async def test_a_users_codes_come_newest_first(store: Store) -> None:
    def more(tx: Tx) -> None:
        full(tx)
        for n in (2, 3):
            tx.links.add(msgspec.structs.replace(LINK, id=f"l-{n}", hash=f"hash-{n}", created_at=10 * n))

    await store.write(more)

    assert [link.id for link in await store.read(lambda tx: tx.links.of_user(ACME, ANNA_USER, 20))] == ["l-3", "l-2"]


async def test_wrong_codes_are_counted_until_their_time_is_over(store: Store) -> None:
    await store.write(full)
    for at in (100, 110, 120):
        await store.write(partial(wrong, at=at))

    assert await store.read(lambda tx: tx.links.tried(ACME, A, "T1/U9", 90)) == 3
    assert await store.read(lambda tx: tx.links.tried(ACME, A, "T1/U9", 101)) == 0
    assert await store.read(lambda tx: tx.links.tried(ACME, A, "T1/U8", 0)) == 0
    await store.write(lambda tx: tx.links.wrong(ACME, A, "T1/U9", 200, 150))
    assert await store.read(lambda tx: tx.links.tried(ACME, A, "T1/U9", 150)) == 1


async def test_an_order_stays_until_another_one_comes(store: Store) -> None:
    await store.write(full)
    assert await store.read(lambda tx: tx.links.fallback(ACME, ANNA)) == ()

    for order in ([IdentityId("b"), IdentityId("a")], [IdentityId("a")]):
        await store.write(partial(prefer, order=order))
        assert await store.read(lambda tx: tx.links.fallback(ACME, ANNA)) == tuple(order)


async def test_quiet_hours_and_an_order_do_not_touch_each_other(store: Store) -> None:
    await store.write(full)
    assert await store.read(lambda tx: tx.links.quiet(ACME, ANNA)) is None
    hours = Quiet(22 * 60, 7 * 60, "Europe/Berlin")

    await store.write(lambda tx: tx.links.hush(ACME, ANNA, hours, 5))
    await store.write(partial(prefer, order=[IdentityId("a")]))
    assert await store.read(lambda tx: tx.links.quiet(ACME, ANNA)) == hours
    await store.write(lambda tx: tx.links.hush(ACME, ANNA, None, 6))
    assert await store.read(lambda tx: tx.links.quiet(ACME, ANNA)) is None
    assert await store.read(lambda tx: tx.links.fallback(ACME, ANNA)) == ("a",)


async def test_a_revoked_address_comes_again_as_somebody_new(store: Store) -> None:
    def revoke(tx: Tx) -> None:
        full(tx)
        known = tx.people.identity(ACME, ON_SLACK)
        assert known is not None
        tx.people.alias(known, "T1/other")
        tx.people.revoke_identity(ACME, ON_SLACK)

    await store.write(revoke)

    def gone(tx: Tx) -> list[object]:
        return [tx.people.identity_at(ACME, A, address) for address in (f"T1/{ON_SLACK}", "T1/other")]

    assert await store.read(gone) == [None, None]
