"""What was attached: asked for by its id, then read from the address that Meta names for five minutes.

The address needs our token, and is a stranger's word: the token goes to the API's own host, and for the real one to
Meta's file host, and nowhere else; no redirect is followed.
Source: developers.facebook.com, WhatsApp Business Platform, "Media": retrieve a media URL, download media.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import SplitResult, urlsplit

from throughline.channels.once import Flowing, Told
from throughline.channels.whatsapp_meta.answers import Failed, failed
from throughline.channels.whatsapp_meta.capabilities import WHATSAPP
from throughline.channels.whatsapp_meta.client import Client
from throughline.conversation.channel import Ambiguous, Media, Outcome, Refused
from throughline.ports import Fetched, Line

#: Where the real API keeps files.
_GRAPH, _FILES = "graph.facebook.com", "lookaside.fbsbx.com"


class Download:
    """ports.Fetched."""

    def __init__(self, media_type: str, flowing: Flowing) -> None:
        self.media_type = media_type
        self._flowing = flowing

    def chunks(self) -> AsyncIterator[bytes]:
        """Its bytes. Raises OSError where it breaks off."""
        return self._flowing.chunks()


@asynccontextmanager
async def fetched(client: Client, line: Line, media: Media) -> AsyncIterator[Fetched | Outcome]:
    """Open it for reading; or why not: gone, foreign, or not now."""
    told = await client.get(line, media.remote)
    where = _where(told, line.base_url) if isinstance(told, Told) else told
    if not isinstance(where, str):
        yield where
        return
    async with client.download(line, where, WHATSAPP.files["*/*"]) as answer:
        if not isinstance(answer, Flowing):
            yield answer
        elif answer.status != 200:
            no = failed(Told(answer.status, answer.headers, b""))
            yield no if no is not None else Ambiguous(f"http_{answer.status}")
        else:
            given = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            yield Download(given or media.media_type, answer)


def _where(told: Told, base: str) -> str | Failed:
    """The address in Meta's answer."""
    no = failed(told)
    if no is not None:
        return no
    url = (told.json() or {}).get("url")
    if not isinstance(url, str):
        return Ambiguous("no_url")
    return url if allowed(url, base) else Refused("foreign_host")


def allowed(url: str, base: str) -> bool:
    """Whether an address may have our token: the API's own origin, and its file host where it is the real one."""
    try:
        asked, ours = urlsplit(url), urlsplit(base)
        same = _origin(asked) == _origin(ours)
        files = ours.hostname == _GRAPH and _origin(asked) == ("https", _FILES, 443)
    except ValueError:
        return False
    return (same or files) and asked.username is None and asked.password is None and "\\" not in url


def _origin(url: SplitResult) -> tuple[str, str, int]:
    return url.scheme, url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
