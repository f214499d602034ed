"""Make tenants and users: the demo's by fixed ids, a real installation's by command."""

from collections.abc import Awaitable, Callable

from msgspec import Struct

from throughline.conversation.ids import IdentityId, PersonId, TenantId, UserId
from throughline.conversation.policy import Policy
from throughline.conversation.records import Role, Tenant, User
from throughline.ports import Clock, Ids, Store, Tx

Hash = Callable[[str], Awaitable[str]]


class Taken(Exception):  # noqa: N818 - said to the person at the keyboard, as it is
    """The name or address is in use, or the tenant does not exist; the text says which."""


async def create_tenant(store: Store, clock: Clock, ids: Ids, slug: str, name: str, policy: Policy) -> Tenant:
    """A new organisation. Raises Taken."""
    tenant = Tenant(id=TenantId(ids.new()), slug=slug, name=name or slug, policy=policy)
    now = clock.now()

    def add(tx: Tx) -> None:
        if any(known.slug == slug for known in tx.people.tenants()):
            raise Taken(f"There is a tenant called {slug} already.")
        tx.people.add_tenant(tenant, now)

    await store.write(add)
    return tenant


class NewUser(Struct, frozen=True):
    """Who shall be able to sign in. `tenant` is the slug."""

    tenant: str
    email: str
    name: str
    role: Role
    password: str


async def create_user(store: Store, clock: Clock, ids: Ids, hash_password: Hash, new: NewUser) -> User:
    """A sign-in; a customer gets a person with a web identity. Raises Taken."""
    hashed = await hash_password(new.password)
    person = PersonId(ids.new()) if new.role == "customer" else None
    user_id, identity = UserId(ids.new()), IdentityId(ids.new())
    now = clock.now()

    def add(tx: Tx) -> User:
        tenant = next((known for known in tx.people.tenants() if known.slug == new.tenant), None)
        if tenant is None:
            raise Taken(
                f"There is no tenant called {new.tenant}. Make it first: throughline tenant create {new.tenant}"
            )
        user = User(
            id=user_id,
            tenant=tenant.id,
            email=new.email.lower(),
            name=new.name or new.email.split("@", maxsplit=1)[0],
            role=new.role,
            person=person,
            password_hash=hashed,
        )
        if tx.users.by_email(user.email) is not None:
            raise Taken(f"{user.email} has a user already.")
        if person is not None:
            tx.people.add_person(tenant.id, person, user.name, identity, now)
        tx.users.add(user, now)
        return user

    return await store.write(add)
