"""Generated files that are committed: each is made again and must come out the same."""

from pathlib import Path

from chores import settings_page
from chores.places import BACKEND, DOCS, FRONTEND, ROOT, shown, tool
from chores.run import quietly

OPENAPI = DOCS / "reference" / "openapi.json"
ASYNCAPI = DOCS / "reference" / "asyncapi.json"
SETTINGS = DOCS / "reference" / "settings.md"
OUTCOMES = DOCS / "reference" / "outcomes.md"
TYPES = FRONTEND / "src" / "api" / "schema.d.ts"
OVERVIEW, README = DOCS / "channels" / "index.md", ROOT / "README.md"
ALL = (OPENAPI, ASYNCAPI, SETTINGS, OUTCOMES, OVERVIEW, README, TYPES)


def write() -> list[str]:
    """Make all of them, in place; returns their names."""
    SETTINGS.parent.mkdir(parents=True, exist_ok=True)
    for verb, path in (("openapi", OPENAPI), ("asyncapi", ASYNCAPI)):
        text = quietly(verb, [tool("python"), "-m", "throughline", verb], "The lines above say what does not fit.")
        path.write_text(text, encoding="utf-8")
    SETTINGS.write_text(settings_page.text(), encoding="utf-8")
    tables = [tool("python"), "-m", "chores.channels_page"]
    quietly("tables", tables, "backend/chores/channels_page.py says why.", BACKEND)
    outcomes = [tool("python"), "-m", "tests.channels.outcomes"]
    quietly("outcomes", outcomes, "backend/tests/channels/outcomes.py says why.", BACKEND)
    quietly(
        "schema",
        ["npm", "run", "--silent", "schema", "--", str(OPENAPI)],
        "frontend/scripts/schema.mjs says why.",
        FRONTEND,
    )
    return [shown(path) for path in ALL]


def drifted() -> str | None:
    """Which of them would come out differently; the tree is left as it was."""
    before = {path: path.read_bytes() if path.exists() else None for path in ALL}
    try:
        write()
        different = [path for path in ALL if path.read_bytes() != before[path]]
    finally:
        for path, content in before.items():
            _restore(path, content)
    if not different:
        return None
    return f"Out of date: {', '.join(shown(p) for p in different)}. Run:  just schema"


def _restore(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    elif path.read_bytes() != content:
        path.write_bytes(content)
