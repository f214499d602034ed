"""The steps between a fresh clone and a program that can start. Each looks first whether there is anything to do."""

import json
import os
import secrets
import shutil
import sys
from pathlib import Path

from chores import lock, stamps
from chores.bundle import BUDGET, weight
from chores.lines import Lines
from chores.places import (
    BACKEND,
    BIN,
    CLIENT,
    DIST,
    ENV_FILE,
    FRONTEND,
    INSTALLER,
    LOCK,
    PROMPTS,
    ROOT,
    VENV,
    environment,
    tool,
)
from chores.run import Failed, first_line, quietly

NODE_NEEDED = (20, 19)
_NODE_ADVICE = """Throughline needs Node 20.19 or newer; {found}.
  anywhere        https://nodejs.org/en/download   (take the LTS version)
  macOS           brew install node
  with nvm        nvm install --lts"""
_ENV_TEXT = """\
# Read at start; the environment wins over it. Every name: docs/reference/settings.md
THROUGHLINE_SECRET={secret}

# A real model instead of the built-in demo one: any OpenAI-compatible server.
# OPENAI_API_KEY=
# OPENAI_BASE_URL=
# OPENAI_MODEL=gpt-4o
"""


def versions(lines: Lines) -> str:
    """The two programs that must be there already; returns Node's version."""
    found = (first_line(["node", "--version"]) or "").lstrip("v")
    parts = [int(p) for p in found.split(".")[:2] if p.isdigit()]
    if not found or tuple(parts) < NODE_NEEDED:
        raise Failed(_NODE_ADVICE.format(found=f"this is {found}" if found else "there is none"), code=2)
    lines.fact(f"Python {'.'.join(map(str, sys.version_info[:3]))} · Node {found}")
    return found


def back_end(lines: Lines) -> None:
    """`.venv` holds exactly what requirements.lock says, checked by hash, and throughline itself."""
    packages = len(lock.names())
    with lines.step("back end") as outcome:
        now = stamps.digest([LOCK, INSTALLER, BACKEND / "pyproject.toml"], sys.version, str(ROOT))
        outcome.detail = f"{packages} packages"
        if stamps.same("back-end", now, BIN / "python", BIN / "uv", BIN / "throughline"):
            outcome.detail, outcome.fresh = f"{packages} packages, up to date", False
            return
        back_end_environment()
        online = "Check the network, then run it again; what is done is kept."
        pip = [tool("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        quietly("installer", [*pip, "-r", str(INSTALLER)], online)
        uv = [tool("uv"), "pip"]
        quietly("back-end", [*uv, "sync", "--require-hashes", str(LOCK)], online)
        editable = ["install", "--no-deps", "--no-build-isolation", "-e", str(BACKEND)]
        quietly("throughline", [*uv, *editable], "Run it again; if it stays, delete .venv first.")
        stamps.put("back-end", now)


def back_end_environment() -> None:
    """`.venv` is there and was made by this Python; else it is made. Raises Failed where Python cannot."""
    if first_line([tool("python"), "-c", "import sys, pip; print(sys.version)"]) == sys.version.splitlines()[0]:
        return
    try:
        import ensurepip  # noqa: F401 - Debian leaves it out
        import venv  # noqa: F401
    except ImportError as missing:
        name = f"python3.{sys.version_info.minor}-venv" if Path("/etc/debian_version").exists() else "python3-venv"
        raise Failed(f"This Python cannot make virtual environments yet. Run:  sudo apt install {name}", 2) from missing
    shutil.rmtree(VENV, ignore_errors=True)
    quietly("venv", [sys.executable, "-m", "venv", str(VENV)], "On Debian:  sudo apt install python3-venv")


def prompts(lines: Lines) -> None:
    """The Python client of baml_src, generated."""
    with lines.step("prompts") as outcome:
        now = stamps.digest(stamps.files(PROMPTS), LOCK.read_text())
        outcome.detail = "client generated"
        if stamps.same("prompts", now, CLIENT / "__init__.py"):
            outcome.detail, outcome.fresh = "client up to date", False
            return
        quietly(
            "prompts", [tool("baml-cli"), "generate", "--from", str(PROMPTS)],
            "A prompt in baml_src/ does not fit; the lines above say where.",
            env=environment(BAML_LOG="warn"),
        )  # fmt: skip
        stamps.put("prompts", now)


def front_end(lines: Lines, node: str) -> None:
    """`frontend/node_modules` holds exactly what package-lock.json says."""
    with lines.step("front end") as outcome:
        locked = [FRONTEND / name for name in ("package-lock.json", "package.json", ".npmrc")]
        now, installed = stamps.digest(locked, node), FRONTEND / "node_modules" / ".package-lock.json"
        outcome.fresh = not stamps.same("front-end", now, installed)
        if outcome.fresh:
            quietly(
                "front-end", ["npm", "ci", "--no-audit", "--no-fund", "--no-progress"],
                "Check the network, then run it again. If package.json was changed by hand: just lock", FRONTEND,
            )  # fmt: skip
            stamps.put("front-end", now)
        packages = len(json.loads(installed.read_text(encoding="utf-8"))["packages"])
        outcome.detail = f"{packages} packages" + ("" if outcome.fresh else ", up to date")


def web_client(lines: Lines) -> None:
    """`frontend/dist`, built from the sources as they are now, and its weight."""
    with lines.step("web client") as outcome:
        inputs = stamps.files(FRONTEND, but=("node_modules", "dist", "coverage", "test", "test-results"))
        now = stamps.digest(p for p in inputs if ".test." not in p.name and p.suffix != ".tsbuildinfo")
        if fresh := not stamps.same("web-client", now, DIST / "index.html"):
            quietly("web-client", ["npm", "run", "--silent", "build"], "The lines above say where.", FRONTEND)
            stamps.put("web-client", now)
        outcome.fresh = fresh
        outcome.detail = f"{weight(DIST):.0f} kB gzipped (budget {BUDGET})" + ("" if fresh else ", up to date")


def secret(lines: Lines) -> None:
    """`.env` has a secret of this machine's own, readable by its owner only. What stands there is never changed."""
    with lines.step("secrets") as outcome:
        outcome.fresh = False
        text = ENV_FILE.read_text(encoding="utf-8") if ENV_FILE.exists() else ""
        if any(line.strip().startswith("THROUGHLINE_SECRET=") for line in text.splitlines()):
            outcome.detail = ".env kept"
            return
        fresh = _ENV_TEXT.format(secret=secrets.token_urlsafe(48))
        descriptor = os.open(ENV_FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(fresh if not text else ("" if text.endswith("\n") else "\n") + fresh.splitlines()[1] + "\n")
        ENV_FILE.chmod(0o600)
        outcome.detail = ".env written (0600); no keys asked" if not text else ".env: secret added (0600)"


def ready(lines: Lines, *, web: bool = True) -> None:
    """All of them, in order."""
    node = versions(lines)
    back_end(lines)
    prompts(lines)
    front_end(lines, node)
    if web:
        web_client(lines)
