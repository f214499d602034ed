"""Crash points: named places where a test can end the process as kill -9 would."""

import os

_armed: tuple[str, int] | None = None


def arm_crash(at: str) -> None:
    """`point:n`: the n-th pass of that crash point ends the process as kill -9 would. Empty: none."""
    global _armed  # noqa: PLW0603 - one switch for the process, set once at start
    point, _, n = at.partition(":")
    _armed = (point, int(n or 1)) if point else None


def crash_point(name: str) -> None:
    """A place where a crash must cost nothing that was acknowledged. Free when not armed."""
    global _armed  # noqa: PLW0603
    if _armed is None or _armed[0] != name:
        return
    if _armed[1] <= 1:
        os._exit(137)
    _armed = (name, _armed[1] - 1)
