"""Quiet hours by the clock on the wall: over midnight, in every zone, while the clocks change."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from throughline.conversation.channel import WEB, Capabilities
from throughline.conversation.faults import Fault
from throughline.conversation.ids import BindingId, ConversationId, IdentityId, TenantId
from throughline.conversation.quiet import TALKING, Quiet, clock, holds, quiet_of, until
from throughline.conversation.records import Binding, Mode

ZONES = sorted(available_timezones() - {"localtime"})
NIGHT = (22 * 60, 7 * 60)
HOUR = 3_600_000
minutes = st.integers(0, 1_439)
#: 2000 to 2037.
moments = st.integers(946_684_800_000, 2_145_916_800_000)


def at(text: str, zone: str = "UTC") -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def wall(now: int, zone: str) -> float:
    """Minutes of the day there."""
    there = datetime.fromtimestamp(now / 1000, UTC).astimezone(ZoneInfo(zone))
    return there.hour * 60 + there.minute + there.second / 60


def within(quiet: Quiet, now: int) -> bool:
    """The same rule, said the plain way."""
    time = wall(now, quiet.zone)
    if quiet.start < quiet.end:
        return quiet.start <= time < quiet.end
    return time >= quiet.start or time < quiet.end


@given(start=minutes, end=minutes, zone=st.sampled_from(ZONES), now=moments)
@settings(max_examples=400, deadline=None)
def test_they_end_at_the_first_moment_that_is_in_none(start: int, end: int, zone: str, now: int) -> None:
    quiet = Quiet(start, end if end != start else (end + 1) % 1_440, zone)
    ends = until(quiet, now)

    assert (ends is not None) is within(quiet, now)
    if ends is not None:
        assert now < ends <= now + 27 * HOUR
        assert not within(quiet, ends)
        step = max(1, (ends - now) // 60)
        assert all(within(quiet, moment) for moment in (*range(now, ends, step), ends - 1))


@pytest.mark.parametrize(
    ("hours", "now", "ends"),
    [
        # An ordinary night, from before and after midnight, and its very edges.
        (NIGHT, "2026-11-20T23:30", "2026-11-21T07:00"),
        (NIGHT, "2026-11-21T00:00", "2026-11-21T07:00"),
        (NIGHT, "2026-11-20T22:00", "2026-11-21T07:00"),
        (NIGHT, "2026-11-20T21:59:59.999", None),
        (NIGHT, "2026-11-21T07:00", None),
        # A nap.
        ((13 * 60, 14 * 60 + 30), "2026-11-21T13:59", "2026-11-21T14:30"),
        # The clocks go forward at two: an hour less of sleep, and still seven on the wall.
        (NIGHT, "2026-03-28T23:00", "2026-03-29T07:00"),
        # Half past two does not exist that night: they end when the clocks jump over it.
        ((22 * 60, 2 * 60 + 30), "2026-03-29T01:59", "2026-03-29T03:00"),
        # The clocks go back at three: an hour more.
        (NIGHT, "2026-10-24T23:00", "2026-10-25T07:00"),
    ],
)
def test_in_berlin(hours: tuple[int, int], now: str, ends: str | None) -> None:
    found = until(Quiet(*hours, "Europe/Berlin"), at(now, "Europe/Berlin"))

    assert found == (None if ends is None else at(ends, "Europe/Berlin"))


def test_where_the_clocks_go_back_to_within_them_they_go_on() -> None:
    quiet = Quiet(22 * 60, 3 * 60, "Europe/Berlin")

    # 02:30 summer time; at 03:00 it is 02:00 again.
    assert until(quiet, at("2026-10-25T00:30")) == at("2026-10-25T02:00")


def test_a_zone_that_is_gone_from_the_database_keeps_nothing_waiting() -> None:
    assert until(Quiet(*NIGHT, "Middle/Earth"), at("2026-11-21T00:00")) is None


def test_what_somebody_wants_is_read_and_shown_alike() -> None:
    quiet = quiet_of("22:05", "07:00", "Asia/Kolkata")

    assert quiet == Quiet(22 * 60 + 5, 7 * 60, "Asia/Kolkata")
    assert (clock(quiet.start), clock(quiet.end)) == ("22:05", "07:00")


@pytest.mark.parametrize(
    ("start", "end", "zone", "code"),
    [
        ("24:00", "07:00", "UTC", "bad_quiet_hours"),
        ("7:00", "08:00", "UTC", "bad_quiet_hours"),
        ("22:00\n", "07:00", "UTC", "bad_quiet_hours"),
        ("22:00", "٠٧:٠٠", "UTC", "bad_quiet_hours"),
        ("", "", "UTC", "bad_quiet_hours"),
        ("22:00", "22:00", "UTC", "bad_quiet_hours"),
        *(
            ("22:00", "07:00", zone, "unknown_zone")
            for zone in (
                "", "Berlin", "Europe", "../../../../etc/passwd", "/etc/localtime", "Europe/../Europe/Berlin",
                "UTC\x00", "tzdata.zi", "zone.tab", "x" * 65, "Ünïcode", "America/New York",
            )
        ),
    ],
)  # fmt: skip
def test_what_is_no_time_or_no_zone_is_refused(start: str, end: str, zone: str, code: str) -> None:
    found = quiet_of(start, end, zone)

    assert isinstance(found, Fault)
    assert (found.code, found.status) == (code, 422)


@given(start=st.text(max_size=8), end=st.text(max_size=8), zone=st.text(max_size=80))
def test_nothing_that_is_sent_breaks_it(start: str, end: str, zone: str) -> None:
    assert isinstance(quiet_of(start, end, zone), Fault | Quiet)
    quiet_of("22:00", "07:00", zone)


@pytest.mark.parametrize(
    ("mode", "rings", "last_in", "quiet"),
    [
        ("standby", True, None, True),
        ("standby", True, 0, True),
        ("standby", False, None, False),
        # They are talking there, it shows there anyway, or they have just written from there.
        ("active", True, None, False),
        ("mirror", True, None, False),
        ("standby", True, TALKING, False),
    ],
)
def test_they_are_about_what_rings_and_not_where_somebody_talks(
    mode: Mode, last_in: int | None, *, rings: bool, quiet: bool
) -> None:
    place = Binding(BindingId("b"), TenantId("t"), ConversationId("c"), IdentityId("i"), "sms", mode)

    assert holds(place, Capabilities("sms", "SMS", rings=rings), last_in, 2 * TALKING - 1) is quiet
    assert not WEB.rings
