"""Commands: whole messages that ask something of Throughline instead of the agent, the same on every channel."""

import re

from msgspec import Struct

from throughline.conversation.channel import ALIASES, CHANNELS
from throughline.conversation.events import ChannelName

#: Characters; anything longer is a message.
_LONGEST = 60
_SHAPE = re.compile(r"(?P<mark>[/!]?)(?P<words>[a-z][a-z0-9_ -]*)")
#: Known words of features that are not built: with a mark they are answered, without one they are for the agent.
_LATER = re.compile(r"(new|list|human|projects|switch( \S+)?|link( \S+)?)")


class Continue(Struct, frozen=True):
    """`continue on slack`: go on there. None: a channel of that name does not exist."""

    channel: ChannelName | None
    asked: str


class Help(Struct, frozen=True):
    """`help`: what can be asked for."""


class Stop(Struct, frozen=True):
    """`stop`: end the answer that is being written."""


class Unknown(Struct, frozen=True):
    """A command that is not built."""

    asked: str


Command = Continue | Help | Stop | Unknown


def channel_named(word: str) -> ChannelName | None:
    """The channel behind a name as people and paths write it: `Slack`, `email`. None: there is none."""
    name = word.strip().lower()
    return next((c for c in CHANNELS if c == ALIASES.get(name, name)), None)


def parse(text: str) -> Command | None:
    """The command that a whole message is, in any case, plain or with `/` or `!`. None: it is an ordinary message.

    `continue on monday` is talk; `/continue on monday` is a command that names no channel.
    """
    if len(text) > 4 * _LONGEST:
        return None
    said = " ".join(text.split()).lower()
    found = _SHAPE.fullmatch(said) if len(said) <= _LONGEST else None
    if found is None:
        return None
    marked, words = bool(found["mark"]), found["words"].strip()
    if words == "help":
        return Help()
    if words == "stop":
        return Stop()
    if words.startswith("continue on "):
        asked = words.removeprefix("continue on ")
        channel = channel_named(asked)
        return Continue(channel, asked) if channel is not None or marked else None
    return Unknown(words) if marked and _LATER.fullmatch(words) else None
