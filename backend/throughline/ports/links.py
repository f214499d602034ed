"""Codes that link a channel, wrong ones, and what a person prefers."""

from collections.abc import Sequence
from typing import Protocol

from throughline.conversation.ids import AccountId, IdentityId, PersonId, TenantId, UserId
from throughline.conversation.linking import LinkRow
from throughline.conversation.quiet import Quiet
from throughline.conversation.records import DeliveryRow


class Links(Protocol):
    """Links on their way, and preferences."""

    def add(self, link: LinkRow) -> None:
        """A new one; Conflict where the code is taken."""

    def link(self, tenant: TenantId, link: str) -> LinkRow | None:
        """One, by id."""

    def coded(self, tenant: TenantId, code: str) -> LinkRow | None:
        """One, by its code's hash."""

    def of_user(self, tenant: TenantId, user: UserId, since: int) -> list[LinkRow]:
        """What a user has made since then, newest first."""

    def change(self, link: LinkRow) -> bool:
        """Write state, identity and when it was claimed. False: it is not there."""

    def tried(self, tenant: TenantId, account: AccountId, address: str, since: int) -> int:
        """Wrong codes of a sender since then."""

    def wrong(self, tenant: TenantId, account: AccountId, address: str, at: int, since: int) -> None:
        """One more; what was before `since` is forgotten."""

    def fallback(self, tenant: TenantId, person: PersonId) -> tuple[IdentityId, ...]:
        """Where they want to be reached when a channel fails, first choice first."""

    def prefer(self, tenant: TenantId, person: PersonId, fallback: Sequence[IdentityId], at: int) -> None:
        """Keep that order."""

    def quiet(self, tenant: TenantId, person: PersonId) -> Quiet | None:
        """When nothing that rings is to be used as a fallback."""

    def hush(self, tenant: TenantId, person: PersonId, quiet: Quiet | None, at: int) -> None:
        """Keep those hours; None: there are none."""

    def put_off(self, tenant: TenantId, person: PersonId) -> list[DeliveryRow]:
        """What waits for the end of their quiet hours: rows that are owed, of all conversations."""
