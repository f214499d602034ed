"""Waits between sign-ins that fail: none at first, then growing, per address and per place they come from.

An attempt counts before its password is looked at and is taken back when it was right, so that guesses in parallel
gain nothing. The longest wait is short enough that nobody can lock somebody else out for long.
"""

from collections import OrderedDict

from msgspec import Struct

from throughline.ports import Clock

_MOST = 20_000
#: Seconds without an attempt after which all is forgotten.
_FORGET = 900.0


class Rule(Struct, frozen=True):
    """`free` attempts without a wait; then 1, 2, 4 … seconds, `longest` at most."""

    free: int
    longest: float


ADDRESS = Rule(free=5, longest=60.0)
PLACE = Rule(free=30, longest=300.0)


class _Tally(Struct):
    count: int
    last: float
    until: float


class Attempts:
    """In memory and bounded: of too many keys the longest unused are forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tallies: OrderedDict[tuple[str, str], _Tally] = OrderedDict()

    def begin(self, address: str, place: str) -> float | None:
        """Count an attempt. None: go on. Else: seconds to wait, and nothing was counted."""
        now = self._clock.monotonic()
        pairs = ((self._tally("address", address, now), ADDRESS), (self._tally("place", place, now), PLACE))
        wait = max(tally.until - now for tally, _ in pairs)
        if wait > 0:
            return wait
        for tally, rule in pairs:
            tally.count += 1
            tally.last = now
            over = tally.count - rule.free
            if over >= 0:
                tally.until = now + min(2.0 ** min(over, 20), rule.longest)
        return None

    def passed(self, address: str, place: str) -> None:
        """It was right: the address starts anew, the place gets its attempt back."""
        self._tallies.pop(("address", address), None)
        tally = self._tallies.get(("place", place))
        if tally is not None:
            tally.count = max(0, tally.count - 1)
            if tally.count < PLACE.free:
                tally.until = 0.0

    def undone(self, address: str, place: str) -> None:
        """It was not looked at (we were too busy): neither right nor wrong."""
        for name in (("address", address), ("place", place)):
            tally = self._tallies.get(name)
            if tally is not None:
                tally.count = max(0, tally.count - 1)
                tally.until = 0.0

    def _tally(self, kind: str, key: str, now: float) -> _Tally:
        name = (kind, key)
        tally = self._tallies.get(name)
        if tally is None or now - max(tally.last, tally.until) > _FORGET:
            tally = self._tallies[name] = _Tally(0, now, 0.0)
        self._tallies.move_to_end(name)
        while len(self._tallies) > _MOST:
            self._tallies.popitem(last=False)
        return tally
