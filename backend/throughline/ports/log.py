"""The log, its messages and the turns that answer them, as a transaction sees them."""

from collections.abc import Sequence
from typing import Protocol

from throughline.conversation.events import Body, Entry, TurnOutcome
from throughline.conversation.ids import ConversationId, MessageId, PersonId, TenantId, TurnId, UserId
from throughline.conversation.records import Conversation, Logged, Summary, Turn


class Log(Protocol):
    """The conversations and their events. Tenant first; a foreign tenant's id is simply not there."""

    def start(self, conversation: Conversation) -> None:
        """A new conversation, with head 0."""

    def conversation(self, tenant: TenantId, conversation: ConversationId) -> Conversation | None:
        """Its row."""

    def append(self, tenant: TenantId, conversation: ConversationId, at: int, body: Body) -> Entry:
        """The next event: `seq` is head + 1, dense. Handed to the store's `committed` callback after the commit."""

    def entries(
        self, tenant: TenantId, conversation: ConversationId, after: int, limit: int, kinds: Sequence[str] = ()
    ) -> list[Entry]:
        """Events with seq > after, in order, at most `limit`; of `kinds` only, where given."""

    def place_of(self, tenant: TenantId, conversation: ConversationId, messages: int) -> int:
        """The seq before the last `messages` messages: where a reader starts who wants just those."""

    def last_said(self, tenant: TenantId, conversation: ConversationId) -> int | None:
        """When its last message was written, by anybody, on any channel (UTC ms). None: nothing was said in it yet."""

    def summaries(
        self, tenant: TenantId, person: PersonId | None, user: UserId, before: tuple[int, str] | None, limit: int
    ) -> list[Summary]:
        """Conversations, newest first by (updated_at, id); of one person, or all of the tenant's."""


class Messages(Protocol):
    """Message ids and times: what makes a repeat harmless and a limit exact."""

    def logged(self, tenant: TenantId, conversation: ConversationId, message: MessageId) -> Logged | None:
        """Whether this id is taken, by what."""

    def keep(
        self, tenant: TenantId, conversation: ConversationId, message: MessageId, logged: Logged, at: int,
        author: PersonId | None,
    ) -> None:  # fmt: skip
        """Take the id. `author` is the person whose limits it counts for."""

    def times(self, tenant: TenantId, author: PersonId, since: int, limit: int) -> tuple[int, ...]:
        """When this person's last messages came, over all conversations, oldest first: the newest `limit` since."""

    def received(
        self, tenant: TenantId, conversation: ConversationId, user: UserId, got: int, seen: int
    ) -> tuple[int, int]:
        """Raise a user's two marks (they never go down); returns them as they were before."""

    def titled(self, tenant: TenantId, conversation: ConversationId, title: str) -> None:
        """Name a conversation."""


class Turns(Protocol):
    """Agents' runs, leased. At most one is due and one is running per conversation."""

    def due(self, turn: Turn) -> bool:
        """Make a turn due, unless one is due already (then it takes this message too). Whether it is new."""

    def claim(self, owner: str, now: int, until: int) -> Turn | None:
        """Lease the oldest turn that is due by now in a conversation with none running, or whose lease ran out.

        fence + 1.
        """

    def renew(self, turn: TurnId, fence: int, until: int) -> bool:
        """Hold it longer. False: it is no longer ours, or it has ended."""

    def change(
        self,
        turn: TurnId,
        fence: int,
        *,
        status: TurnOutcome | None = None,
        attempt: int | None = None,
        pos: int | None = None,
        checkpoint: str | None = None,
        at: int = 0,
    ) -> bool:
        """Write under the fence. False: it is no longer ours, nothing was written."""  # fmt: skip

    def hasten(self, tenant: TenantId, conversation: ConversationId, at: int) -> bool:
        """A due turn that waits for later may begin at `at`. False: there is none that waits."""

    def current(self, tenant: TenantId, conversation: ConversationId) -> Turn | None:
        """The running turn, else the due one, else None."""

    def ask_stop(self, tenant: TenantId, conversation: ConversationId, turn: TurnId) -> bool:
        """Mark a due or running turn as to be stopped. False: there is no such open turn."""

    def void(self) -> int:
        """One-process mode, at start: end every lease, so that all running turns can be claimed. How many."""
