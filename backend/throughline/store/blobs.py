"""Bytes on disk, named by what they are: `files/<tenant>/<aa>/<sha256>`, each tenant's apart.

A file appears under its name only once all of it is synced, so that what is there is whole. The same bytes are kept
once a tenant. Nothing of a person's name for a file is in a path.
"""

import asyncio
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar

from msgspec import Struct

from throughline.conversation.faults import FILE_EMPTY, Fault, file_too_big
from throughline.conversation.files import HEAD
from throughline.conversation.ids import TenantId
from throughline.ports import StoreDown

_CHUNK = 262_144
P = ParamSpec("P")
T = TypeVar("T")


class Bytes(Struct, frozen=True):
    """ports.Kept."""

    sha256: str
    size: int
    head: bytes


def place(tenant: str, sha256: str) -> str:
    """Where a tenant's bytes are, within the folder of files."""
    return f"{_room(tenant)}/{sha256[:2]}/{sha256}"


def _room(tenant: str) -> str:
    # A tenant's id is ours, but a path is no place to find out that it is not.
    return hashlib.sha256(tenant.encode()).hexdigest()[:32]


class DiskBlobs:
    """ports.Blobs in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, tenant: TenantId, chunks: AsyncIterator[bytes], most: int) -> Bytes | Fault:
        """ports.Blobs.keep."""
        place = self._of(tenant)
        half = place / f".{secrets.token_hex(8)}.half"
        digest, size, head = hashlib.sha256(), 0, b""
        out = await _disk(_open, half)
        try:
            async for chunk in chunks:
                size += len(chunk)
                if size > most:
                    return file_too_big(most)
                head += chunk[: HEAD - len(head)]
                await _disk(_take, out, digest, chunk)
            if not size:
                return FILE_EMPTY
            name = digest.hexdigest()
            await _disk(_settle, out, half, place / name[:2] / name)
        finally:
            await _disk(_away, out, half)
        return Bytes(name, size, head)

    async def read(self, tenant: TenantId, sha256: str, begin: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """ports.Blobs.read."""
        file = await asyncio.to_thread(self._path(tenant, sha256).open, "rb")
        try:
            if begin:
                await asyncio.to_thread(file.seek, begin)
            while chunk := await asyncio.to_thread(file.read, _CHUNK if end is None else min(_CHUNK, end - begin)):
                begin += len(chunk)
                yield chunk
        finally:
            await asyncio.to_thread(file.close)

    async def whole(self, tenant: TenantId, sha256: str, most: int) -> bytes | None:
        """ports.Blobs.whole."""
        return await asyncio.to_thread(_whole, self._path(tenant, sha256), most)

    def _of(self, tenant: TenantId) -> Path:
        return self._folder / _room(tenant)

    def _path(self, tenant: TenantId, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise FileNotFoundError(sha256)
        return self._of(tenant) / sha256[:2] / sha256


async def _disk(do: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """In a thread; what the disk refuses is the store's to say, and no fault of whoever sends."""
    try:
        return await asyncio.to_thread(do, *given, **named)
    except OSError as error:
        raise StoreDown from error


def _open(half: Path) -> BinaryIO:
    half.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _take(out: BinaryIO, digest: "hashlib._Hash", chunk: bytes) -> None:
    out.write(chunk)
    digest.update(chunk)


def _settle(out: BinaryIO, half: Path, whole: Path) -> None:
    out.flush()
    os.fsync(out.fileno())
    whole.parent.mkdir(exist_ok=True, mode=0o700)
    half.replace(whole)
    folder = os.open(whole.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _away(out: BinaryIO, half: Path) -> None:
    out.close()
    half.unlink(missing_ok=True)


def _whole(path: Path, most: int) -> bytes | None:
    try:
        return path.read_bytes() if path.stat().st_size <= most else None
    except FileNotFoundError:
        return None
