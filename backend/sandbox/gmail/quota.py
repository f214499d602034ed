"""Quota units: what an app has used of a mailbox within the last minute. In memory only."""

from collections import deque

from sandbox.gmail.published import MINUTE, UNITS


class Quota:
    """`scale` multiplies the quota, for measurements; 0 switches it off."""

    def __init__(self) -> None:
        self.scale = 1.0
        self._used: dict[str, deque[tuple[float, int]]] = {}

    def take(self, mailbox: str, units: int, now: float) -> bool:
        """Use so many units; False: there are not so many left, and none are used."""
        if not self.scale:
            return True
        used = self._used.setdefault(mailbox, deque())
        while used and used[0][0] <= now - MINUTE:
            used.popleft()
        if sum(u for _, u in used) + units > UNITS * self.scale:
            return False
        used.append((now, units))
        return True

    def fill(self) -> None:
        """Forget everything that was used."""
        self._used.clear()
