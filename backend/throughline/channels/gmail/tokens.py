"""Access tokens: refreshed ahead of time, one refresh at a time for each account, held in memory only."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable

from throughline.channels.gmail.oauth import Worth, addresses, by_refresh
from throughline.channels.once import Once
from throughline.conversation.channel import NotSent, Refused
from throughline.ports import Line

#: Seconds before its end from which a token is not used any more; half of its life where that is shorter.
AHEAD = 300.0
#: Accounts whose tokens are remembered.
_REMEMBERED = 10_000


class _Kept:
    """One account's: `grant` tells by what it was got, without telling it."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.grant = b""
        self.access = ""
        self.until = 0.0


class Tokens:
    """Of all accounts. `monotonic` in seconds."""

    def __init__(self, once: Once, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._once, self._monotonic = once, monotonic
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def token(self, line: Line, stale: str = "") -> str | NotSent | Refused:
        """One that is good for some time yet; not `stale`, which Google has just refused."""
        kept = self._of(line)
        async with kept.lock:
            grant = _grant(line)
            fresh = kept.grant == grant and kept.access != stale and self._monotonic() < kept.until
            if kept.access and fresh:
                return kept.access
            worth = await by_refresh(self._once, line)
            if not isinstance(worth, Worth):
                return worth
            self._keep(kept, grant, worth)
            return kept.access

    def give(self, line: Line, worth: Worth) -> None:
        """One that was got another way."""
        self._keep(self._of(line), _grant(line), worth)

    def _keep(self, kept: _Kept, grant: bytes, worth: Worth) -> None:
        kept.grant, kept.access = grant, worth.access
        kept.until = self._monotonic() + worth.life - min(AHEAD, worth.life / 2)

    def _of(self, line: Line) -> _Kept:
        which = line.account.id
        kept = self._kept.get(which)
        if kept is None:
            kept = self._kept[which] = _Kept()
            if len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)
        self._kept.move_to_end(which)
        return kept


def _grant(line: Line) -> bytes:
    """What the token hangs on; another sign-in makes another token."""
    told = (addresses(line).token, line.account.options.get("client_id", ""))
    secrets = (line.secrets.get("client_secret", ""), line.secrets.get("refresh_token", ""))
    return hashlib.sha256("\0".join((*told, *secrets)).encode("utf-8", "replace")).digest()
