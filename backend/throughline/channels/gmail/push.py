"""A push of Cloud Pub/Sub: who sent it, and whether it is about our mailbox. It says "look", never what is new.

Source: cloud.google.com/pubsub/docs/authenticate-push-subscriptions (the JWT's claims), developers.google.com/gmail/
api/guides/push (the message). Gmail drops pushes over one a second and may be late, so nothing depends on one.
"""

import base64
from collections import OrderedDict
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


class Known:
    """Tokens whose signature was found good: Pub/Sub sends one of them for up to an hour, with every push.

    Only the signature and what cannot change are taken as read; times are held against the clock each time.
    """

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._claims: OrderedDict[tuple[str, str], tuple[object, dict[str, Any]]] = OrderedDict()

    def claims(self, token: str, audience: str, keys: Mapping[str, object]) -> dict[str, Any] | None:
        """What it says. None: it is not known, or the key that signed it is not published any more."""
        found = self._claims.get((token, audience))
        if found is None or not any(key is found[0] for key in keys.values()):
            return None
        return found[1]

    def keep(self, token: str, audience: str, key: object, claims: dict[str, Any]) -> None:
        """It is good. The one that was kept first is forgotten first."""
        self._claims[token, audience] = key, claims
        if len(self._claims) > self._most:
            self._claims.popitem(last=False)


def hint(
    request: RawRequest, options: Mapping[str, str], keys: Mapping[str, object], now: int, url: str = "",
    known: Known | None = None,
) -> Reading | Unverified:  # fmt: skip
    """A push taken apart: `Reading(nudge=True)`, or why it is not Google's. `now` in UTC milliseconds.

    `options`: `mailbox`, `push_account` (the service account that signs) and `push_audience`; without the last the
    audience is `url`, the account's webhook. `keys`: Google's public keys by `kid`; `Unverified("unknown_key")` may
    mean that they have to be fetched anew. `known`: tokens that need not be verified again.
    """
    if len(request.body) > MOST:
        return Unverified("too_big")
    audience = options.get("push_audience") or url
    claims = _claims(request.headers.get("authorization", ""), audience, keys, known or Known())
    if isinstance(claims, Unverified):
        return claims
    reason = _foreign(claims, options.get("push_account", ""), now)
    return Unverified(reason) if reason else _read(request.body, options.get("mailbox", ""))


def _claims(
    authorization: str, audience: str, keys: Mapping[str, object], known: Known
) -> dict[str, Any] | Unverified:  # fmt: skip
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        return Unverified("unsigned")
    if len(token) > _TOKEN:
        return Unverified("bad_token")
    if not audience:
        return Unverified("no_audience")
    before = known.claims(token, audience, keys)
    if before is not None:
        return before
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        key: Any = keys.get(kid) if isinstance(kid, str) else None
        if key is None:
            return Unverified("unknown_key")
        # The algorithm is ours to say: a token that names `none` or an HMAC is none.
        claims = jwt.decode(token, key, algorithms=["RS256"], audience=audience, issuer=ISSUERS, options=_OPTIONS)
    except _WRONG:
        return Unverified("bad_token")
    known.keep(token, audience, key, claims)
    return claims


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
