"""Meta's error codes: title, HTTP status, and the shape of an answer that is one.

Source: developers.facebook.com, WhatsApp Business Platform, "Error codes" (2026-05-15).
"""

import secrets
from typing import Any

from starlette.responses import Response

from sandbox.controls import said

#: Title and HTTP status.
CODES: dict[int, tuple[str, int]] = {
    0: ("AuthException", 401), 1: ("API Unknown", 400), 2: ("API Service", 503), 3: ("API Method", 500),
    4: ("API Too Many Calls", 429), 10: ("Permission Denied", 403), 33: ("Parameter value is not valid", 400),
    100: ("Invalid parameter", 400), 190: ("Access token has expired", 401), 200: ("API Permission", 403),
    368: ("Temporarily blocked for policies violations", 403), 80007: ("Rate limit issues", 429),
    130429: ("Rate limit hit", 429), 130472: ("User's number is part of an experiment", 400),
    131000: ("Something went wrong", 500), 131005: ("Access denied", 403),
    131008: ("Required parameter is missing", 400), 131009: ("Parameter value is not valid", 400),
    131016: ("Service unavailable", 500), 131021: ("Recipient cannot be sender", 400),
    131026: ("Message undeliverable", 400), 131031: ("Account has been locked", 403),
    131042: ("Business eligibility payment issue", 400), 131047: ("Re-engagement message", 400),
    131048: ("Spam rate limit hit", 429), 131049: ("Meta chose not to deliver", 400),
    131050: ("User has stopped receiving marketing messages", 400), 131051: ("Unsupported message type", 400),
    131052: ("Media download error", 400), 131053: ("Media upload error", 400),
    131056: ("(Business Account, Consumer Account) pair rate limit hit", 429),
    131057: ("Account in maintenance mode", 500), 132000: ("Template Param Count Mismatch", 400),
    132001: ("Template does not exist", 404), 132005: ("Template Hydrated Text Too Long", 400),
    132007: ("Template Format Character Policy Violated", 400), 132012: ("Template Parameter Format Mismatch", 400),
    132015: ("Template is Paused", 400), 133004: ("Server Temporarily Unavailable", 503),
    133010: ("Phone number not registered", 400),
}  # fmt: skip
_DETAILS = {
    131047: "Message failed to send because more than 24 hours have passed since the customer last replied.",
    131026: "Message Undeliverable.",
    131056: "Too many messages sent from this phone number to the same recipient in a short period of time.",
    130429: "Cloud API message throughput has been reached.",
    131053: "The media could not be fetched or is of a kind that is not supported.",
}
_HREF = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"
#: Codes that Graph itself answers with, where no part of WhatsApp has its say.
_GRAPH = frozenset({0, 1, 2, 3, 4, 10, 33, 100, 190, 200})


def refusal(code: str, details: str = "") -> Response:
    """An error as Graph answers it. A word that is no number of ours is taken for what comes nearest."""
    if code == "gone":
        return said({"error": "URL signature expired"}, 404)
    number = {"rate_limit": 130429}.get(code) or (int(code) if code.isdecimal() else 131000)
    title, status = CODES.get(number, ("Something went wrong", 500))
    message = details if number in {100, 190} and details else f"(#{number}) {title}"
    if number == 100 and details:
        message = f"(#100) {details}"
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": number}
    if number not in _GRAPH:
        error["error_data"] = {"messaging_product": "whatsapp", "details": details or _DETAILS.get(number, title)}
    if number in {2, 4, 130429, 131016, 131056}:
        error["is_transient"] = True
    return said({"error": {**error, "fbtrace_id": f"A{secrets.token_urlsafe(16)}"}}, status)


def in_status(code: int) -> dict[str, Any]:
    """The same inside a status webhook, where the message has been accepted first."""
    title = CODES[code][0]
    details = _DETAILS.get(code, title)
    return {"code": code, "title": title, "message": title, "error_data": {"details": details}, "href": _HREF}
