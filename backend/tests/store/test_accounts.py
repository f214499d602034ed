"""Accounts and what is sealed for them."""

import msgspec
import pytest

from throughline.conversation.ids import AccountId
from throughline.conversation.records import Parked
from throughline.ports import Conflict, Store, Tx

from .given import ACME, RIVAL, account, account_of, connected, people, tenant

A = account_of()


def alone(tx: Tx) -> None:
    people(tx)
    tx.accounts.add(account())


async def test_an_account_comes_back_as_it_was_written(store: Store) -> None:
    whole = msgspec.structs.replace(
        account(), options={"team": "T1", "socket": "ü"}, reason="rate", last_in=3, last_out=4, enabled=False
    )
    await store.write(people)
    await store.write(lambda tx: tx.accounts.add(whole))

    assert await store.read(lambda tx: tx.accounts.account(A)) == whole
    assert await store.read(lambda tx: tx.accounts.account(AccountId("none"))) is None


async def test_an_account_is_enabled_while_it_is_there_and_switched_on(store: Store) -> None:
    await store.write(alone)

    assert await store.read(lambda tx: tx.accounts.enabled(ACME, A))
    assert not await store.read(lambda tx: tx.accounts.enabled(ACME, AccountId("none")))
    await store.write(lambda tx: tx.accounts.change(msgspec.structs.replace(account(), enabled=False)))
    assert not await store.read(lambda tx: tx.accounts.enabled(ACME, A))


async def test_an_id_is_taken_once_over_all_tenants(store: Store) -> None:
    await store.write(alone)
    await store.write(lambda tx: tx.people.add_tenant(tenant(RIVAL), 1))

    with pytest.raises(Conflict):
        await store.write(lambda tx: tx.accounts.add(msgspec.structs.replace(account(), tenant=RIVAL)))


async def test_accounts_are_listed_oldest_first_by_tenant_and_channel(store: Store) -> None:
    def several(tx: Tx) -> None:
        people(tx)
        tx.people.add_tenant(tenant(RIVAL), 1)
        for name, at in (("z", 5), ("y", 7), ("x", 6)):
            tx.accounts.add(msgspec.structs.replace(account(), id=AccountId(name), created_at=at))
        tx.accounts.add(msgspec.structs.replace(account(), id=AccountId("g"), channel="gmail", created_at=8))
        tx.accounts.add(msgspec.structs.replace(account(RIVAL), created_at=1))

    await store.write(several)

    def lists(tx: Tx) -> list[str]:
        found = [
            tx.accounts.accounts(ACME), tx.accounts.accounts(ACME, "slack"), tx.accounts.accounts(None),
            tx.accounts.accounts(None, "gmail"), tx.accounts.accounts(RIVAL, "gmail"),
        ]  # fmt: skip
        return [" ".join(one.id for one in each) for each in found]

    assert await store.read(lists) == ["z x y g", "z x y", "a-rival z x y g", "g", ""]


async def test_a_change_writes_what_may_change_and_nothing_else(store: Store) -> None:
    await store.write(alone)
    await store.write(lambda tx: tx.accounts.touched(A, last_in=50))
    wanted = msgspec.structs.replace(
        account(), name="New", enabled=False, base="sandbox:slack", options={}, status="down", reason="auth",
        mode="simulated", provider="other", created_at=99,
    )  # fmt: skip

    assert await store.write(lambda tx: tx.accounts.change(wanted))
    assert await store.read(lambda tx: tx.accounts.account(A)) == msgspec.structs.replace(
        wanted, mode="real", provider="slack", created_at=6, last_in=50
    )
    assert not await store.write(lambda tx: tx.accounts.change(msgspec.structs.replace(wanted, id=AccountId("none"))))


async def test_what_came_and_what_went_are_remembered_apart(store: Store) -> None:
    await store.write(alone)
    await store.write(lambda tx: tx.accounts.touched(A, last_in=50))
    await store.write(lambda tx: tx.accounts.touched(A, last_out=60))
    await store.write(lambda tx: tx.accounts.touched(A))
    found = await store.read(lambda tx: tx.accounts.account(A))

    assert found is not None
    assert (found.last_in, found.last_out) == (50, 60)


async def test_a_secret_is_replaced_forgotten_and_kept_apart(store: Store) -> None:
    def seal(tx: Tx) -> None:
        alone(tx)
        for name, sealed in (("token", b"old"), ("signing", b"\x00s"), ("token", b"new")):
            tx.accounts.seal(ACME, A, name, sealed, 9)

    await store.write(seal)
    both = await store.read(lambda tx: tx.accounts.sealed(ACME, A))
    await store.write(lambda tx: tx.accounts.unseal(ACME, A, "token"))
    await store.write(lambda tx: tx.accounts.unseal(ACME, A, "token"))

    assert both == {"token": b"new", "signing": b"\x00s"}
    assert await store.read(lambda tx: tx.accounts.sealed(ACME, A)) == {"signing": b"\x00s"}


async def test_the_first_data_key_of_a_tenant_stays(store: Store) -> None:
    await store.write(alone)
    before = await store.read(lambda tx: tx.accounts.key(ACME))
    await store.write(lambda tx: tx.accounts.keep_key(ACME, b"first", 1))
    await store.write(lambda tx: tx.accounts.keep_key(ACME, b"second", 2))

    assert (before, await store.read(lambda tx: tx.accounts.key(ACME))) == (None, b"first")


async def test_an_account_goes_with_its_secrets_and_what_came_in(store: Store) -> None:
    def used(tx: Tx) -> None:
        alone(tx)
        tx.accounts.seal(ACME, A, "token", b"sealed", 9)
        tx.inbox.take(ACME, A, "key", 9)
        tx.inbox.park(ACME, Parked(A, "key", b"{}", 9), 9)
        tx.inbox.quarantine(ACME, A, "odd", b"{}", 9)

    await store.write(used)

    assert await store.write(lambda tx: tx.accounts.remove(ACME, A))
    assert not await store.write(lambda tx: tx.accounts.remove(ACME, A))
    assert await store.read(lambda tx: tx.accounts.account(A)) is None
    assert await store.read(lambda tx: tx.accounts.sealed(ACME, A)) == {}
    assert await store.read(lambda tx: tx.inbox.parked(99, 9)) == []


async def test_an_account_on_which_somebody_hangs_stays_with_all_it_has(store: Store) -> None:
    def used(tx: Tx) -> None:
        connected(tx)
        tx.accounts.seal(ACME, A, "token", b"sealed", 9)

    await store.write(used)

    with pytest.raises(Conflict):
        await store.write(lambda tx: tx.accounts.remove(ACME, A))
    assert await store.read(lambda tx: tx.accounts.sealed(ACME, A)) == {"token": b"sealed"}
