"""The one place where the state changes: changes are taken in, kept on disk, and told to whoever watches."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from sandbox.clock import Clock
from sandbox.journal import Journal
from sandbox.phones.facts import Asked, Change, Delivery, Owed, Received, Tried, Wiped
from sandbox.phones.shelf import Shelf
from sandbox.phones.state import State
from sandbox.switches import Board

#: Bytes of a request's body that are kept of it.
MAX_KEPT = 65_536


class Ledger:
    """State, journal, shelf and watchers. `commit` returns when everything is on disk."""

    def __init__(self, keep: Path | None, clock: Clock, board: Board) -> None:
        self.clock, self.board = clock, board
        self._journal: Journal[Change] = Journal(keep, Change)
        self.shelf = Shelf(None if keep is None else keep / "files")
        self.state = State()
        #: Called with what has changed, in order, before it is on disk: they show, they do not promise.
        self.watchers: list[Callable[[Sequence[Change]], None]] = []
        #: Called with what is owed once it is on disk.
        self.courier: Callable[[Sequence[Delivery]], None] = lambda _: None
        for change in self._journal.read():
            self.state.apply(change)
        clock.turn(self.state.offset)

    async def commit(
        self,
        changes: Iterable[Change],
        owed: Iterable[Delivery] = (),
        asked: Asked | None = None,
        *,
        send: bool = True,
    ) -> list[Delivery]:
        """Take the changes in, with the request that made them and the webhooks that follow; these, as they are owed.

        `send` False: the caller sees to them.
        """
        whole = [*changes]
        if asked is not None:
            whole.append(Received(replace(asked, number=self.state.asked_so_far + 1)))
        going = [delivery for delivery in map(self._due, owed) if delivery is not None]
        whole.extend(map(Owed, going))
        for change in whole:
            self.state.apply(change)
        for watch in self.watchers:
            watch(whole)
        await self._journal.keep(whole, self.state.changes)
        if going and send:
            self.courier(going)
        while self.state.dropped:
            await self.shelf.drop(self.state.dropped.pop())
        return going

    async def wipe(self, ends: tuple[str, ...] | None) -> None:
        """Nothing was said at these ends, and nothing is owed."""
        over = [
            Tried(name, delivery.attempt, "wiped")
            for name, delivery in self.state.owed.items()
            if ends is None or delivery.end in ends
        ]
        await self.commit([*over, Wiped(ends)])

    async def close(self) -> None:
        """Nothing is taken in any more."""
        await self._journal.close()

    def _due(self, delivery: Delivery) -> Delivery | None:
        switches = self.board.look(delivery.end)
        if not delivery.url or (delivery.kind == "status" and switches.no_echo):
            return None
        return replace(delivery, due=self.clock.now() + switches.delay_ms / 1000)


def kept(body: Any) -> Any:
    """A request's body as it is kept: not without end."""
    size = len(msgspec.json.encode(body))
    return body if size <= MAX_KEPT else {"_bytes": size}
