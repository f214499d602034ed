"""How often is too often: a rate with a burst that is borrowed from the time to come."""

from collections.abc import Hashable


class Rates:
    """For each key, the time at which what was taken so far is paid back."""

    def __init__(self) -> None:
        self._paid: dict[Hashable, float] = {}

    def take(self, key: Hashable, now: float, every: float, burst: int) -> bool:
        """Take one, of which there is one each `every` seconds and `burst` ahead; False: there is none."""
        paid = max(self._paid.get(key, now), now)
        # A thousandth more: the sum of many small steps is not exact.
        if paid - now > every * (burst - 1) + every / 1_000:
            return False
        self._paid[key] = paid + every
        if len(self._paid) > 10_000:
            self._paid = {name: until for name, until in self._paid.items() if until > now}
        return True
