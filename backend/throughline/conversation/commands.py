"""Commands: whole messages that ask something of Throughline instead of the agent, the same on every channel."""

import re

from msgspec import Struct

from throughline.conversation.channel import ALIASES, CHANNELS
from throughline.conversation.events import ChannelName

#: Characters; anything longer is a message.
_LONGEST = 60
_SHAPE = re.compile(r"(?P<mark>[/!]?)(?P<words>[a-z][a-z0-9_ -]*)")
#: Known words of features that are not built: with a mark they are answered, without one they are for the agent.
_LATER = re.compile(r"(human|projects)")
#: Any other marked word alone is a command that does not exist; a marked sentence is talk.
_ONE_WORD = re.compile(r"[a-z][a-z0-9_-]*")
_SWITCH = re.compile(r"switch(?: (?P<number>[1-9][0-9]?))?")
_LINK = re.compile(r"link(?: (?P<code>[a-z0-9][a-z0-9-]*))?")
#: Without a mark `link me` is talk: a code has a digit.
_LOOKS_LIKE_A_CODE = re.compile(r"(?=.*[0-9])[a-z0-9-]{4,}")


class Continue(Struct, frozen=True):
    """`continue on slack`: go on there. None: a channel of that name does not exist."""

    channel: ChannelName | None
    asked: str


class Help(Struct, frozen=True):
    """`help`: what can be asked for."""


class Stop(Struct, frozen=True):
    """`stop`: end the answer that is being written."""


class Start(Struct, frozen=True):
    """`/start`: the person has just come to a channel that says so by itself."""


class New(Struct, frozen=True):
    """`new`: begin another conversation."""


class Listing(Struct, frozen=True):
    """`list`: which conversations there are."""


class Switch(Struct, frozen=True):
    """`switch 2`: go on with the second of the last list. None: without a number."""

    number: int | None


class Link(Struct, frozen=True):
    """`link AB12-CD34`: this address belongs to whoever was given the code. Empty: without one."""

    code: str


class Unknown(Struct, frozen=True):
    """A command that is not built."""

    asked: str


Command = Continue | Help | Stop | Start | New | Listing | Switch | Link | Unknown
_ALONE: dict[str, Command] = {"help": Help(), "stop": Stop(), "new": New(), "list": Listing()}


def channel_named(word: str) -> ChannelName | None:
    """The channel behind a name as people and paths write it: `Slack`, `email`. None: there is none."""
    name = word.strip().lower()
    return next((c for c in CHANNELS if c == ALIASES.get(name, name)), None)


def parse(text: str, *, marked_only: bool = False) -> Command | None:
    """The command that a whole message is, in any case, plain or with `/` or `!`. None: it is an ordinary message.

    `continue on monday` is talk; `/continue on monday` is a command that names no channel. With `marked_only` plain
    words are never a command: they belong to the carrier.
    """
    if len(text) > 4 * _LONGEST:
        return None
    said = " ".join(text.split()).lower()
    found = _SHAPE.fullmatch(said) if len(said) <= _LONGEST else None
    if found is None or (marked_only and not found["mark"]):
        return None
    marked, words = bool(found["mark"]), found["words"].strip()
    if words in _ALONE:
        return _ALONE[words]
    if words.startswith("continue on "):
        asked = words.removeprefix("continue on ")
        channel = channel_named(asked)
        return Continue(channel, asked) if channel is not None or marked else None
    if switch := _SWITCH.fullmatch(words):
        number = switch["number"]
        return Switch(None if number is None else int(number)) if marked or number is not None else None
    if link := _LINK.fullmatch(words):
        code = link["code"] or ""
        return Link(code.upper()) if marked or _LOOKS_LIKE_A_CODE.fullmatch(code) else None
    if marked and (words == "start" or words.startswith("start ")):
        return Start()
    return Unknown(words) if marked and (_LATER.fullmatch(words) or _ONE_WORD.fullmatch(words)) else None
