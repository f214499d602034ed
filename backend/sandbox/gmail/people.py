"""What people do: they write to a mailbox, or answer a mail that they got from it, as their mail program would."""

import hashlib
from email.message import EmailMessage
from email.utils import formataddr, formatdate, parseaddr

from msgspec import Struct

from sandbox.gmail import arriving, mime, quoting
from sandbox.gmail.call import Refused, decoded
from sandbox.gmail.edit import Edit
from sandbox.gmail.facts import Mail, Mailbox, Person
from sandbox.gmail.mime import Letter
from sandbox.gmail.office import Office
from sandbox.gmail.sending import ADDRESS
from sandbox.gmail.weather import Weather

MAX_TEXT, MAX_SUBJECT, MAX_FILES = 200_000, 1_000, 10


class File(Struct, frozen=True):
    """Something attached. `data` in base64."""

    name: str
    media_type: str
    data: str


class Write(Struct, frozen=True):
    """What a person writes. In a thread they answer its newest mail from us, or the one that `mail` names."""

    mailbox: str
    person: str
    text: str
    subject: str | None = None
    thread: str | None = None
    mail: str | None = None
    style: str | None = None
    to: str | None = None
    files: tuple[File, ...] = ()


def write(edit: Edit, given: Write, mails: Weather) -> Mail | str:
    """The mail as it stands in the mailbox then; else what was wrong, as a code."""
    office, wall = edit.office, edit.wall
    mailbox, person = office.mailboxes.get(given.mailbox.lower()), office.people.get(given.person.lower())
    if mailbox is None:
        return "mailbox_not_found"
    if person is None or (person.ends and mailbox.id not in person.ends):
        return "person_not_found"
    if not given.text.strip() and not given.files:
        return "no_text"
    if len(given.text) > MAX_TEXT or len(given.subject or "") > MAX_SUBJECT or len(given.files) > MAX_FILES:
        return "too_long"
    answered: Mail | None = None
    if given.thread is not None:
        answered = _answered(office, mailbox, given)
        if answered is None:
            return "thread_not_found"
    message = _message(edit, given, mailbox, person, answered, mails)
    if isinstance(message, str):
        return message
    raw = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
    raw = arriving.stamped(raw, mailbox, person.id, wall, spoofed=mails.spoofed)
    return arriving.arrive(edit, mailbox, raw, mails, person=person.id)


def _answered(office: Office, mailbox: Mailbox, given: Write) -> Mail | None:
    """The mail that is answered: ours where there is one."""
    seen = [m for m in office.boxes[mailbox.id].thread(given.thread or "") if "DRAFT" not in m.labels]
    if given.mail is not None:
        return next((m for m in seen if m.id == given.mail), None)
    return next((m for m in reversed(seen) if "SENT" in m.labels), seen[-1] if seen else None)


def _message(
    edit: Edit, given: Write, mailbox: Mailbox, person: Person, answered: Mail | None, mails: Weather
) -> EmailMessage | str:
    wall, style = edit.wall, given.style or person.style
    message = EmailMessage()
    text = given.text.replace("\r\n", "\n")
    try:
        to = given.to or mailbox.id
        if answered is None:
            subject, (plain, html) = given.subject or "(no subject)", quoting.new(text, style)
        else:
            letter = mime.letter(answered.raw)
            old = letter.header("Subject")
            subject = given.subject or (old if old.lower().startswith("re:") else f"Re: {old}")
            plain, html = quoting.reply(text, _quoted(letter, answered), style)
            to = given.to or _back(letter, mailbox, ours="SENT" in answered.labels)
            if not mails.no_references:
                named = letter.header("Message-ID")
                message["References"] = f"{letter.header('References')} {named}".strip()
                message["In-Reply-To"] = named
        if not ADDRESS.match(to):
            return "invalid_to"
        message["From"] = formataddr((person.name, person.id))
        message["To"] = to
        message["Subject"] = " ".join(subject.split())
        message["Date"] = formatdate(wall)
        seed = f"{person.id}/{wall}/{edit.office.mails_so_far}"
        message["Message-ID"] = (
            f"<{hashlib.sha256(seed.encode()).hexdigest()[:32]}@mail.{person.id.rpartition('@')[2]}>"
        )
        if mails.lists:
            _by_list(message, person)
        message.set_content(plain)
        if html:
            message.add_alternative(html, subtype="html")
        for file in given.files:
            main, _, sub = file.media_type.partition("/")
            message.add_attachment(decoded(file.data), maintype=main, subtype=sub or "octet-stream", filename=file.name)
    except (ValueError, Refused, UnicodeError):
        return "cannot_be_written"
    return message


def _back(letter: Letter, mailbox: Mailbox, *, ours: bool) -> str:
    """Where an answer goes: Reply-To before From; who answers their own mail writes to us again."""
    if not ours:
        return mailbox.id
    return parseaddr(letter.header("Reply-To") or letter.header("From"))[1] or mailbox.id


def _quoted(letter: Letter, mail: Mail) -> quoting.Quoted:
    name, address = parseaddr(letter.header("From"))
    return quoting.Quoted(
        name or address, address, letter.header("To"), letter.header("Subject"), mail.at, letter.words, letter.html
    )


def _by_list(message: EmailMessage, person: Person) -> None:
    domain = person.id.rpartition("@")[2]
    message["List-Id"] = f"<news.{domain}>"
    message["List-Unsubscribe"] = f"<mailto:leave@{domain}>"
    message["Precedence"] = "list"
