"""The frames of `throughline.v1`: one JSON object per text frame, told apart by `t`.

Pure: bytes in, structs out, and back. Unknown fields are ignored; an unknown type is an `Unreadable`, never an
exception. The generated asyncapi.json and the TypeScript types come from the two unions below.
"""

from typing import Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

SUBPROTOCOL = "throughline.v1"
#: Bytes of one frame; a longer one closes the socket with 1009.
MAX_FRAME = 65_536
#: `seq` and offsets stay within what a browser's numbers keep exactly.
MAX_SEQ = 2**53 - 1


class ClientFrame(Struct, frozen=True, tag_field="t", tag=str.lower, omit_defaults=True):
    """What a client may say. The tag is the class's name in lower case."""


class Resume(Struct, frozen=True):
    """Where a returning client stands in one conversation."""

    c: str
    epoch: str
    seq: int


class Hello(ClientFrame, frozen=True):
    """Sign in, and take up all conversations in one round trip. Exactly one of `ticket` and `token`."""

    ticket: str | UnsetType = UNSET
    token: str | UnsetType = UNSET
    resume: list[Resume] = []


class Watch(ClientFrame, frozen=True):
    """Follow a conversation from `after` (0 = all; absent = the last 50 messages and all since)."""

    c: str
    after: int | UnsetType = UNSET


class Unwatch(ClientFrame, frozen=True):
    """Stop following."""

    c: str


class Say(ClientFrame, frozen=True):
    """A message. `id` is the idempotency key and becomes the message's id."""

    c: str
    id: str
    text: str
    attachments: list[str] = []


class Stop(ClientFrame, frozen=True):
    """End the running turn and keep what was written."""

    c: str
    id: str
    turn: str


class Bind(ClientFrame, frozen=True):
    """Go on on this channel (`identity` where the person has several there). Acked with the seq of `bound`."""

    c: str
    id: str
    channel: str
    identity: str | UnsetType = UNSET


class Snap(ClientFrame, frozen=True):
    """Send me the open message's text so far."""

    c: str
    message: str


class Typing(ClientFrame, frozen=True):
    """I am writing."""

    c: str


class Got(ClientFrame, frozen=True):
    """Received up to `seq`: what makes a web delivery `delivered`."""

    c: str
    seq: int


class Seen(ClientFrame, frozen=True):
    """Read up to `seq`."""

    c: str
    seq: int


class Auth(ClientFrame, frozen=True):
    """A fresh token on a live socket that was opened by `token`."""

    token: str


Incoming = Hello | Watch | Unwatch | Say | Stop | Bind | Snap | Typing | Got | Seen | Auth


class ServerFrame(Struct, frozen=True, tag_field="t", tag=str.lower, omit_defaults=True):
    """What the server may say, beside `event` frames (conversation/events.py assembles those around stored bodies)."""


class SocketUser(Struct, frozen=True):
    """Who the socket is signed in as."""

    id: str
    kind: Literal["person", "member"]
    role: str
    name: str


class Welcome(ServerFrame, frozen=True):
    """Signed in. The server pings at the WebSocket level every `ping` seconds."""

    user: SocketUser
    ping: int


class Watching(ServerFrame, frozen=True):
    """Followed by the events after `after`, in order, then a snapshot per open message, then live.

    `recovered: false`: nothing follows; watch again without `after`.
    """

    c: str
    epoch: str
    head: int
    after: int
    recovered: bool


class Delta(ServerFrame, frozen=True):
    """Provisional text; `at` is its UTF-16 offset. A higher attempt starts the text anew."""

    c: str
    message: str
    attempt: int
    at: int
    text: str


class Snapshot(ServerFrame, frozen=True):
    """The open message so far; `at` is its length in UTF-16 units."""

    c: str
    message: str
    attempt: int
    at: int
    text: str


class Ack(ServerFrame, frozen=True):
    """Durable: it survives whatever happens to the server."""

    id: str
    c: str
    seq: int


class Nack(ServerFrame, frozen=True):
    """Refused. Frames without an id are named by `of` and `c`."""

    code: str
    detail: str
    id: str | UnsetType = UNSET
    of: str | UnsetType = UNSET
    c: str | UnsetType = UNSET
    retry_after: float | UnsetType = UNSET


class DeliveryFrame(ServerFrame, frozen=True, tag="delivery"):
    """An unsequenced change of a delivery."""

    c: str
    message: str
    binding: str
    channel: str
    state: str
    at: str
    reason: str | UnsetType = UNSET


class TypingFrame(ServerFrame, frozen=True, tag="typing"):
    """Somebody else is writing."""

    c: str
    name: str
    kind: str


class SeenFrame(ServerFrame, frozen=True, tag="seen"):
    """Another socket of the same person has read up to `seq`: unread marks can go."""

    c: str
    seq: int


class Started(ServerFrame, frozen=True):
    """A conversation of yours exists that this socket may not know yet."""

    c: str


class AccountFrame(ServerFrame, frozen=True, tag="account"):
    """One of the organisation's ends of a channel is in another state. `reason` is a code."""

    channel: str
    account: str
    status: str
    reason: str | UnsetType = UNSET


class LinkFrame(ServerFrame, frozen=True, tag="link"):
    """A code of yours was sent from its channel, or was confirmed or refused: `GET /api/v1/me/links` has it."""

    link: str
    channel: str
    state: str


class LostFrame(ServerFrame, frozen=True, tag="lost"):
    """Members only: a message got through nowhere (`dead`), or waits for one of you to say (`held`).

    Any other state: it is not lost any more, because a member sent it again or said that it arrived.
    `GET /api/v1/deliveries/lost` has all that are.
    """

    c: str
    message: str
    channel: str
    state: str
    at: str
    reason: str | UnsetType = UNSET


class Bye(ServerFrame, frozen=True):
    """Reconnect after `after_ms`, which the server chose so that not everybody comes at once."""

    reason: str
    after_ms: int


Outgoing = (
    Welcome | Watching | Delta | Snapshot | Ack | Nack | DeliveryFrame | TypingFrame | SeenFrame | Started
    | AccountFrame | LinkFrame | LostFrame | Bye
)  # fmt: skip

#: Close codes: 40xx come back, 45xx do not.
DRAIN, SLOW, START_OVER, SESSION_ENDED = 4000, 4001, 4002, 4003
BAD_TICKET, REVOKED, NO_HELLO, BAD_VERSION = 4500, 4501, 4502, 4503
FLOOD, TOO_BIG, NOT_TEXT = 1008, 1009, 1003


class Unreadable(Struct, frozen=True):
    """A frame that cannot be taken: the `nack` that answers it."""

    code: Literal["bad_json", "bad_frame", "unknown_type"]
    detail: str


_decoder: msgspec.json.Decoder[Incoming] = msgspec.json.Decoder(Incoming)
_probe = msgspec.json.Decoder(dict[str, msgspec.Raw])
_encoder = msgspec.json.Encoder()
_TYPES = frozenset(f.__name__.lower() for f in (Hello, Watch, Unwatch, Say, Stop, Bind, Snap, Typing, Got, Seen, Auth))


def read(text: str | bytes) -> Incoming | Unreadable:
    """Take a text frame apart. Nothing of the frame's own text comes back in the answer."""
    try:
        return _decoder.decode(text)
    except msgspec.ValidationError:
        return _misfit(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return Unreadable("bad_json", "The frame is not one JSON object.")


def write(frame: Outgoing) -> bytes:
    """A server frame as JSON text."""
    return _encoder.encode(frame)


def _misfit(text: str | bytes) -> Unreadable:
    try:
        fields = _probe.decode(text)
        kind = msgspec.json.decode(fields["t"], type=str)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, KeyError):
        return Unreadable("bad_frame", "A frame is an object with a string `t`.")
    if kind in _TYPES:
        return Unreadable("bad_frame", f"The fields of `{kind}` do not fit; see /protocol.")
    return Unreadable("unknown_type", "There is no such frame type; see /protocol.")
