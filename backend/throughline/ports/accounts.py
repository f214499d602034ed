"""Our ends of channels: what came in from them, their settings, their sealed secrets."""

from typing import Protocol

from throughline.conversation.events import ChannelName
from throughline.conversation.ids import AccountId, TenantId
from throughline.conversation.records import Account, Parked, Quarantined


class Inbox(Protocol):
    """What came in from accounts: each logical key once, what waits, and what nobody understood."""

    def take(self, tenant: TenantId, account: AccountId, key: str, at: int) -> bool:
        """Take a key for ever. False: it was taken before."""

    def park(self, tenant: TenantId, parked: Parked, at: int) -> None:
        """Keep a message until its thread is known or `until` is over."""

    def parked(self, now: int, limit: int) -> list[tuple[TenantId, Parked]]:
        """Those whose wait is over, oldest first."""

    def parked_of(self, tenant: TenantId, account: AccountId) -> list[Parked]:
        """All that wait on an account, oldest first."""

    def unpark(self, tenant: TenantId, account: AccountId, key: str) -> bool:
        """It is dealt with. False: it was before."""

    def quarantine(
        self, tenant: TenantId, account: AccountId, reason: str, body: bytes, at: int, request: bytes | None = None
    ) -> None:
        """Keep a signed request that was not understood: at most 64 KiB of its body, the newest 1,000.

        `request` is what stood around the body, as whoever reads it again has encoded it.
        """

    def quarantined(self, tenant: TenantId, account: AccountId, limit: int) -> list[Quarantined]:
        """An account's, newest first."""

    def set_aside(self, tenant: TenantId, account: AccountId, n: int) -> tuple[Quarantined, bytes, bytes | None] | None:
        """One of them, its body, and what stood around it."""

    def set_right(self, tenant: TenantId, account: AccountId, n: int, at: int) -> bool:
        """It was read again and understood. False: it is not there, or was before."""


class Accounts(Protocol):
    """Our ends of channels, and their sealed secrets."""

    def add(self, account: Account) -> None:
        """A new account; Conflict where the id is taken."""

    def account(self, account: AccountId) -> Account | None:
        """By id over all tenants: a webhook's path decides the tenant."""

    def enabled(self, tenant: TenantId, account: AccountId) -> bool:
        """Whether it is there and switched on."""

    def accounts(self, tenant: TenantId | None, channel: ChannelName | None = None) -> list[Account]:
        """A tenant's, or all; oldest first."""

    def change(self, account: Account) -> bool:
        """Write name, enabled, base, options, status and reason. False: it is not there."""

    def remove(self, tenant: TenantId, account: AccountId) -> bool:
        """Take it away with its secrets; Conflict where identities hang on it."""

    def touched(self, account: AccountId, *, last_in: int | None = None, last_out: int | None = None) -> None:
        """Something came in or went out."""

    def got_to(self, tenant: TenantId, account: AccountId, cursor: str) -> None:
        """How far a channel that is asked for news has got, or since when it has still to be asked."""

    def key(self, tenant: TenantId) -> bytes | None:
        """The tenant's data key, wrapped."""

    def keep_key(self, tenant: TenantId, wrapped: bytes, at: int) -> None:
        """Keep the tenant's data key; the first one stays until `rewrap` puts the same key under a new wrapping."""

    def seal(self, tenant: TenantId, account: AccountId, name: str, sealed: bytes, at: int) -> None:
        """Keep a secret, sealed; it replaces the one of that name."""

    def unseal(self, tenant: TenantId, account: AccountId, name: str) -> None:
        """Forget a secret. One that is not there is fine."""

    def sealed(self, tenant: TenantId, account: AccountId) -> dict[str, bytes]:
        """All secrets of an account, sealed."""


class Vault(Protocol):
    """Envelope encryption: each tenant has a data key, kept wrapped under the installation's.

    Secrets are sealed under it, bound to where they belong. Pure but for randomness.
    """

    def new_key(self, tenant: TenantId) -> bytes:
        """A fresh data key, wrapped."""

    def rewrap(self, wrapped: bytes, tenant: TenantId) -> bytes | None:
        """The same data key under the installation's newest secret; None where it cannot be opened."""

    def derived(self, tenant: TenantId, account: AccountId) -> bytes:
        """A key for what an account signs itself, 32 bytes: always the same under the installation's newest secret."""

    def seal(self, wrapped: bytes, tenant: TenantId, account: AccountId, name: str, value: str) -> bytes | None:
        """A secret, sealed for exactly this place. None where the data key cannot be opened."""

    def open(self, wrapped: bytes, tenant: TenantId, account: AccountId, name: str, sealed: bytes) -> str | None:
        """The secret; None where it was sealed for another place, under another key, or is damaged."""
