"""Tenants, persons, users, sessions."""

import msgspec
import pytest

from throughline.conversation.ids import IdentityId, PersonId, SessionId, TenantId, UserId
from throughline.conversation.records import Session
from throughline.ports import Conflict, Store

from .given import ACME, ANNA, ANNA_USER, OPERATOR, RIVAL, people, tenant, user

SESSION = Session(
    id=SessionId("s1"), tenant=ACME, user=ANNA_USER, number=0, rotated_at=10, created_at=10, expires_at=99,
)  # fmt: skip


async def test_a_tenant_comes_back_with_its_policy(store: Store) -> None:
    await store.write(people)

    assert await store.read(lambda tx: tx.people.tenant(ACME)) == tenant(ACME)
    assert await store.read(lambda tx: tx.people.tenant(RIVAL)) is None
    assert await store.read(lambda tx: tx.people.tenants()) == [tenant(ACME)]


async def test_a_slug_is_taken_once(store: Store) -> None:
    await store.write(people)

    with pytest.raises(Conflict):
        await store.write(
            lambda tx: tx.people.add_tenant(msgspec.structs.replace(tenant(RIVAL), slug=tenant(ACME).slug), 1)
        )


async def test_a_person_has_a_name_and_a_web_identity(store: Store) -> None:
    await store.write(people)

    assert await store.read(lambda tx: tx.people.person_name(ACME, ANNA)) == "Anna of acme"
    assert await store.read(lambda tx: tx.people.person_name(ACME, PersonId("nobody"))) is None
    assert await store.read(lambda tx: tx.people.person_identity(ACME, ANNA, "web")) == IdentityId("i-anna")
    assert await store.read(lambda tx: tx.people.person_identity(ACME, ANNA, "slack")) is None


async def test_a_person_belongs_to_a_tenant(store: Store) -> None:
    with pytest.raises(Conflict):
        await store.write(lambda tx: tx.people.add_person(TenantId("none"), ANNA, "A", IdentityId("i"), 1))


async def test_users_are_found_by_address_and_by_id(store: Store) -> None:
    await store.write(people)
    anna = user(ACME, ANNA_USER, ANNA)

    assert await store.read(lambda tx: tx.users.by_email(anna.email)) == anna
    assert await store.read(lambda tx: tx.users.by_email("nobody@acme.test")) is None
    assert await store.read(lambda tx: tx.users.by_id(ACME, ANNA_USER)) == anna
    assert await store.read(lambda tx: tx.users.by_id(ACME, OPERATOR)) == user(ACME, OPERATOR, None)


async def test_an_address_is_taken_once_over_all_tenants(store: Store) -> None:
    await store.write(people)
    await store.write(lambda tx: people(tx, RIVAL))
    same = msgspec.structs.replace(user(RIVAL, UserId("other"), None), email=user(ACME, ANNA_USER, None).email)

    assert not await store.write(lambda tx: tx.users.add(same, 9))
    assert await store.read(lambda tx: tx.users.by_id(RIVAL, UserId("other"))) is None


async def test_a_session_rotates_and_dies_once(store: Store) -> None:
    await store.write(people)
    await store.write(lambda tx: tx.users.open(SESSION))
    opened = await store.read(lambda tx: tx.users.session(SESSION.id))
    await store.write(lambda tx: tx.users.rotate(SESSION.id, 1, 20))
    rotated = await store.read(lambda tx: tx.users.session(SESSION.id))
    await store.write(lambda tx: tx.users.revoke(SESSION.id, 30))
    await store.write(lambda tx: tx.users.revoke(SESSION.id, 40))
    revoked = await store.read(lambda tx: tx.users.session(SESSION.id))

    assert opened == SESSION
    assert rotated == msgspec.structs.replace(SESSION, number=1, rotated_at=20)
    assert revoked == msgspec.structs.replace(SESSION, number=1, rotated_at=20, revoked_at=30)
    assert await store.read(lambda tx: tx.users.session(SessionId("none"))) is None


async def test_a_session_belongs_to_a_user_of_its_tenant(store: Store) -> None:
    await store.write(people)

    with pytest.raises(Conflict):
        await store.write(lambda tx: tx.users.open(msgspec.structs.replace(SESSION, tenant=RIVAL)))
