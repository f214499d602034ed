"""OpenAI's chat completion format: what comes in, and every line that goes out."""

import re
from typing import Any

import msgspec
from msgspec import Struct

_encode = msgspec.json.Encoder().encode
_PIECES = re.compile(r"\s*\S{1,7}|\s+\Z")
DONE = b"data: [DONE]\n\n"


class ToolFunction(Struct):
    """A tool by name."""

    name: str


class Tool(Struct):
    """A tool that the request offers."""

    function: ToolFunction


class ChatMessage(Struct):
    """One message, in any of the format's shapes."""

    role: str
    content: str | list[dict[str, Any]] | None = None

    @property
    def text(self) -> str:
        """Its plain text; parts of other kinds are left out."""
        if isinstance(self.content, list):
            return "".join(str(part.get("text", "")) for part in self.content)
        return self.content or ""


class StreamOptions(Struct):
    """What a stream carries beside text."""

    include_usage: bool = False


class ChatRequest(Struct):
    """What we use of a request's body."""

    messages: list[ChatMessage]
    model: str = "demo"
    stream: bool = False
    stream_options: StreamOptions | None = None
    tools: list[Tool] = []
    max_tokens: int | None = None
    max_completion_tokens: int | None = None

    @property
    def limit(self) -> int | None:
        """Tokens that the answer may have."""
        return self.max_completion_tokens or self.max_tokens


def pieces(text: str) -> list[str]:
    """Text cut into what passes for tokens; joined they are the text again."""
    return _PIECES.findall(text)


class Lines:
    """The lines of one streamed answer: what they share is encoded once."""

    def __init__(self, answer_id: str, model: str, created: int) -> None:
        head = {"id": answer_id, "object": "chat.completion.chunk", "created": created, "model": model}
        self._head = b"data: " + _encode(head)[:-1]
        self._text = self._head + b',"choices":[{"index":0,"delta":{"content":'

    def start(self) -> bytes:
        """The first line: who speaks."""
        return self._choice({"role": "assistant", "content": ""}, None)

    def text(self, token: str) -> bytes:
        """One token."""
        return self._text + _encode(token) + b'},"finish_reason":null}]}\n\n'

    def call(self, name: str, arguments: str) -> list[bytes]:
        """A tool call, its arguments in two pieces as real models send them."""
        half = len(arguments) // 2
        first = {
            "index": 0, "id": f"call_{name}", "type": "function",
            "function": {"name": name, "arguments": arguments[:half]},
        }  # fmt: skip
        rest = {"index": 0, "function": {"arguments": arguments[half:]}}
        return [self._choice({"tool_calls": [part]}, None) for part in (first, rest)]

    def finish(self, reason: str) -> bytes:
        """The last choice's line: why it ended."""
        return self._choice({}, reason)

    def usage(self, prompt: int, completion: int) -> bytes:
        """What was counted, after everything else."""
        return self._head + b',"choices":[],"usage":' + _encode(_usage(prompt, completion)) + b"}\n\n"

    def _choice(self, delta: dict[str, Any], reason: str | None) -> bytes:
        choice = [{"index": 0, "delta": delta, "finish_reason": reason}]
        return self._head + b',"choices":' + _encode(choice) + b"}\n\n"


def completion(
    answer_id: str, model: str, created: int, message: dict[str, Any], reason: str, counted: tuple[int, int]
) -> dict[str, Any]:
    """The whole answer of a request that does not stream."""
    return {
        "id": answer_id, "object": "chat.completion", "created": created, "model": model,
        "choices": [{"index": 0, "message": {"role": "assistant", **message}, "finish_reason": reason}],
        "usage": _usage(*counted),
    }  # fmt: skip


def error(message: str, kind: str, code: str | None = None) -> dict[str, Any]:
    """An error as every compatible server gives it."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def _usage(prompt: int, completion_tokens: int) -> dict[str, int]:
    return {
        "prompt_tokens": prompt, "completion_tokens": completion_tokens, "total_tokens": prompt + completion_tokens,
    }  # fmt: skip
