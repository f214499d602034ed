"""An empty store of today's schema, migrated once by this process and copied from then on."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from throughline.store.folder import DATABASE
from throughline.store.migrate import migrate


@cache
def template() -> Path:
    """A migrated folder, made once: migrating takes longer than most tests. It is not to be written."""
    made = Path(tempfile.mkdtemp(prefix="throughline-template-"))
    atexit.register(shutil.rmtree, made)
    migrate(made)
    return made


def fresh(folder: Path) -> None:
    """Make a data folder with a store in which nobody has written yet. One that is there stays as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / DATABASE).exists():
        shutil.copyfile(template() / DATABASE, folder / DATABASE)
