"""Which migrations a database has, and which the program needs. Cheap: nothing of Alembic is loaded for it."""

import sqlite3

#: The newest migration in migrations/versions.
HEAD = "0007"


class Unmigrated(Exception):  # noqa: N818 - said to the person at the keyboard, as it is
    """The database is not at the program's revision; `found` is None where there is none yet."""

    def __init__(self, found: str | None) -> None:
        super().__init__(
            f"The database is at revision {found or 'none'}, this program needs {HEAD}. Run: throughline migrate"
        )
        self.found = found


def revision(raw: sqlite3.Connection) -> str | None:
    """The database's revision; None where it has never been migrated. Raises sqlite3.Error."""
    named = raw.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'").fetchone()
    row = raw.execute("SELECT version_num FROM alembic_version").fetchone() if named else None
    return None if row is None else str(row[0])
