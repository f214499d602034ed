"""A piece as a mail, in the bytes that Gmail is handed.

The standard library's email package writes it (RFC 5322, 2045): it refuses a header with a line break in it, and
encodes what is not ASCII. What comes from a stranger's mail (its Message-ID, its References, its subject) is taken
only where it looks as it must.
"""

import re
from collections.abc import Mapping, Sequence
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from typing import Any

import msgspec
from msgspec import Struct

from throughline.channels.gmail import tag, wire
from throughline.channels.gmail.credentials import is_address
from throughline.channels.gmail.render import first_subject, foot, page, reply_subject
from throughline.conversation.channel import Piece, Place
from throughline.ports import Line

#: The header that comes back with our own mails: which message it is.
MARK = wire.HEADER
#: Who we are where the account does not say.
_NAME = "Throughline"
#: RFC 5322 §3.6.4; and only what fits on one line.
_ID = re.compile(r"<[!-;=?-~]{1,250}@[!-;=?-~]{1,250}>", re.ASCII)
#: Ids of a thread that are said again: the first, and the newest ones.
_IDS = 20
_FILE = re.compile(r"[\x00-\x1f\x7f/\\\ud800-\udfff]")
_MEDIA = re.compile(r"(?:image|audio|video|text|application)/[a-z0-9][a-z0-9.+-]{0,100}", re.ASCII)


class Before(Struct, frozen=True):
    """The mail that is answered: its Message-ID, the ids before it, its subject."""

    id: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""


class _Ids(UnstructuredHeader, BaseHeader):
    """Ids: folded between two of them, never inside one and never encoded."""

    def fold(self, *, policy: "Policy[Any]") -> str:
        """One on each line."""
        del policy
        return f"{self.name}: " + "\r\n ".join(self.split()) + "\r\n"


_headers = HeaderRegistry()
for _name in ("in-reply-to", "references", MARK.lower()):
    _headers.map_to_type(_name, _Ids)
_POLICY: "EmailPolicy[EmailMessage]" = SMTP.clone(header_factory=_headers, cte_type="7bit")
_before = msgspec.json.Decoder(Before)


def before(ref: str | None) -> Before | None:
    """What `Place.ref` says of the mail that is answered; None: nothing."""
    try:
        found = _before.decode(ref) if ref else None
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return found if found is not None and (found.id or found.subject) else None


def letter(
    line: Line, place: Place, piece: Piece, answered: Before | None, files: Sequence[bytes] = ()
) -> bytes | None:
    """The mail of a piece; `files` are the bytes of `piece.files`. None: there is no such address."""
    options = line.account.options
    mailbox = options.get("mailbox", "")
    if not is_address(mailbox) or not is_address(place.address):
        return None
    try:
        mail = EmailMessage(policy=_POLICY)
        _address(mail, line, mailbox, place, piece)
        _thread(mail, piece, answered)
        _write(mail, line, piece)
        for file, content in zip(piece.files, files, strict=False):
            main, _, sub = (file.media_type if _MEDIA.fullmatch(file.media_type) else "application/octet-stream"
                            ).partition("/")  # fmt: skip
            name = _FILE.sub("_", file.name)[:150] or file.kind
            mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
        return mail.as_bytes(policy=_POLICY)
    except (MessageError, ValueError):
        return None


def marked(piece: Piece) -> str:
    """What stands in MARK."""
    return "" if piece.mark is None else wire.mark(*piece.mark)


def _address(mail: EmailMessage, line: Line, mailbox: str, place: Place, piece: Piece) -> None:
    mail["From"] = Address(display_name=_named(line.account.options), addr_spec=mailbox)
    mail["To"] = Address(addr_spec=place.address)
    if piece.mark is not None:
        tagged = tag.address(mailbox, line.key, piece.mark[0])
        if tagged is not None:
            mail["Reply-To"] = Address(display_name=_named(line.account.options), addr_spec=tagged)
        mail[MARK] = marked(piece)


def _thread(mail: EmailMessage, piece: Piece, answered: Before | None) -> None:
    title = piece.more.get("subject", "")
    mail["Subject"] = first_subject(title) if answered is None else reply_subject(answered.subject or title)
    ids = () if answered is None else _ids(answered)
    if ids:
        mail["In-Reply-To"] = ids[-1]
        mail["References"] = " ".join(ids)
    # RFC 3834 §5; the second is Microsoft's, so that no absence note answers us.
    mail["Auto-Submitted"] = "auto-generated" if answered is None else "auto-replied"
    mail["X-Auto-Response-Suppress"] = "All"


def _write(mail: EmailMessage, line: Line, piece: Piece) -> None:
    name = _named(line.account.options)
    where = f"{line.public_url}/c/{piece.mark[0]}" if line.public_url and piece.mark is not None else ""
    text = piece.text.encode("utf-8", "replace").decode()
    mail.set_content(foot(text, name, where))
    html = piece.more.get("html", "").encode("utf-8", "replace").decode()
    if html:
        mail.add_alternative(page(html, name, where), subtype="html")


def _ids(answered: Before) -> tuple[str, ...]:
    """The thread's ids as they may stand in a header, the answered one last; none where it has none."""
    if not _ID.fullmatch(answered.id):
        return ()
    known = [one for one in dict.fromkeys(answered.references) if one != answered.id and _ID.fullmatch(one)]
    if len(known) >= _IDS:
        known = [known[0], *known[-(_IDS - 2) :]]
    return (*known, answered.id)


def _named(options: Mapping[str, str]) -> str:
    name = " ".join("".join(c for c in options.get("name", "") if c.isprintable() or c == " ").split())[:100]
    return name or _NAME
