"""One request on the wire for one intent, for providers that are spoken to over plain HTTP; an outcome for any answer.

Never a redirect, a repeat, a cookie, a proxy for this machine, or an answer without an end: each of these can make one
message two, or carry a token elsewhere. What an adapter makes of an answer is its own affair.
"""

import asyncio
import math
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx2
import msgspec
from msgspec import Struct

from throughline.channels.outward import outward
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
#: Connections of one pool, and how many pools. A pool looks at each of its idle connections for every request, by a
#: call into the kernel, so many small ones cost little; who asks takes the one that has least to do. Files, which take
#: their time, have one of their own.
_CONNECTIONS, _POOLS, _FILES = 4, 25, -1
#: Nothing of the request has left us.
_BEFORE = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)

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

    def __init__(self, response: httpx2.Response, most: int, until: float) -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = {k.lower(): v for k, v in response.headers.items()}
        self._response, self._most, self._until = response, most, until

    async def chunks(self) -> AsyncIterator[bytes]:
        """Its bytes. Raises OSError where it breaks off, is over the limit, or does not come to its end in time."""
        clock, had, coming = asyncio.get_running_loop(), 0, self._response.aiter_raw(65_536)
        while True:
            try:
                async with asyncio.timeout_at(self._until):
                    chunk = await anext(coming, b"")
            except TimeoutError as error:
                raise OSError("too_slow") from error
            except httpx2.HTTPError as error:
                raise OSError(_named(error)) from error
            if not chunk:
                return
            had += len(chunk)
            if had > self._most:
                raise OSError("too_big")
            if clock.time() > self._until:
                raise OSError("too_slow")
            yield chunk


class Once:
    """Requests of one adapter, for all of its accounts, over few connections.

    `total` and `connect` are seconds. Pools are made on first use, inside the running loop.
    """

    def __init__(self, total: float = TOTAL, connect: float = CONNECT) -> None:
        self._total, self._connect = total, connect
        self._pools: dict[tuple[bool, int], httpx2.AsyncClient] = {}
        self._busy = [0] * _POOLS
        self._context: ssl.SSLContext | None = None

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
        which = self._busy.index(min(self._busy))
        try:
            pool = self._pool(urlsplit(url).hostname in _LOOPBACK, which)
            request = pool.build_request(method, url, headers=dict(headers or {}), content=content or None)
            request.headers["accept-encoding"] = "identity"
        except (httpx2.InvalidURL, ValueError, TypeError):
            return Refused("bad_address")
        response: httpx2.Response | None = None
        self._busy[which] += 1
        try:
            async with asyncio.timeout(self._total):
                response = await pool.send(request, stream=True, auth=httpx2.BasicAuth(*auth) if auth else None)
                body = bytearray()
                async for chunk in response.aiter_raw(65_536):
                    body += chunk
                    if len(body) > most:
                        return Ambiguous("too_big")
            return Told(response.status_code, {k.lower(): v for k, v in response.headers.items()}, bytes(body))
        except _BEFORE as error:
            return NotSent(_named(error))
        except (TimeoutError, httpx2.HTTPError, OSError) as error:
            return Ambiguous(_named(error))
        finally:
            self._busy[which] -= 1
            if response is not None:
                await response.aclose()

    @asynccontextmanager
    async def open(
        self, url: str, *, most: int, headers: Mapping[str, str] | None = None, auth: tuple[str, str] | None = None,
        within: float = FILE,
    ) -> AsyncIterator[Flowing | NotSent | Refused | Ambiguous]:  # fmt: skip
        """GET something large: its body is read as it comes, at most `most` bytes in `within` seconds. As in `ask`."""
        until = asyncio.get_running_loop().time() + within
        begun = await self._begin(url, headers, auth)
        if not isinstance(begun, httpx2.Response):
            yield begun
            return
        try:
            yield Flowing(begun, most, until)
        finally:
            await begun.aclose()

    async def _begin(
        self, url: str, headers: Mapping[str, str] | None, auth: tuple[str, str] | None
    ) -> httpx2.Response | NotSent | Refused | Ambiguous:
        """A GET whose answer has begun."""
        try:
            pool = self._pool(urlsplit(url).hostname in _LOOPBACK, _FILES)
            request = pool.build_request("GET", url, headers=dict(headers or {}))
            request.headers["accept-encoding"] = "identity"
        except (httpx2.InvalidURL, ValueError, TypeError):
            return Refused("bad_address")
        try:
            async with asyncio.timeout(self._total):
                return await pool.send(request, stream=True, auth=httpx2.BasicAuth(*auth) if auth else None)
        except _BEFORE as error:
            return NotSent(_named(error))
        except (TimeoutError, httpx2.HTTPError, OSError) as error:
            return Ambiguous(_named(error))

    async def close(self) -> None:
        """Let the connections go."""
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            await pool.aclose()

    def _pool(self, loopback: bool, which: int) -> httpx2.AsyncClient:  # noqa: FBT001 - which pool
        if (loopback, which) not in self._pools:
            # Reading the system's certificates takes longer than many requests.
            context = self._context = self._context or httpx2.create_ssl_context()
            limits = httpx2.Limits(max_connections=_CONNECTIONS if which != _FILES else 100, keepalive_expiry=_IDLE)
            self._pools[loopback, which] = httpx2.AsyncClient(
                verify=context,
                follow_redirects=False,
                trust_env=not loopback,
                timeout=httpx2.Timeout(self._total, connect=self._connect),
                limits=limits,
                mounts={} if loopback else outward(limits, context),
            )
        return self._pools[loopback, which]


def _named(error: BaseException) -> str:
    """A code for our records: never an address, never a provider's words."""
    match error:
        case httpx2.ConnectTimeout():
            return "connect_timeout"
        case httpx2.PoolTimeout():
            return "no_connection_free"
        case httpx2.TimeoutException() | TimeoutError():
            return "timeout"
        case httpx2.ConnectError():
            return "connect"
        case httpx2.UnsupportedProtocol():
            return "bad_address"
        case httpx2.RemoteProtocolError() | httpx2.ReadError() | httpx2.WriteError():
            return "reset"
        case _:
            return "broken_answer"
