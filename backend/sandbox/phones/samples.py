"""A picture and a voice note that a person can send without having one: made here, the same each time."""

import io
import math
import struct
import wave
import zlib
from functools import cache

#: A picture's width and height, a note's samples a second and seconds.
_SIDE, _RATE, _LONG = 64, 8_000, 1


@cache
def image() -> bytes:
    """A small PNG: colours that run into each other."""
    lines = b"".join(
        b"\0" + bytes(v for x in range(_SIDE) for v in (x * 255 // _SIDE, y * 255 // _SIDE, 128)) for y in range(_SIDE)
    )
    head = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(lines, 9)) + _chunk(b"IEND", b"")
    )


@cache
def voice() -> bytes:
    """A WAV of one second: a tone."""
    tone = (round(9_000 * math.sin(2 * math.pi * 440 * n / _RATE)) for n in range(_RATE * _LONG))
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(b"".join(struct.pack("<h", value) for value in tone))
    return held.getvalue()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
