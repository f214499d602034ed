"""Bytes for the wire, built once: WebSocket text frames of a server, and the two frames of a text that grows.

A server's frames are unmasked, so with compression off one frame is the same for every reader (RFC 6455, 5.2). The
JSON of `delta` and `snapshot` is assembled around the encoded text; its shape is the one in the generated documents.
"""

import msgspec

from throughline.conversation import utf16
from throughline.conversation.frames import Frame
from throughline.conversation.ids import MessageId, Topic

_TEXT = 0x81
_encode = msgspec.json.Encoder().encode


def framed(payload: bytes) -> bytes:
    """`payload` as one final text frame, without a mask."""
    size = len(payload)
    if size < 126:
        return bytes((_TEXT, size)) + payload
    if size < 65_536:
        return bytes((_TEXT, 126)) + size.to_bytes(2) + payload
    return bytes((_TEXT, 127)) + size.to_bytes(8) + payload


def frame(text: bytes, topic: Topic | None = None, seq: int = 0) -> Frame:
    """A frame that is no delta."""
    return Frame(text, framed(text), topic, seq)


def delta_head(topic: Topic, message: MessageId, attempt: int) -> bytes:
    """What all deltas of one attempt begin with, up to the number of `at`."""
    return b'{"t":"delta","c":%b,"message":%b,"attempt":%d,"at":' % (_encode(topic[1]), _encode(message), attempt)


def delta_frame(
    topic: Topic, message: MessageId, attempt: int, at: int, text: str, head: bytes | None = None
) -> Frame:  # fmt: skip
    """Provisional text at UTF-16 offset `at`; `head` is this attempt's `delta_head`, where it is at hand."""
    body = b'%b%d,"text":%b}' % (head or delta_head(topic, message, attempt), at, _encode(text))
    return Frame(body, framed(body), topic, 0, (message, attempt, at, text))


def snapshot_frame(topic: Topic, message: MessageId, attempt: int, text: str) -> Frame:
    """The open message so far; its `at` is its length in UTF-16 units."""
    body = b'{"t":"snapshot","c":%b,"message":%b,"attempt":%d,"at":%d,"text":%b}' % (
        _encode(topic[1]), _encode(message), attempt, utf16.length(text), _encode(text),
    )  # fmt: skip
    return Frame(body, framed(body), topic)
