"""Gmail under the contract: `send` is the way without a draft; the webhook is a push, which brings no message."""

from tests.channels.scripted import answer
from tests.channels.suite import Subject

from .given import ANSWERED, FIXTURES, NOW, THREAD, gmail, line, signed


def refusal(status: int, reason: str) -> dict[str, object]:
    """An error in Google's shape."""
    return {"error": {"code": status, "message": "No.", "errors": [{"domain": "global", "reason": reason}]}}


SUBJECT = Subject(
    name="gmail",
    make=gmail,
    line=line,
    place=ANSWERED,
    accepted=answer({"id": "18c0ffee00000002", "threadId": THREAD, "labelIds": ["SENT"]}),
    refused=answer(refusal(400, "invalidArgument"), 400),
    # A 401 would be asked again with a new access token: tests/channels/gmail/test_tokens.py.
    shut=answer(refusal(403, "insufficientPermissions"), 403),
    recorded=sorted(FIXTURES.glob("push*.json")),
    signed=signed,
    now=NOW,
    calls=(),
    signs_body=False,
    hears_by_webhook=False,
)
