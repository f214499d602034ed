"""One path's way through the door: sign-in, limit, body, verb, answer. Plain ASGI, because messages come this way."""

import hmac
import math
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct
from starlette.types import Receive, Scope, Send

from throughline import observe
from throughline.api.answer import Answer, Header
from throughline.api.ask import Ask, Gone
from throughline.api.needs import Door
from throughline.api.problems import WRONG_METHOD, problem
from throughline.api.room import CROWDED
from throughline.api.table import Operation
from throughline.conversation.faults import BUSY, FORBIDDEN, SIGNED_OUT, Fault
from throughline.identity.access import may
from throughline.ports import StoreDown

#: Requests a minute from one place to routes that need no sign-in but cost something.
_UNKNOWN_CALLERS = 600
_MINUTE = 60.0


class _Way(Struct, frozen=True):
    operation: Operation
    decoder: msgspec.json.Decoder[object] | None


class Endpoint:
    """All operations of one path, as an ASGI app."""

    def __init__(self, door: Door, operations: Sequence[Operation]) -> None:
        self._door = door
        self._path = operations[0].path
        self._ways: Mapping[str, _Way] = {
            o.method: _Way(o, msgspec.json.Decoder(o.takes) if o.takes is not None else None) for o in operations
        }
        allowed = sorted({*self._ways, *(("HEAD",) if "GET" in self._ways else ())})
        self._allow: Header = (b"allow", ", ".join(allowed).encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request_id: str = scope["throughline.request"]
        scope["throughline.route"] = self._path
        method = scope["method"]
        way = self._ways.get("GET" if method == "HEAD" else method)
        if way is None:
            await problem(WRONG_METHOD, request_id, self._allow).send(send)
            return
        room = self._door.room
        if room.full and way.operation.tag != "health":
            # Nothing of it is read.
            await problem(CROWDED, request_id).send(send)
            return
        ask = Ask(scope, request_id, room)
        try:
            answer = await self._answer(way, ask, receive)
        except StoreDown:
            answer = BUSY
        except Gone:
            return
        finally:
            room.give(ask.held)
        await (problem(answer, request_id) if isinstance(answer, Fault) else answer).send(send)

    async def _answer(self, way: _Way, ask: Ask, receive: Receive) -> Answer | Fault:
        operation = way.operation
        more: tuple[Header, ...] = ()
        if operation.who == "caller":
            token = ask.bearer()
            who = token if isinstance(token, Fault) else self._door.sign_in.who(token)
            if isinstance(who, Fault):
                return who
            ask.caller = who
            policy = await self._door.receive.policy(who.tenant)
            if policy.requests_per_minute:
                wait = self._door.limits.hit(
                    ("requests", who.tenant, who.user), policy.requests_per_minute, _MINUTE
                )  # fmt: skip
                if wait is not None:
                    return _over(policy.requests_per_minute, wait, ask.request_id)
                more = (_policy_header(policy.requests_per_minute),)
        elif operation.who == "keyholder":
            refusal = _without_key(self._door, ask)
            if refusal is not None:
                return refusal
        elif operation.method == "POST" and operation.who == "anyone":
            wait = self._door.limits.hit(("place", ask.place), _UNKNOWN_CALLERS, _MINUTE)
            if wait is not None:
                return _over(_UNKNOWN_CALLERS, wait, ask.request_id)
        refusal = await _take_in(way, ask, receive)
        if refusal is not None:
            return refusal
        answer = await _worked(operation, self._door, ask)
        if more and isinstance(answer, Answer):
            return Answer(answer.status, answer.body, answer.headers + more, answer.parts)
        return answer


async def _worked(operation: Operation, door: Door, ask: Ask) -> Answer | Fault:
    """Do it, where there is a place for it."""
    if operation.tag == "health":
        return await operation.verb(door, ask)
    if not door.room.enter():
        return CROWDED
    begun = door.clock.monotonic()
    try:
        return await operation.verb(door, ask)
    finally:
        # Others wait for more than us: for a password, a recording, a reader.
        door.room.leave(door.clock.monotonic() - begun if operation.who == "provider" else None)


async def _take_in(way: _Way, ask: Ask, receive: Receive) -> Fault | None:
    operation = way.operation
    if operation.query is not None and (refusal := ask.read_query(operation.query)) is not None:
        return refusal
    if operation.raw:
        return await ask.read_raw(receive, operation.raw)
    if way.decoder is not None:
        return await ask.read_body(way.decoder, receive, may_be_empty=operation.may_be_empty)
    return None


def _without_key(door: Door, ask: Ask) -> Fault | None:
    """On loopback everybody may look, unless a proxy brought them; elsewhere members and the scraper."""
    if door.loopback and b"x-forwarded-for" not in ask.headers and b"forwarded" not in ask.headers:
        return None
    token = ask.bearer()
    if isinstance(token, Fault):
        return SIGNED_OUT
    if door.scrape_token and hmac.compare_digest(token.encode(), door.scrape_token.encode()):
        return None
    who = door.sign_in.who(token)
    if isinstance(who, Fault):
        return who
    return None if may(who, "see_metrics") else FORBIDDEN


def _over(limit: int, wait: float, request_id: str) -> Answer:
    observe.rate_limited("requests")
    fault = Fault(
        "too_many_requests", 429, "That was a lot of requests in a short time.", "Wait a moment, then go on.",
        retry_after=wait, retryable=True,
    )  # fmt: skip
    left = (b"ratelimit", b'"requests";r=0;t=%d' % max(1, math.ceil(wait)))
    return problem(fault, request_id, _policy_header(limit), left)


def _policy_header(limit: int) -> Header:
    return (b"ratelimit-policy", b'"requests";q=%d;w=60' % limit)
