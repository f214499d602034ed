"""What the tests of WhatsApp by Meta begin with: an account, its line, signed requests, recorded payloads."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from throughline.channels.whatsapp_meta import wire
from throughline.conversation.channel import Enclosed, Inbound, Piece, Place, Post, RawRequest, Reading
from throughline.conversation.events import AuthorKind
from throughline.conversation.ids import AccountId, ConversationId, MessageId, TenantId
from throughline.conversation.records import Account

FIXTURES = Path(__file__).parent / "fixtures"
NOW = 1_749_416_400_000
NUMBER, OTHER = "106540352242922", "106540352242923"
PHONE, SCOPED, PARENT = "16505551234", "US.13491208655302741918", "US.ENT.11815799212886844830"
NEW = "US.24817305912873645029"
ANA, USERNAME = Place(f"{NUMBER}/{PHONE}"), Place(f"{NUMBER}/{SCOPED}")
WAMID = "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA="
OPTIONS = {"numbers": f"{NUMBER}, {OTHER}"}
SECRETS = {
    "access_token": "EAAJB0VvPxyzabcdefghijkl",
    "app_secret": "9bdac2b1f0a3c4d5e6f708192a3b4c5d",
    "verify_token": "horse-battery-staple",
}
MARK = (ConversationId("c-1"), MessageId("m-1"), 0)


class OpenLine(Struct, frozen=True):
    account: Account
    base_url: str
    secrets: Mapping[str, str]
    key: bytes = bytes(32)
    public_url: str = "https://talk.example.org"


def line(base_url: str = "http://127.0.0.1:9/api/", **options: str) -> OpenLine:
    account = Account(
        id=AccountId("a-1"), tenant=TenantId("t-1"), channel="whatsapp", provider="meta", name="WhatsApp", mode="real",
        enabled=True, base="https://graph.facebook.com/v25.0/", options=OPTIONS | options, status="up", created_at=NOW,
    )  # fmt: skip
    return OpenLine(account, base_url, SECRETS)


def seal(body: bytes, secret: str = SECRETS["app_secret"]) -> str:
    """What Meta would write: said here again, so that the code does not test itself."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def posted(body: bytes, **headers: str) -> RawRequest:
    """A webhook with these headers, `_` for `-`."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return RawRequest("POST", "/api/v1/channels/whatsapp/webhook/a-1", "", given, body)


def signed(body: bytes) -> RawRequest:
    return posted(body, x_hub_signature_256=seal(body), content_type="application/json")


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def read(body: bytes, **options: str) -> Reading:
    found = wire.read(signed(body), SECRETS, OPTIONS | options)
    assert isinstance(found, Reading)
    return found


def heard(body: bytes) -> Inbound:
    (inbound,) = read(body).inbound
    return inbound


def value(**more: object) -> dict[str, Any]:
    """What a change holds."""
    metadata = {"display_phone_number": "15550783881", "phone_number_id": NUMBER}
    return {"messaging_product": "whatsapp", "metadata": metadata} | more


def enveloped(*values: object, field: str = "messages") -> bytes:
    entries = [{"id": "102290129340398", "changes": [{"field": field, "value": one}]} for one in values]
    return json.dumps({"object": "whatsapp_business_account", "entry": entries}).encode()


def spoken(text: object = "Hello", **more: object) -> dict[str, Any]:
    """A text message."""
    return {"from": PHONE, "id": WAMID, "timestamp": "1749416383", "type": "text", "text": {"body": text}} | more


def post(text: str, author: AuthorKind = "agent", origin: str | None = None, *files: Enclosed) -> Post:
    return Post(MARK[0], MARK[1], author, "Maya *Lindqvist*", "reply", text, origin, files=files)


def file(media_type: str, size: int = 1_000, name: str = "photo.jpg") -> Enclosed:
    kind = media_type.partition("/")[0]
    return Enclosed(
        f"f-{name}", kind if kind in {"image", "audio", "video"} else "file", media_type, name, size,  # type: ignore[arg-type]
        f"https://talk.example.org/f/{name}?sig=1",
    )  # fmt: skip


def piece(text: str = "Hello.", form: str = "text", **more: str) -> Piece:
    return Piece(text, form, MARK, more)
