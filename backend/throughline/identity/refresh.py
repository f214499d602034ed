"""Refresh tokens: one family per session, each good for one use, a replay kills them all.

A token is `trt1.<session>.<number>.<mac>`; the mac is an HMAC over session and number under the family's secret, which
itself is derived from the server's. So nothing secret is stored: the session's row holds the newest number only, and
the successor of a used token can be given again while its first answer may be on its way (two tabs, a lost reply).
"""

import base64
import hashlib
import hmac

from msgspec import Struct

from throughline.conversation.ids import SessionId
from throughline.conversation.records import Session

LIFE_MS = 30 * 24 * 3_600_000
#: How long a used token still gets its successor instead of ending the family.
LEEWAY_MS = 10_000
_PREFIX = "trt1"
_MOST = 256


class Presented(Struct, frozen=True):
    """A token that we have made: of which family, and its number."""

    session: SessionId
    number: int


class Rotate(Struct, frozen=True):
    """First use of the newest one: `number` becomes the newest."""

    number: int


class Again(Struct, frozen=True):
    """Used moments ago: the same successor once more."""

    number: int


class Kill(Struct, frozen=True):
    """A replay: somebody else has it. The whole family ends."""


class Ended(Struct, frozen=True):
    """The session is over."""


class Families:
    """Makes and recognises tokens. `secret` has 32 bytes or more; what is used of it is used for this alone."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 32:
            raise ValueError("A signing secret needs 32 bytes or more.")
        self._secret = hmac.digest(secret, b"throughline refresh families", hashlib.sha256)

    def token(self, session: SessionId, number: int) -> str:
        """The family's token of that number."""
        return f"{_PREFIX}.{session}.{number}.{self._mac(session, number)}"

    def read(self, token: str) -> Presented | None:
        """What a token says, if it is one of ours."""
        parts = token.split(".")
        if len(token) > _MOST or not token.isascii() or len(parts) != 4 or parts[0] != _PREFIX:
            return None
        _, session, number, mac = parts
        if not number.isdecimal() or len(number) > 9 or str(int(number)) != number:
            return None
        if not hmac.compare_digest(mac, self._mac(SessionId(session), int(number))):
            return None
        return Presented(SessionId(session), int(number))

    def _mac(self, session: SessionId, number: int) -> str:
        family = hmac.digest(self._secret, f"family:{session}".encode(), hashlib.sha256)
        made = hmac.digest(family, str(number).encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def decide(session: Session | None, number: int, now: int) -> Rotate | Again | Kill | Ended:
    """What presenting token `number` of a session means at `now` (UTC milliseconds). Pure."""
    if session is None or session.revoked_at is not None or session.expires_at <= now:
        return Ended()
    if number == session.number:
        return Rotate(number + 1)
    if number == session.number - 1 and now - session.rotated_at <= LEEWAY_MS:
        return Again(session.number)
    return Kill()
