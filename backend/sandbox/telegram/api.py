"""The Bot API's door: whose token it is, how often it may, what it does, and what the switches make of it."""

import base64
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from sandbox import broken
from sandbox.switches import Switches
from sandbox.telegram.facts import Asked, End
from sandbox.telegram.ledger import Ledger
from sandbox.telegram.limits import Limits
from sandbox.telegram.methods import SENDS, Call, Done, Refused, answer, known
from sandbox.telegram.updates import Updates

#: Bytes of a request.
MOST = 1_048_576
#: Switches that let a call have its effect.
_LATE = ("lose_answer", "cut", "huge_mb", "drip_s", "hang_s")


class Api:
    """`/telegram/api/bot<token>/<method>` and `/telegram/api/file/bot<token>/<path>`."""

    def __init__(self, ledger: Ledger, limits: Limits, updates: Updates, typing: Any) -> None:
        self._ledger, self._limits, self._updates = ledger, limits, updates
        #: Called with a bot and a chat where it shows that it is typing.
        self._typing = typing

    async def serve(self, request: Request) -> Response:
        """One call: kept with what became of it, then answered, as far as the switches let it."""
        method, clock = request.path_params["method"], self._ledger.clock
        end = self._ledger.state.end_of(request.path_params["token"])
        given = await _given(request)
        name = "" if end is None else str(end.id)
        switches = self._ledger.board.use(name, method)
        asked = Asked(0, clock.now(), name, method, given if isinstance(given, dict) else None, done=False, status=0)
        if switches.delay_ms:
            await clock.until(clock.now() + switches.delay_ms / 1000)
        if (early := _early(switches)) is not None:
            response, word = early
            status = 0 if word == "drop_request" else response.status_code
            await self._ledger.commit([], replace(asked, status=status, broken=word))
            return response
        try:
            done = await self._answer(method, end, given)
        except Refused as refused:
            response = _refused(refused)
            await self._ledger.commit([], replace(asked, status=refused.code, error=refused.words))
        else:
            response = _json({"ok": True, "result": done.result})
            late = replace(
                asked, status=0 if switches.lose_answer else 200, done=bool(done.changes),
                broken=next((word for word in _LATE if getattr(switches, word)), ""),
            )  # fmt: skip
            await self._ledger.commit(done.changes, late)
        if switches.hang_s:
            await clock.until(clock.now() + switches.hang_s)
        return self._late(switches, response)

    async def file(self, request: Request) -> Response:
        """A file's bytes."""
        end = self._ledger.state.end_of(request.path_params["token"])
        path = request.path_params["path"]
        if end is not None:
            for one in self._ledger.state.messages.values():
                if one.end == end.id and one.file is not None and one.file.path == path:
                    return Response(base64.b64decode(one.file.body), media_type="application/octet-stream")
        return _refused(Refused(404, "Not Found"))

    async def _answer(self, method: str, end: End | None, given: dict[str, Any] | Refused) -> Done:
        if end is None:
            raise Refused(401, "Unauthorized")
        if not known(method):
            raise Refused(404, "Not Found: method not found")
        if isinstance(given, Refused):
            raise given
        call = Call(self._ledger.state, end, given, self._ledger.clock.now())
        if method.lower() == "getupdates":
            return Done(await self._updates.poll(call))
        if method.lower() in SENDS:
            wait = self._limits.take(end.id, call.number("chat_id"), call.now)
            if wait is not None:
                raise Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        done = answer(method, call)
        if method.lower() == "sendchataction":
            self._typing(end.id, call.number("chat_id"))
        if method.lower() in {"setwebhook", "deletewebhook"}:
            # Whoever waits for news looks again; a new webhook is told what is owed.
            self._ledger.courier({end.id})
        return done

    def _late(self, switches: Switches, response: Response) -> Response:
        """What the switches make of an answer that had its effect."""
        if switches.lose_answer:
            return broken.Nothing()
        if switches.huge_mb:
            return broken.huge(response, switches.huge_mb)
        if switches.drip_s:
            return broken.Drip(response, switches.drip_s, self._ledger.clock)
        return broken.Half(response.body, response.status_code, dict(response.headers)) if switches.cut else response


async def _given(request: Request) -> dict[str, Any] | Refused:
    """The arguments, from the address and the body: JSON or a form."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST:
            return Refused(413, "Request Entity Too Large")
        parts.append(part)
    raw, found = b"".join(parts), dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not raw:
        return found
    try:
        if kind == "application/json":
            more = msgspec.json.decode(raw)
            return found | more if isinstance(more, dict) else Refused(400, "Bad Request: can't parse JSON object")
        if kind == "application/x-www-form-urlencoded":
            return found | dict(parse_qsl(raw.decode(), keep_blank_values=True))
    except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError):
        return Refused(400, "Bad Request: can't parse JSON object")
    return found


def _early(switches: Switches) -> tuple[Response, str] | None:
    """An answer that a switch gives in the method's place, without effect."""
    if switches.drop_request:
        return broken.Nothing(), "drop_request"
    if switches.http:
        return broken.page(switches.http), "http"
    if switches.html:
        return broken.page(200), "html"
    if switches.rate_limit:
        wait = switches.rate_limit
        return _refused(Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)), "rate_limit"
    if switches.fail:
        # "403 Forbidden: bot was blocked by the user", or words alone.
        code, _, words = switches.fail.partition(" ")
        known_code = code.isdecimal() and 400 <= int(code) < 600
        return _refused(Refused(int(code), words) if known_code else Refused(400, switches.fail)), "fail"
    return None


def _refused(refused: Refused) -> Response:
    body: dict[str, Any] = {"ok": False, "error_code": refused.code, "description": refused.words}
    if refused.parameters:
        body["parameters"] = refused.parameters
    headers = {"retry-after": str(refused.parameters["retry_after"])} if "retry_after" in refused.parameters else {}
    return _json(body, refused.code, headers)


def _json(body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(body), status, headers, broken.JSON)
