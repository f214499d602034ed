"""Socket tickets: one use, thirty seconds, so that nothing that lasts is ever in a URL or a first frame."""

import hashlib
import secrets
from collections.abc import Callable

from msgspec import Struct

from throughline.conversation.ids import SessionId
from throughline.conversation.records import Caller
from throughline.ports import Clock

LIFE_S = 30
_MOST = 50_000
_EACH = 64


class _Kept(Struct, frozen=True):
    caller: Caller
    until: float


class Tickets:
    """Made for a caller, redeemed once. In memory: a restart voids all, and clients simply ask again.

    `is_revoked` is asked at redemption, so that a session that ended in between opens no socket. Bounded: of one
    session the oldest ticket goes when it holds 64, of all the oldest when there are 50,000.
    """

    def __init__(self, clock: Clock, is_revoked: Callable[[SessionId], bool]) -> None:
        self._clock = clock
        self._is_revoked = is_revoked
        self._kept: dict[bytes, _Kept] = {}
        self._of: dict[SessionId, list[bytes]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def make(self, caller: Caller) -> tuple[str, int]:
        """A ticket, and the seconds it lives."""
        now = self._clock.monotonic()
        self._sweep(now)
        ticket = secrets.token_urlsafe(24)
        key = _key(ticket)
        mine = self._of.setdefault(caller.session, [])
        if len(mine) >= _EACH:
            self._drop(mine[0])
            mine = self._of.setdefault(caller.session, [])
        mine.append(key)
        self._kept[key] = _Kept(caller, now + LIFE_S)
        return ticket, LIFE_S

    def redeem(self, ticket: str) -> Caller | None:
        """Who it was made for; None if it was used, has ended, was never ours, or its session is over."""
        if len(ticket) > 128:
            return None
        key = _key(ticket)
        kept = self._kept.get(key)
        if kept is None:
            return None
        self._drop(key)
        if kept.until <= self._clock.monotonic() or self._is_revoked(kept.caller.session):
            return None
        return kept.caller

    def _sweep(self, now: float) -> None:
        """Tickets live equally long, so the oldest stand first."""
        while self._kept:
            key, kept = next(iter(self._kept.items()))
            if kept.until > now and len(self._kept) < _MOST:
                return
            self._drop(key)

    def _drop(self, key: bytes) -> None:
        kept = self._kept.pop(key)
        mine = self._of[kept.caller.session]
        mine.remove(key)
        if not mine:
            del self._of[kept.caller.session]


def _key(ticket: str) -> bytes:
    return hashlib.blake2b(ticket.encode("utf-8", "surrogatepass"), digest_size=16).digest()
