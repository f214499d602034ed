"""Tenants, persons, users, and answers that may be asked for twice."""

from collections.abc import Sequence
from typing import Protocol

from throughline.conversation.events import ChannelName
from throughline.conversation.ids import AccountId, ConversationId, IdentityId, PersonId, SessionId, TenantId, UserId
from throughline.conversation.policy import Policy
from throughline.conversation.records import Identity, Repeat, Session, Tenant, User


class People(Protocol):
    """Tenants, persons, users, identities."""

    def add_tenant(self, tenant: Tenant, at: int) -> None:
        """A new tenant; its slug is unique."""

    def tenants(self) -> list[Tenant]:
        """All of them: for the command line and the seed."""

    def tenant(self, tenant: TenantId) -> Tenant | None:
        """One tenant."""

    def change_policy(self, tenant: TenantId, policy: Policy) -> None:
        """What it allows from now on."""

    def add_person(self, tenant: TenantId, person: PersonId, name: str, identity: IdentityId, at: int) -> None:
        """A new person with its web identity `web:<person id>`, verified."""

    def person_identity(self, tenant: TenantId, person: PersonId, channel: ChannelName) -> IdentityId | None:
        """The person's identity on a channel."""

    def person_name(self, tenant: TenantId, person: PersonId) -> str | None:
        """How the person is called."""

    def name_person(self, tenant: TenantId, person: PersonId, name: str) -> None:
        """A person without the web: known by an identity only."""

    def add_identity(self, identity: Identity) -> None:
        """A new identity; Conflict where its address is taken on that account."""

    def give_identity(self, tenant: TenantId, identity: IdentityId, person: PersonId) -> None:
        """From now on it is this person's: a group's author who writes in private for the first time."""

    def identity(self, tenant: TenantId, identity: IdentityId) -> Identity | None:
        """One identity."""

    def identity_at(self, tenant: TenantId, account: AccountId, address: str) -> Identity | None:
        """Who has this address, or this other address, on an account, unless revoked."""

    def alias(self, identity: Identity, address: str) -> None:
        """Another address of the same one, on its account; taken from whoever had it."""

    def readdress(self, identity: Identity, address: str) -> None:
        """From now on it is sent to this address; Conflict where that is another identity's."""

    def spoke(self, tenant: TenantId, identity: IdentityId, at: int) -> None:
        """They wrote from there."""

    def talks(self, tenant: TenantId, identity: IdentityId, conversation: ConversationId | None) -> None:
        """Where a message from there belongs; None: nowhere, it begins anew."""

    def consents(self, tenant: TenantId, identity: IdentityId, off_at: int | None) -> None:
        """Since when nothing may be sent there (UTC ms); None: it may again."""

    def proven(self, identity: Identity, address: str) -> None:
        """It is verified from now on, under this address; Conflict where that is another identity's."""

    def revoke_identity(self, tenant: TenantId, identity: IdentityId) -> None:
        """It is nobody's any more: its address may come again as somebody new."""

    def listed(self, tenant: TenantId, identity: IdentityId) -> tuple[ConversationId, ...]:
        """The conversations that the person was last shown there, in that order."""

    def list_shown(self, tenant: TenantId, identity: IdentityId, conversations: Sequence[ConversationId]) -> None:
        """Remember what they were shown."""

    def identities(self, tenant: TenantId, person: PersonId) -> list[Identity]:
        """A person's, oldest first, revoked ones left out."""

    def erase_tenant(self, tenant: TenantId) -> None:
        """Everything of a tenant goes: for the self-check's own."""


class Users(Protocol):
    """Sign-ins and their sessions."""

    def add(self, user: User, at: int) -> bool:
        """A new user; False if the address is taken."""

    def by_email(self, email: str) -> User | None:
        """By lower-case address, over all tenants: the address decides the tenant."""

    def by_id(self, tenant: TenantId, user: UserId) -> User | None:
        """One user."""

    def open(self, session: Session) -> None:
        """A new session."""

    def session(self, session: SessionId) -> Session | None:
        """One session."""

    def rotate(self, session: SessionId, number: int, at: int) -> None:
        """The family's newest refresh token is now `number`."""

    def revoke(self, session: SessionId, at: int) -> None:
        """The family is dead."""


class Repeats(Protocol):
    """Idempotency keys, kept in the transaction of what they made."""

    def seen(self, tenant: TenantId, user: UserId, key: str) -> Repeat | None:
        """The first answer, if there was one."""

    def keep(self, tenant: TenantId, user: UserId, key: str, repeat: Repeat, at: int) -> None:
        """Remember an answer."""
