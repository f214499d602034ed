"""The lab's way to the stand-ins: their pages' data under our own origin, for who is signed in, only in demo mode.

`/lab/{provider}/{path}` is the sandbox's `/{provider}/_lab/{path}` and nothing else of it. The caller's token stays
here; the sandbox is told in `x-lab-ends` which ends (teams, numbers, mailboxes) the caller's tenant has, and shows no
other. What comes back is JSON or an event stream, passed on as it comes. Outside demo mode there is no such path.
`/lab/all/providers` says at which stand-ins the caller's tenant has an end, so that nobody has to ask each in vain.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import httpx2
import msgspec
from starlette.types import Receive, Scope, Send

from throughline import observe
from throughline.api.answer import JSON, NO_STORE, Answer, Header
from throughline.api.ask import Ask, Gone
from throughline.api.needs import Door
from throughline.api.problems import BAD_LENGTH, NO_ROUTE, WRONG_METHOD, problem
from throughline.conversation.faults import BUSY, Fault
from throughline.conversation.ids import TenantId
from throughline.conversation.records import Caller
from throughline.ports import Store, StoreDown

MAX_BODY = 65_536
MAX_ANSWER = 4_194_304
MAX_STREAMS = 32
_MAX_QUERY = 2_048
#: A path is a few plain words: nothing that leads up, nothing that is decoded twice.
_WORD = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9_.~-]{0,63}\Z")
_WORDS = 8
#: Which option of an account names its ends at each provider.
_NAMED_BY = {"slack": "team", "meta": "numbers", "twilio": "numbers", "telegram": "bot", "gmail": "mailbox"}
#: Provider and path of the question who is there at all.
_ALL = ("all", "providers")
_ALLOW: Header = (b"allow", b"GET, POST, PUT")
_EVENTS = "text/event-stream"
_STREAM = [(b"content-type", _EVENTS.encode()), NO_STORE, (b"x-accel-buffering", b"no")]
#: Requests a minute of one user: a pane that follows its stream asks for little.
_OFTEN = 600
#: Seconds for a plain answer, and between looks whether a stream's reader is still signed in.
_PATIENCE, _LOOK = 10.0, 15.0

TOO_BIG = Fault("body_too_large", 413, "The body is larger than 64 KiB.", "Send less at once.")
TOO_MANY = Fault(
    "too_many_streams", 429, "Too many lab panes are open.", "Close one, then open this again.", retry_after=5,
    retryable=True,
)  # fmt: skip
TOO_OFTEN = Fault(
    "too_many_requests", 429, "That was a lot of requests in a short time.", "Wait a moment, then go on.",
    retry_after=5, retryable=True,
)  # fmt: skip
AWAY = Fault(
    "sandbox_away", 502, "The sandbox does not answer.", "Wait a moment; if it stays, start again with `just up`.",
    retryable=True,
)  # fmt: skip


class Lab:
    """An ASGI app for the route `/lab/{provider}/{path:path}`.

    `base`: the sandbox's address; None: there is no lab. `ends`: a tenant's, at a provider's stand-in.
    """

    def __init__(self, door: Door, base: str | None, ends: Callable[[TenantId, str], Awaitable[Sequence[str]]]) -> None:
        self._door, self._base, self._ends = door, base, ends
        self._streams = 0
        self._ending = asyncio.Event()
        self._http: httpx2.AsyncClient | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        scope["throughline.route"] = "/lab/{provider}/{path}"
        ask = Ask(scope, scope["throughline.request"])
        try:
            who = self._let_in(ask)
            body = who if isinstance(who, Fault) else await _body(ask, receive)
            if not isinstance(who, Fault) and (ask.path["provider"], ask.path["path"]) == _ALL:
                await (await self._providers(who.tenant)).send(send)
                return
            ends = () if isinstance(who, Fault) else await self._ends(who.tenant, ask.path["provider"])
        except Gone:
            return
        except StoreDown:
            body, ends = BUSY, ()
        if not isinstance(body, Fault) and not ends:
            body = NO_ROUTE
        if isinstance(body, Fault):
            more = (_ALLOW,) if body is WRONG_METHOD else ()
            await problem(body, ask.request_id, *more).send(send)
            return
        await self._pass_on(ask, body, ends, receive, send)

    async def _providers(self, tenant: TenantId) -> Answer:
        """Where the tenant has an end, in the order of their names' table."""
        found = [provider for provider in _NAMED_BY if await self._ends(tenant, provider)]
        return Answer(200, msgspec.json.encode({"providers": found}), (JSON, NO_STORE))

    async def close(self) -> None:
        """End every stream, so that the server can go; then the connections."""
        self._ending.set()
        if self._http is not None:
            await self._http.aclose()

    def end_streams(self) -> None:
        """The server is about to go: nobody's stream holds it up."""
        self._ending.set()

    def _let_in(self, ask: Ask) -> Caller | Fault:
        if self._base is None or not _plain(ask.path["path"]):
            return NO_ROUTE
        token = ask.bearer()
        who = token if isinstance(token, Fault) else self._door.sign_in.who(token)
        if isinstance(who, Fault):
            return who
        if ask.scope["method"] not in {"GET", "POST", "PUT"}:
            return WRONG_METHOD
        if len(ask.scope["query_string"]) > _MAX_QUERY:
            return NO_ROUTE
        wait = self._door.limits.hit(("lab", who.tenant, who.user), _OFTEN, 60.0)
        return TOO_OFTEN if wait is not None else who

    async def _pass_on(self, ask: Ask, body: bytes, ends: Sequence[str], receive: Receive, send: Send) -> None:
        answer: Answer | Fault = AWAY
        try:
            async with self._asked(ask, body, ends) as response:
                kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
                if kind == _EVENTS and response.status_code == 200:
                    if self._streams < MAX_STREAMS:
                        await self._stream(ask, response, receive, send)
                        return
                    answer = TOO_MANY
                elif kind == "application/json" or response.status_code == 204:
                    async with asyncio.timeout(_PATIENCE):
                        answer = await _whole(response)
        except (httpx2.HTTPError, TimeoutError):
            answer = AWAY
        await (problem(answer, ask.request_id) if isinstance(answer, Fault) else answer).send(send)

    @asynccontextmanager
    async def _asked(self, ask: Ask, body: bytes, ends: Sequence[str]) -> AsyncIterator[httpx2.Response]:
        if self._http is None:
            limits = httpx2.Limits(max_connections=MAX_STREAMS + 32)
            timeout = httpx2.Timeout(_PATIENCE, read=None)
            self._http = httpx2.AsyncClient(trust_env=False, follow_redirects=False, timeout=timeout, limits=limits)
        query = ask.scope["query_string"].decode("latin-1")
        url = f"{self._base}/{ask.path['provider']}/_lab/{ask.path['path']}" + (f"?{query}" if query else "")
        headers = {
            "accept-encoding": "identity", "content-type": "application/json", "x-lab-ends": ",".join(ends),
        }  # fmt: skip
        request = self._http.build_request(ask.scope["method"], url, content=body or None, headers=headers)
        async with asyncio.timeout(_PATIENCE):
            response = await self._http.send(request, stream=True)
        try:
            yield response
        finally:
            await response.aclose()

    async def _stream(self, ask: Ask, response: httpx2.Response, receive: Receive, send: Send) -> None:
        self._streams += 1
        try:
            await self._relay(ask, response, receive, send)
        finally:
            self._streams -= 1

    async def _relay(self, ask: Ask, response: httpx2.Response, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _STREAM})
        over = observe.spawn(self._over(ask, receive), "lab stream's end")
        pump = observe.spawn(_pump(response, send), "lab stream")
        try:
            await asyncio.wait({over, pump}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()
            pump.cancel()
            await asyncio.wait({over, pump})
        if pump.cancelled():
            await send({"type": "http.response.body"})

    async def _over(self, ask: Ask, receive: Receive) -> None:
        """Return when the reader has gone or is signed out, or the server is about to go."""
        gone = observe.spawn(_gone(receive), "lab reader")
        ending = observe.spawn(self._ending.wait(), "lab's end")
        try:
            while not isinstance(self._door.sign_in.who(str(ask.bearer())), Fault):
                done, _ = await asyncio.wait({gone, ending}, timeout=_LOOK, return_when=asyncio.FIRST_COMPLETED)
                if done:
                    return
        finally:
            gone.cancel()
            ending.cancel()


def _plain(path: str) -> bool:
    words = path.split("/", _WORDS)
    return len(words) <= _WORDS and all(_WORD.match(word) for word in words)


async def simulated_ends(store: Store, tenant: TenantId, provider: str) -> list[str]:
    """The ends of a tenant's simulated accounts at a provider; empty: it has none there. Raises StoreDown."""
    option = _NAMED_BY.get(provider)
    if option is None:
        return []
    rows = await store.read(lambda tx: tx.accounts.accounts(tenant))
    told = (row.options.get(option, "") for row in rows if (row.mode, row.provider) == ("simulated", provider))
    return [end.strip() for ends in told for end in ends.split(",") if end.strip()]


async def _pump(response: httpx2.Response, send: Send) -> None:
    try:
        async for part in response.aiter_raw():
            await send({"type": "http.response.body", "body": part, "more_body": True})
    except httpx2.HTTPError:
        pass
    await send({"type": "http.response.body"})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def _whole(response: httpx2.Response) -> Answer | Fault:
    pieces, size = [], 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > MAX_ANSWER:
            return AWAY
        pieces.append(part)
    return Answer(response.status_code, b"".join(pieces), (JSON, NO_STORE))


async def _body(ask: Ask, receive: Receive) -> bytes | Fault:
    length = ask.headers.get(b"content-length", b"0")
    if not length.isdigit():
        return BAD_LENGTH
    if len(length) > 9 or int(length) > MAX_BODY:
        return TOO_BIG
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY:
            return TOO_BIG
    return body
