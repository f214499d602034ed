"""Migrations: from nothing to what the tables say, all or nothing, and nothing the second time."""

import re
import sqlite3
from pathlib import Path

import msgspec
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from throughline.conversation.ids import IdentityId, MessageId
from throughline.conversation.records import Binding, Identity, Rung
from throughline.ports import Tx
from throughline.store import migrate as room
from throughline.store.migrate import Migrated, engine_of, migrate, pending
from throughline.store.revision import HEAD
from throughline.store.schema import metadata
from throughline.store.sqlite import open_sqlite

from .given import ACME, ANNA, ANNA_USER, C1, WEB, StillClock, account, leaves, owed, slack


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


#: A database as revision 0001 left it: people, a conversation with its web binding, a row that came, one that ended.
FIRST = """
INSERT INTO meta VALUES ('epoch', 'e0');
INSERT INTO tenants VALUES ('acme', 'slug-acme', 'Acme', '{}', 0, 1);
INSERT INTO persons VALUES ('acme', 'anna', 'Anna', 2);
INSERT INTO identities VALUES ('acme', 'i-anna', 'anna', 'web', 'web:anna', 'verified', 2);
INSERT INTO users VALUES ('acme', 'u-anna', 'anna@acme.test', 'Anna', 'customer', 'anna', 'x', 0, 3);
INSERT INTO conversations VALUES ('acme', 'c1', 'anna', 'guide', 'active', 'Hello', 1, 10, 20, 'pw', 'hi');
INSERT INTO bindings VALUES ('acme', 'c1', 'b-web', 'i-anna', 'web', 'active');
INSERT INTO events VALUES ('acme', 'c1', 1, 20, 'message', 'person', 0, x'7b7d', NULL);
INSERT INTO messages VALUES ('acme', 'c1', 'm1', 1, x'00', 20, 'anna');
INSERT INTO marks VALUES ('acme', 'c1', 'u-anna', 1, 1);
INSERT INTO turns VALUES ('acme', 't1', 'c1', 'm2', 'due', 'guide', 0, 0, NULL, 0, 0, '', 0, 30, NULL);
INSERT INTO deliveries VALUES ('acme', 'c1', 'm1', 'b-web', 'web', 1, 1, 'read', 60, NULL);
INSERT INTO deliveries VALUES ('acme', 'c1', 'm2', 'b-web', 'web', 2, 1, 'superseded', 70, 'stopped');
"""


async def test_a_database_of_the_first_release_keeps_all_it_has(tmp_path: Path) -> None:
    engine = engine_of(tmp_path / "throughline.db")
    with engine.begin() as connection:
        room._upgrade(connection, "0001")
    engine.dispose()
    raw = sqlite3.connect(tmp_path / "throughline.db")
    raw.executescript(FIRST)
    raw.close()

    assert migrate(tmp_path) == Migrated("0001", HEAD)

    store = await open_sqlite(tmp_path, StillClock(), lambda _: None)
    assert store.epoch == "e0"

    def look(tx: Tx) -> None:
        assert tx.people.identities(ACME, ANNA) == [
            Identity(IdentityId("i-anna"), ACME, ANNA, None, "web", "web:anna", "verified", 2)
        ]
        (summary,) = tx.log.summaries(ACME, ANNA, ANNA_USER, None, 9)
        assert (summary.person_name, summary.preview, summary.conversation.follow) == ("Anna", "hi", "follow")
        assert [entry.seq for entry in tx.log.entries(ACME, C1, 0, 9)] == [1]
        assert tx.turns.current(ACME, C1) is not None
        assert tx.messages.logged(ACME, C1, MessageId("m1")) is not None
        assert tx.bindings.bindings(ACME, C1) == [Binding(WEB, ACME, C1, IdentityId("i-anna"), "web", "active")]
        came, ended = tx.bindings.deliveries(ACME, C1)
        assert came == msgspec.structs.replace(owed("m1", 1, state="read"), due=0)
        assert (ended.state, ended.reason) == ("superseded", "stopped")
        assert ended.rungs == (Rung("superseded", 70, "stopped"),)
        assert tx.outbox.next_due() is None

    await store.read(look)

    # And it can do what is new.
    def more(tx: Tx) -> int | None:
        tx.accounts.add(account())
        tx.people.add_identity(Identity(slack().identity, ACME, ANNA, account().id, "slack", "T1/U1", "verified", 9))
        tx.bindings.bind(slack())
        tx.bindings.owe(leaves("m3", 3, due=80))
        return tx.outbox.next_due()

    assert await store.write(more) == 80
    await store.close()


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
