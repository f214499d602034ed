"""The Web API's door: who calls, whether they may, how often, what it does, and what the switches make of it."""

from typing import Any

import msgspec
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from sandbox import broken
from sandbox.slack import methods, wire
from sandbox.slack.call import Call, Done, Refused
from sandbox.slack.facts import App, Asked, Team
from sandbox.slack.ledger import Ledger, kept
from sandbox.slack.published import METHODS
from sandbox.slack.socket_mode import Sockets
from sandbox.slack.tiers import ONCE, POST_CHANNEL, Tier, Tiers
from sandbox.switches import Switches

_SOCKETS = "apps.connections.open"
_READS = frozenset({"conversations.history", "conversations.replies"})
#: Switches that let a call have its effect.
_LATE = ("lose_answer", "cut", "huge_mb", "drip_s", "hang_s")
#: Seconds to wait, on their way to the header.
_WAIT = "_wait"
#: Who calls without a token: only `api.test` lets them.
_NOBODY = App("", Team("", ""), "", "", "", "")


class Api:
    """`/slack/api/{method}`."""

    def __init__(self, ledger: Ledger, tiers: Tiers, sockets: Sockets) -> None:
        self._ledger, self._tiers, self._sockets = ledger, tiers, sockets

    async def serve(self, request: Request) -> Response:
        """One call: kept in the ledger with what became of it, then answered, as far as the switches let it."""
        method, clock = request.path_params["method"], self._ledger.clock
        given = await wire.read(request)
        found = self._ledger.state.app_of(given.token) if isinstance(given, wire.Given) else None
        app = "" if found is None else found[0].id
        switches = self._ledger.board.use(app, method)
        body = kept(given.args) if isinstance(given, wire.Given) else None
        asked = Asked(number=0, at=clock.wall(), app=app, method=method, body=body, done=False, status=0)
        if switches.delay_ms:
            await clock.until(clock.now() + switches.delay_ms / 1000)
        if (early := _early(switches)) is not None:
            response, word, error = early
            status = 0 if word == "drop_request" else response.status_code
            await self._ledger.commit([], asked=replace(asked, status=status, broken=word, error=error))
            return response
        answer = self._answer(method, given, found, request)
        response = _said(answer, None if found is None else found[0], method)
        late = replace(
            asked,
            status=0 if switches.lose_answer else response.status_code,
            error=answer.code if isinstance(answer, Refused) else "",
            broken=next((name for name in _LATE if getattr(switches, name)), ""),
        )
        if isinstance(answer, Refused):
            await self._ledger.commit([], asked=late)
        else:
            effect = bool(answer.changes or answer.told)
            await self._ledger.commit(answer.changes, answer.told, replace(late, done=effect))
        if switches.hang_s:
            await clock.until(clock.now() + switches.hang_s)
        return self._late(switches, response)

    def _late(self, switches: Switches, response: Response) -> Response:
        """What the switches make of an answer that had its effect."""
        if switches.lose_answer:
            return broken.Nothing()
        if switches.huge_mb:
            return broken.huge(response, switches.huge_mb)
        if switches.drip_s:
            return broken.Drip(response, switches.drip_s, self._ledger.clock)
        return broken.Half(response.body, response.status_code, dict(response.headers)) if switches.cut else response

    def _answer(
        self, method: str, given: wire.Given | wire.Refusal, found: tuple[App, bool] | None, request: Request
    ) -> Done | Refused:
        if method not in METHODS:
            return Refused("unknown_method", req_method=method)
        if isinstance(given, wire.Refusal):
            return Refused(given.code)
        if method == "api.test" and found is None:
            return methods.answer(method, Call(self._ledger.state, _NOBODY, given.args, 0.0, 0.0))
        if (refused := _may(method, given, found)) is not None or found is None:
            return refused or Refused("invalid_auth")
        app = found[0]
        clock = self._ledger.clock
        if (wait := self._tiers.take(_tiers(method, app, given.args), clock.now())) is not None:
            return Refused("ratelimited", **{_WAIT: wait})
        if method == _SOCKETS:
            if request.method != "POST":
                return Refused("insecure_request")
            return Done({"ok": True, "url": self._sockets.url(app, request.headers["host"])})
        return methods.answer(method, Call(self._ledger.state, app, given.args, clock.now(), clock.wall()))


def _may(method: str, given: wire.Given, found: tuple[App, bool] | None) -> Refused | None:
    """Slack's order: a token, a known one, a live one, of the right kind, with the scope."""
    if not given.token:
        return Refused("not_authed")
    if found is None:
        return Refused("invalid_auth")
    app, app_level = found
    if app.revoked:
        return Refused("token_revoked")
    if app.inactive:
        return Refused("account_inactive")
    if app_level != (method == _SOCKETS) and method not in {"auth.test", "api.test"}:
        return Refused("not_allowed_token_type")
    needed = METHODS[method].scope
    if needed and not app_level and needed not in app.scopes:
        return Refused("missing_scope", needed=needed, provided=",".join(app.scopes))
    return None


def _tiers(method: str, app: App, args: dict[str, Any]) -> list[tuple[tuple[str, ...], Tier]]:
    """Every limit that a call counts against: per method, app and workspace; posting per channel, too."""
    tier = ONCE if method in _READS and app.distributed else METHODS[method].tier
    found: list[tuple[tuple[str, ...], Tier]] = [((method, app.id, app.team.id), tier)]
    if method == "chat.postMessage":
        found.append(((method, app.id, app.team.id, str(args.get("channel"))), POST_CHANNEL))
    return found


def _early(switches: Switches) -> tuple[Response, str, str] | None:
    """An answer that a switch gives in the method's place, without effect: it, the switch, the error."""
    if switches.drop_request:
        return broken.Nothing(), "drop_request", ""
    if switches.http:
        return broken.page(switches.http), "http", ""
    if switches.html:
        return broken.page(200), "html", ""
    if switches.rate_limit:
        wait = {"retry-after": str(switches.rate_limit)}
        return _json({"ok": False, "error": "ratelimited"}, 429, wait), "rate_limit", "ratelimited"
    if switches.fail:
        return _json({"ok": False, "error": switches.fail}), "fail", switches.fail
    return None


def _said(answer: Done | Refused, app: App | None, method: str) -> Response:
    """The answer on the wire."""
    headers = {}
    if app is not None:
        headers["x-oauth-scopes"] = ",".join(app.scopes)
        if method in METHODS and METHODS[method].scope:
            headers["x-accepted-oauth-scopes"] = METHODS[method].scope
    if isinstance(answer, Done):
        return _json(answer.body, 200, headers)
    more = dict(answer.more)
    wait = more.pop(_WAIT, None)
    if wait is not None:
        headers["retry-after"] = str(wait)
    return _json({"ok": False, "error": answer.code, **more}, 200 if wait is None else 429, headers)


def _json(body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(body), status, headers, broken.JSON)
