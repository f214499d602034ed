"""Running other programs: their words go to a log, and only a failure shows the end of it, with what to do."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from chores.places import LOGS, ROOT, environment, shown

_TAIL = 25


class Failed(Exception):  # noqa: N818 - it is an outcome, not a mistake of ours
    """A chore cannot go on. The text is for the person at the terminal; `code` is the exit code."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


def quietly(
    name: str,
    command: Sequence[str],
    advice: str,
    where: Path = ROOT,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run to the end, words into `.cache/logs/NAME.log`; returns them. Raises Failed with their tail and `advice`."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    try:
        done = subprocess.run(
            command, cwd=where, env=dict(env or environment()), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False,
        )  # fmt: skip
    except FileNotFoundError as gone:
        raise Failed(f"{command[0]} is not there. {advice}") from gone
    log.write_text(f"$ {' '.join(map(str, command))}\n{done.stdout}", encoding="utf-8")
    if done.returncode != 0:
        tail = "\n".join(f"   {line}" for line in done.stdout.rstrip().splitlines()[-_TAIL:])
        raise Failed(f"{tail}\n\n{name} failed (exit {done.returncode}); all of it is in {shown(log)}.\n{advice}")
    return done.stdout


def openly(command: Sequence[str], where: Path = ROOT, env: Mapping[str, str] | None = None) -> int:
    """Run with its words straight to the terminal; returns the exit code."""
    return subprocess.run(
        command, cwd=where, env=dict(env or environment()), stdin=subprocess.DEVNULL, check=False
    ).returncode


def first_line(command: Sequence[str]) -> str | None:
    """The first line of a command's answer, or None where the command is missing or fails."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
        )
    except (FileNotFoundError, PermissionError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip().splitlines()[0] if done.returncode == 0 and done.stdout.strip() else None
