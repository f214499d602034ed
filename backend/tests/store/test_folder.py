"""The data folder belongs to one process."""

import subprocess
import sys
from pathlib import Path

import pytest

from throughline.store.folder import Folder, FolderHeld
from throughline.store.migrate import migrate
from throughline.store.revision import Unmigrated
from throughline.store.sqlite import open_sqlite

from .given import StillClock

HOLD = """
import sys
from pathlib import Path
from throughline.store.folder import Folder
with Folder(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_told_who_holds_it_and_what_to_do(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(FolderHeld, match=f"process {other.pid}.*THROUGHLINE_DATA") as held:
            Folder(tmp_path)
        with pytest.raises(FolderHeld):
            migrate(tmp_path)
        other.kill()
        other.wait()

    assert held.value.pid == other.pid
    with Folder(tmp_path):
        pass


async def test_a_folder_is_free_again_after_close_and_after_a_failed_open(tmp_path: Path) -> None:
    with pytest.raises(Unmigrated, match="throughline migrate"):
        await open_sqlite(tmp_path, StillClock(), lambda _: None)
    migrate(tmp_path)
    for _ in range(2):
        store = await open_sqlite(tmp_path, StillClock(), lambda _: None)
        with pytest.raises(FolderHeld):
            await open_sqlite(tmp_path, StillClock(), lambda _: None)
        await store.close()


def test_the_folder_is_made_where_it_is_missing(tmp_path: Path) -> None:
    with Folder(tmp_path / "a" / "b") as folder:
        assert folder.database.parent.is_dir()
