"""A mail taken apart by the standard library: its headers as Gmail shows them, its parts, its text. Bounded.

What is nested too deep or has too many parts is shown as far as the bounds go. Gmail shows header values decoded
(RFC 2047) and unfolded, and the text of a part in UTF-8 whatever its charset was.
"""

import re
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from functools import lru_cache
from html import unescape

from msgspec import Struct

MAX_DEPTH, MAX_PARTS, MAX_HEADERS = 20, 200, 500
#: Bytes of a mail that is remembered once it was read.
_SMALL = 50_000
_TAGS = re.compile(r"<(?:style|script|head)\b.{0,50000}?</(?:style|script|head)>|<[^<>]{0,5000}>", re.S | re.I)
_FOLD = re.compile(r"\r?\n(?=[ \t])")


class Part(Struct, frozen=True):
    """A part of a mail. `data`: its bytes, decoded; of text in UTF-8."""

    id: str
    mime: str
    filename: str
    headers: tuple[tuple[str, str], ...]
    data: bytes = b""
    parts: tuple["Part", ...] = ()


class Letter(Struct, frozen=True):
    """A whole mail."""

    root: Part
    text: str
    html: str

    def header(self, name: str) -> str:
        """The first header of that name; missing: empty."""
        return next((v for k, v in self.root.headers if k.lower() == name.lower()), "")

    def headers(self, name: str) -> list[str]:
        """All of that name, from the top."""
        return [v for k, v in self.root.headers if k.lower() == name.lower()]

    @property
    def words(self) -> str:
        """Its text; of a mail that has HTML only, what is left without the tags."""
        return self.text or unescape(_TAGS.sub(" ", self.html))

    @property
    def snippet(self) -> str:
        """How it begins, in one line."""
        return " ".join(self.words[:2_000].split())[:200]

    def leaves(self) -> list[Part]:
        """Every part without parts, in order."""
        found: list[Part] = []
        waiting = [self.root]
        while waiting:
            part = waiting.pop(0)
            waiting = [*part.parts, *waiting]
            if not part.parts:
                found.append(part)
        return found


class Unreadable(Exception):  # noqa: N818 - an answer, not a mistake of ours
    """Nothing that could be taken apart."""


def letter(raw: bytes) -> Letter:
    """The mail in these bytes; what cannot be taken apart is one part of plain text."""
    return _remembered(raw) if len(raw) <= _SMALL else _lenient(raw)


def strictly(raw: bytes) -> Letter:
    """The same. Raises Unreadable."""
    try:
        message = message_from_bytes(raw, policy=policy.compat32)
        root = _Walk().part(message, "", 0)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, HeaderParseError) as error:
        raise Unreadable(str(error)) from None
    return Letter(root, _first(root, "text/plain"), _first(root, "text/html"))


def _lenient(raw: bytes) -> Letter:
    try:
        return strictly(raw)
    except Unreadable:
        data = raw.decode("utf-8", "replace")
        return Letter(Part("", "text/plain", "", (), data.encode()), data, "")


@lru_cache(2_000)
def _remembered(raw: bytes) -> Letter:
    return _lenient(raw)


class _Walk:
    """One walk through a mail."""

    def __init__(self) -> None:
        self._seen = 0

    def part(self, message: "Message[str, str]", name: str, depth: int) -> Part:
        self._seen += 1
        headers = tuple((_clean(k), shown(v)) for k, v in list(message.raw_items())[:MAX_HEADERS])
        mime = _clean(message.get_content_type())
        filename = _filename(message)
        children = message.get_payload()
        # A mail within a mail is a part with parts.
        if isinstance(children, list) and depth < MAX_DEPTH:
            found = []
            for n, child in enumerate(children):
                if self._seen >= MAX_PARTS:
                    break
                found.append(self.part(child, f"{name}.{n}" if name else str(n), depth + 1))
            return Part(name, mime, filename, headers, parts=tuple(found))
        data = b"" if isinstance(children, list) else _data(message, mime)
        return Part(name, mime, filename, headers, data)


def shown(value: object) -> str:
    """A header's value: unfolded, decoded."""
    text = _FOLD.sub("", _clean(str(value))).strip()
    if "=?" not in text:
        return text
    try:
        pieces = decode_header(text)
    except (HeaderParseError, ValueError):
        return text
    return "".join(p if isinstance(p, str) else _decoded(p, charset or "latin-1") for p, charset in pieces)


def _filename(message: "Message[str, str]") -> str:
    found = message.get_filename("")
    return shown(found)[:500] if found else ""


def _data(message: "Message[str, str]", mime: str) -> bytes:
    data = message.get_payload(decode=True)
    if not isinstance(data, bytes):
        return b""
    if not mime.startswith("text/") or message.get_filename():
        return data
    charset = message.get_content_charset("utf-8")
    return _decoded(data, charset).encode()


def _decoded(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset, "replace").encode("utf-8", "replace").decode()
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace")


def _clean(text: str) -> str:
    """Without half characters: bytes that were no ASCII are UTF-8."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace") if not text.isascii() else text


def _first(root: Part, mime: str) -> str:
    for leaf in Letter(root, "", "").leaves():
        if leaf.mime == mime and not leaf.filename:
            return leaf.data.decode("utf-8", "replace")
    return ""
