"""What Telegram's answers mean. Pure.

Every answer is `{"ok":true,"result":…}` or `{"ok":false,"error_code":…,"description":…,"parameters":{…}}`; what went
wrong stands only in the description's English words. They are looked at here and never kept.
"""

import math
from typing import Any

from msgspec import Struct

from throughline.channels.once import Told
from throughline.conversation.channel import Ambiguous, NotSent, Refused

Failed = NotSent | Refused | Ambiguous

#: Parts of a description, and our code for it; the first that is in it counts.
_WORDS = (
    ("can't parse entities", "bad_entities"),
    ("message is not modified", "not_modified"),
    ("message is too long", "too_long"),
    ("message text is empty", "no_text"),
    ("message to edit not found", "message_not_found"),
    ("message to delete not found", "message_not_found"),
    ("message can't be edited", "message_not_found"),
    ("message can't be deleted", "cannot_delete"),
    ("chat not found", "no_chat"),
    ("user not found", "no_chat"),
    ("query is too old", "too_old"),
    ("wrong file", "bad_file"),
    ("failed to get http url content", "bad_file"),
    ("file is too big", "too_big"),
    ("bot was blocked by the user", "blocked"),
    ("user is deactivated", "deactivated"),
    ("bot was kicked", "kicked"),
    ("can't initiate conversation", "not_started"),
    ("group chat was upgraded", "group_moved"),
)


class Answer(Struct, frozen=True):
    """It was done; `result` is what there is to tell."""

    result: Any


def meaning(told: Told | Failed) -> Answer | Failed:
    """An answer's outcome: surely not, never, perhaps, or done."""
    if not isinstance(told, Told):
        return told
    found = told.json()
    if told.status == 429:
        return NotSent("rate_limited", _after(found or {}, told))
    if told.status == 200 and found is not None and found.get("ok") is True and "result" in found:
        return Answer(found["result"])
    if not 400 <= told.status < 500:
        return Ambiguous(f"http_{told.status}")
    if found is None or found.get("ok") is not False:
        return Ambiguous("broken_answer")
    words = str(found.get("description", "")).lower()
    code = next((code for part, code in _WORDS if part in words), None)
    match told.status:
        # A token that is none is told as a path that is none.
        case 401 | 404:
            return Refused("unauthorized", auth=True)
        case 403:
            return Refused(code or "forbidden")
        case 409:
            return Refused("conflict")
        case status:
            return Refused(code or f"http_{status}")


def message_id(answer: Answer) -> str:
    """The id of the message that was sent; empty: there is none."""
    found = answer.result.get("message_id") if isinstance(answer.result, dict) else None
    return str(found) if type(found) is int and found > 0 else ""


def _after(found: dict[str, Any], told: Told) -> float | None:
    """Seconds to wait: in the body, or in the header of what stands before it."""
    parameters = found.get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or math.isnan(seconds):
        return told.retry_after()
    return float(min(max(seconds, 0), 3_600))
