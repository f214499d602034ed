"""What a fault's run came to, and the table in docs/chaos.md that it is written into."""

import math
import platform
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from chaos.history import Verdict

DOCUMENT = Path(__file__).parents[2] / "docs" / "chaos.md"
_MARK = "<!-- rows: just chaos adds them here -->"


class Figure(Struct, frozen=True):
    """One fault's run. `n` is what was injected; `times` are seconds until all was well again, one for each."""

    fault: str
    n: int
    messages: int
    verdict: Verdict
    times: tuple[float, ...] = ()
    #: What else there is to say, in a few words.
    note: str = ""
    #: Promises of the fault's own that were not held.
    broken: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether everything held."""
        return self.verdict.holds and not self.broken

    def row(self, seed: int, day: str) -> str:
        """Its line of the table."""
        cells = (
            self.fault, f"{self.n:,}", f"{self.messages:,}", f"{self.verdict.lost}", f"{self.verdict.doubled}",
            f"{self.verdict.ambiguous}", spread(self.times), bound(self.verdict.lost + self.verdict.doubled, self.n),
            "held" if self.holds else "**broken**", self.note or " ", f"{seed}", day, versions(),
        )  # fmt: skip
        return f"| {' | '.join(cells)} |"

    def line(self) -> str:
        """It on a terminal."""
        word = "held  " if self.holds else "BROKEN"
        return (
            f"{word} {self.fault:<18} {self.n:>6,} faults {self.messages:>7,} messages: {self.verdict.lost} lost, "
            f"{self.verdict.doubled} doubled, {self.verdict.ambiguous} in doubt; {spread(self.times)}; {self.note}"
        )


def percentile(times: Sequence[float], part: float) -> float:
    """The smallest time that so large a part of them does not exceed."""
    ordered = sorted(times)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def spread(times: Sequence[float]) -> str:
    """p50 / p95 / max in seconds."""
    if not times:
        return "–"
    return " / ".join(f"{one:.2f}" for one in (percentile(times, 0.5), percentile(times, 0.95), max(times))) + " s"


def bound(seen: int, n: int) -> str:
    """What the rate is below, 95 times in 100, where it was never seen in n trials: 3/n."""
    return "–" if seen or not n else f"< {min(1.0, 3 / n):.2%}"


def versions() -> str:
    """What the figures were taken with."""
    return f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version} FULL"


def append(figures: Sequence[Figure], seed: int, day: str, document: Path = DOCUMENT) -> None:
    """Add a line for each."""
    text = document.read_text(encoding="utf-8")
    rows = "".join(f"{figure.row(seed, day)}\n" for figure in figures)
    document.write_text(text.replace(_MARK, f"{rows}{_MARK}") if _MARK in text else text + rows, encoding="utf-8")
