"""What people could see at the providers: every message of ours there, by the mark that is in its text.

The stand-ins put each request on disk before it takes effect and before it is answered, and read it again at start.
They forget the oldest of very many; so the reader keeps what it has once seen.
"""

import html
import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from chaos.history import Effect
from chaos.process import StandIns

#: In the text of each piece: the run's number of a message, and which piece of it.
_MARK = re.compile(r"\bk([0-9a-f]{8})p([0-9]{1,2})\b")
PROVIDERS = {"slack": "slack", "telegram": "telegram", "meta": "whatsapp", "twilio": "sms", "gmail": "gmail"}


def mark(number: int, piece: int = 0) -> str:
    """What stands in the text of a piece."""
    return f"k{number:08x}p{piece}"


class Seen(Struct, frozen=True):
    """One visible message of ours: where, its provider's name, when, what marks its text has."""

    channel: str
    name: str
    at: float
    marks: tuple[tuple[int, int], ...]


class Truth:
    """Reads the stand-ins, and remembers."""

    def __init__(self, stand_ins: StandIns) -> None:
        self._stand_ins = stand_ins
        self._seen: dict[tuple[str, str], Seen] = {}

    def look(self) -> None:
        """Read what is there now."""
        for provider, channel in PROVIDERS.items():
            page: Any = self._stand_ins.ask("GET", f"{provider}/_ctl/messages")
            for seen in read(channel, page["messages"]):
                self._seen.setdefault((channel, seen.name), seen)

    def effects(self, names: Mapping[int, tuple[str, str]]) -> list[Effect]:
        """All that was seen so far of these: conversation and message by number."""
        return [
            Effect(*names[number], seen.channel, piece, seen.at)
            for seen in self._seen.values()
            for number, piece in seen.marks
            if number in names
        ]


def read(channel: str, messages: Iterable[dict[str, Any]]) -> Iterable[Seen]:
    """Our messages among a stand-in's, as it shows them. Pure."""
    for one in messages:
        found = _ours(channel, one)
        if found is None:
            continue
        name, at, text = found
        marks = tuple((int(m[1], 16), int(m[2])) for m in _MARK.finditer(html.unescape(text)))
        if marks:
            yield Seen(channel, name, at, marks)


def _ours(channel: str, one: dict[str, Any]) -> tuple[str, float, str] | None:
    """A message's name, when it came, and its text; None: it is not ours, or nobody sees it."""
    match channel:
        case "slack":
            mine = one.get("app") is not None and not one.get("deleted")
            return (f"{one['channel']}:{one['ts']}", float(one["ts"]), str(one["text"])) if mine else None
        case "telegram":
            mine = one.get("person") is None and not one.get("deleted")
            name = f"{one['end']}:{one['chat']}:{one['number']}"
            return (name, float(one["at"]) + one["number"] * 1e-9, str(one["text"])) if mine else None
        case "gmail":
            mine = "SENT" in one["labels"] and not one.get("draft")
            return (str(one["id"]), float(one["at"]), _fresh(str(one["text"]))) if mine else None
        case _:
            arrived = one.get("from") == "us" and one.get("status") != "failed"
            return (str(one["id"]), float(one["at"]), str(one["text"])) if arrived else None


def _fresh(text: str) -> str:
    """A mail's own words: lines that quote an earlier mail are not said again."""
    return "\n".join(line for line in text.splitlines() if not line.startswith(">"))
