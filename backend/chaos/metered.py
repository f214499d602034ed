"""How what a process uses grows."""


def slope(points: list[tuple[float, float]]) -> float:
    """How much the second number grows for each one of the first, by least squares; 0 for too few."""
    if len(points) < 2:
        return 0.0
    x = sum(p[0] for p in points) / len(points)
    y = sum(p[1] for p in points) / len(points)
    below = sum((p[0] - x) ** 2 for p in points)
    return sum((p[0] - x) * (p[1] - y) for p in points) / below if below else 0.0
