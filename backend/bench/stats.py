"""What a list of numbers says: percentiles and medians, and the words for them in a table."""

import statistics
from collections.abc import Sequence

from msgspec import Struct


class Spread(Struct, frozen=True):
    """A median of several runs, with the lowest and the highest."""

    median: float
    low: float
    high: float


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of an ordered list lies; 0 of an empty one."""
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def spread(values: Sequence[float]) -> Spread:
    """The median of the runs and their range."""
    return Spread(statistics.median(values), min(values), max(values))


def shown(value: float) -> str:
    """Three significant digits, no exponent."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def ranged(of: Spread, unit: str = "") -> str:
    """`median (low–high) unit`."""
    tail = f" {unit}" if unit else ""
    if of.low == of.high:
        return f"{shown(of.median)}{tail}"
    return f"{shown(of.median)} ({shown(of.low)}–{shown(of.high)}){tail}"


def fraction(ratio: float) -> str:
    """`1/7.3` below one, `1.4 times` above."""
    if ratio <= 0:
        return "0"
    return f"1/{1 / ratio:.1f}" if ratio < 1 else f"{ratio:.1f} times"
