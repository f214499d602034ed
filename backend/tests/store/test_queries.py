"""Every statement: known to both dialects, and never a walk over a whole table."""

import re
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import ClauseElement, Delete
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import Dialect

from throughline.store import (
    accounts,
    bindings,
    deliveries,
    inbox,
    log,
    messages,
    outbox,
    people,
    repeats,
    turns,
    users,
)
from throughline.store.migrate import migrate
from throughline.store.sql import shape

NOUNS = (log, messages, turns, bindings, deliveries, outbox, inbox, accounts, people, users, repeats)


def statements() -> dict[str, ClauseElement]:
    found: dict[str, ClauseElement] = {}
    for noun in NOUNS:
        room = noun.__name__.rsplit(".", 1)[1]
        for name, value in vars(noun).items():
            if not name.startswith("_") or not name[1:].isupper():
                continue
            several = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, tuple) else ()
            for key, each in (("", value), *several):
                if isinstance(each, ClauseElement) and hasattr(each, "compile") and each.supports_execution:
                    found[f"{room}{name}{key}"] = each
    for kinds in (0, 3):
        found[f"log_entries{kinds}"] = log._entries(kinds)
    for states in ((), ("sending", "ambiguous")):
        found[f"bindings_settle{len(states)}"] = bindings._settle(states)
    return found


STATEMENTS = statements()
POSTGRESQL: Dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]
#: The lists of tenants and of accounts are walks by nature, and small; so is the end of all leases, once at start.
WALKS = {"people_TENANTS", "accounts_ALLTrue", "accounts_ALLFalse", "outbox_VOID"}
#: Sorted after they are found: one conversation's rows, two turns at most, one person's identities.
SORTED = {"bindings_ROWS", "turns_CURRENT", "people_OF"}
#: Partial indexes that hold what is open and nothing else: all of one is no walk.
OPEN = re.compile(r"ix_turns_open|uq_turns_running|ix_bindings_ready")


def test_all_of_them_are_found() -> None:
    assert len(STATEMENTS) > 75


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_a_statement_is_known_to_postgresql_too(name: str) -> None:
    compiled = STATEMENTS[name].compile(dialect=POSTGRESQL)

    assert str(compiled)


@pytest.mark.parametrize("name", sorted(STATEMENTS.keys() - WALKS))
def test_a_statement_finds_its_rows_by_an_index(name: str, tmp_path: Path) -> None:
    statement = STATEMENTS[name]
    if isinstance(statement, Delete):
        assert "tenant" in str(statement)
        return
    migrate(tmp_path)
    raw = sqlite3.connect(tmp_path / "throughline.db")
    text, names, fixed = shape(statement, sqlite.dialect(paramstyle="qmark"))
    plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {text}", [fixed.get(n, 1) for n in names])]
    raw.close()

    assert [step for step in plan if step.startswith("SCAN") and not OPEN.search(step)] == []
    if "ORDER BY" in text and name not in SORTED:
        assert not any("TEMP B-TREE" in step for step in plan), plan
