"""WhatsApp by Meta, as the contract suite wants it."""

from tests.channels.scripted import answer
from tests.channels.suite import Subject
from throughline.channels.once import Once
from throughline.channels.whatsapp_meta.channel import WhatsApp
from throughline.channels.whatsapp_meta.client import Client

from .given import ANA, FIXTURES, NOW, PHONE, WAMID, line, signed

SUBJECT = Subject(
    name="whatsapp",
    folder="whatsapp_meta",
    make=lambda within: WhatsApp(Client(Once(total=within, connect=within / 2))),
    line=line,
    place=ANA,
    accepted=answer(
        {
            "messaging_product": "whatsapp",
            "contacts": [{"input": PHONE, "wa_id": PHONE}],
            "messages": [{"id": WAMID, "message_status": "accepted"}],
        }
    ),
    refused=answer({"error": {"message": "(#131026) x", "type": "OAuthException", "code": 131026}}, 400),
    shut=answer({"error": {"message": "Session has expired", "type": "OAuthException", "code": 190}}, 401),
    recorded=sorted(FIXTURES.glob("*.json")),
    signed=signed,
    now=NOW,
    # A mention is a list of numbers beside a text here, and only in groups: no characters make one.
    calls=(),
)
