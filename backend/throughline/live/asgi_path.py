"""The plain way out: one ASGI call per frame, for servers that offer no frame path (and for TestClient).

`pipe_for` picks: the server's own pipe where the scope offers one, else an `AsgiPipe` with a task of its own.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from throughline.conversation.frames import Frame
from throughline.live.queue import Pipe

#: Where a server that can take ready-made frames says so, in the scope's `extensions`.
EXTENSION = "throughline.frames"

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def _nothing() -> None:
    return None


def pipe_for(scope: MutableMapping[str, Any]) -> Pipe | None:
    """The server's own pipe for this socket, if it has one."""
    pipe: Pipe | None = (scope.get("extensions") or {}).get(EXTENSION)
    return pipe


class AsgiPipe:
    """A Pipe over ASGI's `send`. `run` carries the frames; `receive` ends when the pipe has ended."""

    filled: Callable[[], None]
    drained: Callable[[], None]
    wired: Callable[[bytes], None] | None = None

    def __init__(
        self, receive: Receive, send: Send, *, high: int = 32_768, low: int = 8_192, wait: float = 3.0
    ) -> None:
        self.filled = self.drained = _nothing
        self._receive, self._send = receive, send
        self._high, self._low, self._wait = high, low, wait
        self._out: list[Frame] = []
        self._held = 0
        #: More waits than the high mark, until the low one is reached.
        self.full = False
        self._close: tuple[int, str] | None = None
        self._limit: asyncio.Timeout | None = None
        self._wake = asyncio.Event()
        self._over = asyncio.Event()

    def write(self, frames: list[Frame], wire: Callable[[list[Frame]], bytes]) -> None:  # noqa: ARG002 - see Pipe
        """Leave the frames to `run`."""
        if self._close is not None:
            return
        self._out.extend(frames)
        self._held += sum(len(f.text) for f in frames)
        self.full = self.full or self._held > self._high
        self._wake.set()

    def end(self, code: int, reason: str) -> None:
        """Close after what was written; give up after `wait` seconds of a peer who does not read."""
        if self._close is None:
            self._close = (code, reason)
            self._wake.set()
            if self._limit is not None:
                self._limit.reschedule(asyncio.get_running_loop().time() + self._wait)

    async def run(self) -> None:
        """Carry frames until the end; never raises for a peer who has gone."""
        try:
            async with asyncio.timeout(self._wait if self._close else None) as self._limit:
                while self._close is None:
                    await self._wake.wait()
                    self._wake.clear()
                    await self._some()
                await self._some()
                await self._send({"type": "websocket.close", "code": self._close[0], "reason": self._close[1]})
        except (OSError, TimeoutError):
            self._close = self._close or (1006, "")
        finally:
            self._limit = None
            self._over.set()

    async def receive(self) -> Message:
        """The next message, or a disconnect once the pipe is over."""
        if self._over.is_set():
            return {"type": "websocket.disconnect", "code": 1006}
        message = asyncio.ensure_future(self._receive())
        over = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait({message, over}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()
            if not message.done():
                message.cancel()
        return message.result() if message.done() else {"type": "websocket.disconnect", "code": 1006}

    async def _some(self) -> None:
        while self._out:
            frames, self._out = self._out, []
            for frame in frames:
                await self._send({"type": "websocket.send", "text": frame.text.decode()})
                self._held -= len(frame.text)
                if self.full and self._held <= self._low:
                    self.full = False
                    self.drained()
