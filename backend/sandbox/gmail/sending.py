"""A mail leaves a mailbox: what Gmail makes of its header, which thread it joins, whom it reaches.

Sent by the API a mail gets Gmail's own Message-ID; ours is kept as X-Google-Original-Message-ID. It joins a thread
only where the thread is named, References or In-Reply-To name a mail of it, and the subject is the same but for
"Re:". Sources: the discovery document (Message.threadId) and reference reports of what the API does to headers.
"""

import hashlib
import re
from email.utils import formataddr, formatdate, getaddresses, parseaddr

from sandbox.gmail import arriving, mime
from sandbox.gmail.call import Call, invalid
from sandbox.gmail.edit import Edit
from sandbox.gmail.facts import Mail, Mailbox
from sandbox.gmail.fields import Fields
from sandbox.gmail.mime import Letter
from sandbox.gmail.weather import Weather

ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\]{1,64}@[^@\s<>,;:\"()\[\]\\]{1,255}\Z")
MOST_RECIPIENTS = 500


def send(call: Call, raw: bytes, joined: str) -> Mail:
    """Send it from the call's mailbox, in this thread (empty: a new one); it stands there, and with whom it reaches."""
    letter = mime.letter(raw)
    reached = recipients(letter)
    if not reached:
        raise invalid("Recipient address required")
    ours = leaving(raw, call.mailbox, call.edit.wall, call.edit.office.mails_so_far)
    own = any(_is(call.edit, address, call.mailbox) for address in reached)
    labels = ("SENT", "UNREAD", "INBOX") if own else ("SENT",)
    mail = call.edit.add(call.mailbox.id, ours, labels, thread=joined)
    _reach(call.edit, call.mailbox, mail, reached, call.mails)
    return mail


def recipients(letter: Letter) -> list[str]:
    """Everybody it goes to, once each, in lower case. Raises Refused."""
    found: dict[str, None] = {}
    for name in ("To", "Cc", "Bcc"):
        for _, address in getaddresses([*letter.headers(name)]):
            if not address:
                continue
            if not ADDRESS.match(address):
                raise invalid(f"Invalid {name} header")
            found[address.lower()] = None
        if "".join(letter.headers(name)).strip() and not found:
            raise invalid(f"Invalid {name} header")
    if len(found) > MOST_RECIPIENTS:
        raise invalid("Too many recipients")
    return list(found)


def leaving(raw: bytes, mailbox: Mailbox, wall: float, number: int) -> bytes:
    """The mail as Gmail sends it."""
    fields = Fields(raw)
    given = fields.get("Message-ID")
    token = hashlib.sha256(f"{mailbox.id}/{wall}/{number}".encode()).hexdigest()
    fields.drop("Message-ID", "X-Google-Original-Message-ID", "Return-Path", "Delivered-To", "Received")
    name, address = parseaddr(fields.get("From") or "")
    if address.lower() != mailbox.id:
        # Who is no alias of the mailbox's cannot be written as.
        shown = f"{name} <{mailbox.id}>" if name.startswith("=?") else formataddr((name, mailbox.id))
        fields.put("From", shown)
    if fields.get("Date") is None:
        fields.put("Date", formatdate(wall))
    if fields.get("MIME-Version") is None:
        fields.put("MIME-Version", "1.0")
    if given:
        fields.on_top(("X-Google-Original-Message-ID", given))
    fields.put("Message-ID", f"<CA{token[:20]}+{token[20:40]}@mail.gmail.com>")
    by = f"from {int(token[:9], 16)} named unknown by gmailapi.google.com with HTTPREST; {formatdate(wall)}"
    fields.on_top(("Received", by))
    return fields.raw()


def _reach(edit: Edit, mailbox: Mailbox, mail: Mail, reached: list[str], mails: Weather) -> None:
    """It arrives: in other mailboxes here, and with people, who may answer at once."""
    fields = Fields(mail.raw)
    fields.drop("Bcc")
    for address in reached:
        to = edit.office.mailbox_at(address)
        if to is not None and to != mailbox:
            arriving.arrive(edit, to, arriving.stamped(fields.raw(), to, mailbox.id, edit.wall), mails)
        elif to is None and mails.bounce:
            arriving.arrive(
                edit, mailbox, arriving.bounced(mail, mailbox, address, edit.wall), mails, thread=mail.thread
            )
        elif to is None and mails.away:
            arriving.arrive(edit, mailbox, arriving.away(mail, mailbox, address, edit.wall), mails)


def _is(edit: Edit, address: str, mailbox: Mailbox) -> bool:
    return edit.office.mailbox_at(address) == mailbox
