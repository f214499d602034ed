"""Requests to Slack's Web API: one call, one request on the wire, and an outcome whatever comes back.

slack_sdk builds the request; the answer is read by us, because the SDK follows redirects, reads answers of any length
and repeats a POST whose connection broke (python-slack-sdk's default retry handler): each of these can make one
message two. aiohttp itself repeats only idempotent methods, and every call here that does something is a POST.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from throughline.channels.slack.answers import Answer, Failed, by_body, by_status
from throughline.conversation.channel import Ambiguous, NotSent, Refused

#: Seconds for a whole call, and of these for the connection.
TOTAL = 10.0
CONNECT = 5.0
#: Bytes of an answer.
MOST = 1_048_576
#: Seconds an idle connection is kept: shorter than any server's, so that none is used while it is being closed.
_IDLE = 10.0
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

# The SDK writes requests and answers, with people's words in them, where the level is DEBUG.
_silent = logging.getLogger("throughline.channels.slack.sdk")
_silent.setLevel(logging.CRITICAL)

_body: msgspec.json.Decoder[dict[str, Any]] = msgspec.json.Decoder(dict[str, Any])


class _Stopped(Exception):  # noqa: N818 - not an error: how an outcome passes through the SDK
    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.reason)
        self.failed = failed


class Client:
    """Calls for every account over one pool of connections. No cookie and no token stays with it."""

    def __init__(self, total: float = TOTAL, connect: float = CONNECT) -> None:
        self._timeout = aiohttp.ClientTimeout(total=total, connect=connect)
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self, base_url: str, token: str, method: str, json: Mapping[str, Any] | None = None,
        params: Mapping[str, str | int] | None = None,
    ) -> Answer | Failed:  # fmt: skip
        """Ask once. NotSent: no byte of it left us, or Slack says it did nothing.

        With `params` it is a GET: methods that read take no JSON, and nothing becomes of it where one is repeated.
        """
        if not token:
            return Refused("no_token", auth=True)
        if not token.isascii() or not token.isprintable():
            return Refused("invalid_auth", auth=True)
        try:
            web = _Web(self._pool(), base_url, token)
            if params is not None:
                answer = await web.api_call(method, http_verb="GET", params=dict(params))
            else:
                answer = await web.api_call(method, json=None if json is None else dict(json))
        except _Stopped as stopped:
            return stopped.failed
        except (SlackClientError, ValueError):
            # Before anything was asked: an address or a token that cannot be one.
            return Refused("bad_address")
        return Answer(answer.data if isinstance(answer.data, dict) else {}, answer.headers)

    async def close(self) -> None:
        """Let the connections go."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=100, keepalive_timeout=_IDLE),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=self._timeout,
                # What is packed has no length before it is unpacked: nothing is asked for or read packed.
                headers={"Accept-Encoding": "identity"},
                auto_decompress=False,
            )
        return self._session


class _Web(AsyncWebClient):
    """slack_sdk's client with the wire in our hands."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, token: str) -> None:
        super().__init__(token=token, base_url=base_url, session=session, retry_handlers=[], logger=_silent)
        if urlsplit(base_url).hostname in _LOOPBACK:
            # The SDK takes a proxy from the environment; nobody wants one to their own machine.
            self.proxy = None

    async def _request(self, *, http_verb: str, api_url: str, req_args: dict[str, Any]) -> dict[str, Any]:
        """The one place where bytes leave for Slack. Raises _Stopped for whatever is not taken."""
        assert self.session is not None
        try:
            async with self.session.request(
                http_verb, api_url, headers=req_args["headers"], json=req_args["json"], params=req_args["params"],
                proxy=req_args["proxy"], allow_redirects=False,
            ) as response:  # fmt: skip
                failed = by_status(response.status, response.headers)
                if failed is not None:
                    raise _Stopped(failed)
                data = await _read(response)
                failed = by_body(response.status, response.headers, data)
                if failed is not None:
                    raise _Stopped(failed)
                return {"data": data, "headers": response.headers, "status_code": response.status}
        except (
            aiohttp.ClientConnectorError,
            aiohttp.ClientHttpProxyError,
            aiohttp.ConnectionTimeoutError,
            aiohttp.InvalidURL,
            aiohttp.NonHttpUrlClientError,
        ) as error:
            raise _Stopped(NotSent(_named(error))) from error
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise _Stopped(Ambiguous(_named(error))) from error


async def _read(response: aiohttp.ClientResponse) -> dict[str, Any]:
    """The answer's JSON object; refused before more than MOST bytes are held."""
    refused = response.status >= 400
    if response.content_type != "application/json":
        raise _Stopped(Refused(f"http_{response.status}") if refused else Ambiguous("not_json"))
    body = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > MOST:
            raise _Stopped(Ambiguous("too_big"))
    try:
        return _body.decode(bytes(body))
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise _Stopped(Refused(f"http_{response.status}") if refused else Ambiguous("bad_json")) from None


def _named(error: BaseException) -> str:
    """A code for our records: never an address, never a provider's words."""
    match error:
        case aiohttp.ConnectionTimeoutError():
            return "connect_timeout"
        case aiohttp.ClientConnectorDNSError():
            return "dns"
        case aiohttp.ClientSSLError():
            return "tls"
        case aiohttp.ClientConnectorError() | aiohttp.ClientHttpProxyError():
            return "connect"
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            return "bad_address"
        case asyncio.TimeoutError():
            return "timeout"
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError():
            return "reset"
        case _:
            return "broken_answer"
