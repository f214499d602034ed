"""What the stories about backups begin with: a store with something of everything, and somebody who changes a copy."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec

from tests.store.template import fresh
from throughline.conversation.files import File
from throughline.conversation.ids import FileId, MessageId
from throughline.ports import Tx
from throughline.store.backup import backed_up
from throughline.store.blobs import Bytes, DiskBlobs
from throughline.store.manifest import Manifest
from throughline.store.restore import Restored, restored
from throughline.store.sqlite import SqliteStore, open_sqlite
from throughline.store.verify import Check, verified

from .given import ACME, C1, StillClock, connected, leaves, say

MADE_AT = "2026-11-21T20:00:00.000Z"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"p" * 5_000


def silent(_done: int, _total: int) -> None:
    """Nobody watches."""


async def chunks(data: bytes) -> AsyncIterator[bytes]:
    """Bytes as they come from outside."""
    yield data


async def opened(folder: Path) -> SqliteStore:
    """A store as a gateway has it."""
    fresh(folder)
    return await open_sqlite(folder, StillClock(), lambda _: None)


async def filled(folder: Path) -> None:
    """A conversation with two messages, one delivered on the web, one on its way to Slack, and a picture."""
    store = await opened(folder)
    kept = await DiskBlobs(folder / "files").keep(ACME, chunks(PICTURE), 10_000)
    assert isinstance(kept, Bytes)

    def add(tx: Tx) -> None:
        connected(tx)
        say(tx, "m1")
        say(tx, "m2")
        tx.bindings.owe(leaves("m2", 2))
        tx.files.add(picture(kept.sha256, kept.size))

    await store.write(add)
    await store.close()


def picture(sha256: str, size: int) -> File:
    """Its row."""
    return File(
        id=FileId("f1"), tenant=ACME, conversation=C1, message=MessageId("m1"), kind="image", media_type="image/png",
        name="p.png", size=size, state="ready", created_at=60, sha256=sha256,
    )  # fmt: skip


def made(data: Path, to: Path) -> Manifest:
    """A backup."""
    return backed_up(data, to, "1.2.3", MADE_AT, silent)


def back(backup: Path, data: Path, aside: str = "") -> Restored:
    """A data folder again."""
    return restored(backup, data, 7_000, silent, aside)


def checks(folder: Path) -> dict[str, Check]:
    """What `verify` finds, by name."""
    return {check.name: check for check in verified(folder, silent)}


def wrong(folder: Path) -> list[str]:
    """Everything that is wrong."""
    return [words for check in checks(folder).values() for words in check.wrong]


def rewritten(backup: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """A manifest that somebody edited."""
    file = backup / "manifest.json"
    manifest = msgspec.json.decode(file.read_bytes())
    change(manifest)
    file.write_bytes(msgspec.json.encode(manifest))


def asked(folder: Path, fn: Callable[[Tx], Any]) -> Any:
    """One look into a store."""

    async def look() -> Any:
        store = await opened(folder)
        try:
            return await store.read(fn)
        finally:
            await store.close()

    return asyncio.run(look())
