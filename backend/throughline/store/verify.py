"""Is everything that was acknowledged there, and readable? Facts about a store, in a data folder or in a backup.

It only reads, in one view of one moment, beside a gateway that runs if need be. A check gives how many things it looked
at and what is wrong with which; notes are what is odd and hurts nobody.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from throughline.conversation.events import KINDS, decode
from throughline.store.blobs import place
from throughline.store.connect import connect
from throughline.store.folder import DATABASE
from throughline.store.manifest import MANIFEST, Told, Unusable, hashed, manifest_of
from throughline.store.revision import HEAD, revision
from throughline.store.schema import OPEN

#: Findings that one check names; of the others it says how many.
MOST = 20


class Check(Struct, frozen=True):
    """One check: what it is about, of how many things, what is wrong, what is odd. `more`: found and not named."""

    name: str
    count: int
    wrong: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    more: int = 0


class Finding:
    """Gathers what a check finds."""

    def __init__(self, name: str) -> None:
        self.name, self.count, self.more = name, 0, 0
        self.wrong: list[str] = []
        self.notes: list[str] = []

    def say(self, what: str) -> None:
        """Something is wrong."""
        if len(self.wrong) < MOST:
            self.wrong.append(what)
        else:
            self.more += 1

    def check(self) -> Check:
        """All of it."""
        return Check(self.name, self.count, tuple(self.wrong), tuple(self.notes), self.more)


def verified(folder: Path, told: Told) -> Iterator[Check]:
    """Each check as it ends. Raises Unusable where there is no store of this version, sqlite3.Error, OSError."""
    if not folder.is_dir():
        raise Unusable(f"There is no folder {folder}.", "Name a data folder, or one that `throughline backup` made.")
    if (folder / MANIFEST).exists():
        yield _manifest(folder, told)
    elif not (folder / DATABASE).is_file():
        raise Unusable(f"There is no store in {folder}.", "Name a data folder, or one that `throughline backup` made.")
    raw = _opened(folder)
    try:
        raw.execute("BEGIN")
        found = revision(raw)
        if found is None or found > HEAD:
            raise Unusable(
                f"The store is at revision {found or 'none'}, this program knows {HEAD}.", "Use the version it is of."
            )
        yield _pages(raw)
        yield _keys(raw)
        if found != HEAD:
            raise Unusable(f"The store is at revision {found}, {HEAD} is looked at here.", "Run: throughline migrate")
        for look in (_logs, _bodies, _messages, _deliveries, _leaving):
            yield look(raw, told)
        yield _files(raw, folder, told)
    except sqlite3.DatabaseError as error:
        yield Check("the database reads", 0, (str(error),))
    finally:
        raw.close()


def _opened(folder: Path) -> sqlite3.Connection:
    if (folder / MANIFEST).exists():
        # Nobody writes to a backup, and looking at it leaves nothing beside it.
        where = f"{(folder / DATABASE).resolve().as_uri()}?mode=ro&immutable=1"
        return sqlite3.connect(where, uri=True, isolation_level=None)
    try:
        return connect(folder / DATABASE, writes=False)
    except sqlite3.DatabaseError as error:
        what = f"{folder / DATABASE} cannot be opened: {error}."
        raise Unusable(what, "If it was ours, restore a backup.") from error


def _manifest(folder: Path, told: Told) -> Check:
    found, manifest = Finding("parts as the manifest says"), manifest_of(folder)
    for n, part in enumerate(manifest.parts):
        told(n, len(manifest.parts))
        found.count += 1
        with (folder / part.path).open("rb") as file:
            if hashed(file) != part.sha256:
                found.say(f"{part.path} is not what it was")
    found.notes += [f"{path} was missing when the backup was made" for path in manifest.missing[:MOST]]
    return found.check()


def _pages(raw: sqlite3.Connection) -> Check:
    found = Finding("pages of the database")
    found.count = int(raw.execute("PRAGMA page_count").fetchone()[0])
    for (words,) in raw.execute(f"PRAGMA integrity_check({MOST + 1})"):
        if words != "ok":
            found.say(str(words))
    return found.check()


def _keys(raw: sqlite3.Connection) -> Check:
    found = Finding("rows that belong to something")
    found.count = int(raw.execute("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'").fetchone()[0])
    for table, _, parent, _ in raw.execute("PRAGMA foreign_key_check"):
        found.say(f"a row of {table} names nothing in {parent}")
    return found.check()


_DENSE = """
SELECT c.tenant_id, c.id, c.head, COUNT(e.seq), COALESCE(MIN(e.seq), 1), COALESCE(MAX(e.seq), 0)
FROM conversations c LEFT JOIN events e ON e.tenant_id = c.tenant_id AND e.conversation_id = c.id
GROUP BY c.tenant_id, c.id, c.head
"""


def _logs(raw: sqlite3.Connection, _: Told) -> Check:
    found = Finding("logs without a gap, up to their head")
    for tenant, conversation, head, count, first, last in raw.execute(_DENSE):
        found.count += 1
        if first != 1 or last != head or count != head:
            found.say(f"{tenant}/{conversation}: head {head}, but {count} events from {first} to {last}")
    return found.check()


def _bodies(raw: sqlite3.Connection, told: Told) -> Check:
    found = Finding("events that can be read")
    total = int(raw.execute("SELECT COUNT(*) FROM events").fetchone()[0])
    rows = raw.execute("SELECT tenant_id, conversation_id, seq, kind, member, person FROM events")
    for tenant, conversation, seq, kind, member, person in rows:
        if found.count % 10_000 == 0:
            told(found.count, total)
        found.count += 1
        try:
            if kind not in KINDS:
                raise ValueError(f"of an unknown kind, {kind!r}")
            decode(kind, member)
            if person is not None:
                decode(kind, person)
        except (msgspec.MsgspecError, ValueError, TypeError, RecursionError) as error:
            found.say(f"{tenant}/{conversation} {seq}: {error}")
    return found.check()


#: An answer stands where its turn began.
_LOGGED = """
SELECT m.tenant_id, m.conversation_id, m.id, m.seq FROM messages m
LEFT JOIN events e ON e.tenant_id = m.tenant_id AND e.conversation_id = m.conversation_id AND e.seq = m.seq
WHERE e.seq IS NULL OR e.kind NOT IN ('message', 'turn_started')
"""


def _messages(raw: sqlite3.Connection, _: Told) -> Check:
    return _rows(
        raw, "messages whose words are in the log", "SELECT COUNT(*) FROM messages", _LOGGED,
        lambda row: f"{row[0]}/{row[1]}: message {row[2]} is not at {row[3]}",
    )  # fmt: skip


_STATES = ", ".join(f"'{state}'" for state in OPEN)
_TWICE = f"""
SELECT tenant_id, conversation_id, message_id, COUNT(*) FROM deliveries
WHERE owed AND state IN ({_STATES}) GROUP BY 1, 2, 3 HAVING COUNT(*) > 1
"""


def _deliveries(raw: sqlite3.Connection, _: Told) -> Check:
    return _rows(
        raw, "deliveries, owed in one place at a time", "SELECT COUNT(*) FROM deliveries", _TWICE,
        lambda row: f"{row[0]}/{row[1]}: message {row[2]} is owed in {row[3]} places at once",
    )  # fmt: skip


_STUCK = f"""
SELECT d.tenant_id, d.conversation_id, d.message_id, d.channel FROM deliveries d
JOIN bindings b ON b.tenant_id = d.tenant_id AND b.conversation_id = d.conversation_id AND b.id = d.binding_id
WHERE b.account_id IS NOT NULL AND b.ready IS NULL
AND d.state IN ({_STATES}) AND (d.state <> 'ambiguous' OR d.due > 0)
"""


_TO_LEAVE = f"SELECT COUNT(*) FROM deliveries WHERE state IN ({_STATES})"


def _leaving(raw: sqlite3.Connection, _: Told) -> Check:
    return _rows(
        raw, "what has to leave, where a courier finds it", _TO_LEAVE, _STUCK,
        lambda row: f"{row[0]}/{row[1]}: message {row[2]} waits for {row[3]}, and nobody looks for it",
    )  # fmt: skip


def _rows(
    raw: sqlite3.Connection, name: str, count: str, query: str, words: Callable[[tuple[object, ...]], str]
) -> Check:  # fmt: skip
    found = Finding(name)
    found.count = int(raw.execute(count).fetchone()[0])
    for row in raw.execute(query):
        found.say(words(row))
    return found.check()


_BLOB = re.compile(r"[0-9a-f]{32}/([0-9a-f]{2})/\1[0-9a-f]{62}")


def _files(raw: sqlite3.Connection, folder: Path, told: Told) -> Check:
    found, named = Finding("files, present and as they were"), set[str]()
    rows = raw.execute(
        "SELECT tenant_id, sha256, MAX(size) FROM files WHERE sha256 IS NOT NULL AND state = 'ready' GROUP BY 1, 2"
    ).fetchall()
    for n, (tenant, sha256, size) in enumerate(rows):
        told(n, len(rows))
        found.count += 1
        path = place(tenant, sha256)
        named.add(path)
        try:
            with (folder / "files" / path).open("rb") as file:
                if hashed(file) != sha256:
                    found.say(f"files/{path} is not what was attached")
                elif file.tell() != size:
                    found.say(f"files/{path} has {file.tell()} bytes, its row says {size}")
        except FileNotFoundError:
            found.say(f"files/{path} is missing")
    others = (path.relative_to(folder / "files").as_posix() for path in (folder / "files").rglob("*") if path.is_file())
    odd = [path for path in others if path not in named]
    orphans = sum(_BLOB.fullmatch(path) is not None for path in odd)
    if orphans:
        found.notes.append(f"{orphans} files that no row names: uploads that were taken back, or are being kept now")
    if len(odd) > orphans:
        found.notes.append(f"{len(odd) - orphans} that are no file of ours, or were never finished")
    return found.check()
