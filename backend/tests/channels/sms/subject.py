"""SMS, for the contract suite."""

from tests.channels.scripted import answer
from tests.channels.suite import Subject
from tests.channels.whatsapp_twilio.given import NOW
from throughline.channels.sms.channel import Sms
from throughline.channels.whatsapp_twilio.client import Client

from .given import FIXTURES, PLACE, line, signed

SUBJECT = Subject(
    name="sms",
    make=lambda within: Sms(Client(total=within, connect=within / 2)),
    line=line,
    place=PLACE,
    accepted=answer({"sid": "SM" + "9" * 32, "status": "queued", "error_code": None}, 201),
    refused=answer({"code": 21610, "message": "Attempt to send to unsubscribed recipient", "status": 400}, 400),
    shut=answer({"code": 20003, "message": "Authenticate", "status": 401}, 401),
    recorded=sorted(FIXTURES.glob("*.txt")),
    signed=signed,
    now=NOW,
    # Nobody can be called by what stands in a message there.
    calls=(),
)
