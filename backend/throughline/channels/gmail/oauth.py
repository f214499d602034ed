"""Google's sign-in: where it is, the page where an admin agrees, and what a code or a refresh token is worth.

Authlib writes the requests (RFC 6749 §4.1, RFC 7636), our own transport sends each once. Source:
developers.google.com/identity/protocols/oauth2/web-server.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from msgspec import Struct

from throughline.channels.gmail.capabilities import SCOPE, WIDER
from throughline.channels.once import Once, Told
from throughline.conversation.channel import NotSent, Refused
from throughline.ports import Line

#: Seconds that an access token is good for where Google does not say.
_LIFE = 3_600
#: Codes of RFC 6749 §5.2 that a new sign-in, or another client, is needed for.
_AUTH = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "admin_policy_enforced", "org_internal"})
_CODES = _AUTH | {
    "invalid_request",
    "unsupported_grant_type",
    "invalid_scope",
    "access_denied",
    "redirect_uri_mismatch",
}


class Addresses(Struct, frozen=True):
    """Where Google's sign-in is: the page, the tokens, the public keys of its own tokens."""

    consent: str = "https://accounts.google.com/o/oauth2/v2/auth"
    token: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
    certs: str = "https://www.googleapis.com/oauth2/v3/certs"


class Worth(Struct, frozen=True):
    """What a grant is worth. `life` in seconds. Never shown: its text form tells no secret."""

    access: str
    life: float
    refresh: str
    scopes: tuple[str, ...]

    def __repr__(self) -> str:
        return "Worth()"


def addresses(line: Line) -> Addresses:
    """Google's own; those beside its API for a stand-in."""
    return _beside(line.base_url) if line.account.mode == "simulated" else Addresses()


@lru_cache(maxsize=16)
def _beside(base_url: str) -> Addresses:
    return Addresses(*(urljoin(base_url, f"../oauth/{name}") for name in ("auth", "token", "certs")))


def consent(line: Line, redirect_uri: str, state: str, verifier: str) -> str:
    """The page where the admin agrees. `prompt=consent`: without it Google gives a refresh token only once."""
    return str(
        prepare_grant_uri(
            addresses(line).consent,
            line.account.options.get("client_id", ""),
            "code",
            redirect_uri=redirect_uri,
            scope=SCOPE,
            state=state,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
            access_type="offline",
            prompt="consent",
            login_hint=line.account.options.get("mailbox") or None,
        )
    )


async def by_code(once: Once, line: Line, redirect_uri: str, code: str, verifier: str) -> Worth | Refused | NotSent:
    """What a code is worth, once."""
    if not code:
        return Refused("no_code")
    asked = prepare_token_request(
        "authorization_code", redirect_uri=redirect_uri, code=code, code_verifier=verifier
    )  # fmt: skip
    return await _ask(once, line, asked)


async def by_refresh(once: Once, line: Line) -> Worth | Refused | NotSent:
    """A new access token. Asking twice does no harm, so an answer that was lost is NotSent."""
    refresh = line.secrets.get("refresh_token", "")
    if not refresh:
        return Refused("no_refresh_token", auth=True)
    return await _ask(once, line, prepare_token_request("refresh_token", refresh_token=refresh))


def allowed(worth: Worth) -> bool:
    """Whether the admin agreed to what is needed: every box can be left empty."""
    return not worth.scopes or SCOPE in worth.scopes or any(scope in worth.scopes for scope in WIDER)


async def _ask(once: Once, line: Line, asked: str) -> Worth | Refused | NotSent:
    secret = line.secrets.get("client_secret", "")
    client = ClientAuth(line.account.options.get("client_id", ""), secret, "client_secret_post")
    if not client.client_id or not client.client_secret:
        return Refused("no_client", auth=True)
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    uri, headers, body = client.prepare("POST", addresses(line).token, headers, asked)
    told = await once.ask("POST", uri, headers=headers, content=body.encode())
    if not isinstance(told, Told):
        return told if isinstance(told, Refused) else NotSent(told.reason, getattr(told, "after", None))
    return _worth(told)


def _worth(told: Told) -> Worth | Refused | NotSent:
    data = told.json()
    if told.status in {400, 401, 403} and data is not None and isinstance(data.get("error"), str):
        code = data["error"] if data["error"] in _CODES else "oauth_error"
        return Refused(code, auth=code in _AUTH)
    if told.status != 200 or data is None:
        return NotSent(f"oauth_http_{told.status}", told.retry_after())
    access = _word(data, "access_token")
    if not access:
        return NotSent("oauth_no_token")
    life = data.get("expires_in")
    good = isinstance(life, int | float) and not isinstance(life, bool) and 0 < life < 10**9
    return Worth(access, float(life) if good else _LIFE, _word(data, "refresh_token"), _scopes(data))  # type: ignore[arg-type]


def _word(data: Mapping[str, Any], name: str) -> str:
    """A token: what may stand in a header, or nothing."""
    found = data.get(name)
    fits = isinstance(found, str) and found.isascii() and found.isprintable() and len(found) <= 8_192
    return found if isinstance(found, str) and fits else ""


def _scopes(data: Mapping[str, Any]) -> tuple[str, ...]:
    found = data.get("scope")
    return tuple(found.split()) if isinstance(found, str) else ()
