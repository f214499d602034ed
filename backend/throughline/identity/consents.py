"""Visits to a provider (OAuth 2) that have begun: who sent whom, and what the code that comes back may be used for.

The address that comes back proves nothing by itself, because anybody can open it. So `state` is random, used once, good
for ten minutes, and good only in the browser that the visit was begun in, which a cookie tells (RFC 6749 §10.12,
RFC 9700 §4.7): somebody who is lured to an admin's half-done visit cannot give their mailbox away.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable

from msgspec import Struct

from throughline.conversation.ids import AccountId, SessionId
from throughline.conversation.records import Caller
from throughline.ports import Clock

#: Seconds from the button to the way back; visits of one session, and of all, that may be open.
LIFE_S, EACH, MOST = 600, 8, 10_000
_BROWSER = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)


class Visit(Struct, frozen=True):
    """What was begun. `verifier` is PKCE's (RFC 7636) and never leaves us but for the exchange."""

    caller: Caller
    account: AccountId
    verifier: str

    def __repr__(self) -> str:
        return f"Visit({self.account!r})"


class Begun(Struct, frozen=True):
    """`state` goes to the provider and comes back; `browser` into the cookie."""

    state: str
    browser: str
    visit: Visit


class _Kept(Struct, frozen=True):
    visit: Visit
    browser: bytes
    until: float


class Consents:
    """Begun by an admin, ended once. In memory: a restart voids all, and the admin presses the button again."""

    def __init__(self, clock: Clock, is_revoked: Callable[[SessionId], bool]) -> None:
        self._clock = clock
        self._is_revoked = is_revoked
        self._kept: dict[bytes, _Kept] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def begin(self, caller: Caller, account: AccountId, browser: str | None) -> Begun:
        """A new visit. `browser`: the cookie that this browser has already, so that two tabs can be on their way."""
        now = self._clock.monotonic()
        known = browser if browser is not None and _BROWSER.fullmatch(browser) else secrets.token_urlsafe(24)
        self._sweep(now, caller.session)
        visit = Visit(caller, account, secrets.token_urlsafe(48))
        state = secrets.token_urlsafe(32)
        self._kept[_key(state)] = _Kept(visit, _key(known), now + LIFE_S)
        return Begun(state, known, visit)

    def end(self, state: str, browser: str | None) -> Visit | None:
        """What was begun with it; None if it was used, is over, is another browser's, or its session has ended."""
        if len(state) > 128:
            return None
        kept = self._kept.pop(_key(state), None)
        if kept is None or kept.until <= self._clock.monotonic() or browser is None:
            return None
        if not hmac.compare_digest(kept.browser, _key(browser[:128])):
            return None
        return None if self._is_revoked(kept.visit.caller.session) else kept.visit

    def _sweep(self, now: float, session: SessionId) -> None:
        """Visits live equally long, so the oldest stand first."""
        mine = [key for key, kept in self._kept.items() if kept.visit.caller.session == session]
        for key in mine[: max(0, len(mine) - EACH + 1)]:
            del self._kept[key]
        while self._kept:
            key, kept = next(iter(self._kept.items()))
            if kept.until > now and len(self._kept) < MOST:
                return
            del self._kept[key]


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
