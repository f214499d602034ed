"""The API's door: who calls, whether they may, how often, what it does, and what the switches make of it."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import broken, controls
from sandbox.gmail import drafts, history, labels, messages, threads, weather, wire
from sandbox.gmail.call import Call, Done, Refused
from sandbox.gmail.facts import Asked, Token
from sandbox.gmail.ledger import Ledger, kept
from sandbox.gmail.published import METHODS
from sandbox.gmail.quota import Quota
from sandbox.gmail.weather import Weather

_DOES: dict[str, Callable[[Call], Done]] = {
    "getProfile": history.profile, "watch": history.watch, "stop": history.stop, "history.list": history.listed,
    "messages.list": messages.listed, "messages.get": messages.got, "messages.attachments.get": messages.attachment,
    "messages.send": messages.sent, "messages.insert": messages.inserted, "messages.modify": messages.modified,
    "messages.trash": messages.trashed, "messages.untrash": messages.untrashed, "messages.delete": messages.deleted,
    "messages.batchModify": messages.several_modified, "messages.batchDelete": messages.several_deleted,
    "threads.list": threads.listed, "threads.get": threads.got, "threads.modify": threads.modified,
    "threads.trash": threads.trashed, "threads.untrash": threads.untrashed, "threads.delete": threads.deleted,
    "drafts.create": drafts.created, "drafts.list": drafts.listed, "drafts.get": drafts.got,
    "drafts.update": drafts.updated, "drafts.delete": drafts.deleted, "drafts.send": drafts.sent,
    "labels.list": labels.listed, "labels.get": labels.got, "labels.create": labels.created,
    "labels.update": labels.updated, "labels.patch": labels.updated, "labels.delete": labels.deleted,
}  # fmt: skip
#: Switches that let a call have its effect.
_LATE = ("lose_answer", "cut", "huge_mb", "drip_s", "hang_s")
#: What a reason that is ordered by a switch is answered with.
_STATUS = {
    "authError": 401, "rateLimitExceeded": 403, "userRateLimitExceeded": 403, "dailyLimitExceeded": 403,
    "insufficientPermissions": 403, "domainPolicy": 403, "notFound": 404, "backendError": 503, "internalError": 500,
}  # fmt: skip
_NOBODY = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."  # noqa: E501


class Door:
    """`/gmail/api/…`."""

    def __init__(self, ledger: Ledger, quota: Quota) -> None:
        self._ledger, self._quota = ledger, quota

    def routes(self) -> list[Route]:
        """Every method, and those that take a mail by upload once more. Fixed words come before names."""
        found = []
        for name, method in sorted(METHODS.items(), key=lambda item: item[1].path.count("{")):
            path = "/gmail/v1/users/{userId}/" + method.path
            for upload in (False, True) if method.upload else (False,):
                serve = _Method(self, name, upload=upload)
                found.append(Route(f"/upload{path}" if upload else path, serve.serve, methods=[method.verb]))
        return found

    async def serve(self, request: Request, method: str, *, upload: bool) -> Response:
        """One call: kept in the ledger with what became of it, then answered, as far as the switches let it."""
        ledger, clock = self._ledger, self._ledger.clock
        raw = await controls.body(request, wire.MAX_BODY)
        token = ledger.state.token(wire.bearer(request), "access", clock.now())
        who = "" if token is None else token.mailbox
        switches = weather.use(ledger.board, who, method)
        asked = Asked(0, clock.wall(), who, method, _path(request), None, done=False, status=0)
        if switches.delay_ms:
            await clock.until(clock.now() + switches.delay_ms / 1000)
        if (early := early_answer(switches)) is not None:
            response, word, error = early
            status = 0 if word == "drop_request" else response.status_code
            await ledger.commit([], replace(asked, status=status, broken=word, error=error))
            return response
        try:
            how = request.query_params.get("uploadType", "media") if upload else None
            given = wire.read(raw, request.headers.get("content-type", ""), how)
            asked = replace(asked, body=kept(given.body))
            done = self._answer(request, method, token, given)
        except Refused as refused:
            response = wire.failure(refused)
            await ledger.commit([], _with(asked, switches, response, error=refused.reason))
        else:
            response = wire.said(done.body)
            late = _with(asked, switches, response)
            effect = bool(done.changes)
            await ledger.commit(done.changes, replace(late, done=effect, message=done.message))
        return await late_answer(switches, response, self._ledger)

    def _answer(self, request: Request, method: str, token: Token | None, given: wire.Given) -> Done:
        ledger = self._ledger
        if token is None:
            raise Refused(401, "authError", _NOBODY)
        mailbox, user = ledger.state.mailboxes[token.mailbox], request.path_params["userId"].lower()
        if user not in {"me", mailbox.id}:
            raise Refused(403, "forbidden", f"Delegation denied for {mailbox.id}")
        if not METHODS[method].scopes & set(token.scopes):
            raise Refused(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
        if not self._quota.take(mailbox.id, METHODS[method].units, ledger.clock.now()):
            words = "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user'."
            raise Refused(403, "rateLimitExceeded", words, "usageLimits")
        call = Call(
            ledger.edit(), ledger.state.boxes[mailbox.id], mailbox, token.scopes, dict(request.path_params),
            request.query_params.multi_items(), given.body, given.media,
            weather.look(ledger.board, mailbox.id, "mail"),
        )  # fmt: skip
        return _DOES[method](call)


class _Method:
    """One route's method."""

    def __init__(self, door: Door, name: str, *, upload: bool) -> None:
        self._door, self._name, self._upload = door, name, upload

    async def serve(self, request: Request) -> Response:
        """Answer."""
        return await self._door.serve(request, self._name, upload=self._upload)


def early_answer(switches: Weather) -> tuple[Response, str, str] | None:
    """An answer that a switch gives in the method's place, without effect: it, the switch, the error."""
    if switches.drop_request:
        return broken.Nothing(), "drop_request", ""
    if switches.http:
        return broken.page(switches.http), "http", ""
    if switches.html:
        return broken.page(200), "html", ""
    if switches.rate_limit:
        refused = Refused(429, "userRateLimitExceeded", "User-rate limit exceeded.", "usageLimits")
        response = wire.failure(refused)
        response.headers["retry-after"] = str(switches.rate_limit)
        return response, "rate_limit", refused.reason
    if switches.fail:
        refused = Refused(_STATUS.get(switches.fail, 400), switches.fail, "This was ordered by a switch.")
        return wire.failure(refused), "fail", switches.fail
    return None


async def late_answer(switches: Weather, response: Response, ledger: Ledger) -> Response:
    """What the switches make of an answer that had its effect."""
    if switches.hang_s:
        await ledger.clock.until(ledger.clock.now() + switches.hang_s)
    if switches.lose_answer:
        return broken.Nothing()
    if switches.huge_mb:
        return broken.huge(response, switches.huge_mb)
    if switches.drip_s:
        return broken.Drip(response, switches.drip_s, ledger.clock)
    return broken.Half(response.body, response.status_code, dict(response.headers)) if switches.cut else response


def _with(asked: Asked, switches: Weather, response: Response, error: str = "") -> Asked:
    """A request with what became of it."""
    word = next((name for name in _LATE if getattr(switches, name)), "")
    status = 0 if switches.lose_answer else response.status_code
    return replace(asked, status=status, error=error, broken=word)


def _path(request: Request) -> str:
    """Path and query, without a token that is in it."""
    query = "&".join(f"{k}={v}" for k, v in request.query_params.multi_items() if k != "access_token")
    path: Any = request.url.path
    return f"{path}?{query}"[:2_000] if query else path[:2_000]
