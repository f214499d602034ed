"""`/gmail/oauth`: the consent page, the token endpoint, revocation, and the keys that pushes are signed with."""

import base64
import binascii
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox import controls
from sandbox.gmail import consent, tokens, weather, wire
from sandbox.gmail.door import early_answer, late_answer
from sandbox.gmail.facts import Asked, Change, Granted, Mailbox
from sandbox.gmail.ledger import Ledger
from sandbox.gmail.signer import Signer

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_ASKED = (
    "client_id", "redirect_uri", "response_type", "scope", "state", "access_type", "prompt", "login_hint",
    "code_challenge", "code_challenge_method", "include_granted_scopes",
)  # fmt: skip
_SECRET = frozenset({"client_secret", "refresh_token", "code", "code_verifier", "token"})
_MOST = 20_000


class OAuth:
    """Consent and tokens."""

    def __init__(self, ledger: Ledger, signer: Signer) -> None:
        self._ledger, self._signer = ledger, signer

    def routes(self) -> list[Route]:
        """Its paths."""
        return [
            Route("/auth", self._show, methods=["GET"]),
            Route("/auth", self._agree, methods=["POST"]),
            Route("/token", self._token, methods=["POST"]),
            Route("/revoke", self._revoke, methods=["POST"]),
            Route("/certs", self._certs, methods=["GET"]),
        ]

    async def _show(self, request: Request) -> Response:
        asked = {name: value for name, value in request.query_params.items() if name in _ASKED}
        mailbox = self._wanted(asked)
        if not isinstance(mailbox, Mailbox):
            return mailbox
        cancel = _back(asked, error="access_denied")
        return _html(consent.page(mailbox.id, asked, cancel), 200, asked["redirect_uri"])

    async def _agree(self, request: Request) -> Response:
        if (form := await _form(request)) is None:
            return _html(consent.refusal("invalid_request", "The form could not be read."), 400)
        asked = {name: value for name, value in form.items() if name in _ASKED}
        mailbox = self._wanted(asked)
        if not isinstance(mailbox, Mailbox):
            return mailbox
        token = tokens.code(mailbox, asked, self._ledger.clock.now())
        await self._ledger.commit([Granted(token)])
        return RedirectResponse(_back(asked, code=token.value, scope=" ".join(token.scopes)), 302, _headers())

    def _wanted(self, asked: dict[str, str]) -> Mailbox | Response:
        """The mailbox that is asked for; else the page that says what is wrong."""
        known = [m for m in self._ledger.state.mailboxes.values() if m.client_id == asked.get("client_id")]
        hint = asked.get("login_hint", "").lower()
        words = ""
        if not known:
            code, words = "invalid_client", "The OAuth client was not found."
        elif not _here(asked.get("redirect_uri", "")):
            code, words = "redirect_uri_mismatch", "This stand-in leads back to this machine only."
        elif asked.get("response_type") != "code":
            code, words = "unsupported_response_type", "response_type must be code."
        elif not asked.get("scope", "").split():
            code, words = "invalid_scope", "Missing required parameter: scope"
        elif asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
            code, words = "invalid_request", "code_challenge_method must be S256."
        if words:
            return _html(consent.refusal(code, words), 400)
        return next((m for m in known if m.id == hint), known[0])

    async def _token(self, request: Request) -> Response:
        ledger, clock = self._ledger, self._ledger.clock
        form = await _form(request)
        given = form or {}
        _basic(request, given)
        who = next((m.id for m in ledger.state.mailboxes.values() if m.client_id == given.get("client_id")), "")
        switches = weather.use(ledger.board, who, "token")
        shown = {name: value for name, value in given.items() if name not in _SECRET}
        asked = Asked(0, clock.wall(), who, "token", request.url.path, shown, done=False, status=0)
        if switches.delay_ms:
            await clock.until(clock.now() + switches.delay_ms / 1000)
        changes: list[Change] = []
        early = None if switches.fail else early_answer(switches)
        if early is not None:
            response, word, _ = early
            status = 0 if word == "drop_request" else response.status_code
            await ledger.commit([], replace(asked, status=status, broken=word))
            return response
        try:
            if switches.fail:
                raise tokens.Wrong(switches.fail, "This was ordered by a switch.")
            if form is None:
                raise tokens.Wrong("invalid_request", "The form could not be read.")
            body, changes = tokens.answer(ledger.state, given, clock.now())
        except tokens.Wrong as wrong:
            body = {"error": wrong.error, "error_description": wrong.description}
            response, error = wire.said(body, wrong.status, _headers()), wrong.error
        else:
            response, error = wire.said(body, 200, _headers()), ""
        status = 0 if switches.lose_answer else response.status_code
        await ledger.commit(changes, replace(asked, status=status, error=error, done=bool(changes)))
        return await late_answer(switches, response, ledger)

    async def _revoke(self, request: Request) -> Response:
        form = await _form(request) or {}
        changes = tokens.revoked(self._ledger.state, form.get("token") or request.query_params.get("token", ""))
        if changes is None:
            return wire.said({"error": "invalid_token", "error_description": "Token expired or revoked"}, 400)
        await self._ledger.commit(changes)
        return wire.said({})

    async def _certs(self, _request: Request) -> Response:
        """The keys, as Google's `/oauth2/v3/certs` gives them."""
        return wire.said(await self._signer.certs(), 200, {"cache-control": "public, max-age=19800"})


async def _form(request: Request) -> dict[str, str] | None:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        return None
    raw = await controls.body(request, _MOST)
    try:
        return None if raw is None else dict(parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=50))
    except ValueError:
        return None


def _basic(request: Request, form: dict[str, str]) -> None:
    """A client may name itself in the header instead (RFC 6749, 2.3.1)."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return
    try:
        name, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return
    form.setdefault("client_id", unquote(name))
    form.setdefault("client_secret", unquote(secret))


def _here(address: str) -> bool:
    try:
        found = urlsplit(address)
        return found.scheme in {"http", "https"} and found.hostname in _LOOPBACK and not found.fragment
    except ValueError:
        return False


def _back(asked: dict[str, str], **more: str) -> str:
    """Where the browser goes: the redirect address with the answer in its query."""
    if "state" in asked:
        more["state"] = asked["state"]
    address = asked["redirect_uri"]
    return f"{address}{'&' if '?' in address else '?'}{urlencode(more)}"


def _headers() -> dict[str, str]:
    return {"cache-control": "no-store", "referrer-policy": "no-referrer"}


def _html(text: str, status: int, to: str = "") -> Response:
    found = urlsplit(to)
    # Browsers hold a form to its targets through every redirect.
    targets = f"'self' {found.scheme}://{found.netloc}" if to else "'self'"
    policy = f"default-src 'none'; style-src 'unsafe-inline'; form-action {targets}; frame-ancestors 'none'"
    return HTMLResponse(text, status, {**_headers(), "content-security-policy": policy})
