"""Whom each channel finds by what people call them: an address for each end of ours, or nobody."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughline.channels.gmail.channel import Gmail
from throughline.channels.slack.channel import Slack
from throughline.channels.sms.channel import Sms
from throughline.channels.telegram.channel import Telegram
from throughline.channels.whatsapp_meta.channel import WhatsApp
from throughline.channels.whatsapp_twilio.channel import WhatsAppTwilio
from throughline.ports import Finds

ALL: tuple[type[Any], ...] = (Gmail, Slack, Sms, Telegram, WhatsApp, WhatsAppTwilio)
OPTIONS: Mapping[str, Mapping[str, str]] = {
    "Gmail": {"mailbox": "support@example.org"},
    "Slack": {"team": "T0TEAM"},
    "Sms": {"numbers": "+15550100, +15550101"},
    "Telegram": {},
    "WhatsApp": {"numbers": "106540352242922, 106540352242923"},
    "WhatsAppTwilio": {"numbers": "+15550100"},
}


@pytest.mark.parametrize(
    ("channel", "to", "found"),
    [
        (Gmail, " Ana@Example.com ", ("ana@example.com",)),
        (Gmail, "Ana <ana@example.com>", ()),
        (Gmail, "ana@example.com,ben@example.com", ()),
        (Gmail, "ana@example.com\r\nBcc: ben@example.com", ()),
        (Gmail, "ana", ()),
        # A mail to ourselves would come in again.
        (Gmail, "Support@example.org", ()),
        (Slack, "U0ANA", ("T0TEAM/U0ANA",)),
        (Slack, "ana", ()),
        (Slack, "C0CHANNEL", ()),
        (Sms, "+44 7700 900123", ("+15550100/+447700900123", "+15550101/+447700900123")),
        (Sms, "07700 900123", ()),
        (Sms, "+44 7700 900123 ext. 5", ()),
        (Telegram, "123456789", ("123456789",)),
        (Telegram, "@ana", ()),
        (Telegram, "-100123", ()),
        (WhatsApp, "+44 (7700) 900-123", ("106540352242922/447700900123", "106540352242923/447700900123")),
        (WhatsApp, "US.13491208655302741918", tuple(f"10654035224292{n}/US.13491208655302741918" for n in (2, 3))),
        (WhatsApp, "+1", ()),
        (WhatsAppTwilio, "+447700900123", ("+15550100/+447700900123",)),
        (WhatsAppTwilio, "whatsapp", ()),
    ],
)
def test_somebody_is_found_by_their_name_there(channel: type[Any], to: str, found: tuple[str, ...]) -> None:
    assert channel().find(to, OPTIONS[channel.__name__]) == found


@pytest.mark.parametrize("channel", ALL)
@given(to=st.text(max_size=300))
def test_whatever_is_asked_for_an_address_is_one_that_can_be_kept(channel: type[Any], to: str) -> None:
    one = channel()
    assert isinstance(one, Finds)
    assert all(found.isprintable() and len(found) <= 256 for found in one.find(to, OPTIONS[channel.__name__]))


@pytest.mark.parametrize("channel", [Slack, Sms, WhatsApp, WhatsAppTwilio])
def test_an_account_that_is_not_set_up_finds_nobody(channel: type[Any]) -> None:
    assert channel().find("+447700900123", {}) == channel().find("U0ANA", {}) == ()
