"""What Slack's answers mean for a send. Pure: a status, headers and a body in, an outcome out.

Error codes: slack-ruby/slack-api-ref. A code that is not here is a refusal: Slack says `ok: false` before it does
anything, but for the few that say that it broke while doing it.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from throughline.conversation.channel import Ambiguous, NotSent, Refused

#: Seconds; a longer Retry-After is not believed.
_LONGEST = 3_600.0
_CODE = re.compile(r"[a-z0-9_]{1,64}", re.ASCII)

#: It will not be taken now, and surely was not.
_LATER = frozenset(
    {
        "ratelimited", "rate_limited", "message_limit_exceeded", "request_timeout", "team_added_to_org",
        "streaming_state_conflict", "update_failed_try_again",
    }
)  # fmt: skip
#: The token is no good, for anything.
_AUTH = frozenset(
    {
        "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "no_token",
        "not_allowed_token_type", "invalid_token", "org_login_required", "ekm_access_denied",
        "two_factor_setup_required", "team_access_not_granted",
    }
)  # fmt: skip
#: It broke on their side, perhaps after it was done.
_BROKEN = frozenset({"internal_error", "fatal_error", "service_unavailable", "unknown_error"})
#: Slack has ended this stream, or never had it.
_OVER = frozenset({"message_not_in_streaming_state", "message_not_found"})
#: There are no streams here.
_NO_STREAMS = frozenset(
    {
        "unknown_method", "feature_disabled", "feature_not_enabled", "method_deprecated", "deprecated_endpoint",
        "channel_type_not_supported", "method_not_supported_for_channel_type", "not_supported",
    }
)  # fmt: skip

#: Anything but accepted.
Failed = NotSent | Refused | Ambiguous


class Answer(Struct, frozen=True):
    """Slack did it, and says this."""

    data: Mapping[str, Any]
    headers: Mapping[str, str]

    def text(self, *path: str) -> str:
        """A string in the answer, or nothing."""
        found: Any = self.data
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return found if isinstance(found, str) else ""


def by_status(status: int, headers: Mapping[str, str]) -> Failed | None:
    """What the status alone says; None: the body decides."""
    if status == 429:
        return NotSent("ratelimited", _after(headers))
    if 300 <= status < 400:
        # Somebody answered, but not Slack; whether it was passed on to Slack as well nobody can know.
        return Ambiguous("redirect")
    if status >= 500 or status == 408 or status < 200:
        return Ambiguous(f"http_{status}")
    return None


def by_body(status: int, headers: Mapping[str, str], data: Mapping[str, Any]) -> Failed | None:
    """What a JSON answer says; None: it was taken."""
    if data.get("ok") is True and status == 200:
        return None
    if data.get("ok") is not False:
        return Ambiguous("no_ok") if status < 400 else Refused(f"http_{status}")
    code = data.get("error")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        return Refused("unknown")
    if code in _LATER:
        return NotSent(code, _after(headers))
    if code in _BROKEN:
        return Ambiguous(code)
    return Refused(code, auth=code in _AUTH)


def of_stream(failed: Failed, *, starting: bool) -> Failed:
    """A failure of a stream's method in the port's words: `no_streaming`, `not_streaming`, `stopped_by_user`."""
    if not isinstance(failed, Refused):
        return failed
    if failed.reason in _NO_STREAMS:
        return Refused("no_streaming")
    if not starting and failed.reason in _OVER:
        return Refused("not_streaming")
    return failed


def _after(headers: Mapping[str, str]) -> float | None:
    given = headers.get("Retry-After", "")
    try:
        seconds = float(given)
    except ValueError:
        return None
    return min(max(seconds, 0.0), _LONGEST) if math.isfinite(seconds) else None
