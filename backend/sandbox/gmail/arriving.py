"""A mail arrives in a mailbox: Google's stamps on top of it, the thread it joins, the labels it gets.

Also what arrives by itself: out-of-office replies and reports that a mail could not be delivered.
"""

import hashlib
from collections.abc import Iterable
from email.utils import formatdate, make_msgid

from sandbox.gmail import joining, mime
from sandbox.gmail.edit import Edit
from sandbox.gmail.facts import Mail, Mailbox
from sandbox.gmail.fields import Fields
from sandbox.gmail.weather import Weather

_INBOX = ("UNREAD", "CATEGORY_PERSONAL", "INBOX")
_SERVER = "mx.google.com"


def arrive(
    edit: Edit,
    to: Mailbox,
    raw: bytes,
    mails: Weather,
    *,
    person: str = "",
    labels: Iterable[str] = (),
    thread: str = "",
) -> Mail:
    """It is in the inbox, or with the spam."""
    usual = ("UNREAD", "SPAM") if mails.spam else _INBOX
    thread = thread or joining.found(edit.office.boxes[to.id], raw)
    return edit.add(to.id, raw, tuple(labels) or usual, thread=thread, person=person)


def stamped(raw: bytes, to: Mailbox, sender: str, wall: float, *, spoofed: bool = False, empty: bool = False) -> bytes:
    """With what Google's server puts on top: who it was delivered to, where it came from, whether that is true.

    `empty`: it has no return path, as reports and automatic replies have none.
    """
    domain = sender.rpartition("@")[2]
    date, token = formatdate(wall), hashlib.sha256(raw).hexdigest()
    path = "<>" if empty else f"<{sender}>"
    if spoofed:
        address, spf = "198.51.100.66", "softfail"
        verdict = f"dkim=none;\r\n       spf={spf} ({_SERVER}: domain of transitioning {sender} does not designate {address} as permitted sender) smtp.mailfrom={sender};\r\n       dmarc=fail (p=NONE sp=NONE dis=NONE) header.from={domain}"  # noqa: E501
    else:
        address, spf = "203.0.113.25", "pass"
        verdict = f"dkim=pass header.i=@{domain} header.s=s1 header.b={token[:8]};\r\n       spf={spf} ({_SERVER}: domain of {sender} designates {address} as permitted sender) smtp.mailfrom={sender};\r\n       dmarc=pass (p=QUARANTINE sp=QUARANTINE dis=NONE) header.from={domain}"  # noqa: E501
    fields = Fields(raw)
    if spoofed:
        # Whoever lies about the sender lies about this, too; Google's own word is above it.
        fields.on_top(("Authentication-Results", f"{_SERVER}; dkim=pass; spf=pass; dmarc=pass header.from={domain}"))
    fields.on_top(
        ("Delivered-To", to.id),
        ("Received", f"by 2002:a05:6a10:{token[:4]}:b0:{token[4:7]}:{token[7:11]} with SMTP id {token[:12]};\r\n        {date}"),  # noqa: E501
        ("Return-Path", path),
        ("Received", f"from mail.{domain} (mail.{domain}. [{address}])\r\n        by {_SERVER} with ESMTPS id {token[12:40]}\r\n        for <{to.id}>;\r\n        {date}"),  # noqa: E501
        ("Received-SPF", f"{spf} (google.com: domain of {sender}) client-ip={address};"),
        ("Authentication-Results", f"{_SERVER};\r\n       {verdict}"),
    )  # fmt: skip
    return fields.raw()


def away(mail: Mail, mailbox: Mailbox, person: str, wall: float) -> bytes:
    """An out-of-office reply, as Exchange sends it."""
    letter = mime.letter(mail.raw)
    head = [
        *_answer(letter, person, mailbox.id, wall), ("Subject", f"Automatic reply: {letter.header('Subject')}"),
        ("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All"),
        ("Content-Type", 'text/plain; charset="utf-8"'),
    ]  # fmt: skip
    text = "I am out of the office until Monday and will answer when I am back."
    return stamped(_made(head, text), mailbox, person, wall, empty=True)


def bounced(mail: Mail, mailbox: Mailbox, person: str, wall: float) -> bytes:
    """Google's report that nobody could be reached (RFC 3464)."""
    letter, sender = mime.letter(mail.raw), "mailer-daemon@googlemail.com"
    head = [
        ("From", f"Mail Delivery Subsystem <{sender}>"), *_answer(letter, "", mailbox.id, wall),
        ("Subject", "Delivery Status Notification (Failure)"), ("Auto-Submitted", "auto-replied"),
        ("X-Failed-Recipients", person),
        ("Content-Type", 'multipart/report; boundary="report"; report-type=delivery-status'),
    ]  # fmt: skip
    text = "\n".join([
        "--report", 'Content-Type: text/plain; charset="utf-8"', "", "** Address not found **", "",
        f"Your message wasn't delivered to {person} because the address couldn't be found.", "",
        "--report", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; googlemail.com", "",
        f"Final-Recipient: rfc822; {person}", "Action: failed", "Status: 5.1.1",
        "Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.", "",
        "--report", "Content-Type: message/rfc822", "", f"Message-ID: {letter.header('Message-ID')}",
        f"Subject: {letter.header('Subject')}", "", "--report--", "",
    ])  # fmt: skip
    return stamped(_made(head, text), mailbox, sender, wall, empty=True)


def _answer(letter: mime.Letter, person: str, to: str, wall: float) -> list[tuple[str, str]]:
    """The fields of a mail that answers one of ours."""
    named = letter.header("Message-ID")
    head = [("From", f"<{person}>")] if person else []
    domain = person.rpartition("@")[2] or "mx.google.com"
    return [
        *head, ("To", f"<{to}>"), ("Date", formatdate(wall)), ("Message-ID", make_msgid(domain=domain)),
        ("In-Reply-To", named), ("References", named), ("MIME-Version", "1.0"),
    ]  # fmt: skip


def _made(head: list[tuple[str, str]], text: str) -> bytes:
    lines = [*(f"{name}: {value}" for name, value in head), "", text]
    return "\n".join(lines).replace("\n", "\r\n").encode()
