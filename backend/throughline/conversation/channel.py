"""What a channel can do, what comes in from it and what became of a send: values that every adapter speaks.

A channel is `read` (pure), `render` (pure), `send` (I/O) and `capabilities` (data); the port is in ports.py.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

from msgspec import Struct

from throughline.conversation.events import AuthorKind, ChannelName, DeliveryState, Purpose, Template
from throughline.conversation.ids import ConversationId, MessageId, TurnId


class Capabilities(Struct, frozen=True):
    """What a channel can do, as data: rules ask these, never the channel's name. Seconds and characters."""

    channel: ChannelName
    #: What people read: "Slack".
    label: str
    #: Text can appear while it is written: by a native stream, or by editing a post.
    stream: bool = False
    edit: bool = False
    typing: bool = False
    #: What comes there makes a telephone or a computer ring: as a fallback it is not used in somebody's quiet hours.
    rings: bool = False
    #: Told by the provider when it arrived, when it was read.
    receipts: bool = False
    #: Conversations are told apart by threads; else an identity has one place.
    threads: bool = False
    #: We may write first.
    start: bool = True
    #: Characters of one piece.
    text: int = 2_000
    #: How long an ambiguous send may still be settled by an echo; 0: there is none.
    echo_wait: float = 0.0
    #: Seconds between two edits of a post, and between two appends of a stream, at the fastest.
    pace: float = 1.0
    #: Seconds after which a stream is rotated: the provider would end it.
    stream_life: float = 0.0
    #: Seconds since the person's last message within which we may write freely; 0: always.
    window: float = 0.0
    #: Where people open the talk with us themselves; `{number}` is ours, `{name}` an option. Empty: there is no link.
    link: str = ""
    #: The same with a code filled in for linking (`{code}`). Empty: people copy it.
    code_link: str = ""
    #: Choices that can be shown as buttons under one message; 0: none.
    buttons: int = 0
    #: Bytes of one attachment, by media type (`image/jpeg`) or kind (`image/*`). What is not in it goes as a link.
    files: Mapping[str, int] = {}
    #: Attachments of one message.
    files_count: int = 0
    #: Seconds for which the sign that somebody is typing stays; 0: until it is taken away.
    typing_lasts: float = 0.0
    #: Commands need `!` or `/` here: plain words like STOP belong to the carrier.
    marked_commands: bool = False
    #: At most so many calls in any so many seconds, by kind: start, append, stop, update, status, prepare, seek,
    #: history (of an account), post (of an account and address). A kind that is not in it is free.
    rates: Mapping[str, tuple[int, float]] = {}


#: The web, which has no adapter: its readers follow the log itself.
WEB = Capabilities(channel="web", label="Web", stream=True, edit=True, typing=True, receipts=True)
#: Every channel there is a name for, and what people call some of them besides.
CHANNELS: tuple[ChannelName, ...] = get_args(ChannelName)
#: What people call each channel, built or not.
LABELS: Mapping[ChannelName, str] = MappingProxyType(
    {"web": "Web", "slack": "Slack", "gmail": "Gmail", "whatsapp": "WhatsApp", "telegram": "Telegram", "sms": "SMS"}
)
ALIASES: Mapping[str, ChannelName] = MappingProxyType({"email": "gmail", "mail": "gmail"})


def web_alone(channel: ChannelName) -> Capabilities:
    """A table of capabilities where only the web is built: every other channel can do the least."""
    return WEB if channel == "web" else Capabilities(channel=channel, label=LABELS[channel])


class RawRequest(Struct, frozen=True):
    """A webhook as it came: nothing parsed, header names in lower case, the body's very bytes."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class Address(Struct, frozen=True):
    """Who wrote: an identity's address on the account, and how they are called where the provider says so.

    An account with several ends of ours (numbers, workspaces) has them in front: `T1/U2`, `1555010/447700900123`.
    """

    address: str
    name: str = ""
    #: Other addresses of the same one on this account (WhatsApp: a business-scoped id beside the phone).
    aliases: tuple[str, ...] = ()


class Media(Struct, frozen=True):
    """Something attached to what came in: named, not fetched. `remote` is what the adapter's `fetch` needs."""

    remote: str
    kind: Literal["image", "audio", "video", "file"]
    media_type: str
    name: str = ""
    #: Bytes, as the provider says; None: unknown.
    size: int | None = None
    #: Recorded as a voice note.
    voice: bool = False


class Inbound(Struct, frozen=True):
    """One message from a channel, verified. `key` is logical: the same message always has the same."""

    key: str
    sender: Address
    text: str
    #: The provider's thread, for threaded channels.
    thread: str | None = None
    #: It answers something in that thread (not the thread's first message): it may be a post of ours.
    answers: bool = False
    #: Written in a group: a conversation without a person.
    group: bool = False
    #: What the group is called.
    group_name: str = ""
    #: Said in a group without a word to us: it belongs to its thread's conversation, and never begins one.
    overheard: bool = False
    #: Whether the provider vouches for the sender. An unverified one gets a conversation of their own.
    trust: Literal["verified", "unverified"] = "verified"
    #: When it was written, by the provider's clock (UTC ms). None: it does not say.
    at: int | None = None
    #: What answering or acknowledging exactly this one needs, in the adapter's own words (at most 1,000 characters):
    #: a WhatsApp message's id, a mail's Message-ID and subject. Comes back as `Place.ref`.
    ref: str | None = None
    #: The conversation that the sender has proved to be answering (a mail's signed tag); its thread may be a new one.
    conversation: ConversationId | None = None
    media: tuple[Media, ...] = ()
    #: A button under a message of ours was pressed: that button's id. `text` is what it said.
    pressed: str | None = None


class Receipt(Struct, frozen=True):
    """The provider tells what became of a send of ours: found by our message id, else by its own id."""

    state: DeliveryState
    conversation: ConversationId | None = None
    message: MessageId | None = None
    remote: str | None = None
    thread: str | None = None
    reason: str | None = None


class Halt(Struct, frozen=True):
    """The person pressed the channel's own stop button: in a thread, or at the one place that an address has."""

    key: str
    thread: str | None = None
    address: str | None = None


class Consent(Struct, frozen=True):
    """The carrier's own words for leaving and coming back (SMS: STOP, START): the address is `off`, or is not."""

    key: str
    address: str
    off: bool


class Renamed(Struct, frozen=True):
    """An address is another one from now on (a changed number, a new business-scoped id)."""

    old: str
    new: str


class Reply(Struct, frozen=True):
    """What the webhook is answered, once everything is durable."""

    status: int = 200
    body: bytes = b""
    media_type: str = "text/plain"


class Reading(Struct, frozen=True):
    """A verified request, taken apart. Everything in it is for one account."""

    reply: Reply = Reply()
    inbound: tuple[Inbound, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    halts: tuple[Halt, ...] = ()
    consents: tuple[Consent, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    #: How far a channel that is asked for news has got; kept in the same transaction as what it brought.
    cursor: str | None = None
    #: There may be news to ask for: who listens to this account looks at once.
    nudge: bool = False
    #: Signed but not understood: a code; kept aside, answered 2xx, never a reason to retry.
    quarantine: str | None = None
    #: The provider has ended the account's credential (a code): nothing can be sent any more.
    ended: str | None = None


class Unverified(Struct, frozen=True):
    """Not from the provider, or too old: refused, nothing is kept. `reason` is a code for our log."""

    reason: str
    #: 401 or 403: what the provider's own documents ask for.
    status: int = 401


class Accepted(Struct, frozen=True):
    """The provider has it, under this id. `thread` where the send opened one."""

    remote: str
    thread: str | None = None


class NotSent(Struct, frozen=True):
    """It did surely not reach anybody: it may be sent again, after `after` seconds where the provider said when."""

    reason: str
    after: float | None = None


class Refused(Struct, frozen=True):
    """It will never be taken. `auth`: the credential is bad, nothing else will be taken either."""

    reason: str
    auth: bool = False


class Ambiguous(Struct, frozen=True):
    """It may have arrived. Never sent again without a sign."""

    reason: str


Outcome = Accepted | NotSent | Refused | Ambiguous


class Place(Struct, frozen=True):
    """Where to send: an identity's address, and the thread if there is one already."""

    address: str
    thread: str | None = None
    #: `Inbound.ref` of the person's newest message there.
    ref: str | None = None


class Post(Struct, frozen=True):
    """A message on its way out, as the log has it."""

    conversation: ConversationId
    message: MessageId
    author: AuthorKind
    name: str
    purpose: Purpose
    text: str
    #: Where it was written, when that is elsewhere: a mirror shows it with this label.
    origin: str | None = None
    turn: TurnId | None = None
    #: What the conversation is called: a new mail's subject.
    title: str = ""
    #: Attached, in order; `render` decides which go along and which are named with their link.
    files: tuple["Enclosed", ...] = ()
    #: With purpose `template`: which one. None: the account's own, whose only variable is `text`.
    template: Template | None = None


class Enclosed(Struct, frozen=True):
    """A file that goes out with a post. `url` is a signed, expiring link that the world can fetch."""

    id: str
    kind: Literal["image", "audio", "video", "file"]
    media_type: str
    name: str
    size: int
    url: str


class Piece(Struct, frozen=True):
    """A part of a post, as the channel takes it. `format` is the adapter's own word for what `text` is."""

    text: str
    format: str = "plain"
    #: Comes back in echoes: which message this is, and which part of it.
    mark: tuple[ConversationId, MessageId, int] | None = None
    #: What else the adapter's `send` needs of it, in its own words (mail: `html`, `subject`).
    more: Mapping[str, str] = {}
    #: Sent along with it.
    files: tuple[Enclosed, ...] = ()


Health = Literal["up", "degraded", "down", "needs_reauth"]


class Probe(Struct, frozen=True):
    """What a test of an account's credentials found. `options` are what the provider told about itself."""

    health: Health
    reason: str | None = None
    options: Mapping[str, str] = {}
