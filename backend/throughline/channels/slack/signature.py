"""Slack's v0 signature: HMAC-SHA256 of `v0:{timestamp}:{raw body}` under the app's signing secret.

Source: docs.slack.dev/authentication/verifying-requests-from-slack. Ours and not slack_sdk's verifier, which raises
for a timestamp that is no number, a body that is no UTF-8 and a signature that is no ASCII.
"""

import hmac
import re
from collections.abc import Mapping

#: Seconds a request may be old, or ahead of our clock.
LEEWAY = 300
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


def unverified(headers: Mapping[str, str], body: bytes, secret: str, now: int) -> str | None:
    """Why these bytes are not from Slack, as a code; None: they are. Header names in lower case, `now` in ms."""
    if not secret.strip():
        return "no_secret"
    timestamp = headers.get("x-slack-request-timestamp", "")
    given = headers.get("x-slack-signature", "")
    if not timestamp or not given:
        return "unsigned"
    if not _TIMESTAMP.fullmatch(timestamp):
        return "bad_timestamp"
    if not _SIGNATURE.fullmatch(given):
        return "bad_signature"
    if not hmac.compare_digest(signature(timestamp, body, secret), given):
        return "bad_signature"
    return "too_old" if abs(now - int(timestamp) * 1000) > LEEWAY * 1000 else None


def signature(timestamp: str, body: bytes, secret: str) -> str:
    """What Slack writes into `X-Slack-Signature`."""
    signed = b"v0:%s:%s" % (timestamp.encode(), body)
    # A secret with lone surrogates cannot be Slack's, but it may be what somebody saved.
    # `new`, for `digest` lets go of the interpreter's lock for every body, however short: the store's writer keeps it.
    return "v0=" + hmac.new(secret.encode("utf-8", "replace"), signed, "sha256").hexdigest()
