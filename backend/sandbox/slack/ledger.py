"""The one place where the state changes: changes are taken in, kept on disk, and told to whoever watches."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from sandbox.clock import Clock
from sandbox.journal import Journal
from sandbox.slack import told as tell
from sandbox.slack.facts import Asked, Change, Counted, Delivery, Owed, Posted, Received, Told, Tried, Wiped
from sandbox.slack.workspace import Workspace
from sandbox.switches import Board

#: Bytes of a request's body that are kept of it.
MAX_KEPT = 65_536


class Ledger:
    """State, journal and watchers. `commit` returns when everything is on disk."""

    def __init__(self, journal: Journal[Change], clock: Clock, board: Board) -> None:
        self.clock, self.board = clock, board
        self._journal = journal
        self.state = Workspace(_epoch())
        #: Called with what has changed, in order, before it is on disk: they show, they do not promise.
        self.watchers: list[Callable[[Sequence[Change]], None]] = []
        #: Called with what is owed once it is on disk.
        self.courier: Callable[[Sequence[Delivery]], None] = lambda _: None
        for change in journal.read():
            self.state.apply(change)
        #: The first thing to be written of a new state: its epoch.
        self._begin: list[Change] = [] if self.state.begun else [Counted(0, 0, 0, self.state.epoch)]
        clock.turn(self.state.offset)

    async def commit(self, changes: Iterable[Change], told: Iterable[Told] = (), asked: Asked | None = None) -> None:
        """Take the changes in, with the request that made them and the events that follow."""
        whole, self._begin = [*self._begin, *changes], []
        if asked is not None:
            number = self.state.asked_so_far + 1
            posted = next((c.message.ts for c in whole if isinstance(c, Posted)), "")
            whole.append(Received(replace(asked, number=number, ts=posted)))
        for change in whole:
            self.state.apply(change)
        for change in self._owed(told):
            self.state.apply(change)
            whole.append(change)
        for watch in self.watchers:
            watch(whole)
        await self._journal.keep(whole, self.state.changes)
        if owed := [c.delivery for c in whole if isinstance(c, Owed)]:
            self.courier(owed)

    async def wipe(self) -> None:
        """No message, no session, nothing owed; new events get new ids."""
        over = [Tried(name, delivery.attempt, "wiped") for name, delivery in self.state.owed.items()]
        await self.commit([*over, Wiped(_epoch())])

    async def close(self) -> None:
        """Nothing is taken in any more."""
        await self._journal.close()

    def _owed(self, told: Iterable[Told]) -> Iterable[Owed]:
        for one in told:
            app = self.state.apps[one.app]
            switches = self.board.look(app.id)
            if (one.own and switches.no_echo) or not (app.socket or app.request_url):
                continue
            name = f"Ev{self.state.epoch}{self.state.events + 1:06X}"
            due = self.clock.now() + switches.delay_ms / 1000
            yield Owed(tell.owed(app, one, name, self.clock.wall(), due))


def kept(args: dict[str, Any]) -> Any:
    """A request's arguments as they are kept: without the token, and not without end."""
    shown = {k: v for k, v in args.items() if k != "token"}
    size = len(msgspec.json.encode(shown))
    return shown if size <= MAX_KEPT else {"_bytes": size}


def _epoch() -> str:
    return secrets.token_hex(3).upper()
