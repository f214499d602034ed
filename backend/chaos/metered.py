"""What a process uses: memory, descriptors. Read from /proc."""

import os
from pathlib import Path


def rss(pid: int) -> int:
    """Resident bytes; 0 where it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def descriptors(pid: int) -> int:
    """Open files and sockets; 0 where it is gone."""
    try:
        return len([*Path(f"/proc/{pid}/fd").iterdir()])
    except OSError:
        return 0


def slope(points: list[tuple[float, float]]) -> float:
    """How much the second number grows for each one of the first, by least squares; 0 for too few."""
    if len(points) < 2:
        return 0.0
    x = sum(p[0] for p in points) / len(points)
    y = sum(p[1] for p in points) / len(points)
    below = sum((p[0] - x) ** 2 for p in points)
    return sum((p[0] - x) * (p[1] - y) for p in points) / below if below else 0.0
