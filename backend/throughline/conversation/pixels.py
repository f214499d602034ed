"""How large a picture says it is, read from its first bytes; nothing is ever decoded here. Pure.

A few hundred bytes can claim 50,000 x 50,000 pixels, ten gigabytes for whoever draws them. Where each format says its
size: PNG (ISO 15948) 11.2.2, GIF89a 18, WebP (RFC 9649) 2.5 to 2.7, JPEG (ITU T.81) B.2.2.
"""

#: Pixels on one side, and in all, of a picture that a model gets; models take none that are larger.
SIDE, AREA = 8_000, 40_000_000
#: Segments before the one that tells a JPEG's size: more than any camera writes.
_SEGMENTS = 500
#: JPEG markers that begin a frame, which tells its size: SOF0 to SOF15 but for DHT, JPG and DAC.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
#: Those that stand alone.
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})


def drawable(picture: bytes) -> bool:
    """Whether it says a size that can be drawn. One that says none is not."""
    found = pixels(picture)
    return found is not None and min(found) > 0 and max(found) <= SIDE and found[0] * found[1] <= AREA


def pixels(picture: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, a GIF, a WebP or a JPEG; None: it is none, or does not say."""
    if picture.startswith(b"\x89PNG\r\n\x1a\n") and picture[12:16] == b"IHDR":
        return _two(picture, 16, 4, "big")
    if picture[:6] in {b"GIF87a", b"GIF89a"}:
        return _two(picture, 6, 2, "little")
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return _webp(picture)
    return _jpeg(picture) if picture.startswith(b"\xff\xd8\xff") else None


def _two(given: bytes, at: int, size: int, order: str) -> tuple[int, int] | None:
    """Two numbers of so many bytes, one after the other."""
    if len(given) < at + 2 * size:
        return None
    both = given[at : at + size], given[at + size : at + 2 * size]
    if order == "big":
        return int.from_bytes(both[0], "big"), int.from_bytes(both[1], "big")
    return int.from_bytes(both[0], "little"), int.from_bytes(both[1], "little")


def _webp(given: bytes) -> tuple[int, int] | None:
    match given[12:16]:
        case b"VP8X":
            less = _two(given, 24, 3, "little")
            return less and (less[0] + 1, less[1] + 1)
        case b"VP8L" if given[20:21] == b"\x2f" and len(given) >= 25:
            bits = int.from_bytes(given[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 " if given[23:26] == b"\x9d\x01\x2a":
            found = _two(given, 26, 2, "little")
            return found and (found[0] & 0x3FFF, found[1] & 0x3FFF)
        case _:
            return None


def _jpeg(given: bytes) -> tuple[int, int] | None:
    at = 2
    for _ in range(_SEGMENTS):
        while given[at : at + 2] == b"\xff\xff":
            at += 1
        if len(given) < at + 4 or given[at] != 0xFF:
            return None
        marker = given[at + 1]
        if marker in _ALONE:
            at += 2
        elif marker in _FRAMES:
            # Length, precision, then height before width.
            found = _two(given, at + 5, 2, "big")
            return found and (found[1], found[0])
        elif marker == 0xDA or int.from_bytes(given[at + 2 : at + 4], "big") < 2:
            # The picture itself begins without having said how large it is.
            return None
        else:
            at += 2 + int.from_bytes(given[at + 2 : at + 4], "big")
    return None
