"""Messages that got through nowhere, or wait for somebody to say: what is known of one, and how it ends well. Pure."""

from typing import Literal

from msgspec.structs import replace

from throughline.conversation.events import DeliveryState
from throughline.conversation.failover import LOST
from throughline.conversation.records import DeliveryRow

#: What kept it from arriving, as far as that is the same for all providers: their own codes have no end.
Kind = Literal["doubt", "refused", "window", "not_sent", "account", "other"]
#: A row's reason once a member has seen that it arrived.
SAID = "said_by_member"
_KINDS: dict[DeliveryState, Kind] = {
    "ambiguous": "doubt", "sending": "doubt", "refused": "refused", "accepted": "refused", "not_sent": "not_sent",
    "pending": "account",
}  # fmt: skip


def is_lost(row: DeliveryRow) -> bool:
    """Whether it needs a member: owed, and given up or held."""
    return row.owed and row.state in LOST


def doubtful(row: DeliveryRow) -> bool:
    """Whether the person may have it all the same: it was in doubt at some time, and nothing has settled that."""
    return row.state == "held" or any(rung.state in {"ambiguous", "held"} for rung in row.rungs)


def kind(row: DeliveryRow) -> Kind:
    """What kept a lost row from arriving, by the last step before its end."""
    if row.reason == "window_closed":
        return "window"
    last = next((rung.state for rung in reversed(row.rungs) if rung.state not in LOST), None)
    return "doubt" if row.state == "held" else "other" if last is None else _KINDS.get(last, "other")


def arrived(row: DeliveryRow, now: int) -> DeliveryRow:
    """A lost row of which a member has seen that it is there."""
    return replace(row, state="accepted", at=now, due=0, reason=SAID)
