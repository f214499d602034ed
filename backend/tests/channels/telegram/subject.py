"""Telegram, for the contract suite."""

from tests.channels.scripted import answer
from tests.channels.suite import Subject
from throughline.channels.telegram.channel import Telegram
from throughline.channels.telegram.client import Client

from .given import FIXTURES, NOW, PLACE, line, signed

SUBJECT = Subject(
    name="telegram",
    make=lambda within: Telegram(Client(total=within, connect=within / 2)),
    line=line,
    place=PLACE,
    accepted=answer({"ok": True, "result": {"message_id": 42, "date": 1, "chat": {"id": 550123, "type": "private"}}}),
    refused=answer({"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}, 400),
    shut=answer({"ok": False, "error_code": 401, "description": "Unauthorized"}, 401),
    recorded=sorted(FIXTURES.glob("*.json")),
    signed=signed,
    now=NOW,
    calls=("<!channel>", '<a href="tg://user?id=1">', "<b>all</b>"),
    # Telegram proves itself by the secret token, a header, and signs no body.
    signs_body=False,
)
