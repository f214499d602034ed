"""Brings a database to the program's revision, all of it or nothing."""

import sqlite3
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from throughline.store.connect import connect
from throughline.store.folder import DATABASE, Folder
from throughline.store.revision import HEAD, revision


class Migrated(Struct, frozen=True):
    """From which revision to which. Equal: there was nothing to do."""

    before: str | None
    after: str


def migrate(folder: Path) -> Migrated:
    """Make or upgrade the database in a folder. Raises FolderHeld while a process serves it, or sqlite3.Error."""
    with Folder(folder) as held:
        before = _found(held.database)
        if before != HEAD:
            engine = engine_of(held.database)
            with engine.connect() as connection:
                # Tables may be made anew. By the driver: within a transaction SQLite does not hear it.
                connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
                with connection.begin():
                    _upgrade(connection)
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                    if broken:
                        raise sqlite3.IntegrityError(f"{len(broken)} rows would belong to nothing")
            engine.dispose()
        return Migrated(before, HEAD)


def pending(folder: Path) -> bool:
    """Whether `migrate` would do something. Raises sqlite3.Error where the file is no database."""
    return not (folder / DATABASE).exists() or _found(folder / DATABASE) != HEAD


def engine_of(database: Path) -> Engine:
    """SQLAlchemy's engine over our connections, with real transactions around schema changes."""
    engine = create_engine("sqlite://", creator=lambda: connect(database, writes=True), poolclass=NullPool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _found(database: Path) -> str | None:
    raw = connect(database, writes=True)
    try:
        return revision(raw)
    finally:
        raw.close()


def _upgrade(connection: Connection, to: str = "head") -> None:
    # Imported only here: a sixth of the time that a start takes would be Alembic's, and few starts have need of it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
