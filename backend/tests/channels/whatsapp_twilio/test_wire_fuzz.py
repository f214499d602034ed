"""Anything at all, signed or not: `read` answers, and never with what it did not understand."""

import re
from urllib.parse import urlencode

from hypothesis import given as over
from hypothesis import strategies as st

from throughline.channels.sms import wire as sms
from throughline.channels.whatsapp_twilio import wire
from throughline.channels.whatsapp_twilio.shapes import READ
from throughline.channels.whatsapp_twilio.webhook import Ours
from throughline.conversation.channel import RawRequest, Reading, Unverified

from .given import ACCOUNT, KEY, OPTIONS, PUBLIC, SECRETS, THEM, US, signed

OURS = Ours(SECRETS, OPTIONS, KEY, PUBLIC)
ADDRESS = re.compile(rf"{re.escape(US)}/(\+[1-9][0-9]{{6,14}}|[A-Z]{{2}}\.[A-Za-z0-9]{{1,128}})", re.ASCII)
NAMES = st.sampled_from(sorted(READ)) | st.text(max_size=8)
LIKELY = st.sampled_from(
    ["SM" + "ab" * 16, f"whatsapp:{US}", f"whatsapp:{THEM}", US, THEM, "whatsapp:US.123", "read", "failed", "63016",
     "STOP", "yes", "text", "51.5", "https://api.twilio.com/x", "http://169.254.169.254/", "image/png", "10"]
)  # fmt: skip
READ_BY = {"whatsapp": wire.read, "sms": sms.read}
CHANNELS = st.sampled_from(sorted(READ_BY))


@over(
    st.binary(max_size=300),
    st.dictionaries(st.text(max_size=30), st.text(max_size=60), max_size=4),
    st.text(max_size=40),
)
def test_strangers_are_unverified_whatever_they_send(body: bytes, headers: dict[str, str], query: str) -> None:
    for read in (wire.read, sms.read):
        found = read(RawRequest("POST", "/x", query, headers, body), OURS)
        assert isinstance(found, Unverified)
        assert found.status == 403


@over(st.binary(max_size=300), CHANNELS)
def test_signed_bytes_are_set_aside(body: bytes, channel: str) -> None:
    reading = READ_BY[channel](signed(body, channel=channel), OURS)

    assert isinstance(reading, Reading)
    assert reading.quarantine


@over(st.dictionaries(NAMES, LIKELY | st.text(max_size=40), max_size=14), CHANNELS, st.text(max_size=30))
def test_any_fields_of_ours_are_read(fields: dict[str, str], channel: str, query: str) -> None:
    prefix = "whatsapp:" if channel == "whatsapp" else ""
    given = {"MessageSid": "SM" + "ab" * 16, "From": prefix + THEM, "To": prefix + US, **fields, "AccountSid": ACCOUNT}
    body = urlencode(given, errors="replace").encode()
    request = signed(body, channel=channel, query=urlencode({"mid": query}, errors="replace"))
    reading = READ_BY[channel](request, OURS)

    assert isinstance(reading, Reading)
    for inbound in reading.inbound:
        assert inbound.text.strip() or inbound.media
        assert ADDRESS.fullmatch(inbound.sender.address)
        assert "\0" not in inbound.text + inbound.sender.name
        assert len(inbound.media) <= 10
    for consent in reading.consents:
        assert ADDRESS.fullmatch(consent.address)
    for receipt in reading.receipts:
        assert (receipt.conversation, receipt.message) == (None, None)
