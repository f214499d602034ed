"""The lock files: what was tested together. Resolved from the ranges in pyproject.toml and package.json."""

import json
import re
from pathlib import Path
from typing import Any

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
    """Make both lock files anew, in place."""
    compile_to(LOCK)
    quietly("npm-lock", ["npm", "install", "--package-lock-only"], "Check the network and package.json.", FRONTEND)
    complete = with_other_platforms(json.loads(_NPM.read_text(encoding="utf-8")))
    _NPM.write_text(json.dumps(complete, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def npm_gaps() -> set[str]:
    """Optional packages of other platforms that package-lock.json should have, and has not."""
    found = json.loads(_NPM.read_text(encoding="utf-8"))
    return set(with_other_platforms(found)["packages"]) - set(found["packages"])


_NPM = FRONTEND / "package-lock.json"
_SYSTEMS = ("aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32")
_CHIPS = ("arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64", "wasm32")


def with_other_platforms(lock: dict[str, Any]) -> dict[str, Any]:
    """The npm lock with an entry for each optional package of another platform that npm left out.

    npm leaves out what the registry in use does not carry; `npm ci` then refuses the lock everywhere. An entry with its
    system and chip is never fetched on another one.
    """
    packages: dict[str, Any] = dict(lock["packages"])
    for owner in list(packages.values()):
        for name, wanted in owner.get("optionalDependencies", {}).items():
            key = f"node_modules/{name}"
            words = re.split(r"[-/_]", name)
            system = [s for s in _SYSTEMS if s in words]
            chip = [c for c in _CHIPS if c in words]
            if key in packages or not (system or chip):
                continue
            packages[key] = {
                "version": re.sub(r"^[~^]", "", wanted),
                **({"cpu": chip} if chip else {}),
                **({"dev": True} if owner.get("dev") else {}),
                **({"libc": ["musl"]} if words[-1] == "musl" else {}),
                "optional": True,
                **({"os": system} if system else {}),
            }
    return lock | {"packages": dict(sorted(packages.items()))}


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
