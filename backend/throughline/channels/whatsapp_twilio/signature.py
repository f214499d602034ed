"""Twilio's webhook signature: a keyed hash of the public address and of every form field, sorted by name.

Source: twilio.com/docs/usage/webhooks/webhooks-security and /webhook-shared-keys; twilio-python's request_validator,
which the tests hold this against. HMAC-SHA1 under the auth token is the default; HMAC-SHA256 under a shared key is
announced by a header. Which of the two counts is the account's own setting: nobody can ask for the weaker one. The
address is the one we told Twilio, never what a Host header says. There is no time in it: a repetition is found by
its MessageSid.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from typing import Literal
from urllib.parse import parse_qs, urlsplit, urlunsplit

from msgspec import Struct

from throughline.channels.whatsapp_twilio.form import Form

SHA1: Literal["HMAC_SHA1"] = "HMAC_SHA1"
SHA256: Literal["HMAC_SHA256"] = "HMAC_SHA256"
_HASHES = {SHA1: "sha1", SHA256: "sha256"}
_PORTS = {"http": 80, "https": 443}


class Signing(Struct, frozen=True):
    """How an account's webhooks are signed. `key` is the shared key's id, where there is one."""

    algorithm: Literal["HMAC_SHA1", "HMAC_SHA256"]
    secret: str
    key: str = ""


def signing(options: Mapping[str, str], secrets: Mapping[str, str]) -> Signing:
    """What the account's own settings pin."""
    if options.get("signature") == "sha256":
        return Signing(SHA256, secrets.get("shared_key", ""), options.get("shared_key_id", ""))
    return Signing(SHA1, secrets.get("auth_token", ""))


def unverified(headers: Mapping[str, str], url: str, body: bytes, form: Form | None, by: Signing) -> str | None:
    """Why this is not from Twilio, as a code; None: it is. Header names in lower case.

    `form` is None for a body that is none: then its hash has to stand in the signed address (`bodySHA256`).
    """
    if not by.secret.strip() or (by.algorithm == SHA256 and not by.key):
        return "no_secret"
    given = headers.get("x-twilio-signature", "")
    if not given:
        return "unsigned"
    algorithm, key = _announced(headers.get("x-twilio-webhooks-signature-settings", ""))
    if algorithm != by.algorithm or (by.algorithm == SHA256 and key != by.key):
        return "other_signature"
    if form is None:
        hashes = parse_qs(urlsplit(url).query, max_num_fields=64).get("bodySHA256", [""])
        if not hmac.compare_digest(hashlib.sha256(body).hexdigest().encode(), hashes[0].encode()):
            return "bad_body_hash"
    proof = given.encode("utf-8", "replace")
    fits = (hmac.compare_digest(signature(at, form, by).encode(), proof) for at in _spellings(url))
    return None if any(fits) else "bad_signature"


def signature(url: str, form: Form | None, by: Signing) -> str:
    """What Twilio writes into `X-Twilio-Signature`."""
    fields = {} if form is None else form.fields
    signed = url + "".join(name + value for name in sorted(fields) for value in sorted(set(fields[name])))
    # A secret with lone surrogates cannot be Twilio's, but it may be what somebody saved.
    secret = by.secret.encode("utf-8", "replace")
    # `new`, for `digest` lets go of the interpreter's lock for every body, however short: the store's writer keeps it.
    made = hmac.new(secret, signed.encode("utf-8", "replace"), _HASHES[by.algorithm])
    return base64.b64encode(made.digest()).decode()


def _announced(settings: str) -> tuple[str, str]:
    """The algorithm and the key's id of `key=…,algorithm=…`."""
    named: dict[str, str] = {}
    for part in settings.split(","):
        name, _, value = part.partition("=")
        named.setdefault(name.strip(), value.strip())
    return named.get("algorithm", "").upper() or SHA1, named.get("key", "")


def _spellings(url: str) -> Iterator[str]:
    """The address as it is, with its port and without: Twilio is not of one mind about it."""
    yield url
    parts = urlsplit(url)
    host = parts.netloc.partition(":")[0]
    port = parts.netloc.partition(":")[2] or str(_PORTS.get(parts.scheme, 443))
    for netloc in (host, f"{host}:{port}"):
        yield urlunsplit(parts._replace(netloc=netloc))
