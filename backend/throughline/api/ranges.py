"""Which part of a body a Range header asks for (RFC 9110 section 14): a player goes on from any second of it."""

import re

#: One range; with more of them, or anything else, the whole is given, as the RFC allows.
_ONE = re.compile(rb"bytes=(?P<first>[0-9]{0,19})-(?P<last>[0-9]{0,19})")


def part(headers: dict[bytes, bytes], size: int) -> tuple[int, int] | None:
    """First byte and the one after the last; None: all of `size` bytes are to be given.

    We give no validators, so whoever names one (If-Range) has another body in mind. What cannot be satisfied is
    answered with the whole.
    """
    asked = _ONE.fullmatch(headers.get(b"range", b"").strip())
    if asked is None or b"if-range" in headers:
        return None
    first, last = asked["first"], asked["last"]
    if first:
        begin, end = int(first), min(int(last) + 1, size) if last else size
    else:
        begin, end = max(0, size - int(last or b"0")), size
    return (begin, end) if begin < end else None
