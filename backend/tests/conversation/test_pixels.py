"""A picture's size is read from what it says, and one that says too much is shown to nobody's model."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughline.conversation.pixels import AREA, SIDE, drawable, pixels

SOI = b"\xff\xd8"
EXIF = b"\xff\xe1" + (2 + 4_000).to_bytes(2, "big") + b"Exif" + bytes(3_996)


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + struct.pack(">II", width, height) + b"\x08\x06\0\0\0"


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + bytes(3)


def jpeg(width: int, height: int, before: bytes = EXIF, frame: int = 0xC2) -> bytes:
    said = b"\x08" + struct.pack(">HH", height, width) + b"\x03" + bytes(9)
    return SOI + before + bytes([0xFF, frame]) + (2 + len(said)).to_bytes(2, "big") + said + b"\xff\xda"


def extended(width: int, height: int) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\0\0\0\0WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + sides


def lossless(width: int, height: int) -> bytes:
    bits = (width - 1) | (height - 1) << 14
    return b"RIFF\0\0\0\0WEBPVP8L" + struct.pack("<I", 9) + b"\x2f" + bits.to_bytes(4, "little")


def lossy(width: int, height: int) -> bytes:
    return b"RIFF\0\0\0\0WEBPVP8 " + struct.pack("<I", 9) + b"\x10\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height)


MADE = {"png": png, "gif": gif, "jpeg": jpeg, "webp extended": extended, "webp lossless": lossless, "webp": lossy}
HUGE = {
    "png of 50,000 x 50,000": png(50_000, 50_000),
    "png of all it can say": png(2**32 - 1, 2**32 - 1),
    "a line of a million": png(1_000_000, 1),
    "gif of 65,535 x 65,535": gif(65_535, 65_535),
    "jpeg of 65,500 x 65,500": jpeg(65_500, 65_500),
    "webp of 16 million": extended(2**24, 2**24),
    "webp of 16,384": lossless(16_384, 16_384),
    "just over the area": png(AREA // 5_000 + 1, 5_000),
    "just over the side": png(SIDE + 1, 1),
}
SILENT = {
    "nothing": b"",
    "no picture": b"%PDF-1.7",
    "png without a head": b"\x89PNG\r\n\x1a\n" + bytes(30),
    "png cut": png(10, 10)[:20],
    "no width": png(0, 10),
    "no height": jpeg(10, 0),
    "jpeg that begins before it says": SOI + b"\xff\xda" + bytes(50),
    "jpeg of lies about length": SOI + b"\xff\xe1\x00\x00" * 20,
    "jpeg of nothing": SOI + b"\xff" * 5_000,
    "jpeg of segments": SOI + b"\xff\xe0\x00\x02" * 2_000,
    "jpeg cut": jpeg(10, 10)[:4_010],
    "webp of another kind": b"RIFF\0\0\0\0WEBPALPH" + bytes(30),
    "webp cut": extended(10, 10)[:25],
    "svg": b'<svg width="9" height="9"/>',
}  # fmt: skip


@pytest.mark.parametrize("form", MADE)
def test_a_picture_says_how_large_it_is(form: str) -> None:
    assert pixels(MADE[form](640, 481)) == (640, 481)
    assert drawable(MADE[form](640, 481))


@pytest.mark.parametrize("frame", [0xC0, 0xC1, 0xC2, 0xCF])
@pytest.mark.parametrize("before", [b"", EXIF, EXIF * 20, b"\xff\xff\xff" + EXIF[1:], b"\xff\x01" + EXIF])
def test_a_jpeg_says_it_wherever_its_frame_begins(before: bytes, frame: int) -> None:
    assert pixels(jpeg(4_000, 3_000, before, frame)) == (4_000, 3_000)


@pytest.mark.parametrize("name", HUGE)
def test_a_flood_of_pixels_is_not_drawn(name: str) -> None:
    assert pixels(HUGE[name]) is not None
    assert not drawable(HUGE[name])


@pytest.mark.parametrize("name", SILENT)
def test_what_does_not_say_how_large_it_is_is_not_drawn(name: str) -> None:
    assert not drawable(SILENT[name])


@given(st.sampled_from(sorted(MADE)), st.binary(max_size=60), st.integers(0, 80))
def test_no_bytes_break_it(form: str, noise: bytes, at: int) -> None:
    whole = MADE[form](10, 10)

    assert isinstance(drawable(whole[:at] + noise), bool)
    assert isinstance(drawable(noise), bool)
