"""The store: transactions as nouns, durable when they return."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from throughline.conversation.events import Entry
from throughline.ports.accounts import Accounts, Inbox
from throughline.ports.files import Files
from throughline.ports.links import Links
from throughline.ports.log import Log, Messages, Turns
from throughline.ports.outgoing import Bindings, Outbox
from throughline.ports.people import People, Repeats, Users

T = TypeVar("T")


class Tx(Protocol):
    """One transaction, as nouns."""

    @property
    def log(self) -> Log:
        """Conversations and events."""

    @property
    def messages(self) -> Messages:
        """Ids, times and marks."""

    @property
    def turns(self) -> Turns:
        """Agents' runs."""

    @property
    def bindings(self) -> Bindings:
        """Attachments, and what is owed on them."""

    @property
    def outbox(self) -> Outbox:
        """What couriers do."""

    @property
    def inbox(self) -> Inbox:
        """What came in, once."""

    @property
    def accounts(self) -> Accounts:
        """Our ends of channels."""

    @property
    def people(self) -> People:
        """Tenants, persons, identities."""

    @property
    def users(self) -> Users:
        """Sign-ins and sessions."""

    @property
    def repeats(self) -> Repeats:
        """Idempotency keys."""

    @property
    def links(self) -> Links:
        """Codes that link a channel, and preferences."""

    @property
    def files(self) -> Files:
        """What people attach."""


class StoreDown(Exception):  # noqa: N818 - it is a state, not a mistake
    """The store cannot take writes now (full, read-only, queue full, closing). Nothing was kept. Answer 503."""


class Conflict(Exception):  # noqa: N818 - it is what the data says, not a mistake
    """A write that the data forbids: an id or name that is taken, or a part of something that is not there."""


class Store(Protocol):
    """Everything that is remembered.

    `write` runs `fn` in one transaction and returns after it is durable (synced); all of it is there or nothing.
    `fn` is a plain function, may run twice, must not touch anything but its `tx`: ids and times come in. An exception
    out of `fn` undoes its own transaction only and comes out of `write`. Events appended are handed to `committed`
    after the commit, before `write` returns, per conversation in seq order. `read` sees all that was committed
    before it was called. Neither ever blocks the event loop.
    """

    #: Changes only when a backup is restored: a client's cursor from another epoch cannot be resumed.
    epoch: str

    async def write(self, fn: Callable[[Tx], T]) -> T:
        """Durable when it returns. Raises StoreDown, or what `fn` raised."""

    async def read(self, fn: Callable[[Tx], T]) -> T:
        """A consistent view, beside the writer."""

    def health(self) -> str | None:
        """None, or why writes are refused."""

    async def close(self) -> None:
        """Finish what waits, then let go."""


Committed = Callable[[Sequence[Entry]], None]
