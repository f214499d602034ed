"""Statements as values: written once in SQLAlchemy Core, turned once per dialect into text and an order of values.

A noun says `link.rows(QUERY, tenant=…)`. Which database answers, and how its driver wants the values, is the link's.
Running Core statements through SQLAlchemy's own connections costs several times what SQLite itself takes for them
(docs/adr/0003), so a link hands the compiled text to the driver.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from sqlalchemy import ClauseElement, Select, Table, UpdateBase
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

    def known(self, statement: ClauseElement, **values: Any) -> list[Row]:
        """All rows of a select from one table, as `rows`; asked again only once that table has been written to.

        A transaction forgets everything at its start: what others committed before is seen, as ever.
        """


class Shape(NamedTuple):
    """A statement as a driver takes it: its text, its values in order out of those given by name, and what it brings.

    `table` is the one that it writes to; where it only reads, the first that it reads from.
    """

    text: str
    ordered: Callable[[Mapping[str, Any]], Sequence[Any]]
    fixed: Mapping[str, Any]
    table: str
    writes: bool


def shape(statement: ClauseElement, dialect: Dialect) -> Shape:
    """Compile a statement for a dialect with positional values."""
    compiled = statement.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    names = tuple(compiled.positiontup or ())
    fixed = {name: compiled.binds[name].value for name in names if not compiled.binds[name].required}
    source = statement.table if (writes := isinstance(statement, UpdateBase)) else _source(statement)
    return Shape(compiled.string, _ordered(names), fixed, getattr(source, "name", ""), writes)


def _source(statement: ClauseElement) -> object:
    return statement.get_final_froms()[0] if isinstance(statement, Select) else None


def _ordered(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """Values in a statement's order: `itemgetter` gives a bare value for one name, and takes no name at all."""
    if len(names) > 1:
        return itemgetter(*names)
    return (lambda values: (values[names[0]],)) if names else (lambda _: ())


def put(table: Table) -> Insert:
    """An insert that can say ON CONFLICT: PostgreSQL's construct, which SQLite's compiler writes just as well."""
    return insert(table)
