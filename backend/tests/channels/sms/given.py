"""What SMS's tests begin with: Twilio's, over the channel's own address."""

from pathlib import Path
from urllib.parse import urlencode

from tests.channels.whatsapp_twilio.given import ACCOUNT, US, OpenLine, account
from tests.channels.whatsapp_twilio.given import signed as twilios
from throughline.conversation.channel import Place, RawRequest

FIXTURES = Path(__file__).parent / "fixtures"
THEM = "+14155550199"
PLACE = Place(f"{US}/{THEM}")


def line(base_url: str = "http://127.0.0.1:9/api/", **options: str) -> OpenLine:
    return OpenLine(account(options, "sms"), base_url)


def signed(body: bytes, query: str = "") -> RawRequest:
    return twilios(body, query=query, channel="sms")


def form(**fields: str) -> bytes:
    """A text message's form with these fields."""
    sid = "SM" + "ab" * 16
    whole = {
        "MessageSid": sid, "SmsSid": sid, "SmsStatus": "received", "AccountSid": ACCOUNT, "From": THEM, "To": US,
        "Body": "Hello", "NumMedia": "0", "NumSegments": "1", "FromCity": "", "ApiVersion": "2010-04-01",
    }  # fmt: skip
    return urlencode(whole | fields).encode()


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.txt").read_bytes()
