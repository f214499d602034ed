"""One request on the wire for one intent, for providers that are spoken to over plain HTTP; an outcome for any answer.

Never a redirect, a repeat, a cookie, a proxy for this machine, or an answer without an end: each of these can make one
message two, or carry a token elsewhere. What an adapter makes of an answer is its own affair.
"""

import asyncio
import base64
import io
import math
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import aiohttp
import msgspec
from msgspec import Struct
from yarl import URL

from throughline.channels.outward import Outside, opened, proxy_for
from throughline.conversation.channel import Ambiguous, NotSent, Refused

#: Seconds for a whole call, and of these for the connection.
TOTAL, CONNECT = 10.0, 5.0
#: Seconds for a whole file.
FILE = 120.0
#: Bytes of an answer.
MOST = 1_048_576
#: Seconds an idle connection is kept: shorter than any server's, so that none is used while it is being closed.
_IDLE = 10.0
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_CONNECTIONS = 100
#: Bytes that are written in one go.
_AT_ONCE = 262_144
#: Nothing of the request has left us.
_BEFORE = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
)
_NOWHERE = (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError)
#: What may come of a request that has left.
_AFTER = (TimeoutError, aiohttp.ClientError, OSError, ValueError)

#: What no header can carry.
_UNSENDABLE = re.compile(r"[^\t\x20-\x7e]")

_json: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


class Told(Struct, frozen=True):
    """An answer, whatever its status. `headers` have names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any] | None:
        """The body as a JSON object; None: it is none."""
        try:
            found = _json.decode(self.body)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    def retry_after(self) -> float | None:
        """Seconds to wait, where it says so in seconds; at most an hour."""
        try:
            seconds = float(self.headers.get("retry-after", ""))
        except ValueError:
            return None
        return None if math.isnan(seconds) else min(max(seconds, 0.0), 3_600.0)


class Flowing:
    """An answer whose body is still coming: a file. `headers` have names in lower case."""

    def __init__(self, response: aiohttp.ClientResponse, most: int, until: float) -> None:
        self.status = response.status
        self.headers: Mapping[str, str] = {k.lower(): v for k, v in response.headers.items()}
        self._response, self._most, self._until = response, most, until

    async def chunks(self) -> AsyncIterator[bytes]:
        """Its bytes. Raises OSError where it breaks off, is over the limit, or does not come to its end in time."""
        clock, had = asyncio.get_running_loop(), 0
        while True:
            try:
                async with asyncio.timeout_at(self._until):
                    chunk = await self._response.content.read(65_536)
            except TimeoutError as error:
                raise OSError("too_slow") from error
            except (aiohttp.ClientError, ValueError) as error:
                raise OSError(_named(error)) from error
            if not chunk:
                return
            had += len(chunk)
            if had > self._most:
                raise OSError("too_big")
            if clock.time() > self._until:
                raise OSError("too_slow")
            yield chunk


class _Ask(NamedTuple):
    """A request that can be sent as it is: over which connections, to where, with what."""

    session: aiohttp.ClientSession
    url: URL
    headers: dict[str, str]
    proxy: str | None


class Once:
    """Requests of one adapter, for all of its accounts, over few connections.

    `total` and `connect` are seconds. Sessions are made on first use, inside the running loop.
    """

    def __init__(self, total: float = TOTAL, connect: float = CONNECT) -> None:
        self._total = total
        self._timeout = aiohttp.ClientTimeout(total=None, connect=connect, sock_connect=connect)
        self._sessions: dict[tuple[bool, bool], aiohttp.ClientSession] = {}

    async def __aenter__(self) -> "Once":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        auth: tuple[str, str] | None = None,
        most: int = MOST,
    ) -> Told | NotSent | Refused | Ambiguous:
        """Ask once. NotSent: no byte of it left us. Refused: there is no such address. Ambiguous: it may have come."""
        asked = self._asked(url, headers, auth)
        if asked is None:
            return Refused("bad_address")
        try:
            async with (
                asyncio.timeout(self._total),
                asked.session.request(
                    method, asked.url, headers=asked.headers, data=_body(content), proxy=asked.proxy,
                    allow_redirects=False,
                ) as response,
            ):  # fmt: skip
                body = bytearray()
                while chunk := await response.content.read(65_536):
                    body += chunk
                    if len(body) > most:
                        return Ambiguous("too_big")
                return Told(response.status, {k.lower(): v for k, v in response.headers.items()}, bytes(body))
        except _NOWHERE:
            return Refused("bad_address")
        except _BEFORE as error:
            return NotSent(_named(error))
        except _AFTER as error:
            return Ambiguous(_named(error))

    @asynccontextmanager
    async def open(
        self, url: str, *, most: int, headers: Mapping[str, str] | None = None, auth: tuple[str, str] | None = None,
        within: float = FILE,
    ) -> AsyncIterator[Flowing | NotSent | Refused | Ambiguous]:  # fmt: skip
        """GET something large: its body is read as it comes, at most `most` bytes in `within` seconds. As in `ask`."""
        until = asyncio.get_running_loop().time() + within
        begun = await self._begin(url, headers, auth)
        if not isinstance(begun, aiohttp.ClientResponse):
            yield begun
            return
        try:
            yield Flowing(begun, most, until)
        finally:
            begun.close()

    async def _begin(
        self, url: str, headers: Mapping[str, str] | None, auth: tuple[str, str] | None
    ) -> aiohttp.ClientResponse | NotSent | Refused | Ambiguous:
        """A GET whose answer has begun. Files, which take their time, have connections of their own."""
        asked = self._asked(url, headers, auth, files=True)
        if asked is None:
            return Refused("bad_address")
        try:
            async with asyncio.timeout(self._total):
                return await asked.session.get(
                    asked.url, headers=asked.headers, proxy=asked.proxy, allow_redirects=False
                )
        except _NOWHERE:
            return Refused("bad_address")
        except _BEFORE as error:
            return NotSent(_named(error))
        except _AFTER as error:
            return Ambiguous(_named(error))

    async def close(self) -> None:
        """Let the connections go."""
        sessions, self._sessions = self._sessions, {}
        for session in sessions.values():
            await session.close()

    def _asked(
        self, url: str, headers: Mapping[str, str] | None, auth: tuple[str, str] | None, *, files: bool = False
    ) -> _Ask | None:
        """What is sent; None: it cannot be a request."""
        try:
            at, exact = urlsplit(url), _as_written(url)
            if at.scheme not in {"http", "https"} or not at.hostname or at.port == 0 or at.username is not None:
                return None
        except (ValueError, TypeError):
            return None
        sent = {**(headers or {}), "Accept-Encoding": "identity"}
        if auth is not None:
            sent["Authorization"] = "Basic " + base64.b64encode(":".join(auth).encode("utf-8", "replace")).decode()
        if any(_UNSENDABLE.search(name) or _UNSENDABLE.search(value) for name, value in sent.items()):
            return None
        near = at.hostname in _LOOPBACK
        proxy = None if near else proxy_for(at.scheme, at.hostname)
        # A stand-in may be at another machine of our own network, but is never asked by https.
        vetted = at.scheme == "https" and not near and proxy is None
        return _Ask(self._session(vetted=vetted, files=files), exact, sent, proxy)

    def _session(self, *, vetted: bool, files: bool) -> aiohttp.ClientSession:
        session = self._sessions.get((vetted, files))
        if session is None:
            connector = aiohttp.TCPConnector(
                limit=_CONNECTIONS,
                keepalive_timeout=_IDLE,
                use_dns_cache=False,
                resolver=Outside() if vetted else None,
                socket_factory=opened if vetted else None,
            )
            session = self._sessions[vetted, files] = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=self._timeout,
                auto_decompress=False,
                headers={"User-Agent": "Throughline"},
            )
            # What reads is repeated too, by itself, where a kept connection breaks: here nothing is.
            session._retry_connection = False
        return session


def _as_written(url: str) -> URL:
    """The address to the letter: what an adapter has escaped stays escaped."""
    return URL(url, encoded=_UNSENDABLE.search(url) is None and " " not in url)


def _body(content: bytes) -> bytes | io.BytesIO | None:
    """Large ones in pieces, so that the loop does something else between them."""
    return (content if len(content) <= _AT_ONCE else io.BytesIO(content)) or None


def _named(error: BaseException) -> str:
    """A code for our records: never an address, never a provider's words."""
    match error:
        case aiohttp.ConnectionTimeoutError():
            return "connect_timeout"
        case aiohttp.ClientConnectorError() | aiohttp.ClientHttpProxyError():
            return "connect"
        case TimeoutError():
            return "timeout"
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError() | aiohttp.ClientPayloadError():
            return "reset"
        case _:
            return "broken_answer"
