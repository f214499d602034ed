"""A copy of everything, taken beside a gateway that runs (docs/adr/0027).

The database is copied first, as it is at one moment; then every file that this copy names. Files are never changed and
appear only whole, so what the copy names is there. All of it is written beside its place and takes its name at the end:
a folder with that name is a whole backup.
"""

import errno
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from throughline.store.blobs import place
from throughline.store.connect import connect
from throughline.store.folder import DATABASE
from throughline.store.manifest import FORMAT, Manifest, Part, Told, Unusable, copied, hashed, settle_folders, written
from throughline.store.revision import HEAD, revision

#: Pages of the database between two words of progress.
PAGES = 1_024
COUNTED = ("tenants", "persons", "conversations", "events", "messages", "deliveries", "files")
_FILES = "SELECT DISTINCT tenant_id, sha256 FROM files WHERE sha256 IS NOT NULL AND state = 'ready' ORDER BY 1, 2"
_ANYWHERE = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP, errno.EACCES})


def backed_up(data: Path, to: Path, version: str, made_at: str, told: Told) -> Manifest:
    """Write a backup of the data folder. Raises Unusable, OSError (a full disk), sqlite3.Error.

    `told` hears of the database's pages, then of the files. What was acknowledged before the call is in it.
    """
    _possible(data, to)
    half = to.with_name(f".{to.name}.{secrets.token_hex(4)}.half")
    half.mkdir(parents=True, mode=0o700)
    try:
        manifest = _whole(data, half, version, made_at, told)
        settle_folders(half)
        if to.exists():
            raise Unusable(f"{to} has appeared meanwhile.", "Name a folder that nobody else uses.")
        half.rename(to)
        _settle_name(to.parent)
        return manifest
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _possible(data: Path, to: Path) -> None:
    if not (data / DATABASE).is_file():
        raise Unusable(f"There is no store in {data}.", "Set THROUGHLINE_DATA to the folder that has one.")
    if to.exists() or to.is_symlink():
        raise Unusable(f"{to} is there already.", "A backup is never written over: name a folder that is not there.")
    if to.resolve().is_relative_to(data.resolve()):
        raise Unusable(f"{to} is inside the data folder.", "Name a folder outside of it, best on another disk.")


def _whole(data: Path, half: Path, version: str, made_at: str, told: Told) -> Manifest:
    found, epoch, counts, files = _database(data / DATABASE, half / DATABASE, told)
    with (half / DATABASE).open("rb") as file:
        parts = [Part(DATABASE, os.fstat(file.fileno()).st_size, hashed(file))]
    missing: list[str] = []
    for n, path in enumerate(files):
        told(n, len(files))
        part = _kept(data, half, path)
        if part is None:
            missing.append(path)
        else:
            parts.append(part)
    manifest = Manifest(
        format=FORMAT, version=version, revision=found, epoch=epoch, made_at=made_at, counts=counts,
        parts=tuple(parts), missing=tuple(missing),
    )  # fmt: skip
    written(manifest, half)
    return manifest


def _database(source: Path, target: Path, told: Told) -> tuple[str, str, dict[str, int], list[str]]:
    """Copy it as it is at this moment; its revision, epoch, counts and the files that it names."""
    live, copy = connect(source, writes=False), sqlite3.connect(target, isolation_level=None)
    try:
        # The view is held until the last page is copied: else each commit of the gateway would begin the copy anew.
        live.execute("BEGIN")
        found = revision(live)
        if found is None or found > HEAD:
            raise Unusable(
                f"The store is at revision {found or 'none'}, this program knows {HEAD}.",
                "Take the backup with the version that serves it.",
            )
        copy.execute("PRAGMA synchronous=OFF")
        live.backup(copy, pages=PAGES, progress=lambda _, left, total: told(total - left, total))
        live.execute("ROLLBACK")
        # One file: whoever opens it need not be able to write beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
        tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        counts = {
            name: int(copy.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0]) for name in COUNTED if name in tables
        }
        row = copy.execute("SELECT value FROM meta WHERE name = 'epoch'").fetchone()
        files = list(_named(copy)) if "files" in tables else []
        return found, "" if row is None else str(row[0]), counts, files
    finally:
        live.close()
        copy.close()
        if target.exists():
            _settle_file(target)


def _named(copy: sqlite3.Connection) -> Iterator[str]:
    for tenant, sha256 in copy.execute(_FILES):
        yield f"files/{place(tenant, sha256)}"


def _kept(data: Path, half: Path, path: str) -> Part | None:
    """Link a file where that is possible, else copy it. None: it is not there, or not what its name says."""
    source, target = data / path, half / path
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        try:
            os.link(source, target, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _ANYWHERE:
                raise
            part = copied(source, target)
        else:
            with target.open("rb") as file:
                part = Part(path, os.fstat(file.fileno()).st_size, hashed(file))
    except FileNotFoundError:
        return None
    if part.sha256 != target.name:
        target.unlink()
        return None
    return Part(path, part.size, part.sha256)


def _settle_file(path: Path) -> None:
    number = os.open(path, os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _settle_name(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
