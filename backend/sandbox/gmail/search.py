"""Gmail's search: `in:sent newer_than:2d -from:ana "exact words"`. What is not understood is a word to be found."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from sandbox.gmail import mime
from sandbox.gmail.facts import Mail
from sandbox.gmail.pictures import attached

_TERM = re.compile(r'(-?)(?:([a-z_0-9]+):)?(?:"([^"]*)"|\(([^)]*)\)|(\S+))', re.I)
_AGE = re.compile(r"(\d{1,5})([hdmy])\Z")
_SECONDS = {"h": 3_600, "d": 86_400, "m": 30 * 86_400, "y": 365 * 86_400}
_PLACES = {"inbox": "INBOX", "sent": "SENT", "drafts": "DRAFT", "draft": "DRAFT", "trash": "TRASH", "spam": "SPAM"}
_STATES = {"unread": "UNREAD", "starred": "STARRED", "important": "IMPORTANT", "sent": "SENT"}
#: What a search leaves out where it does not ask for it.
HIDDEN = frozenset({"SPAM", "TRASH"})

Names = dict[str, str]


def fits(query: str, mail: Mail, wall: float, names: Names) -> bool:
    """Whether a mail is found. `names`: label ids by the names people gave, in lower case."""
    return all(_fits(match, mail, wall, names) for match in _TERM.finditer(query[:2_000]))


def hides(query: str) -> frozenset[str]:
    """Labels whose mails are left out: spam and trash, unless the query asks for them."""
    words = query.lower()
    if "in:anywhere" in words:
        return frozenset()
    return frozenset(label for label in HIDDEN if f"in:{label.lower()}" not in words)


def _fits(match: re.Match[str], mail: Mail, wall: float, names: Names) -> bool:
    no, name, quoted, several, plain = match.groups()
    value = next(found for found in (quoted, several, plain) if found is not None)
    known = _OPERATORS.get((name or "").lower())
    if known is None:
        found = _has_words(mail, f"{name}:{value}" if name else value)
    else:
        found = known(mail, value.lower(), wall, names)
    return found != bool(no)


def _has_words(mail: Mail, words: str) -> bool:
    letter = mime.letter(mail.raw)
    text = " ".join([*(v for _, v in letter.root.headers), letter.words]).lower()
    return words.lower() in text


def _in(mail: Mail, value: str, _wall: float, names: Names) -> bool:
    if value == "anywhere":
        return True
    return _PLACES.get(value, names.get(value, value.upper())) in mail.labels


def _is(mail: Mail, value: str, _wall: float, _names: Names) -> bool:
    return "UNREAD" not in mail.labels if value == "read" else _STATES.get(value, value.upper()) in mail.labels


def _newer(mail: Mail, value: str, wall: float, _names: Names) -> bool:
    age = _AGE.match(value)
    return age is not None and mail.at > (wall - int(age[1]) * _SECONDS[age[2]]) * 1000


def _older(mail: Mail, value: str, wall: float, names: Names) -> bool:
    return _AGE.match(value) is not None and not _newer(mail, value, wall, names)


def _after(mail: Mail, value: str, _wall: float, _names: Names) -> bool:
    at = _date(value)
    return at is not None and mail.at >= at * 1000


def _before(mail: Mail, value: str, _wall: float, _names: Names) -> bool:
    at = _date(value)
    return at is not None and mail.at < at * 1000


def _date(value: str) -> float | None:
    """Seconds since 1970, or a day of Gmail's (2026/11/21)."""
    if value.isascii() and value.isdecimal() and len(value) < 12:
        return float(value)
    try:
        return datetime.strptime(value.replace("-", "/"), "%Y/%m/%d").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _message_id(mail: Mail, value: str, _wall: float, _names: Names) -> bool:
    return mime.letter(mail.raw).header("Message-ID").strip("<> ").lower() == value.strip("<> ")


def _has(mail: Mail, value: str, _wall: float, _names: Names) -> bool:
    return value == "attachment" and any(attached(part) for part in mime.letter(mail.raw).leaves())


def _header(*headers: str) -> Callable[[Mail, str, float, Names], bool]:
    def found(mail: Mail, value: str, _wall: float, _names: Names) -> bool:
        letter = mime.letter(mail.raw)
        return any(value in letter.header(header).lower() for header in headers)

    return found


_OPERATORS: dict[str, Callable[[Mail, str, float, Names], bool]] = {
    "in": _in, "label": _in, "is": _is, "newer_than": _newer, "older_than": _older, "after": _after, "newer": _after,
    "before": _before, "older": _before, "rfc822msgid": _message_id, "has": _has, "from": _header("From"),
    "to": _header("To", "Cc", "Bcc", "Delivered-To"), "subject": _header("Subject"), "list": _header("List-Id"),
    "deliveredto": _header("Delivered-To"), "cc": _header("Cc"),
}  # fmt: skip
