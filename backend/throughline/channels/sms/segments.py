"""How many segments a text costs, and the same text where a plainer sign makes it cost less. Pure.

GSM-7 (3GPP TS 23.038): 160 septets in one segment, 153 where there are several, signs of the extension table take two
and are never cut. One sign that is not in it makes the whole text UCS-2: 70 UTF-16 units, or 67, surrogates not cut.
"""

from typing import Literal

from msgspec import Struct

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
#: Signs that mean the same to a reader. What word processors and models write, and GSM-7 has not.
_PLAINER = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "„": '"', "″": '"',
        "«": '"', "»": '"', "‹": "'", "›": "'", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "…": "...",
        "•": "-", "·": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200a": " ", "\u2007": " ", "\u3000": " ",
        "\t": " ", "\u200b": None, "\u2060": None, "\ufeff": None, "\u00ad": None, "×": "x", "→": "->", "←": "<-",
        "✓": "v", "≤": "<=", "≥": ">=", "≠": "!=",
    }
)  # fmt: skip


class Segments(Struct, frozen=True):
    """What a text costs. `units` are septets or UTF-16 units."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    count: int


def segments(text: str) -> Segments:
    """How it is sent, how much it is, and in how many segments. Nothing is none."""
    if all(letter in _BASIC or letter in _EXTENSION for letter in text):
        sizes = [2 if letter in _EXTENSION else 1 for letter in text]
        return Segments("GSM-7", sum(sizes), _filled(sizes, 160, 153))
    sizes = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
    return Segments("UCS-2", sum(sizes), _filled(sizes, 70, 67))


def plainer(text: str) -> str:
    """The text with plainer signs, where that saves a segment; else as it is."""
    plain = text.translate(_PLAINER)
    return plain if segments(plain).count < segments(text).count else text


def _filled(sizes: list[int], alone: int, part: int) -> int:
    """Segments for signs of these sizes, none of which is cut."""
    if sum(sizes) <= alone:
        return 1 if sizes else 0
    count, used = 1, 0
    for size in sizes:
        if used + size > part:
            count, used = count + 1, 0
        used += size
    return count
