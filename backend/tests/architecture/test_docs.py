"""The docs name only what exists, and what exists is named in the docs."""

import ast
import re
from pathlib import Path

import pytest

from throughline.conversation.events import KINDS
from throughline.conversation.faults import Fault

from .tree import BACKEND, DOCS, PRODUCT, ROOT, parsed, sources

RECORDS = sorted(p for p in (DOCS / "adr").glob("*.md") if p.name != "index.md")
PARTS = ("## Context", "## Decision", "## Consequences", "## Alternatives")
#: `flow/receive.py` or `flow/receive.py:receive`, as life-of-a-message.md writes places.
PLACE = re.compile(r"`([a-z_/]+\.py)(?::([A-Za-z_.]+))?`")
PLACES = PLACE.findall((DOCS / "life-of-a-message.md").read_text(encoding="utf-8"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]


def names(path: Path) -> set[str]:
    """What a module defines at its top, and the members of its classes as `Class.member`."""
    found: set[str] = set()
    for node in parsed(path).body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                found.add(node.name)
            case ast.ClassDef():
                members = [m for m in node.body if isinstance(m, ast.FunctionDef | ast.AsyncFunctionDef)]
                found |= {node.name, *(f"{node.name}.{m.name}" for m in members)}
            case ast.Assign():
                found |= {t.id for t in node.targets if isinstance(t, ast.Name)}
            case ast.AnnAssign() if isinstance(node.target, ast.Name):
                found.add(node.target.id)
    return found


@pytest.mark.parametrize(("file", "name"), PLACES)
def test_the_life_of_a_message_names_only_what_exists(file: str, name: str) -> None:
    path = PRODUCT / file

    assert path.is_file()
    assert not name or name in names(path)


def test_the_life_of_a_message_walks_through_every_room() -> None:
    visited = {file.split("/")[0] for file, _ in PLACES}

    assert {"api", "channels", "flow", "agent", "store", "live", "conversation"} <= visited
    assert len(PLACES) >= 15


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_is_explained(kind: str) -> None:
    assert f"| `{kind}` |" in (DOCS / "rules.md").read_text(encoding="utf-8")


def test_every_frame_is_explained() -> None:
    page = (DOCS / "protocol.md").read_text(encoding="utf-8")
    from throughline.channels.web import wire

    tags = [f.__struct_config__.tag for f in (*wire.Incoming.__args__, *wire.Outgoing.__args__)]

    assert [tag for tag in tags if f"`{tag}`" not in page] == []


def test_every_reason_an_agent_can_fail_for_has_an_answer() -> None:
    from throughline.conversation.answer import Broken

    page = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
    codes = Broken.__annotations__["code"].__args__

    assert [code for code in codes if f"| `{code}` |" not in page] == []


def test_every_fault_says_what_to_do_next() -> None:
    from throughline.conversation import faults

    known = [value for value in vars(faults).values() if isinstance(value, Fault)]

    assert len(known) >= 10
    assert [fault.code for fault in known if not (fault.detail.strip() and fault.hint.strip())] == []


@pytest.mark.parametrize("record", RECORDS, ids=lambda p: p.stem)
def test_every_decision_has_the_templates_parts(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    at = [text.find(f"\n{part}\n") for part in PARTS]

    assert at == sorted(at)
    assert -1 not in at
    assert re.search(r"^- Status: \S", text, re.MULTILINE)
    assert re.search(r"^- Date: (\d{4}-\d\d-\d\d|YYYY-MM-DD)$", text, re.MULTILINE)
    assert len(text.splitlines()) <= 90, "a record is one page"


def test_decisions_are_numbered_without_a_double() -> None:
    numbers = [record.name[:4] for record in RECORDS if record.name != "template.md"]

    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"\d{4}-[a-z0-9-]+", r.stem) for r in RECORDS if r.name != "template.md")


def test_every_decision_is_linked_from_the_index() -> None:
    index = (DOCS / "adr" / "index.md").read_text(encoding="utf-8")

    assert [r.name for r in RECORDS if f"]({r.name})" not in index] == []


def test_every_recipe_of_the_justfile_has_a_sentence_and_a_group() -> None:
    lines = (ROOT / "justfile").read_text(encoding="utf-8").splitlines()
    recipes = [i for i, line in enumerate(lines) if re.match(r"[a-z][a-z-]*( [*+]?\w+)*:(?!=)", line)]

    assert len(recipes) >= 12
    for i in recipes:
        assert re.match(r"\[group\('\w+'\)\]$", lines[i - 1]), lines[i]
        assert re.match(r"# [A-Z].*\.$", lines[i - 2]), lines[i]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text)
    inside = [t.split("#")[0] for t in targets if not re.match(r"[a-z]+:|#", t)]

    assert [t for t in inside if t and not (page.parent / t).exists()] == []


def test_every_setting_is_on_the_page_of_settings() -> None:
    from chores import settings_page

    assert (DOCS / "reference" / "settings.md").read_text(encoding="utf-8") == settings_page.text()


def test_the_tables_of_channels_say_what_the_channels_say() -> None:
    from chores import channels_page

    pages = channels_page.renewed()

    assert [page.name for page, words in pages.items() if page.read_text(encoding="utf-8") != words] == []


def test_the_map_of_the_rooms_names_every_room() -> None:
    told = ast.get_docstring(parsed(PRODUCT / "__init__.py")) or ""
    rooms = {path.relative_to(PRODUCT).parts[0] for path in sources("throughline")} - {"__init__.py", "__main__.py"}

    assert [room for room in sorted(rooms) if f"`{room}" not in told and room not in {"settings.py"}] == []


def test_the_version_is_the_same_everywhere() -> None:
    import tomllib

    from throughline import __version__

    project = tomllib.loads((BACKEND / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["version"] == __version__
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f'"version": "{__version__}"' in (ROOT / "frontend" / "package.json").read_text(encoding="utf-8")
