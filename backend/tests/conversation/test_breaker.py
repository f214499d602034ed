"""A breaker before an account: when it opens, what may pass then, and what closes it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughline.conversation import breaker
from throughline.conversation.breaker import FIRST, LONGEST, PROBE, WINDOW, Breaker, Heard
from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Outcome, Refused

T0 = 1_000_000


def after(given: Breaker, what: str, now: int = T0) -> Breaker:
    """After sends that went so: `+` good, `-` bad, `!` the credentials refused, `?` answered, `~` paced."""
    words: dict[str, Heard] = {"+": "good", "-": "bad", "!": "auth", "?": "answered", "~": "paced"}
    for sign in what:
        given = breaker.noted(given, words[sign], now)
    return given


OPEN = after(Breaker(), "-" * 10)
PROBED = breaker.taken(OPEN, OPEN.until)


@pytest.mark.parametrize(
    ("outcome", "what"),
    [
        (Accepted("m1"), "good"),
        (NotSent("connect"), "bad"),
        (NotSent("connect_timeout"), "bad"),
        (NotSent("timeout"), "bad"),
        (NotSent("service_unavailable", 3.0), "bad"),
        (NotSent("request_timeout"), "bad"),
        (NotSent("oauth_http_503"), "bad"),
        (NotSent("no_channel"), "bad"),
        (Ambiguous("timeout"), "bad"),
        (Ambiguous("reset"), "bad"),
        (Ambiguous("http_500"), "bad"),
        (Ambiguous("not_json"), "bad"),
        (Ambiguous("too_big"), "bad"),
        (Ambiguous("redirect"), "bad"),
        (Ambiguous("no_id"), "bad"),
        (Refused("unauthorized", auth=True), "auth"),
        (Refused("token_revoked", auth=True), "auth"),
        (Refused("channel_not_found"), "answered"),
        (Refused("undeliverable_131026"), "answered"),
        (Refused("blocked"), "answered"),
        (Refused("http_404"), "answered"),
        (NotSent("not_there"), "answered"),
        (NotSent("ratelimited", 30.0), "paced"),
        (NotSent("rate_limited"), "paced"),
        (NotSent("pair_rate"), "paced"),
        (NotSent("queue_full"), "paced"),
        (NotSent("message_limit_exceeded"), "paced"),
        (NotSent("userRateLimitExceeded"), "paced"),
        (NotSent("quotaExceeded"), "paced"),
        (NotSent("RESOURCE_EXHAUSTED"), "paced"),
        (NotSent("http_429"), "paced"),
        (NotSent("oauth_http_429"), "paced"),
        (NotSent("streaming_state_conflict"), "paced"),
        (NotSent("no_connection_free"), "paced"),
        (NotSent("file_timeout"), "paced"),
        (NotSent("file_not_read"), "paced"),
    ],
)
def test_what_an_outcome_says_about_its_account(outcome: Outcome, what: Heard) -> None:
    assert breaker.heard(outcome) == what


@pytest.mark.parametrize(
    ("sends", "state"),
    [
        ("-" * 9, "closed"),
        ("-" * 10, "open"),
        ("+" * 5 + "-" * 5, "open"),
        ("+" * 6 + "-" * 5, "closed"),
        ("+" * 100 + "-" * 99, "closed"),
        ("+" * 100 + "-" * 100, "open"),
        ("~?" * 50 + "-" * 9, "closed"),
        ("!", "open"),
        ("+" * 1_000 + "!", "open"),
        ("?" * 100 + "~" * 100, "closed"),
    ],
)
def test_half_of_at_least_ten_or_one_refused_credential_opens_it(sends: str, state: str) -> None:
    assert after(Breaker(), sends).state == state


def test_what_was_more_than_a_minute_ago_is_forgotten() -> None:
    old = after(Breaker(), "-" * 9)

    assert after(old, "-", T0 + WINDOW).state == "closed"
    assert after(old, "-", T0 + WINDOW - 1).state == "open"
    assert breaker.sends(old, T0 + WINDOW - 1) == (9, 9)
    assert breaker.sends(old, T0 + WINDOW) == (0, 0)


def test_nothing_passes_until_the_pause_is_over_and_then_one() -> None:
    assert (OPEN.since, OPEN.until, OPEN.auth) == (T0, T0 + FIRST, False)
    assert breaker.bars(OPEN, T0 + FIRST - 1)
    assert not breaker.admits(OPEN, T0 + FIRST - 1)
    assert breaker.admits(OPEN, T0 + FIRST)
    assert PROBED.state == "half_open"
    assert not breaker.admits(PROBED, T0 + FIRST + 1)
    assert not breaker.bars(PROBED, T0 + FIRST + 1)


def test_a_probe_that_never_tells_is_lost_and_another_may_pass() -> None:
    assert not breaker.admits(PROBED, T0 + FIRST + PROBE - 1)
    assert breaker.admits(PROBED, T0 + FIRST + PROBE)


def test_each_failed_probe_doubles_the_pause_up_to_five_minutes() -> None:
    given, pauses = OPEN, []
    for _ in range(6):
        probed = breaker.taken(given, given.until)
        given = after(probed, "-", given.until)
        pauses.append(given.pause)

    assert pauses == [60_000, 120_000, 240_000, LONGEST, LONGEST, LONGEST]
    assert given.state == "open"


def test_a_success_closes_it_and_one_failure_does_not_open_it_again() -> None:
    closed = after(PROBED, "+", T0 + FIRST)

    assert (closed.state, closed.pause) == ("closed", FIRST)
    # The probe is the first of ten.
    assert after(closed, "-" * 8, T0 + FIRST + 1).state == "closed"
    assert after(closed, "-" * 9, T0 + FIRST + 1).state == "open"
    # What opened it is still told.
    assert breaker.sends(closed, T0 + FIRST) == (11, 10)


def test_late_answers_to_what_left_before_do_not_close_it() -> None:
    assert after(OPEN, "+++").state == "open"
    assert after(OPEN, "-", T0 + 10).until == OPEN.until


@pytest.mark.parametrize("sign", ["?", "~"])
def test_a_probe_that_says_nothing_leaves_its_place_to_another(sign: str) -> None:
    still = after(PROBED, sign, T0 + FIRST + 1)

    assert still.state == "half_open"
    assert breaker.admits(still, T0 + FIRST + 1)


def test_what_comes_in_lets_one_try_but_not_right_after_a_failure() -> None:
    assert breaker.came_in(OPEN, T0 + 4_999) == OPEN
    eased = breaker.came_in(OPEN, T0 + 5_000)
    assert eased.state == "half_open"
    assert breaker.admits(eased, T0 + 5_000)
    assert not breaker.admits(breaker.taken(eased, T0 + 5_000), T0 + 5_001)


def test_what_comes_in_says_nothing_about_refused_credentials_but_a_person_does() -> None:
    refused = after(Breaker(), "!")

    assert breaker.came_in(refused, T0 + 20_000) == refused
    lifted = breaker.lifted(refused, T0 + 1)
    assert (lifted.state, lifted.auth) == ("half_open", False)
    assert after(breaker.taken(lifted, T0 + 1), "+", T0 + 2).state == "closed"
    assert after(breaker.taken(lifted, T0 + 1), "!", T0 + 2).auth


def test_a_closed_one_is_left_alone() -> None:
    fresh = Breaker()

    assert breaker.came_in(fresh, T0) is fresh
    assert breaker.lifted(fresh, T0) is fresh
    assert breaker.taken(fresh, T0) is fresh
    assert breaker.admits(fresh, T0)


#: What may happen, and how many milliseconds after what came before.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["good", "bad", "bad", "bad", "auth", "answered", "paced", "in", "lift", "send"]),
        st.sampled_from([0, 1, 400, 4_000, 31_000, 70_000]),
    ),
    max_size=120,
)  # fmt: skip


@given(STEPS)
def test_whatever_happens_one_probe_is_out_and_the_pause_is_bounded(steps: Sequence[tuple[str, int]]) -> None:
    given, now, out = Breaker(), T0, None
    for what, wait in steps:
        now += wait
        before = given
        match what:
            case "send":
                if not breaker.admits(given, now):
                    assert given.state != "closed"
                    continue
                assert given.state != "open" or now >= given.until
                if given.state == "half_open" and out is not None:
                    assert now >= out + PROBE
                given = breaker.taken(given, now)
                out = now if given.state == "half_open" else None
            case "in":
                given = breaker.came_in(given, now)
                if given is not before:
                    assert not before.auth
                    out = None
            case "lift":
                given, out = breaker.lifted(given, now), None
            case "good" | "bad" | "auth" | "answered" | "paced" as heard:
                given = breaker.noted(given, heard, now)
                if before.state == "half_open":
                    out = None
                if heard == "auth":
                    assert given.state == "open"
                if before.state == "closed" and given.state == "open" and heard == "bad":
                    volume, bad = breaker.sends(given, now)
                    assert volume >= bad >= 5
                if heard == "good":
                    assert given.state == ("open" if before.state == "open" else "closed")
        assert FIRST <= given.pause <= LONGEST
        assert len(given.counts) <= 24
        assert given.until <= now + LONGEST
