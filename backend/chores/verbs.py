"""What can be asked of the chores: `python3 backend/chores VERB`. The justfile says each in one sentence."""

import os
import shutil
import sys
from collections.abc import Callable

from chores import checks, drift, lock, steps, suites
from chores.lines import Lines
from chores.places import BACKEND, CACHE, CLIENT, DIST, FRONTEND, ROOT, environment, tool
from chores.run import Failed, openly


def up(rest: list[str]) -> int:
    """Everything installed and built, then the gateway itself takes this process over."""
    lines = Lines(total=5)
    lines.title("Throughline")
    steps.ready(lines)
    steps.secret(lines)
    sys.stdout.flush()
    os.chdir(ROOT)
    env = environment()
    os.execve(tool("python"), [tool("python"), "-m", "throughline", "up", *rest], env)  # noqa: S606


def ready(_: list[str]) -> int:
    """Everything installed and built, and nothing started."""
    lines = Lines(total=5)
    steps.ready(lines)
    steps.secret(lines)
    return 0


def test(_: list[str]) -> int:
    """Every test."""
    return suites.run()


def check(only: list[str]) -> int:
    """Every check, or those whose names are given."""
    return checks.run(only)


def schema(_: list[str]) -> int:
    """Write the generated documents and types anew."""
    steps.ready(Lines(total=4), web=False)
    for path in drift.write():
        print(f" ✓ {path}")
    return 0


def relock(_: list[str]) -> int:
    """Resolve both lock files anew, keeping the versions that still fit."""
    lock.renew()
    return 0


def fmt(_: list[str]) -> int:
    """Format everything, and fix what can be fixed."""
    codes = [
        openly([tool("ruff"), "format", *checks.STYLED], BACKEND),
        openly([tool("ruff"), "check", "--fix", *checks.STYLED], BACKEND),
        openly(["npm", "run", "--silent", "fix"], FRONTEND),
    ]
    return max(codes)


def clean(_: list[str]) -> int:
    """Remove what can be made again. Data, `.env` and the installed packages stay."""
    caches = [BACKEND / name for name in (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")]
    for place in (CACHE, CLIENT, DIST, ROOT / "site", FRONTEND / "coverage", *caches):
        shutil.rmtree(place, ignore_errors=True)
    return 0


VERBS: dict[str, Callable[[list[str]], int]] = {
    "up": up,
    "ready": ready,
    "test": test,
    "check": check,
    "schema": schema,
    "lock": relock,
    "fmt": fmt,
    "clean": clean,
}


def run(arguments: list[str]) -> int:
    """Do one chore; its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if verb not in VERBS:
        print(f"python3 backend/chores {{{' | '.join(VERBS)}}}", file=sys.stderr)
        return 2
    try:
        return VERBS[verb](rest)
    except Failed as failed:
        print(f"\n{failed}", file=sys.stderr)
        return failed.code
    except KeyboardInterrupt:
        print("\nStopped. What is done is kept; run it again to go on.", file=sys.stderr)
        return 130
