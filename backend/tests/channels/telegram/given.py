"""What Telegram's tests begin with: an account, its line, requests with the secret token, recorded payloads."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from throughline.conversation.channel import Enclosed, Piece, Place, Post, RawRequest
from throughline.conversation.events import AuthorKind
from throughline.conversation.ids import AccountId, ConversationId, MessageId, TenantId
from throughline.conversation.records import Account

FIXTURES = Path(__file__).parent / "fixtures"
NOW = 1_790_000_000_000
BOT, USERNAME = "7000000001", "harbour_travel_bot"
OPTIONS = {"bot": BOT, "username": USERNAME}
SECRETS = {"bot_token": f"{BOT}:AAHk-2jz_test-token-0123456789abcdefg", "webhook_secret": "a-secret-of-our-own_42"}
MARK = (ConversationId("c-1"), MessageId("m-1"), 0)
PLACE = Place("550123")


class OpenLine(Struct, frozen=True):
    account: Account
    base_url: str
    secrets: Mapping[str, str]
    key: bytes = bytes(32)
    public_url: str = "https://talk.example.org"


def account(**options: str) -> Account:
    return Account(
        id=AccountId("a-1"), tenant=TenantId("t-1"), channel="telegram", provider="telegram", name="Telegram",
        mode="real", enabled=True, base="https://api.telegram.org/", options=OPTIONS | options, status="up",
        created_at=NOW,
    )  # fmt: skip


def line(base_url: str = "http://127.0.0.1:9/api/", **options: str) -> OpenLine:
    return OpenLine(account(**options), base_url, SECRETS)


def signed(body: bytes) -> RawRequest:
    """A request as Telegram sends it."""
    headers = {
        "content-type": "application/json",
        "x-telegram-bot-api-secret-token": SECRETS["webhook_secret"],
    }
    return RawRequest("POST", "/api/v1/channels/telegram/webhook/a-1", "", headers, body)


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def said(text: str = "Hello", /, **more: object) -> bytes:
    """A private message's update."""
    message: dict[str, Any] = {
        "message_id": 5, "from": {"id": 550123, "is_bot": False, "first_name": "Maya"},
        "chat": {"id": 550123, "type": "private"}, "date": 1_790_000_000, "text": text,
    }  # fmt: skip
    return json.dumps({"update_id": 1, "message": message | more}).encode()


def piece(text: str = "Hello.", **more: str) -> Piece:
    return Piece(text, "html", MARK, more)


def post(
    text: str, author: AuthorKind = "agent", name: str = "Agent", origin: str | None = None, *files: Enclosed
) -> Post:
    return Post(MARK[0], MARK[1], author, name, "reply", text, origin, files=files)
