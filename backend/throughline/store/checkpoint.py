"""Moves the write-ahead log into the database beside the writer, so that no commit waits for it."""

import sqlite3
import threading
from pathlib import Path

from throughline.store.connect import connect

#: Changed rows after which it is worth while: some three thousand pages of the write-ahead log, in which the same page
#: stands many times and is moved once; the writing connection meddles at eight thousand.
ROWS = 3000
#: Each pass has only what came during the one before it, so a few are enough unless the writer never rests.
PASSES = 4


class Checkpoints:
    """A thread with a connection of its own. `changed` and `close` are called by the writer's thread.

    Should it fall behind, the writing connection does the same work itself at its own, higher mark.
    """

    def __init__(self, database: Path) -> None:
        self._done_at = 0
        self._wanted = threading.Event()
        self._closing = False
        self._raw = connect(database, writes=True)
        self._thread = threading.Thread(target=self._run, name="store-checkpoint", daemon=True)
        self._thread.start()

    def changed(self, total: int) -> None:
        """The writer has changed `total` rows since it began."""
        if total - self._done_at >= ROWS:
            self._done_at = total
            self._wanted.set()

    def close(self) -> None:
        """Finish the one that runs, then let go."""
        self._closing = True
        self._wanted.set()
        self._thread.join()
        self._raw.close()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._closing:
                return
            # What was committed during a pass is left over. Only when nothing is, the log begins anew.
            before = -1
            for _ in range(PASSES):
                now = self._pass()
                if self._closing or now == before:
                    break
                before = now

    def _pass(self) -> int:
        """Move what is there. Returns how long the log was when all of it was moved, else -1."""
        try:
            _, logged, moved = self._raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.Error:
            # Nothing is lost: the log only grows, and the writer meets the same fault with a name to it.
            return -1
        return int(logged) if logged == moved else -1
