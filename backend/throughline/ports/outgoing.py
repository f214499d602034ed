"""Where conversations are attached, what is owed there, and what couriers do about it."""

from collections.abc import Sequence
from typing import Protocol

from throughline.conversation.channel import Place
from throughline.conversation.events import DeliveryState
from throughline.conversation.ids import AccountId, BindingId, ConversationId, IdentityId, MessageId, TenantId
from throughline.conversation.records import Binding, DeliveryRow, Errand, Follow

#: Where a row stands among an organisation's lost ones: its time (UTC ms), its conversation, message and binding.
Standing = tuple[int, str, str, str]


class Bindings(Protocol):
    """Where a conversation is attached, and what it owes there."""

    def bind(self, binding: Binding) -> None:
        """Attach a binding, or change its mode and thread.

        One is active at most (Conflict): take the old one down first. A thread belongs to one conversation of its
        account (Conflict).
        """

    def answers(self, binding: Binding) -> None:
        """Keep its `ref`: what answers there refer to from now on."""

    def bindings(self, tenant: TenantId, conversation: ConversationId) -> list[Binding]:
        """All of a conversation's, in the order they were made."""

    def at_thread(self, tenant: TenantId, account: AccountId, thread: str) -> Binding | None:
        """Whose thread this is."""

    def of_identity(self, tenant: TenantId, identity: IdentityId) -> list[Binding]:
        """Every binding of an identity, over all its conversations."""

    def places(self, tenant: TenantId, account: AccountId, limit: int) -> list[Place]:
        """Where people talk on an account with threads: each identity's address and one of its threads.

        Who wrote last is first.
        """

    def rooting(self, tenant: TenantId, identity: IdentityId) -> bool:
        """Whether a first post of ours to this identity is on its way, so that its thread is not known yet.

        That is: an open row `sending`, `ambiguous`, or `streaming` and standing nowhere yet, of a binding without a
        thread.
        """

    def follow(self, tenant: TenantId, conversation: ConversationId, follow: Follow) -> None:
        """Whether the active channel follows the person or stays where they chose."""

    def owe(self, row: DeliveryRow) -> None:
        """A new row, once per (message, binding). Its state and time are its first rung."""

    def settle(self, row: DeliveryRow, *, but_in: Sequence[DeliveryState] = ()) -> bool:
        """Write a row's changing fields (owed, state, at, reason, due, attempts, remote, draft, cuts, seq).

        A rung is added where the state changes. For whoever is not the courier: a move, a receipt, a turn's end.
        False: it is not there, or in one of `but_in`.
        """

    def reached(
        self, tenant: TenantId, conversation: ConversationId, binding: BindingId, upto: int, state: DeliveryState,
        at: int,
    ) -> list[MessageId]:  # fmt: skip
        """Raise rows of messages with seq ≤ upto to `state`, where that is further; which ones changed, in order."""

    def delivery(
        self, tenant: TenantId, conversation: ConversationId, message: MessageId, binding: BindingId
    ) -> DeliveryRow | None:
        """One row."""

    def deliveries(self, tenant: TenantId, conversation: ConversationId) -> list[DeliveryRow]:
        """All rows, in log order."""

    def of_message(self, tenant: TenantId, conversation: ConversationId, message: MessageId) -> list[DeliveryRow]:
        """One message's rows."""

    def lost(self, tenant: TenantId, before: Standing | None, limit: int) -> list[DeliveryRow]:
        """Owed rows `dead` or `held`, newest first; `before`: those that come after that one."""

    def count_lost(self, tenant: TenantId, before: Standing | None, most: int) -> int:
        """How many there are, counted up to `most`."""


class Outbox(Protocol):
    """The courier's side of deliveries: which bindings have something to do, leased one by one.

    A row is open in `pending, not_sent, sending, streaming, ambiguous`; not an `ambiguous` one with `due` 0, whose wait
    is over. The web has no courier: its rows are never in here. A binding can be claimed while its lease is over and
    one of its open rows, that no earlier row of the binding holds up, has `due` ≤ now. A `streaming` row that has a
    `remote` and an `ambiguous` row after its `due` hold nobody up; every other open row does.
    """

    def claim(self, owner: str, now: int, until: int, limit: int) -> list[Errand]:
        """Lease bindings with due work on enabled accounts, longest waiting first; the fence grows with each."""

    def renew(self, errand: Errand, until: int) -> bool:
        """Hold it longer. False: it is somebody else's, or was let go."""

    def let_go(self, errand: Errand, until: int) -> bool:
        """Anybody may have it, from `until` on (UTC ms) or once a row is written. False: it is somebody else's."""

    def open_rows(self, errand: Errand, limit: int) -> list[DeliveryRow]:
        """The binding's open rows in log order."""

    def change(self, errand: Errand, row: DeliveryRow) -> bool:
        """Write a row's changing fields under the fence and add its rung where the state changed.

        False: the lease is not ours any more, nothing was written.
        """

    def rooted(self, errand: Errand, thread: str) -> bool:
        """The first post opened this thread: from now on it is the binding's. False: the lease is lost."""

    def unseen(self, now: int, limit: int) -> list[DeliveryRow]:
        """Owed rows on the web that no tab of the person got by their `due`, longest waiting first."""

    def stranded(self, now: int, limit: int) -> list[Binding]:
        """Bindings with something due whose account is switched off, longest waiting first: no courier comes there."""

    def waiting(self, tenant: TenantId, account: AccountId, most: int) -> tuple[int, int | None]:
        """Open rows of an account's bindings, counted up to `most`, and when the oldest of those was said (UTC ms)."""

    def next_due(self) -> int | None:
        """When the next binding can be claimed: a row that nobody holds up is due there, and no lease is on it."""

    def void(self) -> int:
        """One-process mode, at start: end every lease. How many."""
