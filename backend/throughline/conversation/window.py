"""The time in which we may write freely: so long since the person's last message there. Pure; times in UTC ms."""

import re
from collections.abc import Mapping
from typing import Literal

from throughline.conversation.channel import Capabilities, Piece
from throughline.conversation.courier import ended
from throughline.conversation.records import DeliveryRow, Identity

#: `Piece.format` of what a provider takes outside of the window too: words that it has approved before.
TEMPLATE = "template"
#: Why something may not leave.
Barred = Literal["off", "window_closed"]


def is_open(capabilities: Capabilities, last_in: int | None, now: int) -> bool:
    """Whether we may write freely to somebody who wrote last at `last_in`. None: never."""
    return capabilities.window <= 0 or (last_in is not None and now - last_in < capabilities.window * 1000)


def may_leave(capabilities: Capabilities, last_in: int | None, piece: Piece, now: int) -> bool:
    """Whether a piece may be sent now: freely within the window, and an approved template always."""
    return piece.format == TEMPLATE or is_open(capabilities, last_in, now)


def barred(capabilities: Capabilities, to: Identity, piece: Piece, now: int) -> Barred | None:
    """Why a piece may not leave for somebody now: their carrier was told to stop, or the window is closed."""
    if to.off_at is not None:
        return "off"
    return None if may_leave(capabilities, to.last_in, piece, now) else "window_closed"


def shut_out(row: DeliveryRow, why: Barred, now: int) -> DeliveryRow:
    """The end of a row that may not leave. Nobody is told of a mirror's."""
    if why == "off":
        return ended(row, "superseded", now, why)
    return ended(row, "refused" if row.owed else "dead", now, why)


def deep_link(capabilities: Capabilities, options: Mapping[str, str], address: str) -> str | None:
    """Where the person opens the talk with us themselves: the channel's `link`, filled in. None: it is not known.

    `{number}` is the digits of our number: the account's option `number_<our end>`, else its `number`, else our end of
    the address where that is a number itself (`+44 …/…`). Everything else in braces is an option of that name.
    """
    if not capabilities.link:
        return None
    ours = address.partition("/")[0]
    number = options.get(f"number_{ours}") or options.get("number") or (ours if ours.startswith("+") else "")
    known = {**options, "number": re.sub("[^0-9]", "", number)}
    missing = [name for name in re.findall(r"\{(\w+)\}", capabilities.link) if not known.get(name)]
    return None if missing else re.sub(r"\{(\w+)\}", lambda found: known[found[1]], capabilities.link)
