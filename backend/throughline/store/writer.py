"""The one writer: takes what waits, commits it as one group with one sync, then tells everybody.

It runs on its own thread. What comes in while a group is being synced is the next group; a write that is alone is
committed alone, at once. Nothing is told before the commit; then one call onto the event loop per group tells all:
first the events, in seq order, then each caller its result.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from throughline import observe
from throughline.conversation.events import Entry
from throughline.ports import Clock, Committed, StoreDown, Tx
from throughline.store.checkpoint import Checkpoints
from throughline.store.connect import SqliteLink, Verdict, connect, verdict
from throughline.store.tx import SqlTx

#: Transactions in one commit at most; how often a group is tried while another program holds the file.
GROUP, TRIES = 256, 3
_PROBE = "INSERT INTO meta (name, value) VALUES ('probe', '') ON CONFLICT (name) DO UPDATE SET value = value || ''"

_log = observe.logger("store.writer")


class Job(NamedTuple):
    """A transaction that waits, and whom to tell."""

    fn: Callable[[Tx], Any]
    told: asyncio.Future[Any]


class Outcome(NamedTuple):
    """What became of a job: a value, or an error that undid it."""

    job: Job
    value: Any
    error: BaseException | None


class Writer:
    """The writing connection and its thread. `limit` transactions may wait; a fault is looked at every `probe` seconds.

    `died` is called on the event loop, once, when the disk cannot be trusted any more: the process has to end.
    """

    def __init__(
        self,
        database: Path,
        clock: Clock,
        committed: Committed,
        died: Callable[[str], None],
        limit: int,
        probe: float,
    ) -> None:
        self.trouble: str | None = None
        self._dead = False
        self._clock = clock
        self._committed = committed
        self._died = died
        self._limit = limit
        self._probe = probe
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._waiting = 0
        self._closing = False
        self._link = SqliteLink(connect(database, writes=True))
        self._tx = SqlTx(self._link)
        self._checkpoints = Checkpoints(database)
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, fn: Callable[[Tx], Any]) -> asyncio.Future[Any]:
        """Queue a transaction; on the event loop only. Raises StoreDown where it cannot be taken."""
        if self._closing:
            raise StoreDown("the store is closing")
        if self._dead:
            raise StoreDown(self.trouble)
        if self._waiting >= self._limit:
            raise StoreDown(f"{self._waiting} transactions are waiting")
        told: asyncio.Future[Any] = self._loop.create_future()
        self._waiting += 1
        self._jobs.put(Job(fn, told))
        return told

    async def close(self) -> None:
        """Commit what waits, then let go of the database."""
        if not self._closing:
            self._closing = True
            self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _tell(self, outcomes: list[Outcome], entries: list[Entry]) -> None:
        """On the event loop: what a group became."""
        self._waiting -= len(outcomes)
        if entries:
            try:
                self._committed(entries)
            except Exception as wrong:
                self._loop.call_exception_handler({"message": "committed events were not taken", "exception": wrong})
        for job, value, error in outcomes:
            if job.told.done():  # whoever asked has gone
                continue
            if error is None:
                job.told.set_result(value)
            else:
                job.told.set_exception(RuntimeError(str(error)) if isinstance(error, StopIteration) else error)

    # ---------------------------------------------------------------- from here on: the writer's own thread

    def _run(self) -> None:
        while True:
            group, last = self._gather()
            if group:
                self._serve(group)
            elif not last:
                self._look()
            if last:
                break
        self._checkpoints.close()
        self._link.raw.close()

    def _gather(self) -> tuple[list[Job], bool]:
        """What waits, once something does, and whether it is the last. Empty where a fault is to be looked at."""
        group: list[Job] = []
        try:
            job = self._jobs.get(timeout=self._probe if self.trouble and not self._dead else None)
            while job is not None:
                group.append(job)
                if len(group) == GROUP:
                    return group, False
                job = self._jobs.get_nowait()
        except queue.Empty:
            return group, False
        return group, True

    def _serve(self, group: list[Job]) -> None:
        began = self._clock.monotonic()
        try:
            if self._dead:
                raise StoreDown(self.trouble)
            outcomes, entries = self._durable(group)
        except (sqlite3.Error, StoreDown) as error:
            down = self._refuse(error) if isinstance(error, sqlite3.Error) else error
            outcomes, entries = [Outcome(job, None, StoreDown(str(down))) for job in group], []
        else:
            self.trouble = None
            observe.committed(len(group), self._clock.monotonic() - began)
        with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            self._loop.call_soon_threadsafe(self._tell, outcomes, entries)
        self._checkpoints.changed(self._link.raw.total_changes)

    def _durable(self, group: list[Job]) -> tuple[list[Outcome], list[Entry]]:
        """Commit a group, again from the start where another program held the file."""
        for left in reversed(range(TRIES)):
            try:
                return self._attempt(group)
            except sqlite3.Error as error:
                self._undo()
                if verdict(error) is not Verdict.AGAIN or not left:
                    raise
        raise AssertionError("a try returns or raises")

    def _attempt(self, group: list[Job]) -> tuple[list[Outcome], list[Entry]]:
        """One transaction. Raises what concerns the whole group.

        Members seldom fail, and a savepoint each makes SQLite keep a copy of every page that it touches: so they run
        without, and only where one has failed the group runs again with them.
        """
        found = self._together(group) if len(group) > 1 else None
        outcomes, entries = found or self._each(group)
        observe.crash_point("store.before_commit")
        self._link.raw.execute("COMMIT")
        observe.crash_point("store.after_commit")
        return outcomes, entries

    def _together(self, group: list[Job]) -> tuple[list[Outcome], list[Entry]] | None:
        """All of them, not committed yet. None: one has failed, and nothing is there of any."""
        link, tx = self._link, self._tx
        outcomes: list[Outcome] = []
        entries: list[Entry] = []
        link.begin("BEGIN IMMEDIATE")
        for job in group:
            try:
                outcomes.append(Outcome(job, job.fn(tx), None))
            except BaseException as error:
                if link.fault is not None:
                    raise link.fault from error
                self._undo()
                return None
            if link.fault is not None:
                raise link.fault
            entries += tx.empty()
        return outcomes, entries

    def _each(self, group: list[Job]) -> tuple[list[Outcome], list[Entry]]:
        """All of them, a savepoint each, not committed yet: who fails leaves nothing of its own."""
        link, tx, execute = self._link, self._tx, self._link.raw.execute
        outcomes: list[Outcome] = []
        entries: list[Entry] = []
        link.begin("BEGIN IMMEDIATE")
        for job in group:
            execute("SAVEPOINT member")
            try:
                value = job.fn(tx)
            except BaseException as error:
                if link.fault is None:
                    execute("ROLLBACK TO member")
                    link.forget()
                tx.empty()
                outcomes.append(Outcome(job, None, error))
            else:
                entries += tx.empty()
                outcomes.append(Outcome(job, value, None))
            if link.fault is not None:
                raise link.fault
            execute("RELEASE member")
        return outcomes, entries

    def _undo(self) -> None:
        self._tx.empty()
        if self._link.raw.in_transaction:
            with suppress(sqlite3.Error):
                self._link.raw.execute("ROLLBACK")

    def _refuse(self, error: sqlite3.Error) -> StoreDown:
        """Remember why, and for how long: until a write succeeds, or for good."""
        name = getattr(error, "sqlite_errorname", "") or type(error).__name__
        self.trouble = _WORDS.get(name, f"the database cannot be written ({name})")
        if verdict(error) is Verdict.FATAL:
            self._dead = True
            _log.error("store_died", why=self.trouble)
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._died, self.trouble)
        return StoreDown(self.trouble)

    def _look(self) -> None:
        """Whether writes are possible again."""
        try:
            self._link.begin("BEGIN IMMEDIATE")
            self._link.raw.execute(_PROBE)
            self._link.raw.execute("COMMIT")
        except sqlite3.Error as error:
            self._undo()
            self._refuse(error)
        else:
            self.trouble = None


_WORDS = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_READONLY": "the database is read-only",
    "SQLITE_BUSY": "another program holds the database",
}
