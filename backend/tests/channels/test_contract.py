"""Every channel of the catalogue passes the contract suite."""

from pathlib import Path

from throughline.channels.catalogue import FACTORIES
from throughline.channels.slack.channel import Slack
from throughline.channels.slack.client import Client
from throughline.conversation.channel import WEB, Place

from .gmail.subject import SUBJECT as GMAIL
from .scripted import answer
from .slack.given import FIXTURES, NOW, line, signed
from .sms.subject import SUBJECT as SMS
from .suite import Contract, Subject, sane
from .telegram.subject import SUBJECT as TELEGRAM
from .whatsapp_meta.subject import SUBJECT as WHATSAPP_META
from .whatsapp_twilio.subject import SUBJECT as WHATSAPP_TWILIO

SLACK = Subject(
    name="slack",
    make=lambda within: Slack(Client(total=within, connect=within / 2)),
    line=line,
    place=Place("T0TEAM/U0ANA", "D0ANA:1732199999.000100"),
    accepted=answer({"ok": True, "channel": "D0ANA", "ts": "1732200001.000500"}),
    refused=answer({"ok": False, "error": "channel_not_found"}),
    shut=answer({"ok": False, "error": "token_revoked"}),
    recorded=sorted(Path(FIXTURES).glob("*.json")),
    signed=signed,
    now=NOW,
)


class TestSlack(Contract):
    subject = SLACK


class TestGmail(Contract):
    subject = GMAIL


class TestWhatsAppMeta(Contract):
    subject = WHATSAPP_META


class TestWhatsAppTwilio(Contract):
    subject = WHATSAPP_TWILIO


class TestSms(Contract):
    subject = SMS


class TestTelegram(Contract):
    subject = TELEGRAM


def test_the_webs_capabilities_are_sane() -> None:
    """It has no adapter: its wire is a socket, with tests of its own in tests/channels/web and tests/door."""
    sane(WEB)


def test_every_channel_of_the_catalogue_is_in_here() -> None:
    assert set(FACTORIES) == {kept.subject.folder or kept.subject.name for kept in Contract.__subclasses__()}
    for factory in FACTORIES.values():
        sane(factory().capabilities)
