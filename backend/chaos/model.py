"""A model of ours that answers over the OpenAI protocol, well or badly: cut, empty, without end, with broken tools."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Literal

Mood = Literal["well", "cut", "empty", "endless", "broken_tool", "garbage", "refused", "hangs"]
MOODS: tuple[Mood, ...] = ("cut", "empty", "endless", "broken_tool", "garbage", "refused", "hangs")
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
_WORDS = ["@0.95\nThis", "is", "what", "I", "have", "to", "say", "about", "it,", "in", "so", "many", "words."]


class Model:
    """Listens on a loopback port. `mood` is asked once for each request."""

    def __init__(self, mood: Callable[[], Mood] = lambda: "well", pace: float = 0.0) -> None:
        self.mood, self.pace = mood, pace
        self.port = 0
        self.asked = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> "Model":
        """Listen."""
        self._server = await asyncio.start_server(self._taken, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def close(self) -> None:
        """Listen no more, answer no more."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _taken(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
                await reader.readexactly(int(length or b"0"))
                self.asked += 1
                if not await self._answer(self.mood(), writer):
                    break
        writer.close()

    async def _answer(self, mood: Mood, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection lives on."""
        if mood == "hangs":
            await asyncio.sleep(3_600)
        if mood == "refused":
            writer.write(b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\nOops")
            await writer.drain()
            return True
        writer.write(_HEAD)
        if mood == "garbage":
            _chunk(writer, b"data: {]\n\ndata: <html>\n\n")
        elif mood == "broken_tool":
            call = {"index": 0, "id": "c1", "type": "function", "function": {"name": "nothing", "arguments": '{"a": '}}
            _event(writer, {"tool_calls": [call]})
        elif mood != "empty":
            await self._words(mood, writer)
        if mood == "cut":
            await writer.drain()
            return False
        _event(writer, {}, "tool_calls" if mood == "broken_tool" else "stop")
        _chunk(writer, b"data: [DONE]\n\n")
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _words(self, mood: Mood, writer: asyncio.StreamWriter) -> None:
        n = 0
        while mood == "endless" or n < (4 if mood == "cut" else len(_WORDS)):
            word = _WORDS[n] if n < len(_WORDS) else "and"
            _event(writer, {"content": word if n == 0 else f" {word}"})
            await writer.drain()
            await asyncio.sleep(max(self.pace, 0.001 if mood == "endless" else 0.0))
            n += 1


def _event(writer: asyncio.StreamWriter, delta: dict[str, object], reason: str | None = None) -> None:
    body = {
        "id": "chatcmpl-chaos", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": "chaos",
        "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
    }  # fmt: skip
    _chunk(writer, b"data: " + json.dumps(body).encode() + b"\n\n")


def _chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(b"%x\r\n%b\r\n" % (len(data), data))
