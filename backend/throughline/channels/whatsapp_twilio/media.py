"""Files that came in, read from where Twilio keeps them.

The address is what a webhook said, so it is looked at before anything is asked: the token goes to the account's own
API and nowhere else, and from there only to hosts where Twilio is known to keep files, without it. So no address
inside our own network can be asked for, by any number of redirects.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import SplitResult, urljoin, urlsplit

from throughline.channels.once import Flowing, Once
from throughline.channels.whatsapp_twilio.shapes import UNNAMED, media_type
from throughline.conversation.channel import Ambiguous, Media, NotSent, Outcome, Refused

#: Redirects that are followed.
_HOPS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}
_CDN = re.compile(r"(?:[a-z0-9-]+\.)*(?:twiliocdn\.com|twilio\.com)", re.ASCII)
#: Amazon's bucket behind the CDN, by its two names.
_BUCKET = "media.twiliocdn.com"
_S3 = re.compile(r"s3[a-z0-9.-]{0,40}\.amazonaws\.com", re.ASCII)


class File:
    """ports.Fetched: a file being read."""

    def __init__(self, media_type: str, flowing: Flowing) -> None:
        self._media_type, self._flowing = media_type, flowing

    @property
    def media_type(self) -> str:
        """What Twilio says it is."""
        return self._media_type

    def chunks(self) -> AsyncIterator[bytes]:
        """Its bytes. Raises OSError where it breaks off or is over the limit."""
        return self._flowing.chunks()


@asynccontextmanager
async def opened(
    once: Once, base: str, login: tuple[str, str] | Refused, media: Media, most: int
) -> AsyncIterator[File | Outcome]:
    """The file, or why there is none. `base` is the account's API, `most` in bytes."""
    url, home = media.remote, _origin(base)
    if isinstance(login, Refused):
        yield login
        return
    if home is None or _origin(url) != home:
        yield Refused("foreign_host")
        return
    for hop in range(_HOPS + 1):
        async with once.open(url, most=most, auth=None if hop else login) as told:
            if not isinstance(told, Flowing):
                # Nothing was said to anybody: the question may be asked again.
                yield NotSent(told.reason) if isinstance(told, Ambiguous) else told
                return
            if told.status not in _REDIRECTS:
                yield _read(told, media, most, first=not hop)
                return
            url = _joined(url, told.headers.get("location", ""))
        if not kept_there(url, base):
            yield Refused("foreign_host")
            return
    yield Refused("too_many_redirects")


def kept_there(url: str, base: str) -> bool:
    """Whether Twilio keeps files at this address: its CDN, the bucket behind it, or a stand-in's own origin. Pure."""
    parts, home = _split(url), _split(base)
    if parts is None or home is None:
        return False
    if home.scheme == "http":
        return _origin(url) == _origin(base)
    if parts.scheme != "https" or _origin(url) != ("https", parts.hostname, 443):
        return False
    host = parts.hostname or ""
    if _CDN.fullmatch(host):
        return True
    bucket, _, rest = host.partition(f"{_BUCKET}.")
    if not bucket and _S3.fullmatch(rest):
        return True
    return bool(_S3.fullmatch(host)) and parts.path.startswith(f"/{_BUCKET}/")


def _read(told: Flowing, media: Media, most: int, *, first: bool) -> File | Outcome:
    match told.status:
        case 200:
            said = told.headers.get("content-length", "")
            if said.isdecimal() and int(said[:20]) > most:
                return Refused("too_big")
            given = media_type(told.headers.get("content-type", ""))
            return File(media.media_type if given == UNNAMED else given, told)
        case 401 | 403:
            return Refused("bad_credential" if first else "gone", auth=first)
        case 404 | 410:
            return Refused("gone")
        case 429:
            return NotSent("ratelimited")
        case status if status >= 500:
            return NotSent(f"http_{status}")
        case status:
            return Refused(f"http_{status}")


def _origin(url: str) -> tuple[str, str | None, int] | None:
    """Scheme, host and port; None where there is no such address, or a name and a password in it."""
    parts = _split(url)
    if parts is None or parts.scheme not in _PORTS or "@" in parts.netloc or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname
    except ValueError:
        return None
    return None if "\\" in url or any(ord(letter) <= 32 for letter in url) else parts
