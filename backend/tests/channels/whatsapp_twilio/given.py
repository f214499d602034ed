"""What the tests of both Twilio channels begin with: accounts, lines, forms as Twilio signs them.

Twilio's own library signs: nothing of the product's has a part in it.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from urllib.parse import parse_qsl, urlencode

from msgspec import Struct
from twilio.request_validator import RequestValidator

from throughline.channels.whatsapp_twilio.callback import callback_url
from throughline.conversation.channel import Enclosed, Piece, Place, Post, RawRequest
from throughline.conversation.events import AuthorKind, ChannelName, Purpose
from throughline.conversation.ids import AccountId, ConversationId, MessageId, TenantId
from throughline.conversation.records import Account, AccountMode

FIXTURES = Path(__file__).parent / "fixtures"
NOW = 1_732_200_000_000
ACCOUNT = "AC0123456789abcdef0123456789abcdef"
TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
SHARED = "shared-secret-of-forty-characters-and-more"
SECRETS = {"auth_token": TOKEN, "shared_key": SHARED}
US, THEM = "+14155238886", "+447700900123"
OPTIONS = {"account_sid": ACCOUNT, "numbers": f"{US},+442079460000"}
KEY = b"k" * 32
PUBLIC = "https://talk.example.org"
MARK = (ConversationId("c-1"), MessageId("m-1"), 0)
PLACE = Place(f"{US}/{THEM}", ref="SM00000000000000000000000000000001")


class OpenLine(Struct, frozen=True):
    account: Account
    base_url: str
    secrets: Mapping[str, str] = MappingProxyType(SECRETS)
    key: bytes = KEY
    public_url: str = PUBLIC


class Multi(dict[str, list[str]]):
    """What Twilio's library takes for fields that may come twice."""

    def getall(self, name: str) -> list[str]:
        return self[name]


def account(
    options: Mapping[str, str] = MappingProxyType({}), channel: ChannelName = "whatsapp", mode: AccountMode = "real"
) -> Account:
    return Account(
        id=AccountId("a-1"), tenant=TenantId("t-1"), channel=channel, provider="twilio", name="Twilio", mode=mode,
        enabled=True, base="https://api.twilio.com/", options={**OPTIONS, **options}, status="up", created_at=NOW,
    )  # fmt: skip


def line(base_url: str = "http://127.0.0.1:9/api/", **options: str) -> OpenLine:
    return OpenLine(account(options), base_url)


def path(channel: str = "whatsapp") -> str:
    return f"/api/v1/channels/{channel}/webhook/a-1"


def multi(body: bytes) -> Multi:
    """A form's fields, as a web framework would hand them to Twilio's library."""
    fields = Multi()
    for name, value in parse_qsl(body.decode("latin-1"), keep_blank_values=True, errors="replace"):
        fields.setdefault(name, []).append(value)
    return fields


def signed(
    body: bytes,
    *,
    query: str = "",
    token: str = TOKEN,
    settings: str = "",
    channel: str = "whatsapp",
    public: str = PUBLIC,
) -> RawRequest:
    """A form as Twilio posts it."""
    url = f"{public}{path(channel)}" + (f"?{query}" if query else "")
    algorithm = "HMAC_SHA256" if "HMAC_SHA256" in settings else None
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
        "x-twilio-signature": RequestValidator(token).compute_signature(url, multi(body), algorithm),
        "i-twilio-idempotency-token": "5d0e6b16-5a8e-4c5f-9c38-0c8a1f3d6c11",
    }
    if settings:
        headers["x-twilio-webhooks-signature-settings"] = settings
    return RawRequest("POST", path(channel), query, headers, body)


def signed_json(body: bytes, digest: str | None = None) -> RawRequest:
    """A JSON body as Twilio posts it: its hash is in the signed address."""
    query = f"bodySHA256={digest or hashlib.sha256(body).hexdigest()}"
    headers = {
        "content-type": "application/json",
        "x-twilio-signature": RequestValidator(TOKEN).compute_signature(f"{PUBLIC}{path()}?{query}", {}),
    }
    return RawRequest("POST", path(), query, headers, body)


def form(**fields: str) -> bytes:
    """A WhatsApp message's form with these fields."""
    sid = "SM" + "ab" * 16
    whole = {
        "MessageSid": sid, "SmsSid": sid, "SmsStatus": "received", "AccountSid": ACCOUNT, "From": f"whatsapp:{THEM}",
        "To": f"whatsapp:{US}", "Body": "Hello", "NumMedia": "0", "ProfileName": "Ana", "ApiVersion": "2010-04-01",
    }  # fmt: skip
    return urlencode(whole | fields).encode()


def status(state: str, **fields: str) -> bytes:
    """A callback's form."""
    sid = "SM" + "cd" * 16
    whole = {
        "MessageSid": sid, "MessageStatus": state, "SmsStatus": state, "AccountSid": ACCOUNT,
        "From": f"whatsapp:{US}", "To": f"whatsapp:{THEM}",
    }  # fmt: skip
    return urlencode(whole | fields).encode()


def marked(mark: tuple[ConversationId, MessageId, int] = MARK, key: bytes = KEY) -> str:
    """The query of an address that carries a mark."""
    return callback_url("", mark, key).removeprefix("?")


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.txt").read_bytes()


def piece(text: str = "Hello.", form: str = "text") -> Piece:
    return Piece(text, form, MARK)


def post(
    text: str,
    author: AuthorKind = "agent",
    name: str = "Agent",
    origin: str | None = None,
    purpose: Purpose = "reply",
    files: tuple[Enclosed, ...] = (),
) -> Post:
    return Post(MARK[0], MARK[1], author, name, purpose, text, origin, files=files)


def file(name: str = "plan.pdf", media_type: str = "application/pdf", size: int = 9_000) -> Enclosed:
    kind: Literal["image", "file"] = "image" if media_type.startswith("image/") else "file"
    return Enclosed("f-1", kind, media_type, name, size, f"https://talk.example.org/files/{name}?sig=1")
