"""How far a socket has received and read: told often, written seldom."""

from collections.abc import Awaitable, Callable

from throughline import observe

#: Conversations that may wait to be written.
_MOST = 256


class Marks:
    """Per conversation the highest `got` and `seen`; written at once, then not again for `every` seconds."""

    __slots__ = ("_every", "_pending", "_running", "_sleep", "_write")

    def __init__(
        self,
        write: Callable[[str, int, int], Awaitable[None]],
        sleep: Callable[[float], Awaitable[None]],
        every: float = 0.2,
    ) -> None:
        self._write, self._sleep, self._every = write, sleep, every
        self._pending: dict[str, tuple[int, int]] = {}
        self._running = False

    def note(self, conversation: str, got: int, seen: int) -> bool:
        """Remember the highest. False: too many conversations wait; this one is not remembered."""
        if conversation not in self._pending and len(self._pending) >= _MOST:
            return False
        before = self._pending.get(conversation, (0, 0))
        self._pending[conversation] = (max(got, before[0]), max(seen, before[1]))
        if not self._running:
            self._running = True
            observe.spawn(self._run(), "socket.marks")
        return True

    async def _run(self) -> None:
        # It outlives its socket, so that what was read is known even if the tab is closed right after.
        try:
            while self._pending:
                pending, self._pending = self._pending, {}
                for conversation, (got, seen) in pending.items():
                    await self._write(conversation, got, seen)
                await self._sleep(self._every)
        finally:
            self._running = False
