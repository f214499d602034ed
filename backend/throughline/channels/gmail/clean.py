"""Text of strangers as it may be kept and shown: nothing that hides, turns round or breaks what stands beside it."""

import re
import unicodedata

from throughline.markup.graphemes import cut

#: Controls but tab and line break, soft hyphens, invisible joints, direction overrides, byte order marks, broken
#: surrogates, and the Tag block and the supplementary variation selectors, in which a text can be hidden.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
#: More marks on one letter than any language writes.
_HEAP = re.compile("([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{6})"
                   "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")  # fmt: skip
_BLANK = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
#: A name that a browser or an editor takes for a part of a path, or that hides.
_PATH = re.compile(r"[\\/]")


def text(given: str) -> str:
    """Lines of a message: at most one empty line between two others. Linear in any text."""
    lines = given.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _BLANK.sub("\n\n", _HEAP.sub(r"\1", _UNSEEN.sub("", lines))).strip("\n")


def line(given: str, most: int) -> str:
    """A name or a subject: one line, composed (NFC), at most so many characters and never half a letter."""
    kept = " ".join(_HEAP.sub(r"\1", _UNSEEN.sub("", given[: 4 * most])).split())
    return _cut(unicodedata.normalize("NFC", kept), most)


def file_name(given: str, most: int = 120) -> str:
    """What an attachment is called: no folders, no leading dots, its ending kept. Empty: nothing was left."""
    name = line(_PATH.split(given[-4 * most :])[-1], 4 * most).lstrip(". ")
    if len(name) <= most:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        return _cut(name, most)
    return f"{_cut(stem, most - len(ending) - 1)}.{ending}"


def _cut(given: str, most: int) -> str:
    return given if len(given) <= most else cut(given, most).rstrip()
