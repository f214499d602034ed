"""A backup and back: everything of one moment, under load too; nothing is written over, nothing is half there."""

import asyncio
import hashlib
import os
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from throughline.ports import Tx
from throughline.store.folder import Folder, FolderHeld
from throughline.store.manifest import Unusable, manifest_of
from throughline.store.restore import restored
from throughline.store.revision import HEAD
from throughline.store.sqlite import open_sqlite

from .copying import MADE_AT, PICTURE, asked, back, filled, made, rewritten, silent, wrong
from .given import ACME, C1, C2, SLACK, StillClock
from .test_kill import BACKEND, talker


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A store with something of everything."""
    folder = tmp_path / "data"
    asyncio.run(filled(folder))
    return folder


def test_a_round_trip_has_everything_and_a_new_epoch(data: Path, tmp_path: Path) -> None:
    def all_of_it(tx: Tx) -> object:
        return (
            tx.log.entries(ACME, C1, 0, 99)[:2], tx.people.tenants(), tx.bindings.bindings(ACME, C1),
            tx.files.file(ACME, "f1"),  # type: ignore[arg-type]
        )  # fmt: skip

    before = asked(data, all_of_it)
    manifest = made(data, tmp_path / "backup")
    done = back(tmp_path / "backup", tmp_path / "again")
    digest = hashlib.sha256(PICTURE).hexdigest()

    assert asked(tmp_path / "again", all_of_it) == before
    assert (manifest.revision, manifest.made_at, manifest.version) == (HEAD, MADE_AT, "1.2.3")
    assert (manifest.counts["messages"], manifest.counts["files"], len(manifest.parts)) == (2, 1, 2)
    assert done.epoch != manifest.epoch
    assert [path.read_bytes() for path in (tmp_path / "again").rglob(digest)] == [PICTURE]
    assert wrong(tmp_path / "backup") == wrong(tmp_path / "again") == []
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith(".half")]


def test_the_gateway_serves_the_epoch_of_the_restore(data: Path, tmp_path: Path) -> None:
    made(data, tmp_path / "backup")
    epochs = {back(tmp_path / "backup", tmp_path / f"again{n}").epoch for n in range(2)}

    async def served(n: int) -> str:
        store = await open_sqlite(tmp_path / f"again{n}", StillClock(), lambda _: None)
        await store.close()
        return store.epoch

    assert {asyncio.run(served(n)) for n in range(2)} == epochs
    assert len(epochs) == 2


def test_what_was_about_to_leave_waits_for_a_member_after_a_restore(data: Path, tmp_path: Path) -> None:
    made(data, tmp_path / "backup")
    done = back(tmp_path / "backup", tmp_path / "again")

    rows = asked(tmp_path / "again", lambda tx: tx.bindings.lost(ACME, None, 9))
    due = asked(tmp_path / "again", lambda tx: tx.outbox.next_due())

    assert done.held == 1
    assert [(r.message, r.binding, r.state, r.reason) for r in rows] == [("m2", SLACK, "held", "restored")]
    assert due is None


def test_leases_and_sign_ins_of_the_backup_are_over(data: Path, tmp_path: Path) -> None:
    with sqlite3.connect(data / "throughline.db") as raw:
        raw.execute("UPDATE bindings SET owner = 'somebody', until = 9999999999999 WHERE id = ?", (SLACK,))
        raw.execute("INSERT INTO sessions VALUES ('s1', 'acme', 'u-anna', 1, 1, 1, 9999999999999, NULL)")
    made(data, tmp_path / "backup")
    back(tmp_path / "backup", tmp_path / "again")

    with sqlite3.connect(tmp_path / "again/throughline.db") as raw:
        assert raw.execute("SELECT owner, until FROM bindings WHERE id = ?", (SLACK,)).fetchall() == [(None, 0)]
        assert raw.execute("SELECT revoked_at FROM sessions").fetchall() == [(7_000,)]


def test_everything_acknowledged_before_a_backup_began_is_in_it_while_writers_go_on(tmp_path: Path) -> None:
    with subprocess.Popen(
        talker(tmp_path / "data", "t"), cwd=BACKEND, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as talking:
        assert talking.stdout is not None
        acks = []
        for n in range(3):
            acks += [talking.stdout.readline().split() for _ in range(random.randrange(100, 700))]
            made(tmp_path / "data", tmp_path / f"backup{n}")
            kept = ids(tmp_path / f"backup{n}")
            assert {name.decode() for _, _, name in acks} <= kept, f"an acknowledged message is not in backup {n}"
            assert wrong(tmp_path / f"backup{n}") == []
        talking.kill()
    back(tmp_path / "backup2", tmp_path / "again")

    assert ids(tmp_path / "again") == ids(tmp_path / "backup2")
    assert wrong(tmp_path / "again") == []
    heads = asked(tmp_path / "again", lambda tx: [tx.log.conversation(ACME, c).head for c in (C1, C2)])  # type: ignore[union-attr]
    assert sum(heads) == len(ids(tmp_path / "again"))


def ids(folder: Path) -> set[str]:
    """The messages of a store."""
    with sqlite3.connect(folder / "throughline.db") as raw:
        return {name for (name,) in raw.execute("SELECT id FROM messages")}


def test_a_backup_of_an_older_schema_is_brought_to_todays(data: Path, tmp_path: Path) -> None:
    from throughline.store.migrate import _upgrade, engine_of

    old = tmp_path / "old"
    old.mkdir()
    engine = engine_of(old / "throughline.db")
    with engine.connect() as connection, connection.begin():
        _upgrade(connection, "0002")
    engine.dispose()
    with sqlite3.connect(old / "throughline.db") as raw:
        raw.execute("INSERT INTO tenants VALUES ('acme', 'acme', 'Acme', '{}', 0, 1)")

    assert made(old, tmp_path / "backup").revision == "0002"
    back(tmp_path / "backup", tmp_path / "again")
    assert wrong(tmp_path / "again") == []
    assert [t.id for t in asked(tmp_path / "again", lambda tx: tx.people.tenants())] == [ACME]
    assert data.exists()


def test_a_file_that_the_store_lost_is_said_and_the_rest_is_kept(data: Path, tmp_path: Path) -> None:
    (lost,) = (path for path in (data / "files").rglob("*") if path.is_file())
    lost.write_bytes(b"rotten")

    manifest = made(data, tmp_path / "backup")

    assert [path.rpartition("/")[2] for path in manifest.missing] == [lost.name]
    assert len(manifest.parts) == 1
    assert len(wrong(tmp_path / "backup")) == 1


def test_a_backup_is_never_written_over_and_never_within_the_data(data: Path, tmp_path: Path) -> None:
    made(data, tmp_path / "backup")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for to in (tmp_path / "backup", tmp_path / "file", tmp_path / "link", tmp_path, data / "copy"):
        with pytest.raises(Unusable):
            made(data, to)
    assert (tmp_path / "file").read_text() == "mine"
    with pytest.raises(Unusable, match="no store"):
        made(tmp_path / "nothing", tmp_path / "other")


def test_a_restore_leaves_a_full_folder_alone_unless_it_is_told_to_move_it(data: Path, tmp_path: Path) -> None:
    made(data, tmp_path / "backup")
    with pytest.raises(Unusable, match="not empty"):
        back(tmp_path / "backup", data)
    epoch = manifest_of(tmp_path / "backup").epoch
    done = back(tmp_path / "backup", data, "before-now")

    assert done.aside == data / "before-now"
    assert ids(data / "before-now") == ids(data) == {"m1", "m2"}
    assert asyncio.run(_epoch(data)) == done.epoch != epoch
    assert wrong(data) == []
    back(tmp_path / "backup", data, "before-later")
    assert {path.name for path in data.iterdir() if path.is_dir()} == {"files", "before-now", "before-later"}


async def _epoch(folder: Path) -> str:
    store = await open_sqlite(folder, StillClock(), lambda _: None)
    await store.close()
    return store.epoch


def test_what_a_killed_restore_left_is_no_store_and_is_swept_away_by_the_next(data: Path, tmp_path: Path) -> None:
    made(data, tmp_path / "backup")
    (tmp_path / "again" / ".dead.half" / "files").mkdir(parents=True)
    back(tmp_path / "backup", tmp_path / "again")

    assert {path.name for path in (tmp_path / "again").iterdir()} == {"throughline.lock", "throughline.db", "files"}


def test_a_restore_into_a_served_folder_is_refused(data: Path, tmp_path: Path) -> None:
    made(data, tmp_path / "backup")
    with Folder(data), pytest.raises(FolderHeld):
        back(tmp_path / "backup", data, "before-now")
    assert not (data / "before-now").exists()


def nothing(_: Path) -> None:
    """Not even a folder."""


def foreign(backup: Path) -> None:
    backup.mkdir()
    (backup / "holiday.jpg").write_bytes(b"x")


def cut(backup: Path) -> None:
    os.truncate(backup / "throughline.db", 5_000)


def flipped(backup: Path) -> None:
    with (backup / "throughline.db").open("r+b") as file:
        file.seek(9_000)
        byte = file.read(1)
        file.seek(9_000)
        file.write(bytes([byte[0] ^ 1]))


def half_manifest(backup: Path) -> None:
    os.truncate(backup / "manifest.json", 60)


def no_picture(backup: Path) -> None:
    shutil.rmtree(backup / "files")


def linked_out(backup: Path) -> None:
    (file,) = (path for path in (backup / "files").rglob("*") if path.is_file())
    shutil.move(file, backup.parent / "outside")
    file.symlink_to(backup.parent / "outside")


def no_database(backup: Path) -> None:
    shutil.copyfile(backup / "manifest.json", backup / "throughline.db")
    digest, size = hashlib.sha256((backup / "throughline.db").read_bytes()).hexdigest(), 0
    size = (backup / "throughline.db").stat().st_size
    rewritten(backup, lambda m: m["parts"][0].update(sha256=digest, size=size))


CHANGED = {
    "newer schema": (lambda m: m.update(revision="9999"), "newer version"),
    "newer form": (lambda m: m.update(format=2, surprise=True), "newer version"),
    "another schema": (lambda m: m.update(revision="0002"), "the manifest says 0002"),
    "way out": (lambda m: m["parts"][1].update(path="../../etc/passwd"), "no part of a backup"),
    "way out inside": (lambda m: m["parts"][1].update(path="files/../../x"), "no part of a backup"),
    "absolute": (lambda m: m["parts"][1].update(path="/etc/passwd"), "no part of a backup"),
    "over the lock": (lambda m: m["parts"][1].update(path="throughline.lock"), "no part of a backup"),
    "another hash": (lambda m: m["parts"][1].update(sha256="0" * 64), "no part of a backup"),
    "NUL": (lambda m: m["parts"][1].update(path="files/\x00"), "no part of a backup"),
    "twice": (lambda m: m["parts"].append(m["parts"][0]), "twice"),
    "no database": (lambda m: m["parts"].pop(0), "no database"),
    "more": (lambda m: m.update(surprise=1), "cannot be read"),
    "no number": (lambda m: m["parts"][0].update(size="much"), "cannot be read"),
}
BROKEN = {
    "nothing": (nothing, "There is no"),
    "foreign": (foreign, "is no backup"),
    "cut": (cut, "has 5000 bytes, the manifest says"),
    "flipped": (flipped, "not what it was"),
    "half a manifest": (half_manifest, "cannot be read"),
    "no picture": (no_picture, "missing from the backup"),
    "linked out": (linked_out, "missing from the backup"),
    "no database": (no_database, "does not open"),
} | {
    name: ((lambda backup, change=change: rewritten(backup, change)), words)
    for name, (change, words) in CHANGED.items()
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_backup_is_refused_in_words_and_nothing_is_left(name: str, data: Path, tmp_path: Path) -> None:
    backup, (breaks, words) = tmp_path / "backup", BROKEN[name]
    if breaks not in {nothing, foreign}:
        made(data, backup)
    breaks(backup)
    before = sorted(path.name for path in data.iterdir())

    with pytest.raises(Unusable, match=words) as refused:
        back(backup, data, "before-now")

    assert refused.value.hint
    assert sorted(path.name for path in data.iterdir()) == before
    assert ids(data) == {"m1", "m2"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB, where this user may mount one."""
    if os.geteuid() != 0:
        pytest.fail("run this as root (it mounts a 1 MB tmpfs): sudo -E .venv/bin/pytest tests/store/test_backup.py")
    where = tmp_path / "disk"
    where.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", where], check=True)
    yield where
    subprocess.run(["umount", where], check=True)


def test_a_full_disk_leaves_no_half_backup_and_no_half_restore(data: Path, tmp_path: Path, small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(b"x" * 300_000)
    with pytest.raises((OSError, sqlite3.OperationalError)):
        made(data, small_disk / "backup")
    assert [path.name for path in small_disk.iterdir()] == ["ballast"]

    made(data, tmp_path / "backup")
    with pytest.raises(Unusable, match="MB left"):
        restored(tmp_path / "backup", small_disk / "data", 7_000, silent)
    assert [path.name for path in (small_disk / "data").iterdir()] == ["throughline.lock"]
