"""What Slack's tests begin with: an account, its line, signed requests, recorded payloads."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from throughline.channels.slack.signature import signature
from throughline.conversation.channel import Piece, Place, Post, RawRequest
from throughline.conversation.events import AuthorKind
from throughline.conversation.ids import AccountId, ConversationId, MessageId, TenantId
from throughline.conversation.records import Account

FIXTURES = Path(__file__).parent / "fixtures"
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = 1_732_200_000_000
OPTIONS = {"team": "T0TEAM", "bot_user": "U0BOT", "bot_id": "B0BOT", "app": "A0APP"}
SECRETS = {"bot_token": "xoxb-1-2-abc", "signing_secret": SECRET, "app_token": "xapp-1-A0APP-1-abc"}
MARK = (ConversationId("c-1"), MessageId("m-1"), 0)
DIRECT = Place("T0TEAM/U0ANA", "D0ANA:1732199999.000100")


class OpenLine(Struct, frozen=True):
    account: Account
    base_url: str
    secrets: Mapping[str, str]
    key: bytes = bytes(32)
    public_url: str = "https://talk.example.org"


def account(**options: str) -> Account:
    return Account(
        id=AccountId("a-1"), tenant=TenantId("t-1"), channel="slack", provider="slack", name="Slack", mode="real",
        enabled=True, base="https://slack.com/api/", options=OPTIONS | options, status="up", created_at=NOW,
    )  # fmt: skip


def line(base_url: str = "http://127.0.0.1:9/api/", **options: str) -> OpenLine:
    return OpenLine(account(**options), base_url, SECRETS)


def signed(
    body: bytes, now: int = NOW, content_type: str = "application/json", more: Mapping[str, str] | None = None
) -> RawRequest:
    """A request as Slack sends it, under SECRET."""
    timestamp = str(now // 1000)
    headers = {
        "content-type": content_type,
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": signature(timestamp, body, SECRET),
        **(more or {}),
    }
    return RawRequest("POST", "/api/v1/channels/slack/webhook/a-1", "", headers, body)


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def callback(event: Mapping[str, Any], **outer: object) -> bytes:
    """An event in its envelope."""
    envelope = {
        "token": "z26", "team_id": "T0TEAM", "api_app_id": "A0APP", "type": "event_callback", "event_id": "Ev1",
        "event_time": 1732200000, "event": event,
        "authorizations": [{"enterprise_id": None, "team_id": "T0TEAM", "user_id": "U0BOT", "is_bot": True}],
    }  # fmt: skip
    return json.dumps(envelope | outer).encode()


def spoken(text: str = "Hello", **more: object) -> dict[str, object]:
    """A direct message's event."""
    return {
        "type": "message", "channel": "D0ANA", "channel_type": "im", "user": "U0ANA", "text": text,
        "ts": "1732199999.000100", "event_ts": "1732199999.000100",
    } | more  # fmt: skip


def piece(text: str = "Hello.", form: str = "markdown") -> Piece:
    return Piece(text, form, MARK)


def post(text: str, author: AuthorKind = "agent", name: str = "Agent", origin: str | None = None) -> Post:
    return Post(MARK[0], MARK[1], author, name, "reply", text, origin)
