"""Machines, lists and our own mails are not answered; people are."""

import pytest

from throughline.channels.gmail import loops
from throughline.conversation.channel import Inbound

from .parcels import USUAL, mail, part, read, without, written

SILENT = {
    "Auto-Submitted": ["auto-replied", "auto-generated; owner=x", "AUTO-NOTIFIED"],
    "Precedence": ["bulk", "Junk", " list ", "auto_reply"],
    "List-Id": ["<news.example.com>"],
    "List-Unsubscribe": ["<mailto:u@example.com>"],
    "X-Auto-Response-Suppress": ["All", "DR, OOF, AutoReply"],
    "X-Autoreply": ["yes"],
    "X-Autorespond": [""],
    "Return-Path": ["<>", " <> "],
    "Content-Type": ["multipart/report; report-type=delivery-status"],
    "X-Throughline-Message": ["c/m/0", "anything"],
}
HEARD = {
    "Auto-Submitted": ["no", "No; x=y", ""],
    "Precedence": ["normal", "first-class", "special-delivery"],
    "X-Auto-Response-Suppress": ["DR", "RN, NRN", ""],
    "Return-Path": ["<ana@example.com>"],
    "Content-Type": ["multipart/mixed"],
    "X-Mailer": ["auto"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in SILENT.items() for value in values])
def test_a_machines_mail_is_not_answered(name: str, value: str) -> None:
    assert read(written(lines=[(name, value)])) is None
    assert read(written(lines=[(name.lower(), value)])) is None


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in HEARD.items() for value in values])
def test_a_persons_mail_is_heard(name: str, value: str) -> None:
    assert isinstance(read(written(lines=[(name, value)])), Inbound)


def written_by(address: str) -> bytes:
    return mail(part("text/plain", "Hello"), [*without("From"), ("From", address)])


@pytest.mark.parametrize(
    "address",
    ["MAILER-DAEMON@example.com", "postmaster@example.com", "noreply@example.com", "No-Reply@example.com",
     "do-not-reply@example.com", "donotreply@example.com", "no_reply+x@example.com", "bounces-12@example.com",
     "Support <support@example.org>", "SUPPORT@example.org", "support+c_x.y@example.org", "help@example.org"],
)  # fmt: skip
def test_nobody_and_ourselves_are_not_answered(address: str) -> None:
    assert read(written_by(address)) is None


@pytest.mark.parametrize(
    "address", ["support@example.com", "reply@example.com", "nor.eply@example.com", "noreplyn@a.bc"]
)
def test_somebody_else_is_heard(address: str) -> None:
    assert isinstance(read(written_by(address)), Inbound)


def test_gmails_own_addresses_are_one_with_and_without_dots() -> None:
    assert loops.own("s.up.port+x@googlemail.com", "support@gmail.com", ())
    assert not loops.own("s.upport@example.org", "support@example.org", ())
    assert loops.own("help@example.org", "support@example.org", ["Help@Example.org"])


def test_a_report_by_its_type_is_not_answered() -> None:
    assert read(mail(part("multipart/report", parts=[part("text/plain", "It did not arrive")]), USUAL)) is None
