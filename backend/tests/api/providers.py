"""Providers whose requests are signed here as each signs them, by hands of our own; and a door that has them all."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from msgspec import Struct
from twilio.request_validator import RequestValidator

from tests.channels.whatsapp_twilio.given import multi
from throughline.channels.gmail.channel import Gmail
from throughline.channels.gmail.oauth import addresses
from throughline.conversation.events import ChannelName
from throughline.conversation.ids import AccountId, TenantId
from throughline.conversation.records import Account
from throughline.ports import Tx

from .webhooking import Knocking, knocking

DEMO, CANARY = TenantId("demo"), "the-canary-sings"
US, THEM, SID = "+14155238886", "+447700900123", "SM" + "ab" * 16
TWILIO = {"account_sid": "AC0123456789abcdef0123456789abcdef", "numbers": US}
KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
OTHER = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


class Knock(Struct, frozen=True):
    """A request about to be made."""

    url: str
    body: bytes
    headers: Mapping[str, str]


class Provider(Struct, frozen=True):
    """Who knocks: an account of ours, how its requests are proved, and one that brings a message (or news)."""

    channel: ChannelName
    provider: str
    options: Mapping[str, str]
    secrets: Mapping[str, str]
    #: Headers that prove a body, at an address: (url, body, secret, now in ms).
    proof: Callable[[str, bytes, str, int], Mapping[str, str]]
    secret: str
    refused: int
    message: Callable[[str], bytes]
    signs_body: bool = True
    #: A message comes with it; else it says only that there may be one.
    brings: bool = True

    @property
    def which(self) -> AccountId:
        return AccountId(f"acc-{self.channel}-{self.provider}")

    def account(self) -> Account:
        return Account(
            self.which, DEMO, self.channel, self.provider, self.provider, "simulated", enabled=True,
            base=f"http://127.0.0.1:9/{self.provider}/api/", options=dict(self.options),
            status="waiting_first_event", created_at=1,
        )  # fmt: skip


def as_meta(_: str, body: bytes, secret: str, __: int) -> Mapping[str, str]:
    return {
        "content-type": JSON,
        "x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
    }


def as_twilio(url: str, body: bytes, secret: str, _: int) -> Mapping[str, str]:
    return {"content-type": FORM, "x-twilio-signature": RequestValidator(secret).compute_signature(url, multi(body))}


def as_telegram(_: str, __: bytes, secret: str, ___: int) -> Mapping[str, str]:
    return {"content-type": JSON, "x-telegram-bot-api-secret-token": secret}


def as_google(url: str, _: bytes, secret: str, now: int) -> Mapping[str, str]:
    claims = {
        "iss": "https://accounts.google.com", "aud": url, "email": "push@acme.iam.gserviceaccount.com",
        "email_verified": True, "sub": "1", "iat": now // 1000, "exp": now // 1000 + 3_600,
    }  # fmt: skip
    token = jwt.encode(claims, KEY if secret == "google" else OTHER, algorithm="RS256", headers={"kid": "k1"})
    return {"content-type": JSON, "authorization": f"Bearer {token}"}


def meta(*texts: str, **more: object) -> bytes:
    metadata = {"display_phone_number": "15550783881", "phone_number_id": "106540352242922"}
    entries = []
    for number, text in enumerate(texts):
        said = {
            "from": "16505551234", "id": f"wamid.{text}", "timestamp": str(1_749_416_383 + number), "type": "text",
            "text": {"body": text},
        }  # fmt: skip
        value = {"messaging_product": "whatsapp", "metadata": metadata, "messages": [said]} | more
        entries.append({"id": "102290129340398", "changes": [{"field": "messages", "value": value}]})
    return json.dumps({"object": "whatsapp_business_account", "entry": entries}).encode()


def whatsapp(text: str = "Hello", **fields: str) -> bytes:
    whole = {
        "MessageSid": SID, "SmsSid": SID, "SmsStatus": "received", "AccountSid": TWILIO["account_sid"],
        "From": f"whatsapp:{THEM}", "To": f"whatsapp:{US}", "Body": text, "NumMedia": "0", "ProfileName": "Ana",
    }  # fmt: skip
    return urlencode(whole | fields).encode()


def sms(text: str = "Hello", **fields: str) -> bytes:
    return whatsapp(text, **{"From": THEM, "To": US} | fields)


def telegram(text: str = "Hello", **more: Any) -> bytes:
    said: dict[str, Any] = {
        "message_id": 5, "from": {"id": 550123, "is_bot": False, "first_name": "Maya"},
        "chat": {"id": 550123, "type": "private"}, "date": 1_790_000_000, "text": text,
    }  # fmt: skip
    return json.dumps({"update_id": 1, "message": said | more}).encode()


def push(_: str = "", mailbox: str = "support@example.com") -> bytes:
    data = json.dumps({"emailAddress": mailbox, "historyId": 4711}).encode()
    letters = base64.urlsafe_b64encode(data).decode()
    return json.dumps({"message": {"data": letters, "messageId": "1"}}).encode()


META = Provider(
    "whatsapp", "meta", {"numbers": "106540352242922"}, {"app_secret": "s" * 32, "verify_token": "v"}, as_meta,
    "s" * 32, 403, meta,
)  # fmt: skip
WHATSAPP = Provider("whatsapp", "twilio", TWILIO, {"auth_token": "t" * 32}, as_twilio, "t" * 32, 403, whatsapp)
SMS = Provider("sms", "twilio", TWILIO, {"auth_token": "t" * 32}, as_twilio, "t" * 32, 403, sms)
TELEGRAM = Provider(
    "telegram", "telegram", {"bot": "7000000001", "username": "harbour_bot"},
    {"bot_token": "7000000001:AAHk-2jz_test-token-0123456789abcdefg", "webhook_secret": "our-own_42"}, as_telegram,
    "our-own_42", 401, telegram, signs_body=False,
)  # fmt: skip
GMAIL = Provider(
    "gmail", "gmail",
    {"mailbox": "support@example.com", "client_id": "c", "push_account": "push@acme.iam.gserviceaccount.com"},
    {"client_secret": "c", "refresh_token": "r"}, as_google, "google", 401, push, signs_body=False, brings=False,
)  # fmt: skip
ALL = {"meta": META, "twilio": WHATSAPP, "sms": SMS, "telegram": TELEGRAM, "gmail": GMAIL}


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Knocking]:
    """A door with an account of every provider, and Google's key."""
    async with knocking(folder) as inside:
        vault = inside.ends.vault

        def add(tx: Tx) -> None:
            key = tx.accounts.key(DEMO)
            assert key is not None
            for one in ALL.values():
                tx.accounts.add(one.account())
                for name, secret in one.secrets.items():
                    sealed = vault.seal(key, DEMO, one.which, name, secret)
                    assert sealed is not None
                    tx.accounts.seal(DEMO, one.which, name, sealed, 1)

        await inside.home.store.write(add)
        gmail, line = inside.ends.channels.of(GMAIL.account()), await inside.ends.lines.line(GMAIL.which)
        assert isinstance(gmail, Gmail)
        assert line is not None
        gmail._certs._keys[addresses(line).certs] = {"k1": KEY.public_key()}
        yield inside


def made(door: Knocking, one: Provider, body: bytes | None = None, secret: str | None = None) -> Knock:
    """A request as the provider makes it, or somebody who has another secret."""
    url = f"{door.ends.public_url}/api/v1/channels/{one.channel}/webhook/{one.which}"
    body = one.message(CANARY) if body is None else body
    proof = one.proof(url, body, one.secret if secret is None else secret, door.home.clock.at)
    return Knock(url, body, proof)


async def knock(door: Knocking, one: Provider, request: Knock) -> httpx2.Response:
    path = f"/api/v1/channels/{one.channel}/webhook/{one.which}"
    return await door.http.post(path, content=request.body, headers=dict(request.headers))


async def bodies(door: Knocking) -> list[str]:
    return [text for tenant, text in await door.said() if tenant == DEMO]
