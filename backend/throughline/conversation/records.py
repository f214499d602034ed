"""What is remembered beside the events, as values: who, where, what is owed, who is answering."""

from typing import Literal

from msgspec import Struct

from throughline.conversation.events import ChannelName, DeliveryState, Viewer
from throughline.conversation.ids import (
    AccountId,
    BindingId,
    ConversationId,
    IdentityId,
    MessageId,
    PersonId,
    SessionId,
    TenantId,
    TurnId,
    UserId,
)
from throughline.conversation.policy import Policy

Role = Literal["customer", "operator", "reviewer", "admin", "owner"]
Status = Literal["active", "escalated", "ended"]
Mode = Literal["active", "mirror", "standby", "off"]
Follow = Literal["follow", "pin"]
Trust = Literal["pending", "verified", "unverified", "revoked"]
AccountMode = Literal["real", "simulated"]
AccountStatus = Literal["unconfigured", "waiting_first_event", "up", "degraded", "down", "needs_reauth", "disabled"]


class Tenant(Struct, frozen=True):
    """An organisation."""

    id: TenantId
    slug: str
    name: str
    policy: Policy
    #: Seeded by demo mode, or erased after a self-check: never a customer's.
    demo: bool = False


class User(Struct, frozen=True):
    """A sign-in: of a person (role customer, `person` set) or of a member."""

    id: UserId
    tenant: TenantId
    email: str
    name: str
    role: Role
    person: PersonId | None
    password_hash: str
    disabled: bool = False


class Session(Struct, frozen=True):
    """One signed-in browser or program: a family of refresh tokens. Times are UTC milliseconds."""

    id: SessionId
    tenant: TenantId
    user: UserId
    #: The number of the newest refresh token of the family.
    number: int
    rotated_at: int
    created_at: int
    expires_at: int
    revoked_at: int | None = None


class Caller(Struct, frozen=True):
    """Who is asking, as the door has established it. `person` is None for members."""

    tenant: TenantId
    user: UserId
    person: PersonId | None
    role: Role
    name: str
    session: SessionId

    @property
    def viewer(self) -> Viewer:
        """Which of the two views of a log this caller gets."""
        return "member" if self.person is None else "person"


class Conversation(Struct, frozen=True):
    """A conversation's row. `head` is its newest seq, 0 before the first event."""

    id: ConversationId
    tenant: TenantId
    #: None: a group's talk (a mention in a channel), whose authors are identities.
    person: PersonId | None
    agent: str
    status: Status
    title: str
    head: int
    created_at: int
    updated_at: int
    #: `follow`: the active channel is where the person last spoke; `pin`: where they chose, until they choose again.
    follow: Follow = "follow"


class Node(Struct, frozen=True):
    """One message on the small trace that lists show, or a break (`broke`): by `channel` it went on, or was lost."""

    author: str
    channel: ChannelName
    broke: Literal["hop", "lost"] | None = None


class Summary(Struct, frozen=True):
    """A conversation in a list: its row, whom it is with, its trace, what this caller has not read."""

    conversation: Conversation
    person_name: str
    trace: tuple[Node, ...]
    preview: str
    unread: int


class Account(Struct, frozen=True):
    """Our end of a channel: one app credential of one tenant that can verify a webhook. Secrets are kept apart."""

    id: AccountId
    tenant: TenantId
    channel: ChannelName
    provider: str
    name: str
    mode: AccountMode
    enabled: bool
    #: Where the provider's API is: an URL, or `sandbox:<provider>` for a simulated one.
    base: str
    #: What the provider's adapter needs and anybody may see (Slack: team, app, bot_user, socket).
    options: dict[str, str]
    status: AccountStatus
    created_at: int
    #: Why it is down or degraded: a provider's code, never its text.
    reason: str | None = None
    last_in: int | None = None
    last_out: int | None = None
    #: How far a channel that is asked for news has got; of one that is asked after downtimes only, since when it has
    #: still to be asked (UTC ms, empty: it has not).
    cursor: str | None = None


class Identity(Struct, frozen=True):
    """An address of a person on an account. `person` is None for an author in a group who is nobody's contact yet."""

    id: IdentityId
    tenant: TenantId
    person: PersonId | None
    #: None for the web: it has no account.
    account: AccountId | None
    channel: ChannelName
    #: Unique per (tenant, account): `web:<person>`, Slack `T1/U2`, WhatsApp `1555010/447700900123`, `ana@example.com`.
    address: str
    status: Trust
    created_at: int
    name: str = ""
    #: When they last wrote from there, UTC ms: what a channel's window counts from.
    last_in: int | None = None
    #: Where a message from there belongs, on a channel without threads; only this conversation mirrors there.
    talks_in: ConversationId | None = None
    #: Since when nothing at all may be sent there, UTC ms: the carrier's own word for leaving. None: it may.
    off_at: int | None = None


class Binding(Struct, frozen=True):
    """A conversation's attachment to one identity on one channel."""

    id: BindingId
    tenant: TenantId
    conversation: ConversationId
    identity: IdentityId
    channel: ChannelName
    mode: Mode
    account: AccountId | None = None
    #: The provider's name for the thread (Slack `D1:1718.0001`); unique per account. None: nothing stands there yet.
    thread: str | None = None
    #: `Inbound.ref` of the person's newest message there.
    ref: str | None = None


class Rung(Struct, frozen=True, omit_defaults=True):
    """One step of a delivery's way, and when it was taken."""

    state: DeliveryState
    at: int
    reason: str | None = None


class DeliveryRow(Struct, frozen=True):
    """The fate of one message on one binding.

    `seq` is where it stands in the log: the message event's, or its `turn_started`'s where it streams.
    """

    tenant: TenantId
    conversation: ConversationId
    message: MessageId
    binding: BindingId
    channel: ChannelName
    seq: int
    owed: bool
    state: DeliveryState
    at: int
    reason: str | None = None
    #: Not before: the next try of `not_sent`, the end of the echo wait of `ambiguous`.
    due: int = 0
    #: Tries that may have reached the provider, or were refused for now.
    attempts: int = 0
    #: The provider's ids of what stands there, piece by piece.
    remote: tuple[str, ...] = ()
    #: Every step so far, oldest first.
    rungs: tuple[Rung, ...] = ()
    #: The provider's name for the next piece, laid down there and not released yet.
    draft: str | None = None
    #: Where a message that goes in parts while it is written was cut: the end of each part, in characters of its text.
    #: The last one may be on its way; each part takes as many pieces as it needs.
    cuts: tuple[int, ...] = ()


class Errand(Struct, frozen=True):
    """A binding with something to deliver, leased to one courier. Every write carries the fence."""

    binding: Binding
    fence: int
    until: int


class Parked(Struct, frozen=True):
    """A verified message that waits: the thread it answers may be a post of ours whose id is not known yet."""

    account: AccountId
    key: str
    #: The `Inbound`, as JSON.
    inbound: bytes
    until: int


class Quarantined(Struct, frozen=True):
    """A verified request that was not understood, and when. `n` is its number in the organisation."""

    n: int
    account: AccountId
    reason: str
    at: int
    #: Bytes of its body.
    size: int
    #: When it was read again and understood, UTC ms.
    retried: int | None = None


class Turn(Struct, frozen=True):
    """One run of an agent. `fence` grows with every claim: a write that carries an old one fails."""

    id: TurnId
    tenant: TenantId
    conversation: ConversationId
    message: MessageId
    status: Literal["due", "running", "completed", "stopped", "held", "waiting", "failed", "superseded"]
    agent: str
    attempt: int
    fence: int
    owner: str | None
    until: int
    #: seq of the first `turn_started`; 0 before it.
    pos: int
    #: The text of all finished segments.
    checkpoint: str
    #: Somebody pressed stop: the runner ends it, or the next owner does.
    stop_asked: bool
    due_at: int


class Logged(Struct, frozen=True):
    """Where a message id already stands, and the digest of author, text and attachments it was first sent with."""

    seq: int
    digest: bytes


class Repeat(Struct, frozen=True):
    """What a POST under an Idempotency-Key answered the first time."""

    digest: bytes
    status: int
    body: bytes


class Acked(Struct, frozen=True):
    """It is durable: where it stands."""

    id: str
    conversation: ConversationId
    seq: int
