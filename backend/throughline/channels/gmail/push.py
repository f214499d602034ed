"""A push of Cloud Pub/Sub: who sent it, and whether it is about our mailbox. It says "look", never what is new.

Source: cloud.google.com/pubsub/docs/authenticate-push-subscriptions (the JWT's claims), developers.google.com/gmail/
api/guides/push (the message). Gmail drops pushes over one a second and may be late, so nothing depends on one.
"""

import base64
from collections.abc import Mapping
from typing import Any

import jwt
import msgspec
from msgspec import Struct

from throughline.conversation.channel import RawRequest, Reading, Unverified

#: Who may have issued the token.
ISSUERS = ("https://accounts.google.com", "accounts.google.com")
#: Seconds our clock and Google's may differ.
LEEWAY = 30
#: Bytes of one push, and of its token; Gmail's own are below 2 kB.
MOST = 65_536
_TOKEN = 8_192
#: The times are held against `now`, not against this machine's clock.
_OPTIONS: Any = {
    "require": ["exp", "iat", "aud", "iss"], "verify_exp": False, "verify_iat": False, "verify_nbf": False,
}  # fmt: skip
_WRONG = (jwt.PyJWTError, ValueError, TypeError, RecursionError)
_UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)


class _Message(Struct, frozen=True):
    data: str = ""


class _Push(Struct, frozen=True):
    message: _Message


class _News(Struct, frozen=True, rename="camel"):
    email_address: str
    #: A number by the documents; a string has been seen as well. It is not used: the poll knows where it was.
    history_id: int | str


_push = msgspec.json.Decoder(_Push)
_news = msgspec.json.Decoder(_News)


def hint(
    request: RawRequest, options: Mapping[str, str], keys: Mapping[str, object], now: int, url: str = ""
) -> Reading | Unverified:
    """A push taken apart: `Reading(nudge=True)`, or why it is not Google's. `now` in UTC milliseconds.

    `options`: `mailbox`, `push_account` (the service account that signs) and `push_audience`; without the last the
    audience is `url`, the account's webhook. `keys`: Google's public keys by `kid`; `Unverified("unknown_key")` may
    mean that they have to be fetched anew.
    """
    if len(request.body) > MOST:
        return Unverified("too_big")
    claims = _claims(request.headers.get("authorization", ""), options.get("push_audience") or url, keys)
    if isinstance(claims, Unverified):
        return claims
    reason = _foreign(claims, options.get("push_account", ""), now)
    return Unverified(reason) if reason else _read(request.body, options.get("mailbox", ""))


def _claims(authorization: str, audience: str, keys: Mapping[str, object]) -> dict[str, Any] | Unverified:
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        return Unverified("unsigned")
    if len(token) > _TOKEN:
        return Unverified("bad_token")
    if not audience:
        return Unverified("no_audience")
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        key: Any = keys.get(kid) if isinstance(kid, str) else None
        if key is None:
            return Unverified("unknown_key")
        # The algorithm is ours to say: a token that names `none` or an HMAC is none.
        return jwt.decode(token, key, algorithms=["RS256"], audience=audience, issuer=ISSUERS, options=_OPTIONS)
    except _WRONG:
        return Unverified("bad_token")


def _foreign(claims: dict[str, Any], account: str, now: int) -> str | None:
    """Why a token that Google signed is not for this."""
    if not account:
        return "no_push_account"
    email = claims.get("email")
    if not isinstance(email, str) or email.lower() != account.lower() or claims.get("email_verified") is not True:
        return "other_account"
    expires, issued = claims["exp"], claims["iat"]
    if not _is_time(expires) or not _is_time(issued):
        return "bad_token"
    if now > (expires + LEEWAY) * 1000:
        return "expired"
    return "too_early" if now < (issued - LEEWAY) * 1000 else None


def _is_time(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**40


def _read(body: bytes, mailbox: str) -> Reading:
    try:
        data = _push.decode(body).message.data
        # Base64 as Pub/Sub writes it; Gmail's guide says base64url. Both are taken, with or without padding.
        letters = data.replace("-", "+").replace("_", "/").rstrip("=")
        news = _news.decode(base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True))
    except _UNREADABLE:
        return Reading(quarantine="unreadable")
    if isinstance(news.history_id, str) and not news.history_id.isdecimal():
        return Reading(quarantine="unreadable")
    if news.email_address.lower() != mailbox.lower():
        return Reading(quarantine="other_mailbox")
    return Reading(nudge=True)
