"""`throughline backup | restore | verify`: what they say at a terminal. The work is in store/."""

import errno
import sqlite3
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from throughline import __version__
from throughline.app import SystemClock
from throughline.command.console import err, fail, near, out, step
from throughline.command.serve import in_use
from throughline.conversation.events import iso
from throughline.settings import Settings
from throughline.store.backup import backed_up
from throughline.store.folder import FolderHeld
from throughline.store.manifest import Manifest, Told, Unusable
from throughline.store.restore import ASIDE, restored
from throughline.store.verify import Check, verified

_WHERE = {
    errno.ENOSPC: "The disk is full.",
    errno.EDQUOT: "The quota of this disk is used up.",
    errno.EROFS: "That disk is read-only.",
    errno.EACCES: "This user may not write there.",
    errno.EPERM: "This user may not write there.",
}


def backup(settings: Settings, to: Path) -> int:
    """0: the backup is whole; 1: none was made, or the store itself had lost files; 2: asked wrongly."""

    def work() -> int:
        began = time.monotonic()
        made_at = iso(SystemClock().now())
        with _progress() as bar:
            manifest = backed_up(settings.throughline_data, to, __version__, made_at, _told(bar, "backup"))
        step("backup", near(to), time.monotonic() - began)
        out.print(f"   {_counts(manifest)}")
        out.print("   THROUGHLINE_SECRET is not in it and belongs to it: keep your .env, elsewhere.")
        if manifest.missing:
            fail(
                f"{len(manifest.missing)} files were missing in the store, so they are in no backup from now on.",
                "Run: throughline verify",
            )
        return 1 if manifest.missing else 0

    return _said(work)


def restore(settings: Settings, backup: Path, *, replace: bool) -> int:
    """0: the store is there again; 1: it did not work, and nothing has changed; 2: asked wrongly."""

    def work() -> int:
        began, now = time.monotonic(), SystemClock().now()
        aside = f"{ASIDE}{iso(now)[:19].replace(':', '').replace('-', '')}Z" if replace else ""
        with _progress() as bar:
            done = restored(backup, settings.throughline_data, now, _told(bar, "restore"), aside)
        step("restored", near(settings.throughline_data), time.monotonic() - began)
        out.print(f"   {_counts(done.manifest)}, as of {done.manifest.made_at}")
        if done.aside is not None:
            out.print(f"   What was there is in {near(done.aside)}: remove it when you need it no more.")
        if done.held:
            out.print(
                f"   {done.held} messages were about to leave when the backup was made. They may have left since,\n"
                "   so they wait under lost messages for somebody to say."
            )
        out.print("   Everybody has to sign in again. Who said “no messages here” since then has to say it again.")
        return 0

    return _said(work)


def verify(settings: Settings, folder: Path | None) -> int:
    """0: nothing is wrong; 1: something is, or there is nothing to look at."""

    def work() -> int:
        where = folder or settings.throughline_data
        good = True
        with _progress() as bar:
            for check in verified(where, _told(bar, "verify")):
                good = good and not check.wrong
                _print(check)
        out.print("nothing is wrong" if good else f"something is wrong in {near(where)}: docs/how-to/backup.md")
        return 0 if good else 1

    return _said(work)


def _print(check: Check) -> None:
    out.print(f" {'[red]✗[/]' if check.wrong else '[green]✓[/]'} {check.name:<44}{check.count:>12,}")
    for words in check.wrong:
        out.print(f"     {words}", markup=False)
    if check.more:
        out.print(f"     and {check.more:,} more")
    for words in check.notes:
        out.print(f"     · {words}", markup=False)


def _said(work: Callable[[], int]) -> int:
    """Run it; what does not work is said in words."""
    try:
        return work()
    except Unusable as wrong:
        fail(str(wrong), wrong.hint)
    except FolderHeld as held:
        return in_use(held)
    except sqlite3.Error as error:
        full = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
        what = _WHERE[errno.ENOSPC] if full else f"The database cannot be read: {error}."
        fail(what, "Make room and do it again." if full else "Run: throughline verify")
    except OSError as error:
        what = _WHERE.get(error.errno or 0, f"It did not work: {error.strerror or error}.")
        fail(what, "Nothing was changed. Choose another place, or make room, and do it again.")
    except KeyboardInterrupt:
        err.print("Stopped. Nothing was changed.")
    return 1


def _counts(manifest: Manifest) -> str:
    counts = manifest.counts
    return (
        f"{counts.get('conversations', 0):,} conversations, {counts.get('messages', 0):,} messages, "
        f"{len(manifest.parts) - 1:,} files, {manifest.size / 1e6:,.1f} MB, schema {manifest.revision}"
    )


def _progress() -> AbstractContextManager[Progress]:
    """A bar where there is a terminal; nothing where there is none."""
    return Progress(
        TextColumn(" {task.description:<16}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(),
        console=err, transient=True, disable=not err.is_terminal,
    )  # fmt: skip


def _told(bar: Progress, name: str) -> Told:
    task = bar.add_task(name, total=None)

    def told(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)

    return told
