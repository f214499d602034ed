"""Waits between sign-ins that fail."""

from throughline.identity.attempts import ADDRESS, PLACE, Attempts

from .clock import StillClock


def failing(attempts: Attempts, clock: StillClock, times: int, address: str = "a", place: str = "p") -> list[float]:
    """The waits met on the way to so many failures."""
    waits = []
    for _ in range(times):
        wait = attempts.begin(address, place)
        if wait is not None:
            waits.append(wait)
            clock.pass_(wait)
            assert attempts.begin(address, place) is None
    return waits


def test_some_failures_are_free_then_the_waits_double_up_to_the_longest() -> None:
    clock = StillClock()

    waits = failing(Attempts(clock), clock, 16)

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]
    assert max(waits) == ADDRESS.longest


def test_a_try_during_a_wait_does_not_make_it_longer() -> None:
    clock = StillClock()
    attempts = Attempts(clock)
    failing(attempts, clock, 5)

    assert [attempts.begin("a", "p") for _ in range(50)] == [1.0] * 50


def test_a_right_one_sets_the_address_back() -> None:
    clock = StillClock()
    attempts = Attempts(clock)
    failing(attempts, clock, 4)
    assert attempts.begin("a", "p") is None
    attempts.passed("a", "p")

    assert failing(attempts, clock, 5) == []


def test_many_addresses_from_one_place_make_the_place_wait() -> None:
    clock = StillClock()
    attempts = Attempts(clock)
    for n in range(PLACE.free):
        assert attempts.begin(f"a{n}", "p") is None

    assert attempts.begin("fresh", "p") == 1.0
    assert attempts.begin("fresh", "elsewhere") is None


def test_right_ones_never_make_a_place_wait() -> None:
    attempts = Attempts(StillClock())
    for n in range(5 * PLACE.free):
        assert attempts.begin(f"a{n}", "p") is None
        attempts.passed(f"a{n}", "p")


def test_one_that_was_not_looked_at_does_not_count() -> None:
    attempts = Attempts(StillClock())
    for _ in range(100):
        assert attempts.begin("a", "p") is None
        attempts.undone("a", "p")


def test_after_a_quarter_of_an_hour_all_is_forgotten() -> None:
    clock = StillClock()
    attempts = Attempts(clock)
    failing(attempts, clock, 12)
    clock.pass_(1_000)

    assert failing(attempts, clock, 5) == []


def test_strangers_cannot_fill_the_memory() -> None:
    attempts = Attempts(StillClock())
    for n in range(25_000):
        attempts.begin(f"a{n}", f"p{n}")

    assert len(attempts._tallies) <= 20_000
