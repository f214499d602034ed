"""What a reader takes for one letter, and a cut that never goes through one. Pure.

The rules of extended grapheme clusters (Unicode Standard Annex 29, section 3.1.1, GB3 to GB13), by the standard
library's tables. Where those are too coarse, more stays together and never less: a joiner and an Indic virama join
whatever follows them.
"""

import re
import unicodedata

#: Characters that one letter may have; a heap of marks that is longer is cut like anything else.
LONGEST = 64

#: Set before what they belong to (GB9b): signs of numbers in Arabic, Syriac and some Indic scripts.
_BEFORE = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\U000110bd\U000110cd\U000111c2\U000111c3]")
#: Belongs to what is before it, though its category does not say so: joiners, skin colours, tags, two vowels.
_AFTER = re.compile("[\u0e33\u0eb3\u200c\u200d\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_JOINER = "\u200d"
_VIRAMA = 9
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")


def cut(text: str, most: int) -> str:
    """The beginning of a text: at most `most` characters, and no part of a letter unless the first alone is longer."""
    return text[: end(text, most)]


def parts(text: str, most: int) -> list[str]:
    """All of a text, in parts of at most `most` characters (one at least), none of which ends inside a letter."""
    found: list[str] = []
    while text:
        found.append(cut(text, most))
        text = text[len(found[-1]) :]
    return found


def end(text: str, most: int) -> int:
    """Where `cut` cuts: between two letters, at most `most` characters from the beginning."""
    if most >= len(text):
        return len(text)
    most = max(most, 0)
    for at in range(most, max(most - LONGEST, 0), -1):
        if between(text, at):
            return at
    return most


def between(text: str, at: int) -> bool:
    """Whether a letter ends before `at` and another begins there. Both ends of a text are such places."""
    if not 0 < at < len(text):
        return True
    before, after = text[at - 1], text[at]
    if before < "\u0300" and after < "\u0300":
        return not (before == "\r" and after == "\n")
    if _controls(before) or _controls(after):
        return True
    if before == _JOINER or _AFTER.match(after) or unicodedata.category(after) in {"Mn", "Mc", "Me"}:
        return False
    if unicodedata.combining(before) == _VIRAMA or _BEFORE.match(before):
        return False
    if _FLAG.match(before) and _FLAG.match(after):
        # Two make a flag: it depends on how many there are.
        return (at - _flags_from(text, at)) % 2 == 0
    return not _one_syllable(before, after)


def _controls(letter: str) -> bool:
    """Control characters, line and paragraph separators, formats that are no part of a letter, broken surrogates."""
    category = unicodedata.category(letter)
    return category in {"Cc", "Zl", "Zp", "Cs"} or (
        category == "Cf" and not _AFTER.match(letter) and not _BEFORE.match(letter)
    )


def _flags_from(text: str, at: int) -> int:
    """Where the row of halves of flags begins that ends at `at`."""
    while at > 0 and _FLAG.match(text[at - 1]):
        at -= 1
    return at


def _one_syllable(before: str, after: str) -> bool:
    """Hangul's jamo: a leading consonant, vowels, trailing consonants (GB6 to GB8)."""
    first, then = _jamo(before), _jamo(after)
    return (
        (first == "L" and then in {"L", "V", "LV", "LVT"})
        or (first in {"LV", "V"} and then in {"V", "T"})
        or (first in {"LVT", "T"} and then == "T")
    )


def _jamo(letter: str) -> str:
    code = ord(letter)
    if 0xAC00 <= code <= 0xD7A3:
        return "LVT" if (code - 0xAC00) % 28 else "LV"
    if 0x1100 <= code <= 0x115F or 0xA960 <= code <= 0xA97C:
        return "L"
    if 0x1160 <= code <= 0x11A7 or 0xD7B0 <= code <= 0xD7C6:
        return "V"
    return "T" if 0x11A8 <= code <= 0x11FF or 0xD7CB <= code <= 0xD7FB else ""
