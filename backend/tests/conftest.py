"""What all tests need before they are collected: the prompt client, generated where it is missing (0.2 s, offline)."""

import subprocess
import sys
from pathlib import Path

from hypothesis import settings

#: Examples of each property: enough to find what a change breaks. `just fuzz` looks for longer.
settings.register_profile("suite", max_examples=40)
settings.load_profile("suite")

_ROOT = Path(__file__).parents[2]
_CLIENT = _ROOT / "backend/throughline/agent/baml_client/__init__.py"
_SOURCES = [*(_ROOT / "baml_src").glob("*.baml")]

if not _CLIENT.exists() or _CLIENT.stat().st_mtime < max(path.stat().st_mtime for path in _SOURCES):
    subprocess.run(
        [Path(sys.executable).with_name("baml-cli"), "generate", "--from", _ROOT / "baml_src"],
        check=True,
        capture_output=True,
        timeout=60,
    )
