"""The data folder: which files are in it, and that one process at a time has it."""

import fcntl
import os
from pathlib import Path
from typing import Self

DATABASE, LOCK = "throughline.db", "throughline.lock"


class FolderHeld(Exception):  # noqa: N818 - said to the person at the keyboard, as it is
    """Another process has the data folder; `pid` is its id, None where it could not be read."""

    def __init__(self, folder: Path, pid: int | None) -> None:
        super().__init__(
            f"The data folder {folder} is in use by process {pid or 'unknown'}. "
            "Stop that one first, or set THROUGHLINE_DATA to another folder."
        )
        self.pid = pid


class Folder:
    """A data folder that is ours until `release`. The lock dies with the process, however it ends."""

    def __init__(self, path: Path) -> None:
        """Make it if needed, and take it. Raises FolderHeld, or OSError where it cannot be made or written."""
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.database = path / DATABASE
        self._lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            written = os.pread(self._lock, 20, 0).strip()
            os.close(self._lock)
            raise FolderHeld(path, int(written) if written.isdigit() else None) from None
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, b"%d\n" % os.getpid(), 0)

    def release(self) -> None:
        """Let others have it. Once only."""
        os.close(self._lock)

    def __enter__(self) -> Self:
        """Already taken."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go."""
        self.release()
