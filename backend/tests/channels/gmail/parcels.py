"""Mails as `users.messages.get` with `format=full` answers them, made for tests."""

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from throughline.channels.gmail import wire
from throughline.channels.gmail.shapes import Quarantined
from throughline.conversation.channel import Inbound, Receipt

FIXTURES = Path(__file__).parent / "fixtures"
MAILBOX = "support@example.org"
ALIASES = ("help@example.org",)
KEY = bytes(range(32))
NOW = 1_795_258_800_000

#: What Gmail writes above a mail that came over SMTP and passed DMARC.
PASSED = (
    "mx.google.com;\r\n       dkim=pass header.i=@example.com header.s=s1;\r\n       spf=pass (google.com: "
    "domain of ana@example.com designates 192.0.2.7 as permitted sender) smtp.mailfrom=ana@example.com;\r\n"
    "       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.com"
)

Lines = Sequence[tuple[str, str]]


def packed(content: str | bytes) -> str:
    """A body's `data`."""
    return base64.urlsafe_b64encode(content.encode() if isinstance(content, str) else content).decode()


def headers(lines: Lines) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in lines]


def part(
    mime_type: str, content: str | bytes = "", lines: Lines = (), parts: Sequence[Any] = (), **more: Any
) -> dict[str, Any]:
    """A part of the tree; `more`: `filename`, `body`."""
    data = packed(content)
    body = {"size": len(content if isinstance(content, bytes) else content.encode())} | ({"data": data} if data else {})
    made = {"partId": "0", "mimeType": mime_type, "filename": "", "headers": headers(lines), "body": body}
    return made | ({"parts": list(parts)} if parts else {}) | more


def attachment(mime_type: str, name: str, size: int = 20_000, lines: Lines = ()) -> dict[str, Any]:
    """A part that Gmail names to be fetched."""
    return part(mime_type, lines=lines, filename=name, body={"attachmentId": "ANGjdJ8_x-1", "size": size})


def mail(payload: Mapping[str, Any], lines: Lines | None = None, **more: Any) -> bytes:
    """The whole answer; `lines` replace the usual headers, `more` its outer fields."""
    top = [*headers(USUAL if lines is None else lines), *payload.get("headers", ())]
    outer = {
        "id": "19aa1b2c3d4e5f60", "threadId": "19aa1b2c3d4e5f00", "labelIds": ["UNREAD", "INBOX"], "snippet": "",
        "historyId": "4711", "internalDate": "1795258000000", "sizeEstimate": 4_000,
    }  # fmt: skip
    return json.dumps(outer | {"payload": dict(payload) | {"headers": top}} | more).encode()


def written(text: str = "Where is my order?", lines: Lines = (), **more: Any) -> bytes:
    """A plain mail of Ana's; `lines` come above the usual headers."""
    return mail(part("text/plain", text, [("Content-Type", "text/plain; charset=UTF-8")]), [*lines, *USUAL], **more)


#: The headers of a mail of Ana's.
USUAL: Lines = (
    ("Delivered-To", MAILBOX), ("Return-Path", "<ana@example.com>"), ("Authentication-Results", PASSED),
    ("From", "Ana Example <ana@example.com>"), ("To", MAILBOX), ("Subject", "My order"),
    ("Message-ID", "<m1@example.com>"),
)  # fmt: skip


def without(*names: str) -> Lines:
    """The usual headers but these."""
    return [line for line in USUAL if line[0] not in names]


def read(raw: bytes) -> Inbound | Receipt | Quarantined | None:
    return wire.message(raw, MAILBOX, ALIASES, KEY, NOW)


def heard(raw: bytes) -> Inbound:
    """A mail that is one for us."""
    found = read(raw)
    assert isinstance(found, Inbound), found
    return found


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()
