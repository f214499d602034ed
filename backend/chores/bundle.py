"""The web client's weight: what a browser loads before the heaviest screen works, gzipped, held against a budget."""

import gzip
import json
from pathlib import Path
from typing import Any

#: kB of gzipped JavaScript for a first load.
BUDGET = 200


def weight(dist: Path) -> float:
    """Weigh, in kB (1,000 bytes): the entry and the heaviest screen it opens, each with all that they import.

    What a screen fetches later, when it has something to show with it, does not count. `dist` holds Vite's manifest.
    """
    manifest: dict[str, Any] = json.loads((dist / ".vite" / "manifest.json").read_text(encoding="utf-8"))
    entries = [name for name, chunk in manifest.items() if chunk.get("isEntry")]
    loads = [_imported(manifest, entry) for entry in entries]
    for entry in entries:
        loads += [_imported(manifest, entry, screen) for screen in manifest[entry].get("dynamicImports", [])]
    return max((sum(_zipped(dist / file) for file in load) for load in loads), default=0) / 1000


def _imported(manifest: dict[str, Any], *names: str) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        chunk = manifest[waiting.pop()]
        if chunk["file"] not in found:
            found.add(chunk["file"])
            waiting += chunk.get("imports", [])
    return {file for file in found if file.endswith(".js")}


def _zipped(script: Path) -> int:
    return len(gzip.compress(script.read_bytes(), 9))
