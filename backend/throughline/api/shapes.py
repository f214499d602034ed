"""What HTTP takes and gives, as msgspec structs: openapi.json and the TypeScript types are assembled from these."""

from typing import Literal

from msgspec import UNSET, Raw, Struct, UnsetType

from throughline.conversation.events import AuthorKind, ChannelName, DeliveryState
from throughline.conversation.records import AccountMode, AccountStatus, Follow, Mode, Role, Status


class Problem(Struct, frozen=True, omit_defaults=True):
    """RFC 9457. `code` is stable; `request_id` is what to quote when asking for help."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    hint: str
    request_id: str
    retry_after: float | UnsetType = UNSET


class Login(Struct, frozen=True):
    """`cookie: true` puts the refresh token into an HttpOnly cookie instead of the answer."""

    email: str
    password: str
    cookie: bool = False


class Refresh(Struct, frozen=True):
    """The token, unless a cookie carries it."""

    refresh_token: str | UnsetType = UNSET


class UserShown(Struct, frozen=True):
    """Who is signed in."""

    id: str
    kind: Literal["person", "member"]
    role: Role
    name: str


class SignedIn(Struct, frozen=True, omit_defaults=True):
    """An access token for `expires_in` seconds."""

    access_token: str
    expires_in: int
    user: UserShown
    refresh_token: str | UnsetType = UNSET


class LimitsShown(Struct, frozen=True):
    """What this tenant's policy allows; 0 means no limit."""

    message_characters: int
    messages_per_minute: int
    messages_per_day: int


class Me(Struct, frozen=True):
    """Who I am, where, and what I may."""

    user: UserShown
    tenant_name: str
    limits: LimitsShown


class DemoUser(Struct, frozen=True):
    """A one-click identity; only in demo mode."""

    email: str
    name: str
    role: Role


class ModelShown(Struct, frozen=True):
    """Which model answers, honestly. `demo`: the built-in stand-in, no real model."""

    label: str
    demo: bool


class About(Struct, frozen=True):
    """What the sign-in page needs to know. `demo_users` is empty outside demo mode."""

    version: str
    demo: bool
    demo_users: list[DemoUser]
    #: None: no model is configured; turns end with a friendly line.
    model: ModelShown | None


class Ticket(Struct, frozen=True):
    """One use, `expires_in` seconds."""

    ticket: str
    expires_in: int


class NewConversation(Struct, frozen=True):
    """`id`: a UUID of the client's choice, so that a repeat makes nothing new."""

    id: str | UnsetType = UNSET


class NodeShown(Struct, frozen=True):
    """One message on a list's small trace, or a break in it.

    `broke` says which: the message before went on by `channel` instead (`hop`), or was lost there (`lost`).
    """

    author: AuthorKind
    channel: ChannelName
    broke: Literal["hop", "lost"] | UnsetType = UNSET


class ConversationShown(Struct, frozen=True):
    """A conversation in a list. Times are ISO 8601; `unread` counts messages of others after this caller's `seen`."""

    id: str
    title: str
    status: Status
    agent: str
    person_name: str
    head: int
    created_at: str
    updated_at: str
    trace: list[NodeShown]
    preview: str
    unread: int


class ConversationPage(Struct, frozen=True):
    """Newest first. `next`: give it back as `before`; null at the end."""

    items: list[ConversationShown]
    next: str | None


class EventPage(Struct, frozen=True):
    """Events in order, each as its `event` frame. `next`: give it back as `after`; null at the head."""

    epoch: str
    head: int
    items: list[Raw]
    next: int | None


class NewMessage(Struct, frozen=True):
    """`id` (a UUID) is the idempotency key and becomes the message's id."""

    id: str
    text: str
    attachments: list[str] = []


class MessageKept(Struct, frozen=True):
    """Durable, at `seq`."""

    id: str
    c: str
    seq: int


class RungShown(Struct, frozen=True, omit_defaults=True):
    """One step of a delivery, and when it was taken."""

    state: DeliveryState
    at: str
    reason: str | UnsetType = UNSET


class DeliveryShown(Struct, frozen=True, omit_defaults=True):
    """Where one message stands on one binding, and every step it took. `reason` is a code."""

    message: str
    binding: str
    channel: ChannelName
    owed: bool
    state: DeliveryState
    at: str
    rungs: list[RungShown]
    attempts: int
    reason: str | UnsetType = UNSET
    #: When it is tried again, for `not_sent`; when it goes, for what waits for the end of quiet hours.
    retry_at: str | UnsetType = UNSET


class Deliveries(Struct, frozen=True):
    """All rows of a conversation, in log order."""

    items: list[DeliveryShown]


class BindingShown(Struct, frozen=True):
    """A channel of this conversation. `health` is its account's state in one word; the web is always `up`."""

    id: str
    #: The person's address there.
    identity: str
    channel: ChannelName
    label: str
    mode: Mode
    health: AccountStatus
    simulated: bool


class Bindings(Struct, frozen=True):
    """All channels of a conversation, and whether the active one follows the person or stays where they chose."""

    items: list[BindingShown]
    follow: Follow


class BindingAsked(Struct, frozen=True):
    """A mode for one channel. `active` is a move."""

    id: str
    mode: Mode


class BindingsAsked(Struct, frozen=True):
    """What is left out stays as it is."""

    items: list[BindingAsked] = []
    follow: Follow | UnsetType = UNSET


class SecretShown(Struct, frozen=True):
    """Whether a secret is there; what it is, nobody is told."""

    name: str
    set: bool


class AccountHealth(Struct, frozen=True):
    """How an account's sends do. Times are ISO 8601 or null.

    `breaker` is `open` where so many failed that none are sent until `again_at` (null: until somebody sees to it), and
    `half_open` while one is tried; `since` is null while it is `closed`. `sends` and `failures` are those of the last
    60 s that say something about the account. `waiting` are the messages that are to go out through it, counted up to
    1,000; `oldest` is when the oldest of these was said.
    """

    breaker: Literal["closed", "open", "half_open"]
    since: str | None
    again_at: str | None
    sends: int
    failures: int
    waiting: int
    oldest: str | None


class AccountShown(Struct, frozen=True):
    """Our end of a channel. Times are ISO 8601 or null; `reason` is a code or null."""

    id: str
    channel: ChannelName
    provider: str
    name: str
    mode: AccountMode
    enabled: bool
    status: AccountStatus
    reason: str | None
    options: dict[str, str]
    secrets: list[SecretShown]
    #: What the provider has to be told, in full.
    webhook_url: str
    last_in: str | None
    last_out: str | None
    created_at: str
    #: Null for whoever is no admin.
    health: AccountHealth | None


class QuarantineShown(Struct, frozen=True):
    """A signed request that was not understood. `reason` is a code, `size` its body's bytes; times are ISO 8601."""

    n: int
    reason: str
    at: str
    size: int
    retried_at: str | None


class Quarantine(Struct, frozen=True):
    """An account's, newest first."""

    items: list[QuarantineShown]


class KeptAside(Struct, frozen=True):
    """One of them; `body` is base64, at most 64 KiB of it."""

    item: QuarantineShown
    body: str


class Retried(Struct, frozen=True):
    """What became of reading it again; `reason` is the code where it is still not understood."""

    understood: bool
    reason: str | None


class Accounts(Struct, frozen=True):
    """A tenant's accounts of one channel, oldest first."""

    items: list[AccountShown]


class ChannelShown(Struct, frozen=True):
    """A channel that is built, what it can do, and how its accounts are."""

    channel: ChannelName
    label: str
    streams: bool
    #: Who can provide it; the first one is taken where none is named.
    providers: list[str]
    accounts: list[AccountShown]


class Channels(Struct, frozen=True):
    """All channels of this build."""

    items: list[ChannelShown]


class AccountAsked(Struct, frozen=True):
    """An account to make or to change; what is left out stays. Secrets are written, never read."""

    name: str | UnsetType = UNSET
    #: Of a new one only: who provides the channel.
    provider: str | UnsetType = UNSET
    options: dict[str, str] = {}
    secrets: dict[str, str] = {}


class Manifest(Struct, frozen=True):
    """The document that describes us to a provider: a name for its file, and its text."""

    name: str
    text: str


class Connecting(Struct, frozen=True):
    """Where at the provider an admin agrees; the page to open."""

    url: str


class Tested(Struct, frozen=True):
    """What a test of an account found, in words for an admin."""

    health: Literal["up", "degraded", "down", "needs_reauth"]
    detail: str
    took_ms: int
    account: AccountShown


class Export(Struct, frozen=True):
    """A conversation as a file: every event that this caller may see, in order, as its `event` frame."""

    epoch: str
    conversation: ConversationShown
    items: list[Raw]


class VersionShown(Struct, frozen=True):
    """Which build answers."""

    name: str
    version: str


class HealthShown(Struct, frozen=True):
    """`status` is `ok`, or `down` while messages cannot be kept. Each check is `ok` or says what is wrong."""

    status: Literal["ok", "down"]
    version: str
    checks: dict[str, str]
    channels: dict[str, str]
