"""Slack, put together: the Web API, events out, sockets, the pane's side and the controls, under one roof."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount, Route, WebSocketRoute

from sandbox.clock import Clock
from sandbox.journal import Journal
from sandbox.slack import told
from sandbox.slack.api import Api
from sandbox.slack.control import Control
from sandbox.slack.events import Events
from sandbox.slack.facts import Change, Message, Posted
from sandbox.slack.lab import Lab
from sandbox.slack.ledger import Ledger
from sandbox.slack.socket_mode import Sockets
from sandbox.slack.tiers import Tiers
from sandbox.slack.workspace import STREAM_LIFE
from sandbox.switches import Board

#: Only names of this machine: a page elsewhere cannot make a name of its own lead here.
_HOSTS = ["127.0.0.1", "localhost", "[::1]"]


class Slack:
    """The stand-in. `keep`: the folder of its journal; without one it forgets."""

    def __init__(self, keep: Path | None, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.ledger = Ledger(Journal(None if keep is None else keep / "slack", Change), self.clock, Board())
        self.tiers = Tiers()
        self.sockets = Sockets(self.clock)
        self._events = Events(self.ledger, self.clock, self.sockets)
        self._lab = Lab(self.ledger, self.sockets)
        self._api = Api(self.ledger, self.tiers, self.sockets)
        self._control = Control(self.ledger, self.tiers, self.sockets, self._events)
        self._stream_began = asyncio.Event()
        self.ledger.watchers.append(self._watch)

    def app(self) -> Starlette:
        """Everything below `/slack`."""
        return Starlette(
            routes=[
                Route("/api/{method}", self._api.serve, methods=["GET", "POST"]),
                WebSocketRoute("/link", self.sockets.serve),
                Mount("/_lab", routes=self._lab.routes()),
                Mount("/_ctl", routes=self._control.routes()),
            ],
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=_HOSTS)],
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """What goes on by itself: owed events, and the death of streams."""
        self._events.begin()
        death = asyncio.get_running_loop().create_task(self._bury())
        try:
            yield
        finally:
            death.cancel()
            await asyncio.gather(death, return_exceptions=True)
            await self._events.close()
            await self.ledger.close()

    def end(self) -> None:
        """The server is about to go: streams and sockets end."""
        self._lab.end()
        self.sockets.end()

    def _watch(self, changes: Sequence[Change]) -> None:
        if any(isinstance(c, Posted) and c.message.streaming == "in_progress" for c in changes):
            self._stream_began.set()

    async def _bury(self) -> None:
        """Mark each stream as dead when its time is over."""
        while True:
            streams = sorted(self.ledger.state.streams(), key=lambda m: m.began)
            if not streams:
                await self._stream_began.wait()
                self._stream_began.clear()
                continue
            await self.clock.until(streams[0].began + STREAM_LIFE)
            for message in streams:
                if self.clock.now() - message.began >= STREAM_LIFE:
                    await self._end_stream(message)

    async def _end_stream(self, message: Message) -> None:
        state = self.ledger.state
        now = state.messages.get((message.channel, message.ts))
        if now is None or now.streaming != "in_progress" or now.deleted:
            return
        new = replace(now, streaming="errored")
        events = told.changed(state, state.channels[now.channel], now, new, state.next_ts(self.clock.wall()))
        await self.ledger.commit([Posted(new)], events)
