"""What the stand-ins received, kept as lines of JSON: appended only, read again at start."""

from pathlib import Path
from typing import Any

import msgspec

#: Bytes of a file before it becomes the old one; the old one before that goes.
MAX_FILE = 5_000_000


class Book:
    """One file per kind under a folder; without a folder nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def note(self, kind: str, record: dict[str, Any]) -> None:
        """Append one record."""
        if self._folder is None:
            return
        path = self._path(kind)
        if path.exists() and path.stat().st_size > MAX_FILE:
            path.replace(path.with_suffix(".old.jsonl"))
        with path.open("ab") as file:
            file.write(msgspec.json.encode(record) + b"\n")

    def read(self, kind: str) -> list[dict[str, Any]]:
        """All records of a kind, oldest first. A last line that a crash cut short is left out."""
        if self._folder is None or not self._path(kind).exists():
            return []
        lines = self._path(kind).read_bytes().split(b"\n")[:-1]
        return [msgspec.json.decode(line) for line in lines if line]

    def _path(self, kind: str) -> Path:
        if self._folder is None:
            raise LookupError(kind)
        return self._folder / f"{kind}.jsonl"
