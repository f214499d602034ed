"""The lock files: what was tested together. Resolved from the ranges in pyproject.toml and package.json."""

from pathlib import Path

from chores.places import BACKEND, FRONTEND, LOCK, ROOT, shown, tool
from chores.run import quietly

_PROJECT = shown(BACKEND / "pyproject.toml")


def names() -> set[str]:
    """What requirements.lock installs on an ordinary Python."""
    lines = [line for line in LOCK.read_text(encoding="utf-8").splitlines() if "==" in line and line[0].isalnum()]
    return {line.split("==")[0] for line in lines if "== 'emscripten'" not in line}


def compile_to(target: Path) -> None:
    """Resolve the back end's requirements into `target`; versions that stand there already are kept if they fit."""
    quietly(
        "lock",
        [
            tool("uv"), "pip", "compile", _PROJECT, "--group", f"{_PROJECT}:dev", "--universal",
            "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links",
            "--custom-compile-command", "just lock", "--quiet", "-o", str(target),
        ],
        "Check the network and the ranges in backend/pyproject.toml.",
        ROOT,
    )  # fmt: skip


def renew() -> None:
    """Both lock files anew, in place."""
    compile_to(LOCK)
    quietly("npm-lock", ["npm", "install", "--package-lock-only"], "Check the network and package.json.", FRONTEND)


def stale(scratch: Path) -> str | None:
    """Why requirements.lock is not what its ranges resolve to; None if it is. Raises Failed without an index."""
    copy = scratch / "requirements.lock"
    copy.write_bytes(LOCK.read_bytes())
    compile_to(copy)
    return None if copy.read_bytes() == LOCK.read_bytes() else "backend/requirements.lock is stale. Run:  just lock"


def fits(wanted: list[str]) -> str | None:
    """Without an index: whether every required name is locked at all."""
    missing = sorted({name.lower().replace("_", "-") for name in wanted} - names())
    return f"Not in backend/requirements.lock: {', '.join(missing)}. Run:  just lock" if missing else None
