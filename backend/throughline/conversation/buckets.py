"""How often a provider may be called: one bucket a tier, and a fair queue in front of it. No clock: `now` comes in.

A provider counts in windows, so a bucket never lets more than `calls` leave in any `seconds`, even after a quiet time.
Of calls that go on for as long as something streams (`append`, `update`) a fifth may leave at once, the others are
spread over the window: a burst that took them all would leave every stream without a word for the rest of a minute.

The queue is first in, first out, and nobody stands in it twice: whoever has been served stands behind all others, so
of N streams none waits for more than N - 1 calls of others.
"""

from collections import deque
from collections.abc import Hashable

from msgspec import Struct

#: Kinds of calls that are spread, and which share of them may leave at once.
SPREAD = frozenset({"append", "update"})
AT_ONCE = 0.2


class Bucket(Struct, frozen=True):
    """A tier and what has left of late: `times` (seconds), oldest first, at most `calls` of them."""

    calls: int
    seconds: float
    at_once: int
    times: tuple[float, ...] = ()
    #: The provider has said not before.
    closed: float = 0.0


def bucket(kind: str, calls: int, seconds: float) -> Bucket:
    """A full one."""
    return Bucket(calls, seconds, max(1, int(calls * AT_ONCE)) if kind in SPREAD else calls)


def free_at(tier: Bucket, now: float) -> float:
    """When the next call may leave; `now` where it may at once."""
    at, times = max(now, tier.closed), tier.times
    if len(times) >= tier.calls:
        at = max(at, times[-tier.calls] + tier.seconds)
    if tier.at_once < tier.calls:
        lately = sum(1 for time in times if time > now - tier.seconds)
        if lately >= tier.at_once:
            at = max(at, times[-1] + tier.seconds / (tier.calls - tier.at_once))
    return at


def left(tier: Bucket, at: float) -> Bucket:
    """A call leaves at `at`."""
    return Bucket(tier.calls, tier.seconds, tier.at_once, (*tier.times, at)[-tier.calls :], tier.closed)


def closed(tier: Bucket, until: float) -> Bucket:
    """The provider wants no call before `until`."""
    return Bucket(tier.calls, tier.seconds, tier.at_once, tier.times, max(tier.closed, until))


def idle(tier: Bucket, now: float) -> bool:
    """Whether it is as good as new."""
    return tier.closed <= now and (not tier.times or tier.times[-1] + tier.seconds <= now)


class Queue:
    """Who waits for a bucket, in order. Tickets are anything that can be told apart."""

    def __init__(self, tier: Bucket) -> None:
        self.tier = tier
        self._waiting: deque[Hashable] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def join(self, ticket: Hashable) -> None:
        """Stand at the end; who stands there already keeps the place."""
        if ticket not in self._waiting:
            self._waiting.append(ticket)

    def leave(self, ticket: Hashable) -> None:
        """It is not needed any more."""
        if ticket in self._waiting:
            self._waiting.remove(ticket)

    def served(self, now: float) -> Hashable | None:
        """The first ticket, if a call may leave now: it has its turn and is gone from the queue."""
        if not self._waiting or free_at(self.tier, now) > now:
            return None
        self.tier = left(self.tier, now)
        return self._waiting.popleft()

    def wait(self, now: float) -> float:
        """Seconds that who joined now would wait, if nobody else left."""
        tier, at = self.tier, now
        for _ in range(min(len(self._waiting), tier.calls) + 1):
            at = free_at(tier, at)
            tier = left(tier, at)
        # Beyond a window's worth of tickets every further window takes its time.
        return at - now + (len(self._waiting) // tier.calls) * tier.seconds
