"""Every seam on one page: what Throughline needs from the outside, each with its promise.

Engines stand behind these; contract suites in tests/ hold every engine to the same words. Rooms on one floor never
import each other: they meet here, and `app.py` joins them.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol, TypeVar

from throughline.conversation.answer import Brief, Piece
from throughline.conversation.events import Body, ChannelName, DeliveryState, Entry, TurnOutcome, Viewer
from throughline.conversation.frames import Batch, Frame, OpenText
from throughline.conversation.ids import (
    BindingId,
    ConversationId,
    IdentityId,
    MessageId,
    PersonId,
    SessionId,
    TenantId,
    Topic,
    TurnId,
    UserId,
)
from throughline.conversation.records import (
    Binding,
    Conversation,
    DeliveryRow,
    Logged,
    Repeat,
    Session,
    Summary,
    Tenant,
    Turn,
    User,
)

T = TypeVar("T")


# ---------------------------------------------------------------- the store
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
        """Lease the oldest due turn whose conversation has none running, or one whose lease ran out; fence + 1."""

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

    def current(self, tenant: TenantId, conversation: ConversationId) -> Turn | None:
        """The running turn, else the due one, else None."""

    def ask_stop(self, tenant: TenantId, conversation: ConversationId, turn: TurnId) -> bool:
        """Mark a due or running turn as to be stopped. False: there is no such open turn."""

    def void(self) -> int:
        """One-process mode, at start: end every lease, so that all running turns can be claimed. How many."""


class Bindings(Protocol):
    """Where a conversation is attached, and what it owes there."""

    def bind(self, binding: Binding) -> None:
        """Attach, or change the mode of, a binding."""

    def bindings(self, tenant: TenantId, conversation: ConversationId) -> list[Binding]:
        """All of a conversation's."""

    def owe(self, row: DeliveryRow) -> None:
        """A new row, once per (message, binding)."""

    def reached(
        self, tenant: TenantId, conversation: ConversationId, binding: BindingId, upto: int, state: DeliveryState,
        at: int,
    ) -> list[MessageId]:  # fmt: skip
        """Raise rows of messages with seq ≤ upto to `state`, where that is further; which ones changed, in order."""

    def deliveries(self, tenant: TenantId, conversation: ConversationId) -> list[DeliveryRow]:
        """All rows, in log order."""


class People(Protocol):
    """Tenants, persons, users, identities."""

    def add_tenant(self, tenant: Tenant, at: int) -> None:
        """A new tenant; its slug is unique."""

    def tenants(self) -> list[Tenant]:
        """All of them: for the command line and the seed."""

    def tenant(self, tenant: TenantId) -> Tenant | None:
        """One tenant."""

    def add_person(self, tenant: TenantId, person: PersonId, name: str, identity: IdentityId, at: int) -> None:
        """A new person with its web identity `web:<person id>`, verified."""

    def person_identity(self, tenant: TenantId, person: PersonId, channel: ChannelName) -> IdentityId | None:
        """The person's identity on a channel."""

    def person_name(self, tenant: TenantId, person: PersonId) -> str | None:
        """How the person is called."""

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
    def people(self) -> People:
        """Tenants, persons, identities."""

    @property
    def users(self) -> Users:
        """Sign-ins and sessions."""

    @property
    def repeats(self) -> Repeats:
        """Idempotency keys."""


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


# ---------------------------------------------------------------- live
class Sink(Protocol):
    """One reader's queue. `offer` never blocks and never raises; a reader who is too slow is closed, not waited for."""

    def offer(self, frame: Frame) -> None:
        """Queue a frame; flushed with everything else of this tick in one write."""

    def offer_all(self, batch: Batch) -> None:
        """The same for several."""


class Live(Protocol):
    """Who is listening now. Fan-out only: what is lost here is closed from the log by seq.

    Frames of one topic reach each sink in the order they were published. Called on the event loop only.
    """

    def subscribe(self, topic: Topic, viewer: Viewer, sink: Sink) -> None:
        """From now on the sink is offered everything that is published on this topic."""

    def unsubscribe(self, topic: Topic, sink: Sink) -> None:
        """No more of it. Unknown pairs are fine."""

    def publish(self, entries: Sequence[Entry]) -> None:
        """Committed events, in seq order per conversation. A `message` closes the open text of the same id."""

    def tell(self, topic: Topic, text: bytes, but: Sink | None = None) -> None:
        """An unsequenced frame (typing, seen, delivery) to everyone there, but one."""

    def begin(self, topic: Topic, message: MessageId, attempt: int, text: str) -> None:
        """Open a message (or start it anew under a higher attempt) with the text that is already sure."""

    def add(self, topic: Topic, message: MessageId, text: str) -> None:
        """More provisional text: the first goes out at once, later ones once per window, merged."""

    def end(self, topic: Topic, message: MessageId) -> None:
        """It will not go on (committed, stopped, failed or given up): nothing more of it leaves."""

    def open_texts(self, topic: Topic) -> list[OpenText]:
        """For who comes late. Text that a window still holds back is not in it."""


# ---------------------------------------------------------------- the agent
class Agent(Protocol):
    """Turns a conversation into the next words.

    The stream ends with exactly one `Done` or `Broken`; closing it early ends the upstream request at once.
    """

    #: What the model is called in front of people, and whether it is the built-in demo one.
    label: str
    demo: bool

    def reply(self, brief: Brief) -> AsyncIterator[Piece]:
        """Write. Never raises for what a provider does wrong."""

    async def close(self) -> None:
        """Let go of pooled connections."""


# ---------------------------------------------------------------- the rest
class Clock(Protocol):
    """Time, as something that can be given."""

    def now(self) -> int:
        """UTC milliseconds since 1970."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class Ids(Protocol):
    """New names for new things."""

    def new(self) -> str:
        """A UUIDv7: sorts by time."""


class Limits(Protocol):
    """How often something may happen."""

    def hit(self, key: tuple[str, ...], limit: int, window: float) -> float | None:
        """Count one. None: fine. Else: seconds until the next would be, and nothing was counted."""
