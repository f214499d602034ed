"""How many text messages a text is: GSM 03.38 where every letter is in it, else UCS-2.

Source: 3GPP TS 23.038, section 6.2.1: one letter outside the alphabet makes all of it UCS-2.
"""

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: These take two places.
_MORE = "\f^{}\\[~]|€"


def segments(text: str) -> int:
    """160 letters in one and 153 in each of several; 70 and 67 where it is UCS-2. No text is one as well."""
    if all(letter in _BASIC or letter in _MORE for letter in text):
        return _parts([2 if letter in _MORE else 1 for letter in text], 160, 153)
    return _parts([len(letter.encode("utf-16-be", "surrogatepass")) // 2 for letter in text], 70, 67)


def _parts(sizes: list[int], one: int, each: int) -> int:
    """A letter of two places is not cut in half."""
    if sum(sizes) <= one:
        return 1
    count, room = 1, each
    for size in sizes:
        if size > room:
            count, room = count + 1, each
        room -= size
    return count
