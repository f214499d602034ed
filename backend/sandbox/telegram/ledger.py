"""The one place where the state changes: taken in, kept on disk, told to whoever watches."""

from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from sandbox.clock import Clock
from sandbox.journal import Journal
from sandbox.switches import Board
from sandbox.telegram.facts import Asked, Change, Owed, Received, Wiped
from sandbox.telegram.state import State


class Ledger:
    """State, journal and watchers. `commit` returns when everything is on disk."""

    def __init__(self, journal: Journal[Change], clock: Clock, board: Board) -> None:
        self.clock, self.board = clock, board
        self.state = State()
        #: Called with what has changed, in order, before it is on disk: they show, they do not promise.
        self.watchers: list[Callable[[Sequence[Change]], None]] = []
        #: Called with the bots that are owed something, once that is on disk.
        self.courier: Callable[[set[int]], None] = lambda _: None
        self._journal = journal
        for change in journal.read():
            self.state.apply(change)
        clock.turn(self.state.offset)

    async def commit(self, changes: Iterable[Change], asked: Asked | None = None) -> None:
        """Take the changes in, with the request that made them."""
        whole = list(changes)
        if asked is not None:
            whole.append(Received(replace(asked, number=self.state.asked_so_far + 1)))
        for change in whole:
            self.state.apply(change)
        for watch in self.watchers:
            watch(whole)
        await self._journal.keep(whole, self.state.changes)
        if owed := {change.update.end for change in whole if isinstance(change, Owed)}:
            self.courier(owed)

    async def wipe(self) -> None:
        """No message, nothing owed."""
        await self.commit([Wiped()])

    async def close(self) -> None:
        """Nothing is taken in any more."""
        await self._journal.close()
