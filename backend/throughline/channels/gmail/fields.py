"""A mail's headers as we use them: who wrote it, what it answers, what an answer needs. Pure, and nothing raises.

Not the standard library's parser: it decodes a 340 kB Subject for ten seconds and runs out of stack on `((((`.
"""

import re
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from throughline.channels.gmail import charsets, clean
from throughline.conversation.channel import Address

#: Characters of a From line, a name, a subject, a Message-ID; of all that an answer needs.
_FROM, _NAME, SUBJECT, _ID, REF = 2_000, 100, 300, 250, 1_000
#: Message-IDs of a thread that an answer repeats.
_REFERENCES = 10
#: Characters of a References line that are looked at: its end.
_TAIL = 20_000

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_ADDRESS = re.compile(rf"[^\s\"(),:;<>@\[\]\\]{{1,64}}@(?:{_LABEL}\.){{1,30}}{_LABEL}")
#: A quoted name, an address, a comment (none within), anything else: a From line is a row of these.
_PIECE = re.compile(r'"((?:[^"\\]|\\.)*)"|<([^<>"]*)>|\(((?:[^()\\]|\\.)*)\)|([^"<>()]+)')
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>", re.ASCII)


class Ref(Struct, frozen=True, omit_defaults=True):
    """`Inbound.ref` of a mail, as JSON: what an answer's In-Reply-To, References (oldest first) and Subject are."""

    id: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""


_decoder = msgspec.json.Decoder(Ref)


def sender(values: list[str]) -> Address | None:
    """Who wrote: exactly one From with exactly one address. None: none, several, or one that looks like another."""
    if len(values) != 1 or len(values[0]) > _FROM:
        return None
    taken = _taken_apart(values[0])
    if taken is None:
        return None
    address, name = taken
    if len(address) > 254 or not _ADDRESS.fullmatch(address) or clean.line(address, 400) != address:
        return None
    return Address(address.lower(), clean.line(charsets.header(name), _NAME).strip("\"' "))


def _taken_apart(value: str) -> tuple[str, str] | None:
    """(address, name) of `Ana <ana@b.c>`, `"Ana, B." <ana@b.c>`, `ana@b.c (Ana)` or `ana@b.c`."""
    quoted, angled, comment, bare, end = "", None, "", "", 0
    for piece in _PIECE.finditer(value):
        if piece.start() != end:
            return None
        end = piece.end()
        if piece[3] is not None:
            comment += piece[3]
        elif angled is not None:
            # After the address comes nothing but a comment.
            if (piece[4] or "x").strip():
                return None
        elif piece[2] is not None:
            angled = piece[2].strip()
        else:
            quoted += piece[1] or ""
            bare += piece[4] or ""
    if end != len(value) or "@" in comment:
        return None
    bare = bare.strip()
    if angled is None:
        return None if quoted else (bare, comment)
    # `a@b.c, Bob <bob@b.c>` are two; `Smith, Bob <bob@b.c>` is a name that somebody forgot to quote.
    several = "@" in bare and any(c in bare for c in ",;:")
    return None if several else (angled, re.sub(r"\\(.)", r"\1", quoted) or bare or comment)


def ref(headers: Mapping[str, list[str]]) -> str:
    """What an answer to a mail with these headers needs, as JSON, at most 1,000 characters.

    The subject is kept before old references: Gmail joins a thread only under the same subject.
    """
    own = (_ids(headers.get("message-id", ())) or [""])[0]
    earlier = _ids(headers.get("references", ())) or _ids(headers.get("in-reply-to", ()))
    kept = Ref(own, (), subject(headers))
    for reference in reversed(list(dict.fromkeys(earlier))[-_REFERENCES:]):
        longer = Ref(kept.id, (reference, *kept.references), kept.subject)
        if len(_encoded(longer)) > REF:
            break
        kept = longer
    return _encoded(kept)


def of_ref(given: str | None) -> Ref:
    """`Place.ref` read again; what is none is an empty one."""
    try:
        return _decoder.decode(given or "{}")
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return Ref()


def answers(headers: Mapping[str, list[str]]) -> bool:
    """Whether the mail says that it answers another."""
    return bool(_ids(headers.get("in-reply-to", ())) or _ids(headers.get("references", ())))


def subject(headers: Mapping[str, list[str]]) -> str:
    """The first Subject, on one line, cut at 300 characters."""
    return clean.line(charsets.header(headers.get("subject", [""])[0]), SUBJECT)


def _ids(lines: object) -> list[str]:
    found: list[str] = []
    for line in lines if isinstance(lines, list) else ():
        found += _MESSAGE_ID.findall(line[-_TAIL:])
    return [one for one in found if len(one) <= _ID]


def _encoded(value: Ref) -> str:
    return msgspec.json.encode(value).decode()
