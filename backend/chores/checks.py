"""`just check`: everything about the tree that can be known without running the product. All are run, all are named."""

import tempfile
import time
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from chores import drift, lock, steps, tree
from chores.bundle import BUDGET, weight
from chores.lines import Lines
from chores.places import BACKEND, DIST, FRONTEND, ROOT, environment, tool
from chores.run import Failed, quietly

#: A check says what is wrong by raising Failed, or answers with a few words.
Check = Callable[[], str]


def run(only: list[str]) -> int:
    """Run all checks (or the named ones) two at a time; 1 if any failed."""
    lines = Lines(total=5)
    lines.title("Throughline · check")
    steps.ready(lines)
    chosen = {name: check for name, check in CHECKS.items() if not only or name in only}
    if unknown := set(only) - set(CHECKS):
        raise Failed(f"No such check: {', '.join(sorted(unknown))}. There are: {', '.join(CHECKS)}", 2)
    failed: dict[str, str] = {}
    with ThreadPoolExecutor(max_workers=2) as pool:
        for name, trouble in pool.map(lambda item: _one(*item), chosen.items()):
            if trouble is not None:
                failed[name] = trouble
    for name, trouble in failed.items():
        print(f"\n── {name} {'─' * (60 - len(name))}\n{trouble}")
    print(f"\n{len(chosen) - len(failed)} checks passed, {len(failed)} failed", flush=True)
    return 1 if failed else 0


def _one(name: str, check: Check) -> tuple[str, str | None]:
    begun, trouble, words = time.monotonic(), None, ""
    try:
        words = check()
    except Failed as failed:
        trouble = str(failed)
    mark = "✓" if trouble is None else "✗"
    print(f" {mark} {name:<14}{words:<27} {time.monotonic() - begun:>4.1f} s", flush=True)
    return name, trouble


def _command(name: str, advice: str, where: Path, *command: str) -> Check:
    def check() -> str:
        quietly(name, command, advice, where, environment(CI="true", NO_MKDOCS_2_WARNING="1"))
        return ""

    return check


def _lock() -> str:
    if lock.npm_gaps():
        raise Failed("frontend/package-lock.json leaves out other platforms. Run:  just lock")
    with tempfile.TemporaryDirectory() as folder:
        try:
            if trouble := lock.stale(Path(folder)):
                raise Failed(trouble)
        except Failed as failed:
            if "stale" in str(failed):
                raise
            return _lock_by_name()
    return "resolved the same"


def _lock_by_name() -> str:
    project = tomllib.loads((BACKEND / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    if trouble := lock.fits([_name(line) for line in wanted]):
        raise Failed(trouble)
    return "no index: names compared"


def _name(requirement: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else " " for c in requirement).split()[0]


def _drift() -> str:
    if trouble := drift.drifted():
        raise Failed(trouble)
    return f"{len(drift.ALL)} files made again"


def _bundle() -> str:
    size = weight(DIST)
    if size > BUDGET:
        raise Failed(
            f"The web client weighs {size:.0f} kB gzipped, the budget is {BUDGET}. Split it or drop something."
        )
    return f"{size:.0f} of {BUDGET} kB"


def _tree() -> str:
    if found := tree.findings():
        raise Failed("\n".join(found))
    return "no hosts, paths, secrets"


#: What ruff looks at, seen from backend/.
STYLED = (".", "../e2e")
_TYPED = ("throughline", "sandbox", "bench", "chaos", "rig", "chores", "tests")
_FMT = "Run:  just fmt"
CHECKS: dict[str, Check] = {
    "types": _command("mypy", "Each line says what does not fit.", BACKEND, tool("mypy"), *_TYPED),
    "format": _command("format", _FMT, BACKEND, tool("ruff"), "format", "--check", *STYLED),
    "lint": _command("lint", _FMT, BACKEND, tool("ruff"), "check", *STYLED),
    "architecture": _command(
        "architecture", "CONTRIBUTING.md says why each rule is there.",
        BACKEND, tool("pytest"), "tests/architecture", "-p", "no:cacheprovider",
    ),
    "web types": _command("tsc", "Each line says what does not fit.", FRONTEND, "npm", "run", "--silent", "types"),
    "web lint": _command("biome", _FMT, FRONTEND, "npm", "run", "--silent", "lint"),
    "docs": _command(
        "docs", "Each line names a page.", ROOT, tool("mkdocs"), "build", "--strict", "-d", ".cache/site",
    ),
    "generated": _drift,
    "bundle": _bundle,
    "lock": _lock,
    "tree": _tree,
}  # fmt: skip
