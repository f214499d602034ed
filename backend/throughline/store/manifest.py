"""What a backup says of itself: `manifest.json`, written last and read first. Every name in it has one possible form.

A name that could lead out of the backup's folder does not exist here: it is refused before anything is opened.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from throughline.store.folder import DATABASE
from throughline.store.revision import HEAD

MANIFEST = "manifest.json"
#: Of the file's form. Bytes of it at most: about a million files.
FORMAT, MOST = 1, 268_435_456
CHUNK = 1_048_576
_FILE = re.compile(r"files/[0-9a-f]{32}/([0-9a-f]{2})/(\1[0-9a-f]{62})")

#: Told while bytes are written or read: how many of how many.
Told = Callable[[int, int], None]


class Unusable(Exception):  # noqa: N818 - said to the person at the keyboard, as it is
    """It cannot be done with what is there: what is wrong, and what to do about it."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.hint = hint


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a backup: its path within, bytes, and hash."""

    path: str
    size: int
    sha256: str


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of a backup. `missing`: bytes that the store had lost before."""

    format: int
    version: str
    revision: str
    epoch: str
    made_at: str
    counts: dict[str, int]
    parts: tuple[Part, ...]
    missing: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(part.size for part in self.parts)


def written(manifest: Manifest, folder: Path) -> None:
    """Put it into the folder, synced. Raises OSError."""
    with (folder / MANIFEST).open("xb") as out:
        out.write(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
        settle(out)


def manifest_of(folder: Path) -> Manifest:
    """Read it, and see that each part is there in its size. Raises Unusable, OSError."""
    file = folder / MANIFEST
    if not folder.exists():
        raise Unusable(f"There is no {folder}.", "Name the folder that `throughline backup` has made.")
    if not file.is_file():
        raise Unusable(f"{folder} is no backup: it has no {MANIFEST}.", "A backup that broke off has none either.")
    if file.stat().st_size > MOST:
        raise Unusable(f"{file} is larger than any manifest.", "This is not a backup of ours.")
    raw = file.read_bytes()
    try:
        form = msgspec.json.decode(raw, type=_Form).format
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        form = 0
    if form > FORMAT:
        raise Unusable("The backup was made by a newer version.", "Restore it with that one, or a later one.")
    try:
        found = msgspec.json.decode(raw, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unusable(f"{file} cannot be read: {error}.", "Take another backup: this one is damaged.") from None
    if found.revision > HEAD:
        raise Unusable(
            f"The backup was made by a newer version: {found.version}, schema {found.revision}. This one knows {HEAD}.",
            "Restore it with that version, or a later one.",
        )
    _checked(found, folder)
    return found


def _checked(found: Manifest, folder: Path) -> None:
    known: set[str] = set()
    for part in found.parts:
        named = _FILE.fullmatch(part.path)
        if part.path != DATABASE and (named is None or named[2] != part.sha256):
            raise Unusable(
                f"The manifest names {part.path!r}, which is no part of a backup.", "This was not made by us: keep off."
            )
        if part.path in known:
            raise Unusable(f"The manifest names {part.path} twice.", "This was not made by us: keep off.")
        known.add(part.path)
        here = folder / part.path
        if not here.is_file() or not here.resolve().is_relative_to(folder.resolve()):
            raise Unusable(f"{part.path} is missing from the backup.", "Copy the backup whole, or take another one.")
        if here.stat().st_size != part.size:
            raise Unusable(
                f"{part.path} has {here.stat().st_size} bytes, the manifest says {part.size}.",
                "The copy broke off. Copy the backup again, or take another one.",
            )
    if DATABASE not in known:
        raise Unusable("The manifest names no database.", "Take another backup: this one is damaged.")


class _Form(Struct):
    format: int


def hashed(file: BinaryIO) -> str:
    """The SHA-256 of what follows."""
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def copied(source: Path, target: Path) -> Part:
    """Copy a file, synced, hashed on the way; the part's path is the target's. Raises OSError."""
    digest, size = hashlib.sha256(), 0
    with _real(source) as given, os.fdopen(_new(target), "wb") as out:
        while chunk := given.read(CHUNK):
            out.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        settle(out)
    return Part(str(target), size, digest.hexdigest())


def settle(out: BinaryIO) -> None:
    """Onto the disk with it."""
    out.flush()
    os.fsync(out.fileno())


def settle_folders(folder: Path) -> None:
    """The names in a folder and below, onto the disk."""
    for where in (folder, *_folders(folder)):
        number = os.open(where, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _folders(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_dir())


def _real(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")


def _new(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
