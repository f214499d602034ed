"""What an agent is asked, and what it answers piece by piece."""

from typing import Literal

from msgspec import Struct

from throughline.conversation.events import ChannelName, Usage
from throughline.conversation.ids import TenantId


class Attached(Struct, frozen=True):
    """Something attached to a message. `data` are its bytes, for pictures that the model may see; None: only named."""

    kind: Literal["image", "audio", "video", "file"]
    media_type: str
    name: str
    size: int
    transcript: str | None = None
    sha256: str | None = None
    data: bytes | None = None


class Said(Struct, frozen=True):
    """A finished message in an agent's context, oldest first."""

    author: Literal["person", "agent", "member", "system"]
    text: str
    files: tuple[Attached, ...] = ()


class Brief(Struct, frozen=True):
    """What an agent is asked: who is talking, where, what was said, and what it has written itself already."""

    tenant: TenantId
    tenant_name: str
    person_name: str
    agent: str
    channel: ChannelName
    history: tuple[Said, ...]
    opening: str
    #: Characters of one person's message that the model sees; the rest is cut, and the cut is said.
    message_characters: int = 2_000


class Sure(Struct, frozen=True):
    """How confident the agent says it is, 0 to 1, before its first visible character. None: it did not say."""

    confidence: float | None


class Words(Struct, frozen=True):
    """More text of the open segment."""

    text: str


class SegmentDone(Struct, frozen=True):
    """The open segment is finished: it can be checkpointed."""


class Done(Struct, frozen=True):
    """The answer is whole."""

    usage: Usage | None


class Broken(Struct, frozen=True):
    """The answer cannot be finished.

    `code` is stable and for everyone, `detail` is for members; `again`: a retry may help, after `retry_after` seconds.
    """

    code: Literal["no_model", "refused", "rate_limited", "unreachable", "timeout", "cut_off", "bad_answer", "too_long"]
    detail: str
    again: bool
    retry_after: float | None = None


Piece = Sure | Words | SegmentDone | Done | Broken
