"""Google's public keys, with which the token of a push is signed: fetched when one is needed, kept, not often anew."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt

from throughline.channels.once import Once, Told
from throughline.observe import logger

#: Seconds between two fetches at the least, whoever asks with whatever key id.
OFTEN = 60.0
#: Seconds after which they are fetched anew: Google changes them every few days.
LONG = 86_400.0
_MOST = 262_144
_KEYS = 50

_log = logger("channels.gmail.certs")


class Certs:
    """Keys by their id, for each address they are published at: Google's, and a stand-in's."""

    def __init__(self, once: Once, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._once, self._monotonic = once, monotonic
        self._keys: dict[str, Mapping[str, object]] = {}
        self._asked: dict[str, float] = {}
        self._wanted: set[str] = set()

    def known(self, url: str) -> Mapping[str, object]:
        """Those we have."""
        return self._keys.get(url, {})

    def want(self, url: str) -> None:
        """One was asked for that we do not have."""
        self._wanted.add(url)

    async def renew(self, url: str) -> None:
        """Fetch them if they are wanted or old, and not just fetched."""
        asked, now = self._asked.get(url), self._monotonic()
        if asked is not None and now - asked < (OFTEN if url in self._wanted else LONG):
            return
        self._asked[url] = now
        self._wanted.discard(url)
        told = await self._once.ask("GET", url, headers={"accept": "application/json"}, most=_MOST)
        keys = _keys(told.json()) if isinstance(told, Told) and told.status == 200 else {}
        if keys:
            self._keys[url] = keys
        else:
            self._wanted.add(url)
            _log.warning("google_keys_not_fetched", reason=getattr(told, "reason", "bad_answer"))


def _keys(data: Mapping[str, Any] | None) -> dict[str, object]:
    """RSA keys of a key set (RFC 7517 §5); what is not one is passed over."""
    entries = data.get("keys") if data is not None else None
    found: dict[str, object] = {}
    for entry in (entries if isinstance(entries, list) else [])[:_KEYS]:
        if not isinstance(entry, dict) or entry.get("kty") != "RSA" or not isinstance(entry.get("kid"), str):
            continue
        try:
            found[entry["kid"]] = jwt.PyJWK(entry, algorithm="RS256").key
        except (jwt.PyJWTError, ValueError, TypeError):
            continue
    return found
