"""What Google's answers mean for a send. Pure: an answer in, an outcome out.

The shape of an error: cloud.google.com/apis/design/errors, and the older `errors` beside it; Gmail's reasons:
developers.google.com/gmail/api/guides/handle-errors.
"""

import re
from collections.abc import Mapping
from typing import Any

from throughline.channels.once import Told
from throughline.conversation.channel import Ambiguous, NotSent, Refused

#: Anything but accepted.
Failed = NotSent | Refused | Ambiguous

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
#: Too much at a time: surely nothing was done.
_LATER = frozenset(
    {
        "rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded", "limitExceeded",
        "concurrentLimitExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED",
    }
)  # fmt: skip
#: The account's sign-in is not good for this, or Google has shut it.
_AUTH = frozenset(
    {
        "authError", "insufficientPermissions", "insufficientScope", "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "accessNotConfigured", "SERVICE_DISABLED", "domainPolicy", "accountDisabled", "delegationDenied",
        "UNAUTHENTICATED",
    }
)  # fmt: skip
#: Bytes of an answer that is not taken apart at once.
LARGE = 65_536
#: It is not there, or not any more.
_GONE = frozenset({"notFound", "NOT_FOUND", "http_404"})
#: The access token is no good: it is refreshed once.
UNAUTHORIZED = "unauthorized"


class Answer:
    """Google did it, and says this. `raw` is the same as it came; a large one is taken apart only where it is asked."""

    def __init__(self, data: Mapping[str, Any] | None, raw: bytes) -> None:
        self._data, self.raw = data, raw

    @property
    def data(self) -> Mapping[str, Any]:
        """Its fields."""
        if self._data is None:
            self._data = Told(200, {}, self.raw).json() or {}
        return self._data

    def text(self, *path: str) -> str:
        """A string in the answer, or nothing."""
        found: Any = self.data
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return found if isinstance(found, str) else ""

    def entries(self, name: str) -> list[dict[str, Any]]:
        """A list of objects in the answer; what Google leaves out is empty."""
        found = self.data.get(name)
        return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def meant(told: Told) -> Answer | Failed:
    """What an answer says."""
    status = told.status
    if 200 <= status < 300:
        return _taken(told)
    if 300 <= status < 400:
        # Somebody answered, but not Google; whether it was passed on as well nobody can know.
        return Ambiguous("redirect")
    if status >= 500 or status == 408 or status < 200:
        return Ambiguous(f"http_{status}")
    reason = _reason(told.json()) or f"http_{status}"
    if status == 401:
        return Refused(UNAUTHORIZED, auth=True)
    if status == 429 or reason in _LATER:
        return NotSent(reason, told.retry_after())
    return Refused(reason, auth=reason in _AUTH)


def limited(failed: Failed) -> bool:
    """Whether it was too much at a time."""
    return isinstance(failed, NotSent) and (failed.reason in _LATER or failed.reason == "http_429")


def gone(answer: Answer | Failed) -> bool:
    """Whether what was asked for is not there."""
    return isinstance(answer, Refused) and answer.reason in _GONE


def _taken(told: Told) -> Answer | Failed:
    if told.status == 204 and not told.body:
        return Answer({}, b"")
    if len(told.body) > LARGE:
        # A mail, most likely: it is taken apart beside the event loop, by who asked for it.
        whole = told.body.lstrip().startswith(b"{") and told.body.rstrip().endswith(b"}")
        return Answer(None, told.body) if whole else Ambiguous("bad_json")
    data = told.json()
    return Ambiguous("bad_json") if data is None else Answer(data, told.body)


def _reason(data: Mapping[str, Any] | None) -> str:
    """Google's own code, by the older list, the newer details or the status; empty: there is none."""
    error = data.get("error") if data is not None else None
    if not isinstance(error, dict):
        return ""
    for field in ("errors", "details"):
        entries = error.get(field)
        for entry in entries if isinstance(entries, list) else ():
            found = entry.get("reason") if isinstance(entry, dict) else None
            if isinstance(found, str) and _CODE.fullmatch(found):
                return found
    status = error.get("status")
    return status if isinstance(status, str) and _CODE.fullmatch(status) else ""
