"""Tenants, persons and their identities."""

from collections.abc import Sequence
from functools import lru_cache

import msgspec
from sqlalchemy import and_, bindparam, delete, insert, literal_column, select, update

from throughline.conversation.events import ChannelName
from throughline.conversation.ids import AccountId, ConversationId, IdentityId, PersonId, TenantId
from throughline.conversation.policy import Policy
from throughline.conversation.records import Identity, Tenant
from throughline.store.schema import aliases, identities, metadata, persons, tenants
from throughline.store.sql import Link, Row, put

_i, _o = identities.c, aliases.c
_FIELDS = (tenants.c.id, tenants.c.slug, tenants.c.name, tenants.c.policy, tenants.c.demo)

_ADD_TENANT = insert(tenants).values({c.name: bindparam(c.name) for c in tenants.c})
_TENANTS = select(*_FIELDS).order_by(tenants.c.created_at, tenants.c.id)
_TENANT = select(*_FIELDS).where(tenants.c.id == bindparam("tenant"))
_POLICY = update(tenants).where(tenants.c.id == bindparam("tenant")).values(policy=bindparam("rules"))
_ADD_PERSON = insert(persons).values({c.name: bindparam(c.name) for c in persons.c})
_ADD_IDENTITY = insert(identities).values({c.name: bindparam(c.name) for c in identities.c})
_NAME_PERSON = (
    put(persons)
    .values({c.name: bindparam(c.name) for c in persons.c})
    .on_conflict_do_update(index_elements=[persons.c.tenant_id, persons.c.id], set_={"name": bindparam("name")})
)
_WHO = (
    _i.id, _i.tenant_id, _i.person_id, _i.account_id, _i.channel, _i.address, _i.status, _i.created_at, _i.name,
    _i.last_in, _i.talks_in, _i.off_at,
)  # fmt: skip
#: Written out, not bound: the partial index of addresses is found by its words.
_known = _i.status != literal_column("'revoked'")
_FIND = select(*_WHO).where(_i.tenant_id == bindparam("tenant"), _i.id == bindparam("identity"))
_AT = select(*_WHO).where(
    _i.tenant_id == bindparam("tenant"),
    _i.account_id == bindparam("account"),
    _i.address == bindparam("where"),
    _known,
)
_BY_ALIAS = (
    select(*_WHO)
    .join(aliases, and_(_o.tenant_id == _i.tenant_id, _o.identity_id == _i.id))
    .where(
        _o.tenant_id == bindparam("tenant"),
        _o.account_id == bindparam("account"),
        _o.address == bindparam("where"),
        _known,
    )
)
_ALIAS = (
    put(aliases)
    .values({c.name: bindparam(c.name) for c in aliases.c})
    .on_conflict_do_update(
        index_elements=[_o.tenant_id, _o.account_id, _o.address], set_={"identity_id": bindparam("identity_id")}
    )
)
_READDRESS = (
    update(identities)
    .where(_i.tenant_id == bindparam("tenant"), _i.id == bindparam("identity"))
    .values(address=bindparam("becomes"))
)
_SPOKE = (
    update(identities)
    .where(_i.tenant_id == bindparam("tenant"), _i.id == bindparam("identity"))
    .values(last_in=bindparam("when"))
)
_TALKS = (
    update(identities)
    .where(_i.tenant_id == bindparam("tenant"), _i.id == bindparam("identity"))
    .values(talks_in=bindparam("conversation"))
)
_CONSENTS = (
    update(identities)
    .where(_i.tenant_id == bindparam("tenant"), _i.id == bindparam("identity"))
    .values(off_at=bindparam("since"))
)
_PROVEN = (
    update(identities)
    .where(_i.tenant_id == bindparam("tenant"), _i.id == bindparam("identity"))
    .values(status=literal_column("'verified'"), address=bindparam("becomes"))
)
_LISTED = select(_i.listed).where(_i.tenant_id == bindparam("tenant"), _i.id == bindparam("identity"))
_SHOWN = (
    update(identities)
    .where(_i.tenant_id == bindparam("tenant"), _i.id == bindparam("identity"))
    .values(listed=bindparam("shown"))
)
_OF = (
    select(*_WHO)
    .where(_i.tenant_id == bindparam("tenant"), _i.person_id == bindparam("person"), _known)
    .order_by(_i.created_at, _i.id)
)
_GIVE = (
    update(identities)
    .where(_i.tenant_id == bindparam("tenant"), _i.id == bindparam("identity"))
    .values(person_id=bindparam("person"))
)
_REVOKE = (
    update(identities)
    .where(_i.tenant_id == bindparam("tenant"), _i.id == bindparam("identity"))
    .values(status=literal_column("'revoked'"))
)
_UNALIAS = delete(aliases).where(_o.tenant_id == bindparam("tenant"), _o.identity_id == bindparam("identity"))
_IDENTITY = (
    select(_i.id)
    .where(
        _i.tenant_id == bindparam("tenant"),
        _i.person_id == bindparam("person"),
        _i.channel == bindparam("channel"),
        _known,
    )
    .order_by(_i.created_at, _i.id)
    .limit(1)
)
_NAME = select(persons.c.name).where(persons.c.tenant_id == bindparam("tenant"), persons.c.id == bindparam("person"))
#: Children before parents.
_ERASE = (
    *(
        delete(table).where(table.c.tenant_id == bindparam("tenant"))
        for table in reversed(metadata.sorted_tables)
        if "tenant_id" in table.c
    ),
    delete(tenants).where(tenants.c.id == bindparam("tenant")),
)


class SqlPeople:
    """ports.People over a link."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def add_tenant(self, tenant: Tenant, at: int) -> None:
        """ports.People.add_tenant. Raises Conflict where id or slug is taken."""
        self._link.run(
            _ADD_TENANT, id=tenant.id, slug=tenant.slug, name=tenant.name, demo=tenant.demo, created_at=at,
            policy=msgspec.json.encode(tenant.policy).decode(),
        )  # fmt: skip

    def tenants(self) -> list[Tenant]:
        """ports.People.tenants, oldest first."""
        return [_tenant(row) for row in self._link.rows(_TENANTS)]

    def tenant(self, tenant: TenantId) -> Tenant | None:
        """ports.People.tenant."""
        found = self._link.known(_TENANT, tenant=tenant)
        return _tenant(found[0]) if found else None

    def change_policy(self, tenant: TenantId, policy: Policy) -> None:
        """ports.People.change_policy."""
        self._link.run(_POLICY, tenant=tenant, rules=msgspec.json.encode(policy).decode())

    def add_person(self, tenant: TenantId, person: PersonId, name: str, identity: IdentityId, at: int) -> None:
        """ports.People.add_person. Raises Conflict where an id is taken."""
        self._link.run(_ADD_PERSON, tenant_id=tenant, id=person, name=name, created_at=at)
        self.add_identity(
            Identity(
                id=identity, tenant=tenant, person=person, account=None, channel="web", address=f"web:{person}",
                status="verified", created_at=at,
            )
        )  # fmt: skip

    def person_identity(self, tenant: TenantId, person: PersonId, channel: ChannelName) -> IdentityId | None:
        """ports.People.person_identity: the oldest that is not revoked."""
        row = self._link.row(_IDENTITY, tenant=tenant, person=person, channel=channel)
        return None if row is None else IdentityId(row[0])

    def person_name(self, tenant: TenantId, person: PersonId) -> str | None:
        """ports.People.person_name."""
        found = self._link.known(_NAME, tenant=tenant, person=person)
        return str(found[0][0]) if found else None

    def name_person(self, tenant: TenantId, person: PersonId, name: str) -> None:
        """ports.People.name_person: a new one, or a new name. Since when is what the identities say."""
        self._link.run(_NAME_PERSON, tenant_id=tenant, id=person, name=name, created_at=0)

    def add_identity(self, identity: Identity) -> None:
        """ports.People.add_identity. Raises Conflict too where person or account is not there."""
        self._link.run(
            _ADD_IDENTITY, tenant_id=identity.tenant, id=identity.id, person_id=identity.person,
            account_id=identity.account, channel=identity.channel, address=identity.address, status=identity.status,
            created_at=identity.created_at, name=identity.name, last_in=identity.last_in,
            talks_in=identity.talks_in, off_at=identity.off_at, listed=None,
        )  # fmt: skip

    def identity(self, tenant: TenantId, identity: IdentityId) -> Identity | None:
        """ports.People.identity, revoked or not."""
        row = self._link.row(_FIND, tenant=tenant, identity=identity)
        return None if row is None else Identity(*row)

    def identity_at(self, tenant: TenantId, account: AccountId, address: str) -> Identity | None:
        """ports.People.identity_at. A revoked address is nobody's: it may come again as somebody new."""
        row = self._link.row(_AT, tenant=tenant, account=account, where=address)
        row = row or self._link.row(_BY_ALIAS, tenant=tenant, account=account, where=address)
        return None if row is None else Identity(*row)

    def alias(self, identity: Identity, address: str) -> None:
        """ports.People.alias. Raises Conflict where the identity has no account."""
        self._link.run(
            _ALIAS, tenant_id=identity.tenant, account_id=identity.account, address=address, identity_id=identity.id
        )

    def readdress(self, identity: Identity, address: str) -> None:
        """ports.People.readdress. Raises Conflict where it is another one's."""
        self._link.run(_READDRESS, tenant=identity.tenant, identity=identity.id, becomes=address)

    def spoke(self, tenant: TenantId, identity: IdentityId, at: int) -> None:
        """ports.People.spoke."""
        self._link.run(_SPOKE, tenant=tenant, identity=identity, when=at)

    def talks(self, tenant: TenantId, identity: IdentityId, conversation: ConversationId | None) -> None:
        """ports.People.talks."""
        self._link.run(_TALKS, tenant=tenant, identity=identity, conversation=conversation)

    def consents(self, tenant: TenantId, identity: IdentityId, off_at: int | None) -> None:
        """ports.People.consents."""
        self._link.run(_CONSENTS, tenant=tenant, identity=identity, since=off_at)

    def proven(self, identity: Identity, address: str) -> None:
        """ports.People.proven. Raises Conflict where the address is another one's."""
        self._link.run(_PROVEN, tenant=identity.tenant, identity=identity.id, becomes=address)

    def listed(self, tenant: TenantId, identity: IdentityId) -> tuple[ConversationId, ...]:
        """ports.People.listed."""
        row = self._link.row(_LISTED, tenant=tenant, identity=identity)
        return msgspec.json.decode(row[0], type=tuple[ConversationId, ...]) if row and row[0] else ()

    def list_shown(self, tenant: TenantId, identity: IdentityId, conversations: Sequence[ConversationId]) -> None:
        """ports.People.list_shown."""
        self._link.run(_SHOWN, tenant=tenant, identity=identity, shown=msgspec.json.encode(conversations).decode())

    def identities(self, tenant: TenantId, person: PersonId) -> list[Identity]:
        """ports.People.identities."""
        return [Identity(*row) for row in self._link.rows(_OF, tenant=tenant, person=person)]

    def give_identity(self, tenant: TenantId, identity: IdentityId, person: PersonId) -> None:
        """ports.People.give_identity. Raises Conflict where the person is not there."""
        self._link.run(_GIVE, tenant=tenant, identity=identity, person=person)

    def revoke_identity(self, tenant: TenantId, identity: IdentityId) -> None:
        """ports.People.revoke_identity. Its other addresses are forgotten."""
        self._link.run(_UNALIAS, tenant=tenant, identity=identity)
        self._link.run(_REVOKE, tenant=tenant, identity=identity)

    def erase_tenant(self, tenant: TenantId) -> None:
        """ports.People.erase_tenant. What is freed is overwritten."""
        for erase in _ERASE:
            self._link.run(erase, tenant=tenant)


def _tenant(row: Row) -> Tenant:
    return Tenant(TenantId(row[0]), row[1], row[2], _policy(row[3]), bool(row[4]))


@lru_cache(maxsize=64)
def _policy(kept: bytes) -> Policy:
    return msgspec.json.decode(kept, type=Policy)
