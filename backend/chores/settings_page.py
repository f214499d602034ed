"""docs/reference/settings.md, made from settings.py: names, types, defaults and the `#:` words above each."""

import ast

from chores.places import BACKEND

_SOURCE = BACKEND / "throughline" / "settings.py"
_HEAD = """\
# Settings

Every name that can be set from outside. A value is read from the environment first, then from `.env` in the folder the
command is started in. An unknown name that begins with `THROUGHLINE_` is an error with a suggestion, so that a slip of
the pen cannot pass unseen. `throughline config` prints the values in effect, secrets masked.

This page is made from `backend/throughline/settings.py` by `just schema`.

| name | type | default | what it does |
|---|---|---|---|
"""
_WELL_KNOWN = {
    "port": "The port to listen on.",
    "throughline_host": "The address to listen on. Demo mode is refused on one that other machines can reach.",
    "database_url": "For a shared database instead of the embedded store; not used by this release.",
    "redis_url": "For fan-out over several processes; not used by this release.",
    "openai_api_key": "Key of a real model's provider. Empty: the built-in demo model in demo mode, else none.",
    "openai_base_url": "Any server that speaks the OpenAI chat protocol (Ollama, vLLM, …). Empty: the provider's own.",
    "openai_model": "Which model answers.",
}


def text() -> str:
    """The page."""
    source = _SOURCE.read_text(encoding="utf-8")
    lines = source.splitlines()
    rows = []
    for field in _fields(ast.parse(source)):
        name = field.target.id if isinstance(field.target, ast.Name) else ""
        words = _above(lines, field.lineno - 1) or _WELL_KNOWN[name]
        rows.append(f"| `{name.upper()}` | {ast.unparse(field.annotation)} | {_default(field)} | {words} |")
    return _HEAD + "\n".join(rows).replace("| Path |", "| path |") + "\n"


def _fields(module: ast.Module) -> list[ast.AnnAssign]:
    settings = next(n for n in module.body if isinstance(n, ast.ClassDef) and n.name == "Settings")
    return [node for node in settings.body if isinstance(node, ast.AnnAssign)]


def _above(lines: list[str], index: int) -> str:
    words: list[str] = []
    while index > 0 and lines[index - 1].strip().startswith("#:"):
        index -= 1
        words.insert(0, lines[index].strip().removeprefix("#:").strip())
    return " ".join(words).replace("|", "or")


def _default(field: ast.AnnAssign) -> str:
    value = field.value
    if isinstance(value, ast.Call):
        value = value.args[0] if value.args else value.keywords[0].value
    shown = ast.literal_eval(value) if value is not None else ""
    return f"`{str(shown).lower() if isinstance(shown, bool) else shown}`" if shown != "" else "empty"
