"""Bytes of files: in the folder where there is one, in memory else. An id is made by us: letters, digits, `_`, `-`."""

import asyncio
import os
import re
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}\Z")


class Shelf:
    """`put` returns once they are on disk."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._here: dict[str, bytes] = {}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    async def put(self, name: str, data: bytes) -> None:
        """Keep these bytes."""
        if self._folder is None:
            self._here[name] = data
        else:
            await asyncio.to_thread(_write, self._folder / _checked(name), data)

    async def get(self, name: str) -> bytes | None:
        """The bytes; None: there are none."""
        if self._folder is None:
            return self._here.get(name)
        if not _NAME.match(name):
            return None
        path = self._folder / name
        return await asyncio.to_thread(lambda: path.read_bytes() if path.exists() else None)

    async def drop(self, name: str) -> None:
        """Forget them."""
        self._here.pop(name, None)
        if self._folder is not None:
            await asyncio.to_thread((self._folder / _checked(name)).unlink, True)  # noqa: FBT003 - missing_ok


def _checked(name: str) -> str:
    if not _NAME.match(name):
        raise ValueError(name)
    return name


def _write(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
