"""SQLite as a link: how a connection is opened, how a statement runs on it, and what an error of the driver means."""

import sqlite3
from collections.abc import Mapping
from enum import Enum, auto
from pathlib import Path
from typing import Any

from sqlalchemy import ClauseElement
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from throughline.ports import Conflict
from throughline.store.sql import Row, Shape, shape

_dialect = SQLiteDialect_pysqlite(paramstyle="qmark")
#: Milliseconds for which a lock of another program (a backup, a shell) is waited for.
BUSY_TIMEOUT = 2_000


class Verdict(Enum):
    """What an error means for everyone in the same commit."""

    #: One statement's own: its transaction fails, the others do not.
    OWN = auto()
    #: Somebody held the file: do it all again.
    AGAIN = auto()
    #: No room, or read-only: refuse for now.
    REFUSE = auto()
    #: The disk or the file cannot be trusted: refuse, and end the process.
    FATAL = auto()


_CODES: Mapping[int, Verdict] = {
    sqlite3.SQLITE_BUSY: Verdict.AGAIN,
    sqlite3.SQLITE_LOCKED: Verdict.AGAIN,
    sqlite3.SQLITE_FULL: Verdict.REFUSE,
    sqlite3.SQLITE_READONLY: Verdict.REFUSE,
    sqlite3.SQLITE_CANTOPEN: Verdict.REFUSE,
    sqlite3.SQLITE_NOMEM: Verdict.REFUSE,
    sqlite3.SQLITE_PERM: Verdict.FATAL,
    sqlite3.SQLITE_IOERR: Verdict.FATAL,
    sqlite3.SQLITE_CORRUPT: Verdict.FATAL,
    sqlite3.SQLITE_NOTADB: Verdict.FATAL,
    sqlite3.SQLITE_PROTOCOL: Verdict.FATAL,
}


def verdict(error: sqlite3.Error) -> Verdict:
    """What a driver's error means; what SQLite did not say itself is the caller's own mistake."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return Verdict.OWN
    if code == sqlite3.SQLITE_IOERR_SHMSIZE:  # the shared index could not grow: the disk is full
        return Verdict.REFUSE
    return _CODES.get(code & 0xFF, Verdict.OWN)


def connect(database: Path, *, writes: bool) -> sqlite3.Connection:
    """Open it: our own BEGIN and COMMIT, write-ahead log, a sync for every commit. Raises sqlite3.Error."""
    raw = sqlite3.connect(database, isolation_level=None, check_same_thread=False, cached_statements=512)
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-32000" if writes else "cache_size=-8000",
        "secure_delete=ON",
        "wal_autocheckpoint=8000",
        "query_only=OFF" if writes else "query_only=ON",
    ):
        raw.execute(f"PRAGMA {pragma}")
    return raw


class SqliteLink:
    """sql.Link over one connection. `fault` is the first error in this transaction that concerns more than itself."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self.raw = raw
        self.fault: sqlite3.Error | None = None
        self._execute = raw.execute
        self._shapes: dict[ClauseElement, Shape] = {}
        self._known: dict[str, dict[tuple[Any, ...], list[Row]]] = {}

    def begin(self, how: str = "BEGIN") -> None:
        """A transaction begins. Raises sqlite3.Error."""
        self.fault = None
        self.forget()
        self._execute(how)

    def forget(self) -> None:
        """What is known of rows may not hold any more: something was undone, or others may have written."""
        self._known.clear()

    def rows(self, statement: ClauseElement, **values: Any) -> list[Row]:
        """sql.Link.rows."""
        try:
            return self._cursor(statement, values).fetchall()
        except sqlite3.Error as error:
            raise self._meant(error) from error

    def row(self, statement: ClauseElement, **values: Any) -> Row | None:
        """sql.Link.row. All rows are fetched, so that nothing stays open and a RETURNING is complete."""
        found = self.rows(statement, **values)
        return found[0] if found else None

    def run(self, statement: ClauseElement, **values: Any) -> int:
        """sql.Link.run."""
        try:
            return self._cursor(statement, values).rowcount
        except sqlite3.Error as error:
            raise self._meant(error) from error

    def known(self, statement: ClauseElement, **values: Any) -> list[Row]:
        """sql.Link.known."""
        of_table = self._known.setdefault(self._shape(statement).table, {})
        key = (statement, *values.values())
        found = of_table.get(key)
        if found is None:
            found = of_table[key] = self.rows(statement, **values)
        return found

    def _shape(self, statement: ClauseElement) -> Shape:
        known = self._shapes.get(statement)
        if known is None:
            known = self._shapes[statement] = shape(statement, _dialect)
        return known

    def _cursor(self, statement: ClauseElement, values: Mapping[str, Any]) -> sqlite3.Cursor:
        text, ordered, fixed, table, writes = self._shapes.get(statement) or self._shape(statement)
        if writes:
            self._known.pop(table, None)
        if fixed:
            values = {**fixed, **values}
        return self._execute(text, ordered(values))

    def _meant(self, error: sqlite3.Error) -> Exception:
        if isinstance(error, sqlite3.IntegrityError):
            return Conflict(str(error))
        if self.fault is None and verdict(error) is not Verdict.OWN:
            self.fault = error
        return error
