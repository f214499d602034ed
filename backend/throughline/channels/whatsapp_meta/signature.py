r"""Who knocks: Meta's signature over the very bytes, and its question whether a webhook is ours. Pure.

Sources: developers.facebook.com, Graph API webhooks, "Validate payloads" and "Verification requests". Meta writes what
is not ASCII as `\uXXXX` and signs exactly that, so a body is never encoded anew before it is checked.
"""

import hmac
import re
from collections.abc import Mapping
from urllib.parse import parse_qs

_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}", re.ASCII)
#: Meta's is a number of ten digits. It is sent back, so nothing but a word is.
_CHALLENGE = re.compile(r"[0-9A-Za-z_.-]{1,200}", re.ASCII)
#: Characters of a question.
_LONGEST = 4_096


def unverified(headers: Mapping[str, str], body: bytes, secret: str) -> str | None:
    """Why these bytes are not from Meta, as a code; None: they are. Header names in lower case."""
    if not secret.strip():
        return "no_secret"
    given = headers.get("x-hub-signature-256", "")
    if not given:
        return "unsigned"
    if not _SIGNATURE.fullmatch(given) or not hmac.compare_digest(signature(body, secret), given):
        return "bad_signature"
    return None


def signature(body: bytes, secret: str) -> str:
    """What Meta writes into `X-Hub-Signature-256`, with the app's secret."""
    # A secret with lone surrogates cannot be Meta's, but it may be what somebody saved.
    # `new`, for `digest` lets go of the interpreter's lock for every body, however short: the store's writer keeps it.
    return "sha256=" + hmac.new(secret.encode("utf-8", "replace"), body, "sha256").hexdigest()


def challenge(query: str, token: str) -> str | None:
    """The answer to `hub.mode=subscribe&hub.verify_token=…&hub.challenge=…`; None: it does not know our token."""
    if not token.strip() or len(query) > _LONGEST:
        return None
    try:
        asked = parse_qs(query, keep_blank_values=True, max_num_fields=16)
    except ValueError:
        return None
    mode, given, word = (asked.get(f"hub.{name}", []) for name in ("mode", "verify_token", "challenge"))
    if mode != ["subscribe"] or len(given) != 1 or len(word) != 1:
        return None
    known = hmac.compare_digest(given[0].encode("utf-8", "replace"), token.encode("utf-8", "replace"))
    return word[0] if known and _CHALLENGE.fullmatch(word[0]) else None
