"""Statements as values: written once in SQLAlchemy Core, turned once per dialect into text and an order of values.

A noun says `link.rows(QUERY, tenant=…)`. Which database answers, and how its driver wants the values, is the link's.
Running Core statements through SQLAlchemy's own connections costs several times what SQLite itself takes for them
(docs/adr/0003), so a link hands the compiled text to the driver.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from sqlalchemy import ClauseElement, Table
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

Row = tuple[Any, ...]


def truth(row: Row, at: int) -> Row:
    """A row with the value at `at` as a bool: SQLite gives 0 and 1."""
    return (*row[:at], bool(row[at]), *row[at + 1 :])


class Link(Protocol):
    """One connection in one transaction. Driver errors about uniqueness and foreign keys come as ports.Conflict."""

    def rows(self, statement: ClauseElement, **values: Any) -> list[Row]:
        """Run it, all rows."""

    def row(self, statement: ClauseElement, **values: Any) -> Row | None:
        """Run it, the first row."""

    def run(self, statement: ClauseElement, **values: Any) -> int:
        """Run it, how many rows it changed."""


class Shape(NamedTuple):
    """A statement as a driver takes it: text, the names of its values in order, and values that it brings itself."""

    text: str
    names: tuple[str, ...]
    fixed: Mapping[str, Any]


def shape(statement: ClauseElement, dialect: Dialect) -> Shape:
    """Compile a statement for a dialect with positional values."""
    compiled = statement.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    names = tuple(compiled.positiontup or ())
    fixed = {name: compiled.binds[name].value for name in names if not compiled.binds[name].required}
    return Shape(compiled.string, names, fixed)


def put(table: Table) -> Insert:
    """An insert that can say ON CONFLICT: PostgreSQL's construct, which SQLite's compiler writes just as well."""
    return insert(table)
