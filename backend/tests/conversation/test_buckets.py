"""Tiers and the queue before them: never more than the provider takes, and nobody passed over."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughline.conversation.buckets import Queue, bucket, closed, free_at, idle, left


def served_all(queue: Queue, until: float, again: bool = True) -> list[tuple[float, object]]:
    """Everything that leaves up to then, each call at the first moment it may; whoever left stands again."""
    out: list[tuple[float, object]] = []
    now = 0.0
    while len(queue) and now <= until:
        ticket = queue.served(now)
        if ticket is None:
            now = free_at(queue.tier, now)
            continue
        out.append((now, ticket))
        if again:
            queue.join(ticket)
    return out


def test_a_full_tier_lets_as_many_leave_at_once_as_it_has() -> None:
    tier = bucket("start", 3, 60.0)
    for _ in range(3):
        assert free_at(tier, 10.0) == 10.0
        tier = left(tier, 10.0)

    assert free_at(tier, 10.0) == 70.0


def test_calls_that_go_on_are_spread_over_the_window() -> None:
    queue = Queue(bucket("append", 100, 60.0))
    queue.join("one")
    times = [at for at, _ in served_all(queue, 60.0)]

    assert times[:20] == [0.0] * 20
    gaps = [b - a for a, b in pairwise(times[20:])]
    assert max(gaps) < 1.0


@given(
    st.sampled_from(["start", "append", "post"]),
    st.integers(1, 12),
    st.floats(0.5, 60.0),
    st.lists(st.floats(0.0, 20.0), max_size=80),
)
def test_no_window_ever_holds_more_than_the_tier(
    kind: str, calls: int, seconds: float, pauses: list[float]
) -> None:  # fmt: skip
    tier, now, times = bucket(kind, calls, seconds), 0.0, []
    for pause in pauses:
        now = free_at(tier, now + pause)
        tier = left(tier, now)
        times.append(now)

    for first, last in zip(times, times[calls:], strict=False):
        assert last - first >= seconds - 1e-9


@given(st.integers(2, 25), st.integers(1, 40), st.floats(1.0, 60.0))
def test_no_stream_waits_for_more_than_one_call_of_each_other(streams: int, calls: int, seconds: float) -> None:
    queue = Queue(bucket("append", calls, seconds))
    for stream in range(streams):
        queue.join(stream)
    tickets = [ticket for _, ticket in served_all(queue, seconds * 4)]

    for at in range(len(tickets) - streams):
        assert Counter(tickets[at : at + streams]) == Counter(range(streams))


def test_twenty_streams_all_move_within_the_first_quarter_of_a_minute() -> None:
    queue = Queue(bucket("append", 100, 60.0))
    for stream in range(20):
        queue.join(stream)
    left_at: dict[object, list[float]] = {}
    for at, ticket in served_all(queue, 60.0):
        left_at.setdefault(ticket, []).append(at)

    assert all(times[0] == 0.0 and times[1] <= 15.0 for times in left_at.values())


def test_a_tier_that_the_provider_closed_lets_nothing_leave_before_its_time() -> None:
    queue = Queue(closed(bucket("append", 100, 60.0), 30.0))
    queue.join("one")

    assert queue.served(29.9) is None
    assert queue.wait(0.0) == pytest.approx(30.0)
    assert queue.served(30.0) == "one"


def test_a_shorter_pause_does_not_open_a_tier_again() -> None:
    assert closed(closed(bucket("post", 1, 1.0), 30.0), 10.0).closed == 30.0


def test_who_left_the_queue_is_not_waited_for() -> None:
    queue = Queue(bucket("post", 1, 1.0))
    for ticket in ("a", "b", "c"):
        queue.join(ticket)
    queue.leave("b")
    queue.leave("never there")

    assert [ticket for _, ticket in served_all(queue, 10.0, again=False)] == ["a", "c"]


def test_joining_twice_keeps_the_place() -> None:
    queue = Queue(bucket("post", 1, 1.0))
    for ticket in ("a", "b", "a"):
        queue.join(ticket)

    assert len(queue) == 2
    assert queue.served(0.0) == "a"


@given(st.integers(0, 60), st.integers(1, 10), st.floats(1.0, 60.0))
def test_the_wait_that_is_told_is_never_shorter_than_the_real_one(ahead: int, calls: int, seconds: float) -> None:
    queue = Queue(bucket("start", calls, seconds))
    for ticket in range(ahead):
        queue.join(ticket)
    told = queue.wait(0.0)
    queue.join("me")
    real = next(at for at, ticket in served_all(queue, 1e9, again=False) if ticket == "me")

    assert told >= real - 1e-6


def test_a_tier_is_idle_once_its_window_is_over() -> None:
    tier = left(bucket("post", 1, 5.0), 10.0)

    assert not idle(tier, 14.9)
    assert idle(tier, 15.0)
    assert not idle(closed(tier, 20.0), 15.0)
