"""What the demo model makes of pictures and recordings. It understands neither, and says only what it can measure.

A recording may carry its own words: in a comment that begins with `say=`, which tests and the lab's samples use.
"""

import base64
import binascii
import re
import struct
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from sandbox.chat import ChatMessage

#: Bytes of a recording, as OpenAI's endpoint takes them.
MOST = 26_214_400
_SAY = re.compile(rb"say=([^\x00\r\n]{1,400})")
_DATA = re.compile(r"data:image/[a-z]+;base64,(?P<data>[A-Za-z0-9+/=]+)\Z")


def seen(message: ChatMessage) -> str:
    """A sentence about the pictures of a message; empty where there are none."""
    if not isinstance(message.content, list):
        return ""
    found = [_picture(part) for part in message.content if part.get("type") == "image_url"]
    if not found:
        return ""
    return f"I see a picture: {found[0]}." if len(found) == 1 else f"I see {len(found)} pictures: {', '.join(found)}."


def heard(content_type: str, body: bytes) -> str | None:
    """What is said in the `file` of a form; None: there is no such file."""
    whole = BytesParser(policy=HTTP).parsebytes(f"content-type: {content_type}\r\n\r\n".encode("latin-1") + body)
    parts = whole.iter_parts() if whole.is_multipart() else ()
    recording = next((p.get_payload(decode=True) for p in parts if _named(p) == "file"), None)
    if not isinstance(recording, bytes) or not recording:
        return None
    said = _SAY.search(recording)
    if said is not None:
        return said[1].decode("utf-8", "replace").strip()
    seconds = _seconds(recording)
    return f"This is a voice note of {max(1, round(seconds))} seconds."


def _named(part: Any) -> str | None:
    name = part.get_param("name", header="content-disposition")
    return name if isinstance(name, str) else None


def _seconds(recording: bytes) -> float:
    """By the header of a WAV; else as if it were speech at 32 kbit/s."""
    if recording[:4] == b"RIFF" and recording[8:12] == b"WAVE" and len(recording) >= 44:
        rate = struct.unpack_from("<I", recording, 28)[0]
        return (len(recording) - 44) / rate if rate else 0.0
    return len(recording) / 4_000


def _picture(part: dict[str, Any]) -> str:
    url = part.get("image_url")
    match = _DATA.fullmatch(str(url.get("url", ""))) if isinstance(url, dict) else None
    try:
        raw = base64.b64decode(match["data"], validate=True) if match else b""
    except binascii.Error:
        raw = b""
    if raw[:8] == b"\x89PNG\r\n\x1a\n" and len(raw) >= 24:
        width, height = struct.unpack_from(">II", raw, 16)
        return f"PNG, {width} × {height}"
    return {b"\xff\xd8": "JPEG", b"GI": "GIF", b"RI": "WebP"}.get(raw[:2], "one that I cannot open")
