"""By how much our clock may be wrong, and which channels' webhooks are still read then."""

from collections.abc import Mapping

#: Seconds by which it is ahead.
JUMPS: Mapping[str, float] = {
    "right": 0, "a minute behind": -60, "a minute ahead": 60, "an hour behind": -3_600, "an hour ahead": 3_600,
    "a day behind": -86_400, "a day ahead": 86_400,
}  # fmt: skip
#: Seconds behind and ahead that a channel allows, where its provider signs the time: Slack's five minutes on both
#: sides; of Gmail's push half a minute before its token was made, and an hour's life (mail itself is asked for).
_ALLOWED: Mapping[str, tuple[float, float]] = {"slack": (300, 300), "gmail": (30, 3_600)}


def taken(folder: str, seconds: float) -> bool:
    """Whether a webhook is read by a clock that is so far ahead."""
    behind, ahead = _ALLOWED.get(folder, (float("inf"), float("inf")))
    return -behind <= seconds <= ahead
