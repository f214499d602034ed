"""The only door to BAML: every prompt is rendered here, every structured answer is parsed here.

BAML renders and parses; it never sends (docs/adr/0005-agent-network-path.md). Its four hazards end in this module:

- markers in message text would become chat messages of their own: `clean` breaks every one, recursively;
- its tolerant parser is cubic on unclosed brackets and holds the interpreter: `guard` comes first;
- arguments of a kind it does not know vanish from the prompt: everything passes through `to_builtins`;
- after a fork it hangs for ever: a forked child is refused with words instead.
"""

import os
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

# BAML reads these when it is imported, from the process environment alone: prompts (personal data) must not go to
# stdout, errors not carry backtraces, and no variable of its cloud may make it send anything anywhere.
_ENVIRON = os.environ  # noqa: TID251
_ENVIRON.update({"BAML_LOG": "off", "RUST_BACKTRACE": "0"})
for _name in [name for name in _ENVIRON if name.startswith("BOUNDARY_")]:
    del _ENVIRON[_name]

from baml_py.errors import BamlError  # noqa: E402

from throughline.agent.baml_client import b  # noqa: E402

#: Bytes and unclosed brackets of an answer that BAML's tolerant parser may still see.
MAX_TOLERANT = 8_192
MAX_DEPTH = 50
_MARKER = re.compile(r"BAML_(?:CHAT_ROLE|MEDIA)_MAGIC_STRING_DELIMITER")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CLOSES = {"]": "[", "}": "{"}
#: Rendering wants the settings of a client that is never called.
_renderer = b.with_options(
    env={"OPENAI_BASE_URL": "http://render.invalid/v1", "OPENAI_API_KEY": "none", "OPENAI_MODEL": "none"}
)


class ForkedError(RuntimeError):
    """The process was forked after BAML had started: it would wait for ever. Spawn workers instead."""


class RenderError(RuntimeError):
    """A prompt did not render to the messages it is made of."""


class Unparsable(Struct, frozen=True):
    """An answer that is not what was asked for; `why` is for logs and holds nothing of its text."""

    why: Literal["too_big", "too_deep", "no_fit"]


class Assessment(Struct, frozen=True):
    """AssessReply's verdict on a finished reply. `confidence` is 0 to 1."""

    problems: list[str]
    grounded: bool
    safe: bool
    confidence: Annotated[float, Meta(ge=0, le=1)]


class Rendered(Struct, frozen=True):
    """One chat message as a model gets it."""

    role: Literal["system", "user", "assistant"]
    #: Text; or, where pictures go along, the parts of OpenAI's format.
    content: str | tuple[Mapping[str, object], ...]


_forked = False
_T = TypeVar("_T", bound=Assessment)


def _note_fork() -> None:
    global _forked  # noqa: PLW0603 - one fact about the process
    _forked = True


os.register_at_fork(after_in_child=_note_fork)


def clean(value: Any) -> Any:
    """Plain data (text, numbers, lists, dicts) without anything that BAML would take for its own markers."""
    match value:
        case str():
            return _SURROGATE.sub("\ufffd", _MARKER.sub("[removed]", value))
        case dict():
            return {clean(key): clean(item) for key, item in value.items()}
        case list() | tuple():
            return [clean(item) for item in value]
        case _:
            return value


def guard(raw: str) -> Unparsable | None:
    """Whether the tolerant parser may see `raw`. Brackets inside quotes count too: its quotes may end elsewhere."""
    if len(raw.encode("utf-8", "replace")) > MAX_TOLERANT:
        return Unparsable("too_big")
    unclosed: list[str] = []
    for character in raw:
        if character in "[{":
            unclosed.append(character)
            if len(unclosed) > MAX_DEPTH:
                return Unparsable("too_deep")
        elif unclosed and unclosed[-1] == _CLOSES.get(character):
            unclosed.pop()
    return None


async def render(function: Literal["ReplySystem", "AssessReply"], **given: Any) -> list[Rendered]:
    """The chat messages of a prompt. Arguments may be structs; their text is cleaned.

    Raises ForkedError, and RenderError if the messages have other roles than the template wrote.
    """
    if _forked:
        raise ForkedError(ForkedError.__doc__)
    request = await getattr(_renderer.request, function)(**clean(msgspec.to_builtins(given)))
    body = msgspec.convert(request.body.json(), dict[str, Any])
    found = [Rendered(m["role"], _text(m["content"])) for m in body["messages"]]
    if tuple(m.role for m in found) != _ROLES[function]:
        raise RenderError(function)
    return found


def parse(shape: type[_T], raw: str) -> _T | Unparsable:
    """A structured answer: strict JSON first, the tolerant parser only for what is small and shallow."""
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        pass
    if _forked:
        raise ForkedError(ForkedError.__doc__)
    refused = guard(raw)
    if refused is not None:
        return refused
    try:
        return msgspec.convert(_PARSERS[shape](clean(raw)).model_dump(mode="json"), shape)
    except (BamlError, msgspec.ValidationError):
        return Unparsable("no_fit")


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if all(part.get("type") == "text" for part in content):
        return "".join(part["text"] for part in content)
    raise RenderError("media")


_ROLES: dict[str, tuple[str, ...]] = {"ReplySystem": ("system",), "AssessReply": ("system", "user")}
_PARSERS: dict[type, Any] = {Assessment: b.parse.AssessReply}
