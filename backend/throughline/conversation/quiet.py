"""Quiet hours: when what rings is not used as a fallback. Pure: a person's choice, a place, and `now` (UTC ms).

They are read off the clock on the wall where the person lives: from 22:00 to 07:00 is that every night, whatever the
clocks were put forward or back by. The time zones are the IANA database's (PEP 615), by name.
"""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from throughline.conversation.channel import Capabilities
from throughline.conversation.delivery import waits
from throughline.conversation.faults import Fault
from throughline.conversation.records import Binding, DeliveryRow

#: The reason of a row that waits for their end.
QUIET = "quiet_hours"
#: Milliseconds after somebody wrote from a place for which they are surely there: an answer does not wake them.
TALKING = 600_000
_MINUTE, _DAY = 60_000, 86_400_000
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])\Z")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]{0,63}\Z")

BAD_HOURS = Fault(
    "bad_quiet_hours", 422, "Quiet hours are from one time of day to another.", 'Send two as "22:00" and "07:00".'
)
BAD_ZONE = Fault(
    "unknown_zone", 422, "This time zone is not known here.", 'Send its IANA name, such as "Europe/Berlin".'
)


class Quiet(Struct, frozen=True):
    """Quiet from `start` up to `end`, in minutes of the day by the clock of `zone`; over midnight where end is less."""

    start: int
    end: int
    zone: str


def quiet_of(start: str, end: str, zone: str) -> Quiet | Fault:
    """What somebody wants, `HH:MM` twice and a zone's name; a Fault where that is no time of day, or no place."""
    times = [_TIME.match(given) for given in (start, end)]
    begins, ends = (None if found is None else int(found[1]) * 60 + int(found[2]) for found in times)
    if begins is None or ends is None or begins == ends:
        return BAD_HOURS
    return BAD_ZONE if _zone(zone) is None else Quiet(begins, ends, zone)


def clock(minute: int) -> str:
    """A minute of the day as `HH:MM`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def until(quiet: Quiet, now: int) -> int | None:
    """When the quiet hours end in which `now` is: the first moment that is in none. None: it is in none."""
    zone = _zone(quiet.zone)
    while zone is not None and (left := _left(quiet, zone, now)):
        # As long as the clocks are left alone. Where they are not, it is looked at again from where they change.
        end, offset = now + left, _offset(zone, now)
        if _offset(zone, end) == offset:
            return end
        same, other = now, end
        while other - same > 1:
            middle = (same + other) // 2
            same, other = (middle, other) if _offset(zone, middle) == offset else (same, middle)
        now = other
        if not _left(quiet, zone, now):
            return now
    return None


def holds(place: Binding, can: Capabilities, last_in: int | None, now: int) -> bool:
    """Whether a person's quiet hours are about a place: it rings, and they are not talking there.

    Where the talk is, or shows anyway, they chose that themselves; and who has just written from there is awake.
    """
    return can.rings and place.mode == "standby" and (last_in is None or now - last_in >= TALKING)


def put_off(row: DeliveryRow, end: int) -> DeliveryRow:
    """A row that is owed, as it waits for the end of quiet hours."""
    return replace(row, state="pending", due=end, reason=QUIET)


def is_put_off(row: DeliveryRow) -> bool:
    """Whether a row waits for the end of quiet hours, or has to be looked at because they are over."""
    return row.owed and row.reason == QUIET and waits(row)


def _left(quiet: Quiet, zone: ZoneInfo, now: int) -> int:
    """Milliseconds of quiet hours that are left by the clock on the wall; 0: these are none."""
    there = _there(zone, now)
    of_day = (there.hour * 60 + there.minute) * _MINUTE + there.second * 1_000 + there.microsecond // 1_000
    since, long = (of_day - quiet.start * _MINUTE) % _DAY, (quiet.end - quiet.start) * _MINUTE % _DAY
    return long - since if since < long else 0


def _offset(zone: ZoneInfo, now: int) -> timedelta | None:
    return _there(zone, now).utcoffset()


def _there(zone: ZoneInfo, now: int) -> datetime:
    return (_BEGINNING + timedelta(milliseconds=now)).astimezone(zone)


def _zone(name: str) -> ZoneInfo | None:
    """The zone of that name. What leads elsewhere than to a zone, is none: a folder, a file of another kind."""
    if not _ZONE.match(name):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
