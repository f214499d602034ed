"""The Limits port in memory, on the `limits` library: a moving window a key, so that no burst fits across a border.

What must be exact and survive a restart (messages) is counted in the log itself, not here; this bounds requests.

The library's own memory storage reads the wall clock and starts a thread to forget; ours is given the time and holds a
bounded number of keys. The strategy and the keys are the library's, so that its Redis storage can stand in.
"""

from collections import OrderedDict, deque

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from throughline.ports import Clock


class _Window(RateLimitItemPerSecond):
    """`amount` in any number of seconds, fractions too."""

    __slots__ = ("seconds",)

    def __init__(self, amount: int, seconds: float) -> None:
        super().__init__(amount)
        self.seconds = seconds

    def get_expiry(self) -> float:  # type: ignore[override]
        return self.seconds

    def key_for(self, *identifiers: object) -> str:
        # Lengths, so that no two lists of identifiers give one key.
        return f"{self.amount}/{self.seconds:g}/" + "/".join(f"{len(str(i))}:{i}" for i in identifiers)


class _Times(MemoryStorage):
    """Of each key the newest times; the key that was longest untouched goes first when there are too many."""

    def __init__(self, clock: Clock, keys: int) -> None:
        super().__init__()
        self._clock, self._keys = clock, keys
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._times)

    def acquire_entry(self, key: str, limit: int, expiry: float, amount: int = 1) -> bool:
        now = self._clock.monotonic()
        times = self._of(key, now - expiry)
        if len(times) + amount > limit:
            return False
        times.extend([now] * amount)
        self._times[key] = times
        self._times.move_to_end(key)
        if len(self._times) > self._keys:
            self._times.popitem(last=False)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: float) -> tuple[float, int]:  # noqa: ARG002 - as the library calls it
        now = self._clock.monotonic()
        times = self._of(key, now - expiry)
        return (times[0] if times else now, len(times))

    def _of(self, key: str, since: float) -> deque[float]:
        """The key's times after `since`; older ones are forgotten."""
        times = self._times.get(key)
        if times is None:
            return deque()
        while times and times[0] <= since:
            times.popleft()
        if not times:
            del self._times[key]
        return times


class MovingWindow:
    """See ports.Limits. At most `keys` of them are remembered."""

    def __init__(self, clock: Clock, keys: int = 100_000) -> None:
        self._clock = clock
        self._times = _Times(clock, keys)
        self._limiter = MovingWindowRateLimiter(self._times)

    def __len__(self) -> int:
        return len(self._times)

    def hit(self, key: tuple[str, ...], limit: int, window: float) -> float | None:
        """Count one; None, or the seconds to wait. A limit of 0 is no limit."""
        if limit == 0:
            return None
        item = _Window(limit, window)
        if self._limiter.hit(item, *key):
            return None
        return max(0.001, self._limiter.get_window_stats(item, *key).reset_time - self._clock.monotonic())
