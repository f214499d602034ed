"""What the pane shows: threads of mails as people see them. No secret is in it."""

from collections.abc import Sequence
from email.utils import getaddresses, parseaddr
from typing import Any

from starlette.requests import Request

from sandbox.gmail import mime
from sandbox.gmail.facts import Mail, Person
from sandbox.gmail.office import Office
from sandbox.gmail.pictures import attached, attachment_id

#: Ends (mailboxes) that a caller may see; None: all.
Ends = frozenset[str] | None
#: Characters of a text and of a header in the pane; threads that it is shown.
MAX_TEXT, MAX_HEADER, MAX_THREADS = 200_000, 1_000, 200


def of(request: Request) -> Ends:
    """The ends of a request."""
    named = request.headers.get("x-lab-ends")
    return None if named is None else frozenset(name.strip().lower() for name in named.split(",") if name.strip())


def sees(ends: Ends, mailbox: str) -> bool:
    """Whether a mailbox is shown."""
    return ends is None or mailbox in ends


def everything(office: Office, ends: Ends) -> dict[str, Any]:
    """Mailboxes, people and threads, the newest thread first."""
    boxes = [mailbox for mailbox in office.mailboxes.values() if sees(ends, mailbox.id)]
    return {
        "ends": [{"id": box.id, "label": box.label or box.id} for box in boxes],
        "people": [_shown(person) for person in office.people.values() if known(person, [box.id for box in boxes])],
        "threads": [shown for box in boxes for shown in threads(office, box.id)],
    }


def known(person: Person, mailboxes: Sequence[str]) -> bool:
    """Whether who sees these mailboxes sees this person."""
    return bool(mailboxes) and (not person.ends or bool(set(person.ends) & set(mailboxes)))


def threads(office: Office, mailbox: str) -> list[dict[str, Any]]:
    """A mailbox's threads as the people in them see them, the newest first."""
    found: dict[str, list[Mail]] = {}
    for mail in sorted(office.boxes[mailbox].mails.values(), key=lambda m: (m.at, m.id)):
        if "DRAFT" not in mail.labels:
            found.setdefault(mail.thread, []).append(mail)
    newest = sorted(found.values(), key=lambda mails: (mails[-1].at, mails[-1].id), reverse=True)[:MAX_THREADS]
    return [_thread(office, mails) for mails in newest]


def mail_shown(office: Office, mail: Mail) -> dict[str, Any]:
    """One mail. `mine`: the person wrote it, not we."""
    letter = mime.letter(mail.raw)
    files = [part for part in letter.leaves() if attached(part) and part.data]
    return {
        "id": mail.id, "thread": mail.thread, "mailbox": mail.mailbox, "from": letter.header("From")[:MAX_HEADER],
        "to": letter.header("To")[:MAX_HEADER], "subject": letter.header("Subject")[:MAX_HEADER], "at": mail.at,
        "text": letter.text[:MAX_TEXT], "html": letter.html[:MAX_TEXT], "mine": "SENT" not in mail.labels,
        "person": _person(office, mail), "labels": list(mail.labels),
        "media": [
            {"id": attachment_id(mail, part), "media_type": part.mime, "name": part.filename, "size": len(part.data)}
            for part in files
        ],
    }  # fmt: skip


def _shown(person: Person) -> dict[str, Any]:
    return {"id": person.id, "name": person.name, "style": person.style}


def _thread(office: Office, mails: list[Mail]) -> dict[str, Any]:
    shown = [mail_shown(office, mail) for mail in mails]
    person = next((found["person"] for found in shown if found["person"]), "")
    first = mails[0]
    return {
        "id": first.thread, "mailbox": first.mailbox, "subject": shown[0]["subject"], "person": person, "mails": shown,
    }  # fmt: skip


def _person(office: Office, mail: Mail) -> str:
    """Who of the people is at the other end; empty: nobody we know."""
    if mail.person:
        return mail.person
    letter = mime.letter(mail.raw)
    if "SENT" in mail.labels:
        addresses = [a for _, a in getaddresses([letter.header("To"), letter.header("Cc"), letter.header("Bcc")])]
    else:
        addresses = [parseaddr(letter.header("From"))[1]]
    known: list[Person] = [office.people[a.lower()] for a in addresses if a.lower() in office.people]
    return known[0].id if known else ""
