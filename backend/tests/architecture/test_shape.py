"""The rules of taste that a machine can hold: sizes, names, docstrings, kept tasks, tenants first."""

import ast
import re
from pathlib import Path

import pytest

from .tree import BACKEND, PRODUCT, ROOT, functions, parsed, short, sources

#: It reads the code and runs none of it.
pytestmark = pytest.mark.untraced
LINES = 400
BANNED = {
    "manager", "managers", "handler", "handlers", "service", "services", "helper", "helpers", "util", "utils",
    "processor", "processors", "common", "base", "misc",
}  # fmt: skip
#: Not "TO"+"DO" in one piece, so that this file does not find itself.
UNFINISHED = re.compile(
    r"\b(TO" r"DO|FIX" r"ME|XX" r"X|raise NotImplemented" r"Error(\(\))?\s*$|pytest\.mark\.(sk" r"ip|x" r"fail))"
)
FRONT = [
    path
    for folder in (ROOT / "frontend" / "src", ROOT / "e2e")
    for path in sorted(folder.rglob("*"))
    if path.suffix in {".py", ".ts", ".tsx"} and not path.name.endswith(".d.ts") and "__pycache__" not in path.parts
]
TESTS = sorted((BACKEND / "tests").rglob("*.py"))


def words(name: str) -> set[str]:
    """The words of a name in any case."""
    return set(re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower().replace("-", "_").replace(".", "_").split("_"))


@pytest.mark.parametrize("path", [*sources(), *FRONT, *TESTS], ids=short)
def test_a_file_is_not_longer_than_four_hundred_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES


@pytest.mark.parametrize("path", [*sources(), *FRONT], ids=short)
def test_files_are_named_for_what_they_are(path: Path) -> None:
    assert not words(path.stem) & BANNED
    assert not set(path.relative_to(ROOT).parts) & BANNED


def test_classes_are_named_for_what_they_are() -> None:
    named = [
        f"{short(path)}: {node.name}"
        for path in sources()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and words(node.name) & BANNED
    ]

    assert named == []


def test_every_module_says_what_it_is() -> None:
    silent = [short(path) for path in sources() if not ast.get_docstring(parsed(path))]

    assert silent == []


def test_every_public_function_says_what_it_promises() -> None:
    silent = [
        f"{short(path)}:{node.lineno} {node.name}"
        for path in sources("throughline", "sandbox")
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if not node.name.startswith("_") and not ast.get_docstring(node)
    ]

    assert silent == []


@pytest.mark.parametrize("path", [*sources(), *FRONT, *TESTS], ids=short)
def test_nothing_is_left_for_later(path: Path) -> None:
    found = [line for line in path.read_text(encoding="utf-8").splitlines() if UNFINISHED.search(line)]

    assert found == []


def test_what_one_transaction_does_knows_nobody_who_waits() -> None:
    steps = sorted((PRODUCT / "flow" / "steps").glob("*.py"))
    waits = [
        f"{short(path)}: {node.module}"
        for path in steps
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and re.match(r"throughline\.flow(?!\.steps\b)", node.module or "")
    ] + [short(path) for path in steps for node in ast.walk(parsed(path)) if isinstance(node, ast.AsyncFunctionDef)]

    assert len(steps) > 15
    assert waits == []


def test_no_task_is_started_and_forgotten() -> None:
    """ruff bans `asyncio.create_task`; this also finds it as a method of a loop or behind another name."""
    started = [
        f"{short(path)}:{node.lineno}"
        for path in sources("throughline", "sandbox")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Expr) and isinstance(call := node.value, ast.Call)
        and isinstance(call.func, ast.Attribute) and call.func.attr in {"create_task", "ensure_future"}
        and not (isinstance(call.func.value, ast.Name) and call.func.value.id in {"group", "tasks"})
    ]  # fmt: skip

    assert started == []


#: Queries that are about all tenants on purpose, each with its reason.
ALL_TENANTS = {
    "claim": "a worker or courier takes what is due of anyone; the row names its tenant",
    "unseen": "what nobody got on the web, of everybody; each row names its tenant",
    "stranded": "what lies where nothing is sent, of everybody; each row names its tenant",
    "next_due": "a courier sleeps until something of anyone is due",
    "void": "one-process start: every lease ends",
    "renew": "by a turn's id and fence, which only its owner holds",
    "change": "by a turn's id and fence, which only its owner holds",
    "account": "a webhook's path names an account alone; the row names its tenant",
    "accounts": "of one tenant, or of all where it says None: who listens and who is asked for health",
    "touched": "by the account's id, unique over all tenants",
    "parked": "whoever has waited long enough; each comes with its tenant",
    "fetchable": "what is to be fetched, of everybody; each row names its tenant",
    "unsent": "what is swept away, of everybody; each row names its tenant",
    "tenants": "the list of them, for the command line",
    "add_tenant": "makes one",
    "by_email": "the address decides the tenant",
    "session": "by an unguessable id; the row names its tenant",
    "rotate": "by an unguessable id",
    "revoke": "by an unguessable id",
}
#: A row that carries its tenant as a field counts as naming it.
ROWS = {
    "Conversation",
    "Turn",
    "Binding",
    "DeliveryRow",
    "User",
    "Session",
    "Tenant",
    "Account",
    "Identity",
    "Errand",
    "File",
    "LinkRow",
}
PORTS = sorted((PRODUCT / "ports").glob("*.py"))


def test_every_query_takes_its_tenant_first() -> None:
    """All public methods of the store's nouns, as ports/ has them, and everything in store/ of the same names."""
    nouns = {
        "Log",
        "Messages",
        "Turns",
        "Bindings",
        "Outbox",
        "Inbox",
        "Accounts",
        "People",
        "Users",
        "Repeats",
        "Files",
        "Links",
    }
    methods = {
        node.name
        for path in PORTS
        for room in parsed(path).body
        if isinstance(room, ast.ClassDef) and room.name in nouns
        for node in room.body
        if isinstance(node, ast.FunctionDef)
    }
    checked, without = 0, []
    for path in [*PORTS, *sorted((PRODUCT / "store").glob("*.py"))]:
        for owner in (n for n in parsed(path).body if isinstance(n, ast.ClassDef)):
            if path in PORTS and owner.name not in nouns:
                continue
            for node in (n for n in owner.body if isinstance(n, ast.FunctionDef)):
                if node.name not in methods or node.name in ALL_TENANTS:
                    continue
                checked += 1
                first = next((a for a in node.args.args if a.arg != "self"), None)
                kind = ast.unparse(first.annotation) if first is not None and first.annotation else ""
                if kind not in {"TenantId", *ROWS}:
                    without.append(f"{short(path)}:{node.lineno} {owner.name}.{node.name}({kind})")

    assert without == []
    assert checked >= 2 * (len(methods) - len(ALL_TENANTS))


def test_every_exception_to_the_tenant_rule_is_still_a_query() -> None:
    known = {node.name for path in PORTS for node in functions(path)}

    assert set(ALL_TENANTS) <= known
