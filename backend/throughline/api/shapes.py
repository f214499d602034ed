"""What HTTP takes and gives, as msgspec structs: openapi.json and the TypeScript types are assembled from these."""

from typing import Literal

from msgspec import UNSET, Raw, Struct, UnsetType

from throughline.conversation.events import AuthorKind, ChannelName, DeliveryState
from throughline.conversation.records import Mode, Role, Status


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
    """One message on a list's small trace."""

    author: AuthorKind
    channel: ChannelName


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


class DeliveryShown(Struct, frozen=True, omit_defaults=True):
    """Where one message stands on one binding."""

    message: str
    binding: str
    channel: ChannelName
    owed: bool
    state: DeliveryState
    at: str
    reason: str | UnsetType = UNSET


class Deliveries(Struct, frozen=True):
    """All rows of a conversation, in log order."""

    items: list[DeliveryShown]


class BindingShown(Struct, frozen=True):
    """A channel of this conversation."""

    id: str
    channel: ChannelName
    mode: Mode


class Bindings(Struct, frozen=True):
    """All channels of a conversation."""

    items: list[BindingShown]


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
