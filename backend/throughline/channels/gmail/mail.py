"""The MIME tree that Gmail has parsed: held within caps, then its words and what is attached.

Parts of a mail within a mail (`message/rfc822`) are an attachment, not words of its writer. `winmail.dat` is one too:
nobody takes it apart here.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from throughline.channels.gmail import charsets, clean, page, quote
from throughline.channels.gmail.shapes import Header, Part
from throughline.conversation.channel import Media

#: Bytes of all headers together and of all parts, parts, and parts within parts.
HEADERS, SIZE, PARTS, DEPTH = 262_144, 26_214_400, 200, 20
#: Bytes of all texts together that are read.
TEXT = 262_144
#: Bytes of a picture in a signature, at most.
_TINY = 10_240
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,80}/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}")
_ATTACHMENT = re.compile(r"[A-Za-z0-9_-]{1,2000}", re.ASCII)
_CHARSET = re.compile(r"charset\s*=\s*\"?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_CID = re.compile(r"<?([^<>\s]{1,200})>?")
_KINDS = {"image": "image", "audio": "audio", "video": "video"}

Headers = dict[str, list[str]]


class Leaf(Struct, frozen=True, gc=False):
    """A part without parts: its type, what it is called, and Gmail's own words of it."""

    media_type: str
    headers: Headers
    part: Part


class Words(Struct, frozen=True, gc=False):
    """Texts of a mail in order: (is HTML, content)."""

    texts: tuple[tuple[bool, str], ...] = ()

    @property
    def blank(self) -> bool:
        """Whether there is nothing in it."""
        return not any(content.strip() for _, content in self.texts)


def over(payload: Part) -> str | None:
    """Which cap a mail is over, as a code. None: it may be read. Without recursion."""
    parts, header_bytes, size = 0, 0, 0
    stack = [(payload, 1)]
    while stack:
        part, depth = stack.pop()
        parts += 1
        size += max(0, part.body.size, len(part.body.data) // 4 * 3)
        header_bytes += len(part.filename) + sum(len(h.name) + len(h.value) + 4 for h in part.headers)
        if parts + len(part.parts) > PARTS:
            return "too_many_parts"
        if depth > DEPTH:
            return "too_deep"
        if header_bytes > HEADERS:
            return "headers_too_big"
        if size > SIZE:
            return "too_big"
        stack.extend((child, depth + 1) for child in part.parts)
    return None


def by_name(headers: tuple[Header, ...]) -> Headers:
    """Header lines by their name in lower case, topmost first."""
    lines: Headers = {}
    for header in headers:
        lines.setdefault(header.name.strip().lower(), []).append(header.value)
    return lines


def words(payload: Part) -> str:
    """What its writer says: the plain text, else the page; without what is quoted. Cleaned; empty: nothing."""
    said: list[str] = []
    left = 2 * quote.MOST
    for is_page, content in _chosen(payload, _Budget(TEXT)).texts:
        shown = clean.text(page.text(content) if is_page else content[:left])
        left -= len(shown)
        said.append(shown)
        if left <= 0:
            break
    return quote.new("\n\n".join(part for part in said if part.strip())[: quote.MOST])


class _Budget:
    """Bytes of texts that may still be read."""

    def __init__(self, left: int) -> None:
        self._left = left

    def decoded(self, part: Part, headers: Headers) -> str:
        """A part's text, as much of it as may be read."""
        charset = _CHARSET.search(headers.get("content-type", [""])[0][:1_000])
        content = charsets.unpacked(part.body.data, self._left) if self._left > 0 else b""
        self._left -= len(content)
        return charsets.text(content, charset[1] if charset else "", cut=self._left <= 0)


def _chosen(part: Part, budget: _Budget) -> Words:
    """The texts to read, by RFC 2046: one of several alternatives, everything of a mixture."""
    media_type = _media_type(part)
    if not part.parts:
        return _text(part, media_type, budget)
    if media_type.startswith("message/"):
        return Words()
    inner = [_chosen(child, budget) for child in part.parts]
    if media_type == "multipart/alternative":
        plain = (words for words in inner if not words.blank and not any(is_page for is_page, _ in words.texts))
        return next(plain, None) or next((words for words in inner if not words.blank), Words())
    return Words(tuple(text for words in inner for text in words.texts))


def _text(part: Part, media_type: str, budget: _Budget) -> Words:
    if media_type not in {"text/plain", "text/html"} or part.filename or not part.body.data:
        return Words()
    headers = by_name(part.headers)
    if headers.get("content-disposition", [""])[0].strip().lower().startswith("attachment"):
        return Words()
    return Words(((media_type == "text/html", budget.decoded(part, headers)),))


def attached(payload: Part, message: str) -> tuple[Media, ...]:
    """What is attached, named and not fetched; `remote` is `<message id>/<attachment id>`.

    Small pictures that the page shows by their Content-ID are part of a signature. What Gmail gives no attachment id
    (tiny parts of other kinds: signatures of PGP, invitations) cannot be fetched and is left out.
    """
    leaves = list(_leaves(payload))
    named = [leaf for leaf in leaves if _ATTACHMENT.fullmatch(leaf.part.body.attachment_id)]
    if not any("content-id" in leaf.headers for leaf in named):
        return tuple(_media(leaf, message) for leaf in named)
    page_leaf = next((leaf for leaf in leaves if leaf.media_type == "text/html" and leaf.part.body.data), None)
    shown = _Budget(TEXT).decoded(page_leaf.part, page_leaf.headers) if page_leaf else ""
    return tuple(_media(leaf, message) for leaf in named if not _decorates(leaf, shown))


def _leaves(part: Part) -> Iterator[Leaf]:
    media_type = _media_type(part)
    if part.parts and not media_type.startswith("message/"):
        for child in part.parts:
            yield from _leaves(child)
    else:
        yield Leaf(media_type, by_name(part.headers), part)


def _decorates(leaf: Leaf, shown: str) -> bool:
    if not leaf.media_type.startswith("image/") or leaf.part.body.size >= _TINY:
        return False
    cid = _CID.fullmatch(leaf.headers.get("content-id", [""])[0].strip())
    return cid is not None and f"cid:{cid[1]}" in shown


def _media(leaf: Leaf, message: str) -> Media:
    kind = leaf.media_type.partition("/")[0]
    name = clean.file_name(charsets.header(leaf.part.filename[-4_000:]))
    return Media(
        remote=f"{message}/{leaf.part.body.attachment_id}",
        kind=_KINDS.get(kind, "file"),  # type: ignore[arg-type] # the table has only these
        media_type=leaf.media_type,
        name=name or ("message.eml" if leaf.media_type == "message/rfc822" else "file"),
        size=max(0, leaf.part.body.size),
    )


def _media_type(part: Part) -> str:
    given = part.mime_type[:200].strip().lower()
    return given if _TYPE.fullmatch(given) else "application/octet-stream"
