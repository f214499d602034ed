"""Where things are in a checkout, and how children are started in it."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BACKEND = ROOT / "backend"
FRONTEND = ROOT / "frontend"
PROMPTS = ROOT / "baml_src"
DOCS = ROOT / "docs"
E2E = ROOT / "e2e"
VENV = ROOT / ".venv"
BIN = VENV / "bin"
CACHE = ROOT / ".cache"
LOGS = CACHE / "logs"
REPORTS = CACHE / "reports"
LOCK = BACKEND / "requirements.lock"
INSTALLER = BACKEND / "chores" / "uv.txt"
CLIENT = BACKEND / "throughline" / "agent" / "baml_client"
DIST = FRONTEND / "dist"
ENV_FILE = ROOT / ".env"


def tool(name: str) -> str:
    """A command of the virtual environment, as a path."""
    return str(BIN / name)


def shown(path: Path) -> str:
    """A path as people read it: from the checkout's top."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def environment(**more: str) -> dict[str, str]:
    """What children get: ours, the virtual environment first on PATH, and the installer asking where pip asks."""
    env = dict(os.environ)
    env["PATH"] = f"{BIN}{os.pathsep}{env.get('PATH', '')}"
    env["VIRTUAL_ENV"] = str(VENV)
    env.pop("PYTHONHOME", None)
    env["UV_NO_PROGRESS"] = "1"
    if "PIP_INDEX_URL" in env:
        env.setdefault("UV_DEFAULT_INDEX", env["PIP_INDEX_URL"])
    if "PIP_CERT" in env:
        env.setdefault("SSL_CERT_FILE", env["PIP_CERT"])
    return env | more
