"""Bytes as text: base64url as Gmail writes it, the charset that a part names, and RFC 2047's encoded words.

A charset is a stranger's word, and Python's codecs hold more than charsets (`utf-7`, `idna`, `zlib`): only those that
mail is written in are looked up, everything else is read as UTF-8, else as Windows-1252. Nothing raises.
"""

import base64
import binascii
import codecs
import quopri
import re

_SINGLE = (
    *(f"iso-8859-{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16)),
    *(f"windows-{n}" for n in (874, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258)),
    "koi8-r", "koi8-u", "macintosh", "tis-620", "us-ascii", "ascii", "latin1", "cp1252", "cp437", "cp850", "cp866",
)  # fmt: skip
_MANY = (
    "gb2312", "gbk", "gb18030", "big5", "big5-hkscs", "shift_jis", "shift-jis", "cp932", "euc-jp", "euc-kr",
    "ks_c_5601-1987", "cp949",
)  # fmt: skip
#: These are told by their own marks only, never by trying: their bytes are ASCII too, or full of NUL.
_SHIFTING = ("iso-2022-jp", "iso-2022-kr", "hz-gb-2312")
_WIDE = ("utf-16", "utf-16le", "utf-16be")
_CODECS = {name: name for name in (*_SINGLE, *_MANY, *_SHIFTING, *_WIDE)} | {
    "macintosh": "mac-roman", "hz-gb-2312": "hz", "ks_c_5601-1987": "cp949", "windows-874": "cp874",
    # What calls itself Latin 1 is Windows' (encoding.spec.whatwg.org §4.2).
    "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
}  # fmt: skip
_WORD = re.compile(r"=\?([A-Za-z0-9_.:-]{1,40})(?:\*[A-Za-z-]{0,20})?\?([bBqQ])\?([^?\s]{0,1000})\?=")
_BETWEEN = re.compile(r"(\?=)\s+(=\?)")
#: Characters of a header of which the encoded words are read.
_HEADER = 4_000


def unpacked(data: str, most: int) -> bytes:
    """Base64url, with or without padding, at most so many bytes of it. What is no base64 is left out."""
    letters = data[: most // 3 * 4 + 4].encode("ascii", "ignore").translate(_STANDARD)
    try:
        return base64.b64decode(letters + b"=" * (-len(letters) % 4))[:most]
    except binascii.Error:
        # Letters that are none were among them: whole groups of those that are.
        kept = bytes(filter(_BASE64.__contains__, letters))
        return base64.b64decode(kept[: len(kept) // 4 * 4])[:most]


_STANDARD = bytes.maketrans(b"-_", b"+/")
_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


def text(data: bytes, charset: str, *, cut: bool = False) -> str:
    """Bytes in that charset, as far as it is one. `cut`: they may end in the middle of a character."""
    name = _CODECS.get(charset.strip().strip("\"'").lower(), "")
    if name and _shifts(name, data):
        return codecs.getincrementaldecoder(name)("replace").decode(data, final=not cut)
    try:
        # Gmail gives most texts in UTF-8, whatever the part still says; other charsets are hardly ever valid UTF-8.
        return codecs.getincrementaldecoder("utf-8")("strict").decode(data, final=not cut)
    except UnicodeError:
        return codecs.getincrementaldecoder(name or "cp1252")("replace").decode(data, final=not cut)


def _shifts(name: str, data: bytes) -> bool:
    if name in _WIDE:
        return b"\0" in data
    if name == "hz":
        return b"~{" in data
    return name in _SHIFTING and b"\x1b" in data


def header(value: str) -> str:
    """A header's text with its encoded words read; its first 4,000 characters. Gmail has mostly done it already."""
    value = value[:_HEADER]
    if "=?" not in value:
        return value
    read: list[str] = []
    held, charset, end = b"", "", 0
    value = _BETWEEN.sub(r"\1\2", value)
    for found in _WORD.finditer(value):
        data = _word(found[2].lower(), found[3])
        if held and (found.start() != end or found[1].lower() != charset):
            read.append(text(held, charset))
            held = b""
        read.append(value[end : found.start()])
        # A character may be cut in two by two words of one charset.
        held, charset, end = held + data, found[1].lower(), found.end()
    read.append(text(held, charset))
    return "".join(read) + value[end:]


def _word(encoding: str, data: str) -> bytes:
    if encoding == "b":
        return unpacked(data, 1_000)
    return quopri.decodestring(data.encode("ascii", "replace"), header=True)
