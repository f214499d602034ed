"""What Twilio's answers and error codes mean for a send. Pure: an answer in, an outcome out.

Sources: twilio.com/docs/api/errors and its pages. Twilio says 201 when it has queued a message; whatever goes wrong
after that comes as a callback, with a code of the same list.
"""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from throughline.channels.once import Told
from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Outcome, Refused

_SID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}", re.ASCII)
_FAILED = frozenset({"failed", "undelivered", "canceled"})

#: It will not be taken now, and surely was not.
_LATER = {20429: "ratelimited", 14107: "ratelimited", 63018: "ratelimited", 21611: "queue_full", 30001: "queue_full"}
#: The credential is no good, or the account is closed.
_AUTH = {
    20003: "bad_credential", 20004: "bad_credential", 20005: "account_inactive", 20006: "bad_credential",
    20403: "forbidden", 30002: "account_suspended", 63001: "bad_credential", 90010: "account_inactive",
}  # fmt: skip
#: What a code is called here. A code that is not in here is `twilio_<code>`.
_REASONS: Mapping[int, str] = {
    # To whom.
    21211: "bad_address", 21214: "bad_address", 21217: "bad_address", 21614: "bad_address", 21265: "bad_address",
    21604: "bad_address",
    63024: "bad_address", 63003: "bad_address", 30003: "unreachable", 30005: "unreachable", 30006: "unreachable",
    21612: "unreachable", 21408: "region_not_enabled", 21610: "opted_out", 63032: "opted_out", 21608: "trial_account",
    # From whom.
    21212: "bad_sender", 21603: "bad_sender", 21606: "bad_sender", 21607: "bad_sender", 21659: "bad_sender",
    21660: "bad_sender", 21701: "bad_sender", 21703: "bad_sender", 21910: "bad_sender", 63007: "bad_sender", 30034: "unregistered_10dlc",
    30035: "unregistered_10dlc",
    # What.
    21602: "empty", 21605: "too_long", 21617: "too_long", 21658: "too_long", 21623: "too_many_media",
    11751: "bad_media", 21620: "bad_media", 12300: "bad_media", 63019: "bad_media", 30019: "bad_media",
    30007: "filtered", 63013: "filtered", 30004: "blocked",
    # When.
    63016: "window_closed", 63038: "daily_cap", 30036: "expired", 63049: "not_chosen_by_meta",
    # Templates.
    21655: "no_template", 63027: "no_template", 63028: "bad_template", 63040: "bad_template", 63041: "bad_template", 21656: "bad_template",
    # Ours.
    21609: "bad_callback",
}  # fmt: skip

#: Anything but accepted.
Failed = NotSent | Refused | Ambiguous


class Answer(Struct, frozen=True):
    """Twilio did it, and says this."""

    data: Mapping[str, Any]

    def text(self, name: str) -> str:
        """A string in the answer, or nothing."""
        found = self.data.get(name)
        return found if isinstance(found, str) else ""


def meant(told: Told) -> Answer | Failed:
    """What an answer says by its status, and where that is a refusal, by its code."""
    status = told.status
    if status == 429:
        code = _number((told.json() or {}).get("code"))
        return NotSent({**_REASONS, **_LATER}.get(code or 0, "ratelimited"), told.retry_after())
    if 300 <= status < 400:
        return Ambiguous("redirect")
    if status >= 500 or status == 408 or status < 200:
        return Ambiguous(f"http_{status}")
    data = told.json()
    if status < 300:
        return Ambiguous("not_json") if data is None else Answer(data)
    return _refusal(_number((data or {}).get("code")), status, told.retry_after())


def taken(answer: Answer | Failed) -> Outcome:
    """What became of a message: it is queued under its sid, or it failed at once."""
    if not isinstance(answer, Answer):
        return answer
    sid = answer.text("sid")
    if not _SID.fullmatch(sid):
        return Ambiguous("no_sid")
    if answer.text("status") in _FAILED:
        return _refusal(_number(answer.data.get("error_code")), 201, None)
    return Accepted(sid)


def reason(code: str, status: str) -> str:
    """A callback's `ErrorCode` in our words; the status where there is none."""
    number = _number(code)
    if number is None:
        return status[:32]
    return {**_LATER, **_AUTH, **_REASONS}.get(number, f"twilio_{number}")


def _refusal(code: int | None, status: int, after: float | None) -> Failed:
    if code is None:
        return Refused(f"http_{status}", auth=status == 401)
    if code in _LATER:
        return NotSent(_LATER[code], after)
    if code in _AUTH or status == 401:
        return Refused(_AUTH.get(code, "bad_credential"), auth=True)
    return Refused(_REASONS.get(code, f"twilio_{code}"))


def _number(given: object) -> int | None:
    """An error code of four to six digits; None: there is none."""
    if isinstance(given, int) and not isinstance(given, bool) and 0 < given < 1_000_000:
        return given
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) <= 6 and int(given):
        return int(given)
    return None
