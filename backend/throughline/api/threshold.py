"""What happens to every request before and after: an id, safe headers, a measurement, and a net under everything."""

import re
from collections.abc import Iterable
from time import perf_counter

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from throughline import observe
from throughline.api.answer import Header
from throughline.api.problems import INTERNAL, NO_ROUTE, WRONG_METHOD, problem
from throughline.ports import Ids

_GIVEN_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}\Z")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
#: On every answer, whatever it is.
SAFE: tuple[Header, ...] = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
_log = observe.logger("api.threshold")


class Threshold:
    """The outermost ASGI app. `X-Request-Id` is taken over if it is well-formed, else made; it is always answered.

    Nothing that `app` raises gets past it: the caller gets a problem with the id, the log the type and the place.
    """

    def __init__(self, app: ASGIApp, ids: Ids) -> None:
        self._app = app
        self._ids = ids

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        request_id = _given(scope["headers"]) or self._ids.new()
        scope["throughline.request"] = request_id
        scope["throughline.route"] = "none"
        scope["app"] = self
        if scope["type"] != "http":
            await self._socket(scope, receive, send)
            return
        status = 0
        own: tuple[Header, ...] = ((b"x-request-id", request_id.encode()), *SAFE)

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *own]
            await send(message)

        try:
            await self._app(scope, receive, marked)
        except HTTPException as refusal:
            fault = WRONG_METHOD if refusal.status_code == WRONG_METHOD.status else NO_ROUTE
            await problem(fault, request_id).send(marked)
        except Exception as error:
            _log.error("request_failed", request=request_id, route=scope["throughline.route"], **observe.failure(error))
            if not status:
                await problem(INTERNAL, request_id).send(marked)
        if status:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            observe.http(scope["throughline.route"], method, status, perf_counter() - started)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            _log.error("socket_failed", request=scope["throughline.request"], **observe.failure(error))


def _given(headers: Iterable[Header]) -> str | None:
    for name, value in headers:
        if name == b"x-request-id":
            return value.decode() if _GIVEN_ID.match(value) else None
    return None
