"""Every statement: known to both dialects, and never a walk over a whole table."""

import re
import sqlite3
from collections import defaultdict
from pathlib import Path

import pytest
from sqlalchemy import ClauseElement, Delete
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import Dialect

from tests.store.template import fresh
from throughline.store import (
    accounts,
    bindings,
    deliveries,
    inbox,
    links,
    log,
    messages,
    outbox,
    people,
    repeats,
    turns,
    users,
)
from throughline.store.sql import shape

NOUNS = (log, messages, turns, bindings, deliveries, outbox, inbox, accounts, people, users, repeats, links)


def statements() -> dict[str, ClauseElement]:
    found: dict[str, ClauseElement] = {}
    for noun in NOUNS:
        room = noun.__name__.rsplit(".", 1)[1]
        for name, value in vars(noun).items():
            if not name.replace("_", "").isupper():
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
#: Sorted after they are found: one conversation's rows, two turns at most, one person's identities, once an
#: account's people.
SORTED = {"bindings_ROWS", "turns_CURRENT", "people_OF", "bindings_PLACES"}
#: Partial indexes that hold what is open and nothing else: all of one is no walk.
OPEN = re.compile(r"ix_turns_open|uq_turns_running|ix_bindings_ready")


def test_all_of_them_are_found() -> None:
    assert len(STATEMENTS) > 75


@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_a_statement_is_known_to_postgresql_too(name: str) -> None:
    compiled = STATEMENTS[name].compile(dialect=POSTGRESQL)

    assert str(compiled)


#: What must not depend on how much is finished, and the index that holds only the rest.
PARTIAL = {
    "outbox_READY": "ix_bindings_ready",
    "outbox_NEXT": "ix_bindings_ready",
    "deliveriesOPEN_ROWS": "ix_deliveries_open",
    "outbox_RENEW": "ix_deliveries_open",
    "outbox_WAITING": "ix_deliveries_open",
    "outbox_VOID": "ix_deliveries_open",
    "deliveriesREADY": "ix_deliveries_open",
    "bindings_ROOTING": "ix_bindings_identity",
    "bindings_AT_THREAD": "uq_bindings_thread",
    "people_AT": "uq_identities_address",
    "links_PLACES": "ix_bindings_identity",
}


def plan(name: str, folder: Path) -> tuple[str, list[str]]:
    """A statement's words, and how SQLite goes about it."""
    fresh(folder)
    raw = sqlite3.connect(folder / "throughline.db")
    text, ordered, fixed, *_ = shape(STATEMENTS[name], sqlite.dialect(paramstyle="qmark"))
    steps = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {text}", ordered(defaultdict(lambda: 1, fixed)))]
    raw.close()
    return text, steps


@pytest.mark.parametrize("name", sorted(PARTIAL))
def test_what_is_open_is_found_without_what_is_finished(name: str, tmp_path: Path) -> None:
    _, steps = plan(name, tmp_path)

    assert any(PARTIAL[name] in step for step in steps), steps
    assert not any("deliveries" in step and "ix_deliveries_open" not in step for step in steps), steps


@pytest.mark.parametrize("name", sorted(STATEMENTS.keys() - WALKS))
def test_a_statement_finds_its_rows_by_an_index(name: str, tmp_path: Path) -> None:
    statement = STATEMENTS[name]
    if isinstance(statement, Delete):
        assert "tenant" in str(statement)
        return
    text, steps = plan(name, tmp_path)

    assert [step for step in steps if step.startswith("SCAN") and not OPEN.search(step)] == []
    if "ORDER BY" in text and name not in SORTED:
        assert not any("TEMP B-TREE" in step for step in steps), steps
