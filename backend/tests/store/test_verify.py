"""What `verify` finds: nothing in a store that is well, and each thing that can be wrong by its name."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from throughline.store.manifest import Unusable

from .copying import checks, filled, made, wrong


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A store with something of everything."""
    folder = tmp_path / "data"
    asyncio.run(filled(folder))
    return folder


def test_a_store_that_is_well_has_nothing_wrong_and_everything_counted(data: Path) -> None:
    found = checks(data)

    assert wrong(data) == []
    assert all(check.count for check in found.values()), found
    assert len(found) == 8


BREAKS = {
    "a gap": ("DELETE FROM events WHERE seq = 1", "head 2, but 1 events from 2 to 2"),
    "a head too high": ("UPDATE conversations SET head = 3", "head 3, but 2 events from 1 to 2"),
    "a log without events": ("DELETE FROM events", "head 2, but 0 events from 1 to 0"),
    "no JSON": ("UPDATE events SET member = x'7b' WHERE seq = 2", "acme/c1 2:"),
    "an unknown kind": ("UPDATE events SET kind = 'dream' WHERE seq = 2", "of an unknown kind, 'dream'"),
    "another view broken": ("UPDATE events SET person = x'ff' WHERE seq = 2", "acme/c1 2:"),
    "words elsewhere": ("UPDATE messages SET seq = 9 WHERE id = 'm1'", "message m1 is not at 9"),
    "nobody looks": ("UPDATE bindings SET ready = NULL", "message m2 waits for slack"),
    "an orphan": ("DELETE FROM tenants", "names nothing in tenants"),
    "owed twice": (
        "INSERT INTO deliveries SELECT tenant_id, conversation_id, message_id, 'b-web', 'web', seq, owed, state, at,"
        " reason, due, attempts, remote, rungs, draft, cuts FROM deliveries",
        "message m2 is owed in 2 places",
    ),
    "another size": ("UPDATE files SET size = 9", "its row says 9"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_wrong_is_named(name: str, data: Path) -> None:
    statement, words = BREAKS[name]
    with sqlite3.connect(data / "throughline.db") as raw:
        assert raw.execute(statement).rowcount

    assert any(words in finding for finding in wrong(data)), wrong(data)


def test_a_torn_page_is_found(data: Path, tmp_path: Path) -> None:
    made(data, tmp_path / "backup")
    database = tmp_path / "backup" / "throughline.db"
    torn = bytearray(database.read_bytes())
    torn[8_192:] = bytes(len(torn) - 8_192)
    database.write_bytes(torn)

    found = checks(tmp_path / "backup")

    assert found["parts as the manifest says"].wrong
    assert any(check.wrong for name, check in found.items() if "parts" not in name)


def test_a_changed_or_missing_file_is_wrong_and_one_that_nobody_names_is_odd(data: Path) -> None:
    (file,) = (path for path in (data / "files").rglob("*") if path.is_file())
    (file.parent / (file.name[:2] + "0" * 62)).write_bytes(b"never sent")
    (file.parent / ".abc.half").write_bytes(b"broke off")
    notes = checks(data)["files, present and as they were"]
    assert (len(notes.wrong), len(notes.notes)) == (0, 2)
    file.write_bytes(b"x" * file.stat().st_size)
    assert "is not what was attached" in wrong(data)[0]
    file.unlink()
    assert "is missing" in wrong(data)[0]


def test_where_there_is_no_store_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    for folder in (tmp_path / "nothing", tmp_path / "other"):
        with pytest.raises(Unusable):
            checks(folder)
    (tmp_path / "other" / "throughline.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(Unusable, match="cannot be opened"):
        checks(tmp_path / "other")
