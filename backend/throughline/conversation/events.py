"""What a log holds: one frozen struct per kind of event, and the two views that readers get of it.

A body never holds its own kind, seq or time: those are the entry's. `person_view` is the only place that decides
what persons may not see; members see every body as it was appended.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from throughline.conversation.ids import BindingId, ConversationId, FileId, MessageId, TenantId, TurnId

AuthorKind = Literal["person", "agent", "member", "system"]
Purpose = Literal["reply", "question", "holding", "notice", "welcome", "template", "brief"]
ChannelName = Literal["web", "slack", "gmail", "whatsapp", "telegram", "sms"]
PartType = Literal["image", "audio", "video", "file"]
TurnOutcome = Literal["completed", "stopped", "held", "waiting", "failed", "superseded"]
DeliveryState = Literal[
    "pending", "sending", "streaming", "accepted", "delivered", "read",
    "not_sent", "ambiguous", "held", "refused", "passed", "superseded", "dead",
]  # fmt: skip


class Body(Struct, frozen=True, omit_defaults=True):
    """What one event says. Fields left at their default are left out on the wire."""


class Author(Struct, frozen=True, omit_defaults=True):
    """Who wrote a message, by kind and shown name."""

    kind: AuthorKind
    name: str


class Part(Struct, frozen=True, omit_defaults=True):
    """A piece of a message that is not its plain text: an image, a file, a voice note.

    Its bytes are behind `GET /api/v1/files/{id}/link`. `waiting` ones are still being fetched from the channel they
    came by: a `file_settled` event says how that ended. `refused` is said by views only, where that ended badly.
    """

    id: FileId
    type: PartType
    name: str
    media_type: str
    size: int
    state: Literal["ready", "waiting", "refused"] = "ready"
    #: Recorded as a voice note.
    voice: bool = False
    #: What is said in it.
    transcript: str | UnsetType = UNSET
    #: Why it was refused: a code.
    reason: str | UnsetType = UNSET


class Usage(Struct, frozen=True, omit_defaults=True):
    """What one turn took from its model, in tokens, as the provider counted them."""

    model: str
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Template(Struct, frozen=True, omit_defaults=True):
    """Words that a provider has approved before, by their name there. `parameters` fill its body, in order."""

    name: str
    language: str = ""
    parameters: tuple[str, ...] = ()


class ConversationStarted(Body, frozen=True):
    """The log begins; `channel` is where the person first spoke."""

    channel: ChannelName


class Message(Body, frozen=True):
    """Words that stay. A streamed message has the id its deltas had, and stands at `pos` instead of its own seq."""

    id: MessageId
    author: Author
    channel: ChannelName
    text: str
    purpose: Purpose = "reply"
    parts: tuple[Part, ...] = ()
    #: seq of the `turn_started` it was streamed under; where it stands in every view.
    pos: int | UnsetType = UNSET
    reply_to: MessageId | UnsetType = UNSET
    #: Owed on this binding alone: a talk's opening on a channel it moved to, an answer to a command given there.
    only: BindingId | UnsetType = UNSET
    turn: TurnId | UnsetType = UNSET
    #: What a channel is sent that takes approved words only; `text` is what everybody else reads.
    template: Template | UnsetType = UNSET
    #: The person stopped the turn: the text ends where they stopped it.
    stopped: bool = False
    #: Members only: how sure the agent said it was, 0 to 1.
    confidence: float | UnsetType = UNSET
    #: Members only.
    cost_usd: float | UnsetType = UNSET


class TurnStarted(Body, frozen=True):
    """An agent begins to answer; `message` is the id that the deltas and the final message carry."""

    turn: TurnId
    message: MessageId
    agent: str
    attempt: int


class Said(Body, frozen=True):
    """A part of an answer that is certain before the whole is: part `n` of the message, from 0.

    It begins at a UTF-16 offset of the message's text, where the part before it ended. A channel may have it already.
    """

    message: MessageId
    n: int
    at: int
    text: str


class TurnEnded(Body, frozen=True):
    """An agent's run is over. `reason` is a code for everyone; `detail` and `usage` are for members."""

    turn: TurnId
    outcome: TurnOutcome
    message: MessageId | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    detail: str | UnsetType = UNSET
    usage: Usage | UnsetType = UNSET


class Delivery(Body, frozen=True):
    """What became of a run of messages on one binding."""

    messages: tuple[MessageId, ...]
    binding: BindingId
    channel: ChannelName
    state: DeliveryState
    reason: str | UnsetType = UNSET
    #: Members only: who said so, where it was no provider.
    by: Author | UnsetType = UNSET


class FailedOver(Body, frozen=True):
    """A message that did not get through on one channel goes by another instead; `reason` is a code, for everybody.

    Nobody was moved: later messages follow the person as always. `binding` is where it goes now. `late`: the first one
    had taken it and could not deliver it after all, so it may stand behind messages that came after it. `until`: it
    waits there for the end of the person's quiet hours (ISO 8601), and is not sent if they have it before.
    """

    message: MessageId
    origin: ChannelName
    to: ChannelName
    binding: BindingId
    reason: str
    late: bool = False
    until: str | UnsetType = UNSET


class Bound(Body, frozen=True):
    """The active channel changed: who moved it, from where, to where, and why (a code)."""

    by: Author
    to: ChannelName
    origin: ChannelName | UnsetType = UNSET
    why: Literal["started", "asked", "followed", "off"] = "asked"


class FileSettled(Body, frozen=True):
    """An attachment that was being fetched is here, or will not be (`reason`, a code)."""

    file: FileId
    message: MessageId
    state: Literal["ready", "refused"]
    #: What its bytes prove it to be.
    type: PartType | UnsetType = UNSET
    name: str = ""
    media_type: str = ""
    size: int = 0
    reason: str | UnsetType = UNSET
    transcript: str | UnsetType = UNSET


class ConversationEnded(Body, frozen=True):
    """The talk is over until someone speaks again."""

    why: Literal["closed", "idle", "erased"]


class ConversationReopened(Body, frozen=True):
    """Someone spoke again."""


class Hidden(Body, frozen=True):
    """What this viewer may not see; it keeps `seq` dense for everyone."""


#: Every kind, by its name on the wire. The generated documents and the TypeScript types come from this table.
KINDS: Mapping[str, type[Body]] = MappingProxyType(
    {
        "conversation_started": ConversationStarted,
        "message": Message,
        "turn_started": TurnStarted,
        "said": Said,
        "turn_ended": TurnEnded,
        "delivery": Delivery,
        "failed_over": FailedOver,
        "bound": Bound,
        "file_settled": FileSettled,
        "conversation_ended": ConversationEnded,
        "conversation_reopened": ConversationReopened,
        "hidden": Hidden,
    }
)
_NAMES: Mapping[type[Body], str] = MappingProxyType({body: name for name, body in KINDS.items()})
_encoder = msgspec.json.Encoder()


class Entry(Struct, frozen=True):
    """One event as it is kept and sent: both views encoded, once. `at` is UTC milliseconds since 1970."""

    tenant: TenantId
    conversation: ConversationId
    seq: int
    at: int
    kind: str
    member: bytes
    #: None: persons get kind `hidden`. The same object as `member` where nothing is left out.
    person: bytes | None

    def body(self) -> Body:
        """The body as members see it."""
        return decode(self.kind, self.member)


Viewer = Literal["person", "member"]


def kind_of(body: Body) -> str:
    """The wire name of a body's kind."""
    return _NAMES[type(body)]


def person_view(body: Body) -> Body | None:
    """What persons see of a body: itself, where nothing is left out; None where only that something stands there."""
    match body:
        case Message() if body.confidence is not UNSET or body.cost_usd is not UNSET:
            return msgspec.structs.replace(body, confidence=UNSET, cost_usd=UNSET)
        case Delivery() if body.by is not UNSET:
            return msgspec.structs.replace(body, by=UNSET)
        case TurnEnded() if body.detail is not UNSET or body.usage is not UNSET:
            return msgspec.structs.replace(body, detail=UNSET, usage=UNSET)
        case Hidden():
            return None
        case _:
            return body


def entry(tenant: TenantId, conversation: ConversationId, seq: int, at: int, body: Body) -> Entry:
    """Encode a body for the log: each view once."""
    member = _encoder.encode(body)
    seen = person_view(body)
    person = None if seen is None else member if seen is body else _encoder.encode(seen)
    return Entry(tenant, conversation, seq, at, kind_of(body), member, person)


def decode(kind: str, body: bytes) -> Body:
    """The struct behind a stored or received body."""
    return msgspec.json.decode(body, type=KINDS[kind])


def iso(at: int) -> str:
    """UTC milliseconds as ISO 8601 with milliseconds and Z, as every frame and answer gives times."""
    return f"{_second(at // 1000)}.{at % 1000:03d}Z"


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    # What is written now is mostly of this second; formatting a date costs more than the rest of a frame.
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"


def event_frame(item: Entry, viewer: Viewer) -> bytes:
    """The `event` frame of an entry for one kind of viewer: assembled around the stored body, not encoded anew."""
    body = item.member if viewer == "member" else item.person
    kind, shown = ("hidden", b"{}") if body is None else (item.kind, body)
    return b'{"t":"event","c":"%b","seq":%d,"at":"%b","kind":"%b","body":%b}' % (
        item.conversation.encode(), item.seq, iso(item.at).encode(), kind.encode(), shown,
    )  # fmt: skip


class EventFrame(Struct, frozen=True, tag_field="t", tag="event"):
    """An `event` frame as a reader takes it apart."""

    c: ConversationId
    seq: int
    at: str
    kind: str
    body: Raw
