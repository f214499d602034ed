"""Panes: who watches a stand-in. Each gets the whole state first, then frames of what happens that it may see."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Generic, TypeVar

import msgspec
from starlette.responses import StreamingResponse

#: Frames that wait for a slow one, and panes at once.
QUEUE, MOST = 2_000, 50
#: Seconds between two signs of life.
_BEAT = 15.0
_encode = msgspec.json.Encoder().encode

#: The ends a pane is shown; None: all of them.
Ends = TypeVar("Ends")


class Panes(Generic[Ends]):
    """The readers. `state` gives the whole of what a pane with these ends begins with."""

    def __init__(self, state: Callable[[Ends], Any]) -> None:
        self._state = state
        self._readers: dict[asyncio.Queue[bytes], Ends] = {}
        self._ending = asyncio.Event()

    @property
    def full(self) -> bool:
        """Whether there are as many as there may be."""
        return len(self._readers) >= MOST

    def __bool__(self) -> bool:
        return bool(self._readers)

    def end(self) -> None:
        """The server goes: no reader holds it up."""
        self._ending.set()

    def tell(self, name: str, data: Any, sees: Callable[[Ends], bool]) -> None:
        """The same to everybody who may see it."""
        frame = _frame(name, data)
        for reader, ends in list(self._readers.items()):
            if sees(ends):
                self._put(reader, frame)

    def tell_each(self, name: str, own: Callable[[Ends], Any]) -> None:
        """To everybody what is theirs."""
        for reader, ends in list(self._readers.items()):
            self._put(reader, _frame(name, own(ends)))

    def stream(self, ends: Ends) -> StreamingResponse:
        """One reader's frames, as an answer."""
        return StreamingResponse(
            self._read(ends), media_type="text/event-stream", headers={"cache-control": "no-store"}
        )

    def _put(self, reader: asyncio.Queue[bytes], frame: bytes) -> None:
        try:
            reader.put_nowait(frame)
        except asyncio.QueueFull:
            # Too slow: its stream ends, and it begins anew with the whole state.
            self._readers.pop(reader, None)

    async def _read(self, ends: Ends) -> AsyncIterator[bytes]:
        """Until it goes, is too slow, or the server ends."""
        reader: asyncio.Queue[bytes] = asyncio.Queue(QUEUE)
        self._readers[reader] = ends
        loop = asyncio.get_running_loop()
        ending = loop.create_task(self._ending.wait())
        try:
            yield _frame("state", self._state(ends))
            while not ending.done() and reader in self._readers:
                more = loop.create_task(reader.get())
                await asyncio.wait({more, ending}, timeout=_BEAT, return_when=asyncio.FIRST_COMPLETED)
                if more.done():
                    yield more.result()
                else:
                    more.cancel()
                    yield b": still here\n\n"
        finally:
            ending.cancel()
            self._readers.pop(reader, None)


def _frame(name: str, data: Any) -> bytes:
    return f"event: {name}\ndata: ".encode() + _encode(data) + b"\n\n"
