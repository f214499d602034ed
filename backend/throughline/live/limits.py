"""The Limits port in memory, on the `limits` library: a moving window a key, so that no burst fits across a border.

What must be exact and survive a restart (messages) is counted in the log itself, not here; this bounds requests.
"""

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from throughline.ports import Clock


class MovingWindow:
    """ports.Limits. Windows end by themselves, so memory is bounded by the keys of the last window."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def hit(self, key: tuple[str, ...], limit: int, window: float) -> float | None:
        """Count one; None, or the seconds to wait. A limit of 0 is no limit."""
        if limit == 0:
            return None
        item = RateLimitItemPerSecond(limit, max(1, round(window)))
        if self._limiter.hit(item, *key):
            return None
        resets = self._limiter.get_window_stats(item, *key).reset_time
        return max(0.001, resets - self._clock.now() / 1000)
