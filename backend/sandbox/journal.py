"""The journal: every change as a line of JSON, on disk before anybody is answered, read again at start."""

import asyncio
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

#: Bytes of the file before it is written anew with what still counts.
MAX_FILE = 24_000_000

Change = TypeVar("Change")
_encode = msgspec.json.Encoder().encode


class Journal(Generic[Change]):
    """Append-only, one line a batch, of changes of one `kind` (a union of structs). Without a folder nothing is kept.

    Batches that come while one is being written share the next write and its fsync.
    """

    def __init__(self, folder: Path | None, kind: Any, max_file: int = MAX_FILE) -> None:
        self._decode = msgspec.json.Decoder(list[kind]).decode
        self._path = None if folder is None else folder / "journal.jsonl"
        self._max = max_file
        self._lines: list[bytes] = []
        self._done: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._file: int | None = None
        self._size = 0
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def read(self) -> Iterable[Change]:
        """All changes, oldest first; the file is open from now on. What a crash cut short is cut off.

        A file that cannot be read, from another version or damaged, is put aside: a stand-in may forget.
        """
        if self._path is None:
            return []
        raw = self._path.read_bytes() if self._path.exists() else b""
        whole = raw[: raw.rfind(b"\n") + 1]
        try:
            found = [change for line in whole.splitlines() for change in self._decode(line)]
        except (msgspec.DecodeError, UnicodeError):
            self._path.replace(self._path.with_suffix(".unread"))
            found, whole = [], b""
        self._open(self._path)
        assert self._file is not None
        os.ftruncate(self._file, len(whole))
        self._size = len(whole)
        return found

    async def keep(self, changes: Sequence[Change], state: Callable[[], Iterable[Change]]) -> None:
        """Return once they are on disk. `state`: what the file is made of anew when it has grown too long."""
        if self._path is None:
            return
        loop = asyncio.get_running_loop()
        self._lines.append(_encode(changes) + b"\n")
        self._done = self._done or loop.create_future()
        self._task = self._task or loop.create_task(self._write_all(state))
        # Whoever waits may go away; the write goes on for the others.
        await asyncio.shield(self._done)

    async def close(self) -> None:
        """Write what waits, then let go of the file."""
        if self._task is not None:
            await self._task
        if self._file is not None:
            os.close(self._file)
            self._file = None

    async def _write_all(self, state: Callable[[], Iterable[Change]]) -> None:
        while self._lines:
            lines, done = self._lines, self._done
            self._lines, self._done = [], None
            assert done is not None
            try:
                if self._size > self._max:
                    # The state has taken in what waits here.
                    anew = b"".join(_encode([change]) + b"\n" for change in state())
                    await asyncio.to_thread(self._rewrite, anew)
                else:
                    await asyncio.to_thread(self._append, b"".join(lines))
            except OSError as error:
                done.set_exception(error)
                done.exception()
            else:
                done.set_result(None)
        self._task = None

    def _append(self, data: bytes) -> None:
        assert self._file is not None
        left = memoryview(data)
        while left:
            left = left[os.write(self._file, left) :]
        os.fsync(self._file)
        self._size += len(data)

    def _rewrite(self, data: bytes) -> None:
        assert self._path is not None
        new = self._path.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
        self._open(self._path)
        # Grown again by as much, however large what counts is.
        self._size = 0

    def _open(self, path: Path) -> None:
        if self._file is not None:
            os.close(self._file)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
