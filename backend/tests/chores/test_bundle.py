"""The weight is what the heaviest screen loads first: no more, no less."""

import gzip
import json
import random
from pathlib import Path

import pytest

from chores.bundle import weight


def test_the_entry_and_its_heaviest_screen_count_with_their_imports_once(tmp_path: Path) -> None:
    (tmp_path / ".vite").mkdir()
    sizes = {"entry.js": 5_000, "shared.js": 3_000, "small.js": 1_000, "large.js": 9_000, "later.js": 90_000}
    noise = random.Random(1)
    for name, size in sizes.items():
        (tmp_path / name).write_bytes(noise.randbytes(size))
    manifest = {
        "index.html": {"file": "entry.js", "isEntry": True, "imports": ["_shared"], "dynamicImports": ["s", "l"]},
        "_shared": {"file": "shared.js"},
        "s": {"file": "small.js", "imports": ["index.html", "_shared"]},
        "l": {"file": "large.js", "imports": ["index.html", "_shared"], "dynamicImports": ["later"]},
        "later": {"file": "later.js", "imports": ["l"]},
    }
    (tmp_path / ".vite" / "manifest.json").write_text(json.dumps(manifest))

    first = sum(len(gzip.compress((tmp_path / name).read_bytes(), 9)) for name in ("entry.js", "shared.js", "large.js"))
    assert weight(tmp_path) == pytest.approx(first / 1000)
