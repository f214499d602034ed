import pytest

from throughline.live.limits import MovingWindow


class ToldClock:
    def __init__(self) -> None:
        self.at = 50.0

    def now(self) -> int:
        return int(self.at * 1000)

    def monotonic(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


def test_a_window_moves() -> None:
    clock = ToldClock()
    limits = MovingWindow(clock)
    for _ in range(3):
        assert limits.hit(("a",), 3, 60) is None
        clock.at += 10
    assert limits.hit(("a",), 3, 60) == pytest.approx(30)
    clock.at += 29.9
    assert limits.hit(("a",), 3, 60) == pytest.approx(0.1)
    clock.at += 0.2
    assert limits.hit(("a",), 3, 60) is None
    assert limits.hit(("a",), 3, 60) == pytest.approx(9.9)


def test_a_refused_hit_is_not_counted_and_keys_are_apart() -> None:
    clock = ToldClock()
    limits = MovingWindow(clock)
    assert limits.hit(("a", "b/c"), 1, 0.5) is None
    for _ in range(10):
        assert limits.hit(("a", "b/c"), 1, 0.5) == pytest.approx(0.5)
    assert limits.hit(("a/b", "c"), 1, 0.5) is None
    clock.at += 0.5
    assert limits.hit(("a", "b/c"), 1, 0.5) is None


def test_no_limit_is_no_limit() -> None:
    limits = MovingWindow(ToldClock())
    assert [limits.hit(("a",), 0, 1) for _ in range(100)] == [None] * 100
    assert len(limits) == 0


def test_keys_are_bounded_and_the_longest_untouched_goes_first() -> None:
    limits = MovingWindow(ToldClock(), keys=3)
    for key in ("a", "b", "c", "a", "d"):
        limits.hit((key,), 5, 60)
    assert len(limits) == 3
    assert limits.hit(("a",), 2, 60) is None
