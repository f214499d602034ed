"""OAuth 2.0 as Google's token endpoint speaks it: codes, refresh tokens, access tokens. Pure but for randomness.

Source: developers.google.com/identity/protocols/oauth2/web-server (answers and errors), RFC 7636 (PKCE).
"""

import base64
import hashlib
import secrets
from typing import Any

from sandbox.gmail.facts import Change, Granted, Mailbox, Revoked, Spent, Token
from sandbox.gmail.office import Office
from sandbox.gmail.published import ACCESS, CODE

Form = dict[str, str]


class Wrong(Exception):  # noqa: N818 - an answer, not a mistake of ours
    """The token endpoint answers with this error."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.description, self.status = error, description, status


def code(mailbox: Mailbox, asked: Form, now: float) -> Token:
    """What the person's consent is worth, once, for ten minutes."""
    scopes = tuple(asked.get("scope", "").split()) or mailbox.scopes
    return Token(
        f"4/0A{secrets.token_urlsafe(40)}", "code", mailbox.id, scopes, now + CODE, asked["redirect_uri"],
        asked.get("code_challenge", ""), asked.get("access_type") == "offline",
    )  # fmt: skip


def answer(office: Office, form: Form, now: float) -> tuple[dict[str, Any], list[Change]]:
    """The token endpoint's answer to a form. Raises Wrong."""
    clients = [m for m in office.mailboxes.values() if m.client_id == form.get("client_id")]
    if not clients:
        raise Wrong("invalid_client", "The OAuth client was not found.", 401)
    if not any(secrets.compare_digest(m.client_secret, form.get("client_secret", "")) for m in clients):
        raise Wrong("invalid_client", "The provided client secret is invalid.", 401)
    match form.get("grant_type"):
        case "authorization_code":
            return _by_code(office, form, now)
        case "refresh_token":
            return _by_refresh(office, form, now)
        case None | "":
            raise Wrong("invalid_request", "Required parameter is missing: grant_type")
        case _:
            raise Wrong("unsupported_grant_type", "Invalid grant_type")


def revoked(office: Office, value: str) -> list[Change] | None:
    """What follows when a token is revoked; None: it is unknown. With a refresh token its access tokens go, too."""
    found = office.token(value, "refresh", 0.0) or office.token(value, "access", 0.0)
    return None if found is None else [Revoked(found.mailbox)]


def _by_code(office: Office, form: Form, now: float) -> tuple[dict[str, Any], list[Change]]:
    found = office.token(form.get("code", ""), "code", now)
    if found is None or not _of(office, found, form):
        raise Wrong("invalid_grant", "Malformed auth code.")
    if form.get("redirect_uri") != found.redirect_uri:
        raise Wrong("redirect_uri_mismatch", "Bad Request")
    if found.challenge and challenge(form.get("code_verifier", "")) != found.challenge:
        raise Wrong("invalid_grant", "Invalid code verifier.")
    body, changes = _access(found, now)
    if found.offline:
        refresh = Token(f"1//0g{secrets.token_urlsafe(60)}", "refresh", found.mailbox, found.scopes)
        body["refresh_token"] = refresh.value
        changes.append(Granted(refresh))
    return body, [Spent(found.value), *changes]


def _by_refresh(office: Office, form: Form, now: float) -> tuple[dict[str, Any], list[Change]]:
    found = office.token(form.get("refresh_token", ""), "refresh", now)
    if found is None or not _of(office, found, form):
        raise Wrong("invalid_grant", "Token has been expired or revoked.")
    return _access(found, now)


def _access(found: Token, now: float) -> tuple[dict[str, Any], list[Change]]:
    token = Token(f"ya29.a0{secrets.token_urlsafe(60)}", "access", found.mailbox, found.scopes, now + ACCESS)
    body = {
        "access_token": token.value, "expires_in": ACCESS, "scope": " ".join(found.scopes), "token_type": "Bearer",
    }  # fmt: skip
    return body, [Granted(token)]


def challenge(verifier: str) -> str:
    """PKCE's S256."""
    digest = hashlib.sha256(verifier.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _of(office: Office, token: Token, form: Form) -> bool:
    return office.mailboxes[token.mailbox].client_id == form.get("client_id")
