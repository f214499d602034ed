"""What Twilio's answers and error codes mean for a send. Pure: an answer in, an outcome out.

Sources: twilio.com/docs/api/errors and its pages. Twilio says 201 when it has queued a message; whatever goes wrong
after that comes as a callback, with a code of the same list.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from throughline.channels.once import Told
from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Outcome, Refused

_SID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}", re.ASCII)
_FAILED = frozenset({"failed", "undelivered", "canceled"})

#: It will not be taken now, and surely was not.
_LATER = {14107: "ratelimited", 20429: "ratelimited", 63018: "ratelimited", 21611: "queue_full", 30001: "queue_full"}
#: The credential is no good, or the account is closed.
_AUTH = {
    20003: "bad_credential", 63001: "bad_credential", 20006: "forbidden", 20403: "forbidden",
    20005: "account_inactive", 90010: "account_inactive", 30002: "account_suspended",
}  # fmt: skip
#: What a refusal is called here. A code that is not in here is `twilio_<code>`.
_OF_CLASS: Mapping[str, tuple[int, ...]] = {
    "bad_address": (21211, 21214, 21217, 21265, 21604, 21614, 63003, 63024),
    "unreachable": (21612, 30003, 30005, 30006, 63032),
    "opted_out": (21610,),
    "region_not_enabled": (21408,),
    "trial_account": (21608,),
    "bad_sender": (21212, 21603, 21606, 21607, 21659, 21660, 21701, 21703, 21910, 63007),
    "unregistered_10dlc": (30034,),
    "empty": (21602,),
    "too_long": (21605, 21617, 21658),
    "too_many_media": (21623,),
    "bad_media": (11751, 12300, 21620, 30019, 63019),
    "filtered": (30007, 63013),
    "blocked": (30004,),
    "window_closed": (63016,),
    "daily_cap": (63038,),
    "expired": (30036,),
    "not_chosen_by_meta": (63049,),
    "no_template": (21655, 63027),
    "bad_template": (21656, 63028, 63040, 63041),
    "bad_callback": (21609,),
}
_REFUSED = {code: name for name, codes in _OF_CLASS.items() for code in codes}
_NAMES: Mapping[int, str] = MappingProxyType({**_REFUSED, **_AUTH, **_LATER})

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
        return NotSent(_NAMES.get(code or 0, "ratelimited"), told.retry_after())
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
    return _NAMES.get(number, f"twilio_{number}")


def _refusal(code: int | None, status: int, after: float | None) -> Failed:
    if code is None:
        return Refused(f"http_{status}", auth=status == 401)
    if code in _LATER:
        return NotSent(_LATER[code], after)
    if code in _AUTH or status == 401:
        return Refused(_AUTH.get(code, "bad_credential"), auth=True)
    return Refused(_REFUSED.get(code, f"twilio_{code}"))


def _number(given: object) -> int | None:
    """An error code of four to six digits; None: there is none."""
    if isinstance(given, int) and not isinstance(given, bool) and 0 < given < 1_000_000:
        return given
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) <= 6 and int(given):
        return int(given)
    return None
