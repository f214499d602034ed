"""Migrations: from nothing to what the tables say, all or nothing, and nothing the second time."""

import re
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from throughline.store import migrate as room
from throughline.store.migrate import Migrated, engine_of, migrate, pending
from throughline.store.revision import HEAD
from throughline.store.schema import metadata
from throughline.store.sqlite import open_sqlite

from .given import StillClock


def tables(database: Path) -> dict[str, list[str]]:
    """What each table and index is made of, in no order."""
    raw = sqlite3.connect(database)
    found = dict(raw.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name != 'alembic_version'"))
    raw.close()
    return {name: sorted(re.findall(r"CONSTRAINT \w+|\w+", sql)) for name, sql in found.items()}


def test_from_nothing_to_the_newest_and_again_nothing_to_do(tmp_path: Path) -> None:
    assert pending(tmp_path)
    assert migrate(tmp_path) == Migrated(None, HEAD)
    first = tables(tmp_path / "throughline.db")
    assert not pending(tmp_path)
    assert migrate(tmp_path) == Migrated(HEAD, HEAD)
    assert tables(tmp_path / "throughline.db") == first


def test_the_migrations_make_what_the_tables_say(tmp_path: Path) -> None:
    migrate(tmp_path)
    engine = engine_of(tmp_path / "throughline.db")
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    made = engine_of(tmp_path / "made.db")
    with made.begin() as connection:
        metadata.create_all(connection)

    assert differences == []
    # Word for word too: clustering and partial indexes are not in Alembic's comparison.
    assert tables(tmp_path / "throughline.db") == tables(tmp_path / "made.db")


def test_the_program_names_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(room.__file__).with_name("migrations")))

    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    raw = sqlite3.connect(tmp_path / "throughline.db")
    raw.execute("CREATE TABLE turns (in_the_way)")
    raw.close()
    before = tables(tmp_path / "throughline.db")

    with pytest.raises(OperationalError, match="turns already exists"):
        migrate(tmp_path)

    assert tables(tmp_path / "throughline.db") == before
    assert pending(tmp_path)


def test_every_table_of_a_tenant_has_the_tenant_first_in_its_key() -> None:
    free = {"meta", "tenants"}
    by_id = {"sessions", "turns", "accounts"}  # their ids are the server's own and are looked up alone
    for table in metadata.sorted_tables:
        if table.name not in free:
            assert not table.c.tenant_id.nullable, table.name
            if table.name not in by_id:
                assert next(iter(table.primary_key.columns)).name == "tenant_id", table.name


async def test_a_store_in_use_says_whether_a_migration_is_missing(tmp_path: Path) -> None:
    migrate(tmp_path)
    store = await open_sqlite(tmp_path, StillClock(), lambda _: None)
    before = await store.pending()
    raw = sqlite3.connect(tmp_path / "throughline.db")
    raw.execute("UPDATE alembic_version SET version_num = '0000'")
    raw.commit()
    raw.close()
    after = await store.pending()
    await store.close()

    assert (before, after) == (False, True)
