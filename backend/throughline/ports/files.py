"""What people attach: rows, and the bytes behind them."""

from collections.abc import AsyncIterator
from typing import Protocol

from throughline.conversation.faults import Fault
from throughline.conversation.files import File
from throughline.conversation.ids import ConversationId, FileId, MessageId, TenantId


class Files(Protocol):
    """Attachments, one row each."""

    def add(self, file: File) -> None:
        """A new one; Conflict where the id is taken, or the conversation is not there."""

    def file(self, tenant: TenantId, file: FileId) -> File | None:
        """One."""

    def of_message(self, tenant: TenantId, conversation: ConversationId, message: MessageId) -> list[File]:
        """A message's, in the order they were made."""

    def change(self, file: File) -> bool:
        """Write everything that can change about it. False: it is not there."""

    def drop(self, tenant: TenantId, file: FileId) -> bool:
        """Take away one that was never sent. False: it is not there, or a message has it."""

    def fetchable(self, now: int, limit: int) -> list[File]:
        """Those that are to be fetched now, over all tenants, longest waiting first."""

    def unsent(self, before: int, limit: int) -> list[File]:
        """Uploaded before then and never sent, over all tenants."""


class Kept(Protocol):
    """Bytes that are on disk."""

    @property
    def sha256(self) -> str:
        """Their name."""

    @property
    def size(self) -> int:
        """How many."""

    @property
    def head(self) -> bytes:
        """The first ones."""


class Blobs(Protocol):
    """Bytes by their SHA-256, each tenant's apart. Durable when `keep` returns."""

    async def keep(self, tenant: TenantId, chunks: AsyncIterator[bytes], most: int) -> Kept | Fault:
        """Take them in, counted while they come. Faults: empty, too big. Raises StoreDown, or what `chunks` raises."""

    def read(self, tenant: TenantId, sha256: str, begin: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Their chunks, from the byte `begin` up to `end`, which is left out. Raises FileNotFoundError."""

    async def whole(self, tenant: TenantId, sha256: str, most: int) -> bytes | None:
        """All of them at once; None: not there, or more than that."""
