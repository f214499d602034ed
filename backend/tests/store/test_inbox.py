"""What came in: each key once for ever, what waits, and a quarantine with walls."""

import sqlite3
from pathlib import Path

import pytest

from throughline.conversation.ids import AccountId
from throughline.conversation.records import Parked
from throughline.ports import Conflict, Store, Tx
from throughline.store.inbox import MOST_BYTES, MOST_KEPT

from .given import ACME, RIVAL, account_of, connected

A = account_of()


def waits(key: str, until: int) -> Parked:
    return Parked(A, key, b'{"text":"hello"}', until)


async def test_a_key_is_taken_once_for_ever_per_account(store: Store) -> None:
    def both(tx: Tx) -> None:
        connected(tx)
        connected(tx, RIVAL)

    await store.write(both)
    first = await store.write(lambda tx: tx.inbox.take(ACME, A, "Ev1", 1))
    again = await store.write(lambda tx: tx.inbox.take(ACME, A, "Ev1", 10**15))
    theirs = await store.write(lambda tx: tx.inbox.take(RIVAL, account_of(RIVAL), "Ev1", 1))

    assert (first, again, theirs) == (True, False, True)


async def test_a_key_of_a_transaction_that_failed_is_free(store: Store) -> None:
    await store.write(connected)

    def doomed(tx: Tx) -> None:
        assert tx.inbox.take(ACME, A, "Ev1", 1)
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(doomed)
    assert await store.write(lambda tx: tx.inbox.take(ACME, A, "Ev1", 1))


async def test_nothing_comes_in_from_an_account_that_is_not_there(store: Store) -> None:
    await store.write(connected)

    with pytest.raises(Conflict):
        await store.write(lambda tx: tx.inbox.take(ACME, AccountId("none"), "Ev1", 1))


async def test_what_waits_comes_out_oldest_first_when_its_wait_is_over_and_once(store: Store) -> None:
    def park(tx: Tx) -> None:
        connected(tx)
        for at, (key, until) in enumerate((("c", 30), ("a", 20), ("b", 20), ("d", 40))):
            tx.inbox.park(ACME, waits(key, until), at)
        tx.inbox.park(ACME, waits("a", 99), 9)

    await store.write(park)

    assert await store.read(lambda tx: tx.inbox.parked(19, 9)) == []
    over = await store.read(lambda tx: tx.inbox.parked(30, 9))
    assert over == [(ACME, waits("a", 20)), (ACME, waits("b", 20)), (ACME, waits("c", 30))]
    assert await store.read(lambda tx: tx.inbox.parked(30, 2)) == over[:2]
    assert [one.key for one in await store.read(lambda tx: tx.inbox.parked_of(ACME, A))] == ["c", "a", "b", "d"]
    assert await store.write(lambda tx: [tx.inbox.unpark(ACME, A, "a") for _ in range(2)]) == [True, False]
    assert [one.key for one in await store.read(lambda tx: tx.inbox.parked_of(ACME, A))] == ["c", "b", "d"]


async def test_a_quarantine_keeps_the_newest_of_each_tenant_and_cuts_what_is_long(store: Store, tmp_path: Path) -> None:
    def flood(tx: Tx) -> None:
        connected(tx)
        connected(tx, RIVAL)
        tx.inbox.quarantine(RIVAL, account_of(RIVAL), "odd", b"theirs", 1)
        for n in range(MOST_KEPT + 5):
            tx.inbox.quarantine(ACME, A, "odd", b"%d" % n, n)
        tx.inbox.quarantine(ACME, A, "long", b"x" * (MOST_BYTES + 1), 9_999)

    await store.write(flood)
    raw = sqlite3.connect(tmp_path / "data" / "throughline.db")
    kept = raw.execute("SELECT tenant_id, reason, body FROM quarantine ORDER BY tenant_id, n").fetchall()
    raw.close()

    ours = [(reason, body) for tenant, reason, body in kept if tenant == ACME]
    assert len(ours) == MOST_KEPT
    assert ours[0] == ("odd", b"6")
    assert ours[-1] == ("long", b"x" * MOST_BYTES)
    assert [body for tenant, _, body in kept if tenant == RIVAL] == [b"theirs"]


async def test_what_was_set_aside_is_listed_read_whole_and_set_right_once(store: Store) -> None:
    def aside(tx: Tx) -> None:
        connected(tx)
        tx.inbox.quarantine(ACME, A, "odd", b"first", 5, b'{"method":"POST"}')
        tx.inbox.quarantine(ACME, A, "newer", b"second!", 6)

    await store.write(aside)
    newest, oldest = await store.read(lambda tx: tx.inbox.quarantined(ACME, A, 9))
    assert (newest.n, newest.reason, newest.size, newest.at, newest.retried) == (2, "newer", 7, 6, None)
    assert await store.read(lambda tx: tx.inbox.set_aside(ACME, A, 1)) == (oldest, b"first", b'{"method":"POST"}')
    assert await store.read(lambda tx: tx.inbox.set_aside(ACME, A, 3)) is None
    assert await store.write(lambda tx: tx.inbox.set_right(ACME, A, 1, 9))
    assert not await store.write(lambda tx: tx.inbox.set_right(ACME, A, 1, 10))
    assert [q.retried for q in await store.read(lambda tx: tx.inbox.quarantined(ACME, A, 9))] == [None, 9]
