"""What a fault is to whoever runs it: a name, what must hold, and a run of some size."""

import random
import time
from collections.abc import Callable, Coroutine
from typing import Any

from msgspec import Struct

from chaos.figures import Figure
from chaos.history import Verdict
from chaos.world import World

#: Seconds after which what still waits is held to wait for ever; a run that came to rest does not wait for them.
REST = 240.0

__all__ = ["REST", "Fault", "Figure", "Plan", "figure"]


class Plan(Struct, frozen=True):
    """How much. `size`: 1 for a short run, more for a long one; `until`: when it ends early, by the monotonic clock."""

    seed: int
    size: float = 1.0
    until: float = float("inf")
    say: Callable[[str], None] = lambda _: None
    #: Whether what takes too long is a promise broken: not where other work shares the machine.
    timed: bool = True

    def many(self, few: int, most: int = 1_000_000) -> int:
        """So many, at this size; one at least."""
        return max(1, min(most, round(few * self.size)))

    def chance(self, name: str) -> random.Random:
        """Chance of a fault's own: the same for the same seed, whatever ran before."""
        return random.Random(f"{self.seed}/{name}")

    @property
    def over(self) -> bool:
        """Whether it shall end now."""
        return time.monotonic() >= self.until


class Fault(Struct, frozen=True):
    """One of the menu. `needs`: why it cannot run on this machine, in words; empty: it can."""

    name: str
    #: What is done, and what must hold.
    what: str
    run: Callable[[Plan], Coroutine[Any, Any, Figure]]
    needs: Callable[[], str] = lambda: ""


def figure(
    name: str, n: int, world: World, verdict: Verdict, times: tuple[float, ...] = (), note: str = "",
    broken: tuple[str, ...] = (),
) -> Figure:  # fmt: skip
    """A run's, with the number of messages that were said in it."""
    return Figure(name, n, len(world.notes.said), verdict, times, note, broken)
