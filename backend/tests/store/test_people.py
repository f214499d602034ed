"""Tenants, persons, users, sessions."""

import msgspec
import pytest

from throughline.conversation.ids import IdentityId, PersonId, SessionId, TenantId, UserId
from throughline.conversation.records import Identity, Session
from throughline.ports import Conflict, Store, Tx

from .given import (
    ACME,
    ANNA,
    ANNA_USER,
    BEN,
    C1,
    C2,
    ON_SLACK,
    OPERATOR,
    RIVAL,
    account_of,
    connected,
    identity,
    people,
    tenant,
    user,
)

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


async def test_an_identity_is_found_by_id_and_by_address(store: Store) -> None:
    await store.write(connected)

    assert await store.read(lambda tx: tx.people.identity(ACME, ON_SLACK)) == identity()
    assert await store.read(lambda tx: tx.people.identity_at(ACME, account_of(), identity().address)) == identity()
    assert await store.read(lambda tx: tx.people.identity_at(ACME, account_of(), "T1/nobody")) is None
    assert await store.read(lambda tx: tx.people.identity(ACME, IdentityId("none"))) is None
    assert [one.id for one in await store.read(lambda tx: tx.people.identities(ACME, ANNA))] == ["i-anna", ON_SLACK]
    assert await store.read(lambda tx: tx.people.person_identity(ACME, ANNA, "slack")) == ON_SLACK


async def test_an_address_is_one_identitys_of_its_account(store: Store) -> None:
    await store.write(connected)
    same = msgspec.structs.replace(identity(), id=IdentityId("other"), person=BEN)

    with pytest.raises(Conflict):
        await store.write(lambda tx: tx.people.add_identity(same))


async def test_a_revoked_address_is_nobodys_and_may_come_again(store: Store) -> None:
    revoked = msgspec.structs.replace(identity(), id=IdentityId("revoked"), address="T1/U9", status="revoked")
    again = msgspec.structs.replace(revoked, id=IdentityId("again"), status="verified", person=BEN)
    await store.write(connected)
    await store.write(lambda tx: tx.people.add_identity(revoked))

    assert await store.read(lambda tx: tx.people.identity_at(ACME, account_of(), "T1/U9")) is None
    assert await store.read(lambda tx: tx.people.identity(ACME, revoked.id)) == revoked
    assert revoked not in await store.read(lambda tx: tx.people.identities(ACME, ANNA))
    await store.write(lambda tx: tx.people.add_identity(again))
    assert await store.read(lambda tx: tx.people.identity_at(ACME, account_of(), "T1/U9")) == again


async def test_a_web_address_is_one_persons_though_the_web_has_no_account(store: Store) -> None:
    await store.write(people)
    same = Identity(
        id=IdentityId("other"), tenant=ACME, person=BEN, account=None, channel="web", address=f"web:{ANNA}",
        status="verified", created_at=9,
    )  # fmt: skip

    with pytest.raises(Conflict):
        await store.write(lambda tx: tx.people.add_identity(same))


async def test_a_groups_author_becomes_somebodys_contact(store: Store) -> None:
    author = identity(name=IdentityId("author"), person=None)
    await store.write(connected)
    await store.write(lambda tx: tx.people.add_identity(author))
    before = await store.read(lambda tx: tx.people.identity(ACME, author.id))
    await store.write(lambda tx: tx.people.name_person(ACME, PersonId("carl"), "Carl"))
    await store.write(lambda tx: tx.people.give_identity(ACME, author.id, PersonId("carl")))

    assert before == author
    assert await store.read(lambda tx: tx.people.identities(ACME, PersonId("carl"))) == [
        msgspec.structs.replace(author, person=PersonId("carl"))
    ]
    with pytest.raises(Conflict):
        await store.write(lambda tx: tx.people.give_identity(ACME, author.id, PersonId("nobody")))


async def test_a_person_without_the_web_is_named_and_named_again(store: Store) -> None:
    await store.write(people)
    carl = PersonId("carl")
    await store.write(lambda tx: tx.people.name_person(ACME, carl, "Carl"))
    first = await store.read(lambda tx: tx.people.person_name(ACME, carl))
    await store.write(lambda tx: tx.people.name_person(ACME, carl, "Carlos"))

    assert (first, await store.read(lambda tx: tx.people.person_name(ACME, carl))) == ("Carl", "Carlos")
    assert await store.read(lambda tx: tx.people.person_identity(ACME, carl, "web")) is None


async def test_what_an_identity_remembers_of_consent_proof_and_lists(store: Store) -> None:
    def write(tx: Tx) -> None:
        connected(tx)
        tx.people.add_identity(msgspec.structs.replace(identity(name=IdentityId("new")), status="unverified"))
        tx.people.consents(ACME, ON_SLACK, 7)
        tx.people.list_shown(ACME, ON_SLACK, [C2, C1])
        tx.people.proven(identity(name=IdentityId("new")), "T1/proved")

    await store.write(write)
    known = await store.read(lambda tx: tx.people.identity(ACME, ON_SLACK))
    proved = await store.read(lambda tx: tx.people.identity_at(ACME, account_of(), "T1/proved"))
    assert known is not None
    assert proved is not None
    assert (known.off_at, proved.status, proved.off_at) == (7, "verified", None)
    assert await store.read(lambda tx: tx.people.listed(ACME, ON_SLACK)) == (C2, C1)
    assert await store.read(lambda tx: tx.people.listed(ACME, IdentityId("new"))) == ()
    assert [b.conversation for b in await store.read(lambda tx: tx.bindings.of_identity(ACME, ON_SLACK))] == [C1]
