"""What a test or a curious person asks the demo model to do instead of just answering: directives and faults.

In the last message of the person: `[[fault:drop:12]]`, `[[rate:500]]`, `[[tokens:300]]`, `[[say:exactly this]]`,
`[[call:name {"a": 1}]]`. Or from outside, for the next requests: `POST /sandbox/faults`.
"""

import re
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

FaultName = Literal[
    "400", "401", "404", "429", "500", "503",
    "hang", "slow", "drop", "cut_json", "empty", "endless", "error_event", "not_sse", "length", "filter",
]  # fmt: skip
NAMES: frozenset[str] = frozenset(get_args(FaultName))
_DIRECTIVE = re.compile(r"\[\[(fault|rate|tokens|say|call):((?:[^\]]|\](?!\]))*)\]\]")


class Fault(Struct, frozen=True):
    """What goes wrong in a request.

    `number` is the Retry-After of a status in seconds; of everything else, after how many tokens it happens.
    """

    fault: FaultName
    number: int | None = None
    times: int = 1


class Script(Struct, frozen=True):
    """What one request is told to do."""

    fault: Fault | None = None
    rate: float | None = None
    tokens: int | None = None
    say: str | None = None
    call: tuple[str, str] | None = None


def read(text: str) -> tuple[Script, str]:
    """The directives in a text, and the text without them. What is not understood is left in."""
    script, rest = Script(), text
    for found in _DIRECTIVE.finditer(text):
        told = _apply(script, found[1], found[2].strip())
        if told is not None:
            script, rest = told, rest.replace(found[0], "", 1)
    return script, rest.strip()


def _apply(script: Script, name: str, value: str) -> Script | None:
    match name:
        case "fault":
            kind, _, number = value.partition(":")
            if kind not in NAMES or not (number == "" or number.isdecimal()):
                return None
            return replace(script, fault=Fault(kind, int(number) if number else None))  # type: ignore[arg-type]
        case "rate" | "tokens":
            if not value.isdecimal():
                return None
            number_ = int(value)
            return replace(script, rate=float(number_)) if name == "rate" else replace(script, tokens=number_)
        case "say":
            return replace(script, say=value)
        case _:
            tool, _, arguments = value.partition(" ")
            return replace(script, call=(tool, arguments.strip() or "{}"))


class Faults:
    """Faults that were ordered from outside: each is used up by as many requests as it names."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """The next `times` requests go wrong like this."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """None of them after all."""
        self._waiting.clear()

    def next(self) -> Fault | None:
        """The fault of this request."""
        if not self._waiting:
            return None
        now = self._waiting[0]
        self._waiting[0:1] = [replace(now, times=now.times - 1)] if now.times > 1 else []
        return now
