"""Bytes on disk: whole or not there, each tenant's apart."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from throughline.conversation.faults import FILE_EMPTY, Fault
from throughline.conversation.ids import TenantId
from throughline.ports import StoreDown
from throughline.store.blobs import Bytes, DiskBlobs

ACME, RIVAL = TenantId("acme"), TenantId("../rival")


async def chunks(*parts: bytes, breaks: bool = False) -> AsyncIterator[bytes]:
    for part in parts:
        yield part
    if breaks:
        raise ConnectionResetError


async def read(blobs: DiskBlobs, tenant: TenantId, sha256: str) -> bytes:
    return b"".join([chunk async for chunk in blobs.read(tenant, sha256)])


def left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path)
    kept = await blobs.keep(ACME, chunks(b"one ", b"two"), 100)

    assert isinstance(kept, Bytes)
    assert (kept.size, kept.head) == (7, b"one two")
    assert await read(blobs, ACME, kept.sha256) == b"one two"
    assert await blobs.whole(ACME, kept.sha256, 7) == b"one two"
    assert await blobs.whole(ACME, kept.sha256, 6) is None


async def test_the_same_bytes_are_there_once(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path)
    first = await blobs.keep(ACME, chunks(b"same"), 100)
    second = await blobs.keep(ACME, chunks(b"sa", b"me"), 100)

    assert first == second
    assert len(left(tmp_path)) == 1


async def test_another_tenant_finds_nothing_of_it(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path)
    kept = await blobs.keep(ACME, chunks(b"ours"), 100)

    assert isinstance(kept, Bytes)
    assert await blobs.whole(RIVAL, kept.sha256, 100) is None
    with pytest.raises(FileNotFoundError):
        await read(blobs, RIVAL, kept.sha256)
    assert all(tmp_path in path.resolve().parents for path in left(tmp_path))


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63])
async def test_only_names_of_bytes_are_looked_for(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        await read(DiskBlobs(tmp_path), ACME, name)


async def test_too_much_and_nothing_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path)
    big = await blobs.keep(ACME, chunks(b"x" * 60, b"x" * 60), 100)
    none = await blobs.keep(ACME, chunks(), 100)

    assert isinstance(big, Fault)
    assert big.code == "file_too_big"
    assert none == FILE_EMPTY
    assert left(tmp_path) == []


async def test_what_breaks_off_leaves_nothing_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConnectionResetError):
        await DiskBlobs(tmp_path).keep(ACME, chunks(b"half", breaks=True), 100)

    assert left(tmp_path) == []


async def test_a_disk_that_takes_nothing_is_the_stores_trouble(tmp_path: Path) -> None:
    (tmp_path / "files").write_bytes(b"not a folder")

    with pytest.raises(StoreDown):
        await DiskBlobs(tmp_path / "files").keep(ACME, chunks(b"x"), 100)
