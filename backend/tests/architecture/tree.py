"""What the architecture tests look at: the checkout's files, parsed once."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BACKEND = ROOT / "backend"
PRODUCT = BACKEND / "throughline"
DOCS = ROOT / "docs"
ROOMS = ("throughline", "sandbox", "bench", "chaos", "rig", "chores")


def sources(*rooms: str) -> list[Path]:
    """Python files of the rooms (all of them by default), without what is generated."""
    return sorted(
        path
        for room in rooms or ROOMS
        for path in (BACKEND / room).rglob("*.py")
        if not {"baml_client", "__pycache__"} & set(path.parts)
    )


@cache
def parsed(path: Path) -> ast.Module:
    """A file as a tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a file, nested ones too."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def short(path: Path) -> str:
    """A path as people read it."""
    return str(path.relative_to(ROOT))
