"""WhatsApp by Twilio, for the contract suite."""

from tests.channels.scripted import answer
from tests.channels.suite import Subject
from throughline.channels.whatsapp_twilio.channel import WhatsAppTwilio
from throughline.channels.whatsapp_twilio.client import Client

from .given import FIXTURES, NOW, PLACE, line, signed

SUBJECT = Subject(
    name="whatsapp",
    folder="whatsapp_twilio",
    make=lambda within: WhatsAppTwilio(Client(total=within, connect=within / 2)),
    line=line,
    place=PLACE,
    accepted=answer({"sid": "SM" + "9" * 32, "status": "queued", "error_code": None}, 201),
    refused=answer({"code": 21211, "message": "The 'To' number is not a valid phone number.", "status": 400}, 400),
    shut=answer({"code": 20003, "message": "Authenticate", "more_info": "https://x", "status": 401}, 401),
    recorded=sorted(FIXTURES.glob("*.txt")),
    signed=signed,
    now=NOW,
    # Nobody can be called by what stands in a message there.
    calls=(),
)
