"""A backup becomes a data folder (docs/adr/0027): checked whole first, laid down beside, and only then put in place.

The store gets a new epoch, so that clients whose cursor is from what came after the backup begin anew. Nobody's lease
is valid any more. What was about to leave when the backup was made may have left since then: it is held for a member,
because a send is never repeated blindly. Everybody signs in again, because who was signed out since would be in again.
"""

import os
import secrets
import shutil
import sqlite3
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import literal_column, select

from throughline.conversation.delivery import told as told_of
from throughline.conversation.events import DeliveryState
from throughline.store.connect import SqliteLink, connect
from throughline.store.deliveries import FIELDS, delivery_row
from throughline.store.folder import DATABASE, LOCK, Folder
from throughline.store.manifest import Manifest, Part, Told, Unusable, copied, manifest_of, settle_folders
from throughline.store.migrate import migrate
from throughline.store.schema import deliveries
from throughline.store.tx import SqlTx

#: Room that has to be left on the disk: what the first minutes write.
SPARE = 16_777_216
#: How a folder is called into which an older store was moved.
ASIDE = "before-"
_d = deliveries.c
_WAITING = select(*FIELDS).where(_d.state.in_([literal_column("'pending'"), literal_column("'not_sent'")]))


class Restored(Struct, frozen=True):
    """What became of it: where the old folder is now, and what waits for a member."""

    manifest: Manifest
    epoch: str
    aside: Path | None
    held: int


def restored(backup: Path, data: Path, now: int, told: Told, aside: str = "") -> Restored:
    """Make the data folder from a backup, at this version's schema. `now` is UTC milliseconds.

    `aside`: the folder within it into which what was there goes; "": nothing may be there. Raises Unusable, FolderHeld
    (a gateway has it), OSError, sqlite3.Error; what was there is then as it was.
    """
    manifest = manifest_of(backup)
    if data.resolve().is_relative_to(backup.resolve()) or backup.resolve().is_relative_to(data.resolve()):
        raise Unusable("The backup and the data folder lie within each other.", "Move one of them elsewhere.")
    with Folder(data):
        there = [entry for entry in data.iterdir() if not _stays(entry.name)]
        if there and not aside:
            raise Unusable(
                f"{data} is not empty.",
                "Name an empty folder in THROUGHLINE_DATA, or add --replace: it is moved aside.",
            )
        for left in data.glob(".*.half"):
            # Of one that was killed: nobody else works here now.
            shutil.rmtree(left, ignore_errors=True)
        _room(manifest, data)
        # Within the folder, because it may be a volume of its own: then nothing can be renamed into its place.
        fresh = data / f".{secrets.token_hex(4)}.half"
        fresh.mkdir(mode=0o700)
        try:
            _copied(manifest, backup, fresh, told)
            epoch, held = _begun(fresh, manifest, now)
            settle_folders(fresh)
            if there:
                (data / aside).mkdir(mode=0o700)
                # The database first: without it nobody takes the rest for a store.
                for entry in sorted(there, key=lambda entry: not entry.name.startswith(DATABASE)):
                    entry.rename(data / aside / entry.name)
            for name in sorted(({entry.name for entry in fresh.iterdir()} - {LOCK}), key=lambda name: name == DATABASE):
                (fresh / name).rename(data / name)
            settle_folders(data)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return Restored(manifest, epoch, data / aside if there else None, held)


def _stays(name: str) -> bool:
    """What an empty folder may have in it, and what was moved aside before."""
    return name in {LOCK, "lost+found"} or name.startswith(ASIDE) or name.endswith(".half")


def _room(manifest: Manifest, folder: Path) -> None:
    disk = os.statvfs(folder)
    free, needed = disk.f_bavail * disk.f_frsize, manifest.size + SPARE
    if free < needed:
        raise Unusable(
            f"The disk of {folder} has {free / 1e6:,.0f} MB left, the backup needs {needed / 1e6:,.0f} MB.",
            "Make room, or name a folder on another disk in THROUGHLINE_DATA.",
        )


def _copied(manifest: Manifest, backup: Path, fresh: Path, told: Told) -> None:
    for n, part in enumerate(manifest.parts):
        told(n, len(manifest.parts))
        target = fresh / part.path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        copy = copied(backup / part.path, target)
        if Part(part.path, copy.size, copy.sha256) != part:
            raise Unusable(
                f"{part.path} is not what it was when the backup was made.", "Take another backup: this one is damaged."
            )


def _begun(fresh: Path, manifest: Manifest, now: int) -> tuple[str, int]:
    """Give a copied database its new life: an epoch, no leases, nobody signed in. The epoch, and what is held."""
    epoch = secrets.token_hex(8)
    database = fresh / DATABASE
    try:
        done = migrate(fresh)
        raw = connect(database, writes=True)
    except sqlite3.DatabaseError as error:
        raise Unusable(f"The backup's database does not open: {error}.", "Take another backup.") from error
    try:
        if done.before != manifest.revision:
            raise Unusable(
                f"The database is at revision {done.before}, the manifest says {manifest.revision}.",
                "Take another backup: this one is damaged.",
            )
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('epoch', ?)", (epoch,))
        raw.execute("UPDATE sessions SET revoked_at = ? WHERE revoked_at IS NULL", (now,))
        held = _held(SqliteLink(raw), now)
        raw.execute("COMMIT")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return epoch, held
    finally:
        raw.close()


def _held(link: SqliteLink, now: int) -> int:
    """End every lease, and hold what may have left since. How many messages wait for a member."""
    tx, held = SqlTx(link), 0
    tx.turns.void()
    tx.outbox.void()
    for row in map(delivery_row, link.rows(_WAITING)):
        state: DeliveryState = "held" if row.owed else "dead"
        new = replace(row, state=state, at=now, due=0, reason="restored")
        tx.bindings.settle(new)
        for event in told_of([new]):
            tx.log.append(row.tenant, row.conversation, now, event)
        held += row.owed
    return held
