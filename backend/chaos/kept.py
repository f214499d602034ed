"""What the gateway has kept, read from its database without asking it: logs, deliveries, turns."""

import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from chaos.history import Entry, Row


class Rung(Struct, frozen=True):
    """A step of a delivery: its state, and when, UTC ms."""

    state: str
    at: int
    reason: str | None = None


class Delivered(Struct, frozen=True):
    """A delivery with its times."""

    row: Row
    rungs: tuple[Rung, ...]
    reason: str | None


class Kept(Struct, frozen=True):
    """Everything of the conversations that were asked for."""

    logs: dict[str, list[Entry]]
    rows: list[Delivered]

    def waiting(self) -> int:
        """Deliveries that somebody still has to do something about."""
        return sum(one.row.owed and one.row.state in _BUSY for one in self.rows)


_BUSY = frozenset({"pending", "sending", "not_sent", "streaming", "ambiguous"})


def connected(data: Path) -> sqlite3.Connection:
    """The store, to read only."""
    (file,) = data.glob("*.db")
    return sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=20)


def read(data: Path, talks: Collection[str]) -> Kept:
    """The whole, of these conversations."""
    logs: dict[str, list[Entry]] = {talk: [] for talk in talks}
    late: set[tuple[str, str, str]] = set()
    with closing(connected(data)) as raw:
        raw.execute("begin")
        for talk, seq, kind, body in raw.execute(
            "select conversation_id, seq, kind, member from events order by conversation_id, seq"
        ):
            if talk not in logs:
                continue
            said: dict[str, Any] = msgspec.json.decode(body)
            logs[talk].append(entry(seq, kind, said))
            if kind == "failed_over":
                late.add((talk, said["message"], said["binding"]))
        rows = [
            _row(*found, late=(found[0], found[1], found[2]) in late)
            for found in raw.execute(
                "select conversation_id, message_id, binding_id, channel, seq, owed, state, reason, rungs "
                "from deliveries"
            )
            if found[0] in logs
        ]
    return Kept(logs, rows)


def entry(seq: int, kind: str, said: dict[str, Any]) -> Entry:
    """A line of the log, as the checker has it."""
    if kind != "message":
        return Entry(seq, kind, turn=said.get("turn") if kind == "turn_ended" else None)
    outgoing = said["author"]["kind"] != "person"
    return Entry(seq, kind, said["id"], outgoing, said.get("turn") if outgoing else None, "only" in said)


def _row(
    talk: str, message: str, binding: str, channel: str, seq: int, owed: int, state: str, reason: str | None,
    rungs: str, *, late: bool,
) -> Delivered:  # fmt: skip
    steps = msgspec.json.decode(f"[{rungs}]", type=tuple[Rung, ...])
    states = (*(step.state for step in steps), state)
    return Delivered(Row(talk, message, binding, channel, seq, bool(owed), state, states, late), steps, reason)
