"""Telegram, put together: the Bot API, updates out, the pane's side and the controls, under one roof."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount, Route

from sandbox.clock import Clock
from sandbox.journal import Journal
from sandbox.switches import Board
from sandbox.telegram.api import Api
from sandbox.telegram.control import Control
from sandbox.telegram.facts import Change
from sandbox.telegram.lab import Lab
from sandbox.telegram.ledger import Ledger
from sandbox.telegram.limits import Limits
from sandbox.telegram.updates import Updates

#: Only names of this machine: a page elsewhere cannot make a name of its own lead here.
_HOSTS = ["127.0.0.1", "localhost", "[::1]"]


class Telegram:
    """The stand-in. `keep`: the folder of its journal; without one it forgets."""

    def __init__(self, keep: Path | None, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.ledger = Ledger(Journal(None if keep is None else keep / "telegram", Change), self.clock, Board())
        self.limits = Limits()
        self._updates = Updates(self.ledger, self.clock)
        self._lab = Lab(self.ledger)
        self._api = Api(self.ledger, self.limits, self._updates, self._lab.types)
        self._control = Control(self.ledger, self.limits)

    def app(self) -> Starlette:
        """Everything below `/telegram`."""
        return Starlette(
            routes=[
                Route("/api/bot{token}/{method}", self._api.serve, methods=["GET", "POST"]),
                Route("/api/file/bot{token}/{path:path}", self._api.file, methods=["GET"]),
                Mount("/_lab", routes=self._lab.routes()),
                Mount("/_ctl", routes=self._control.routes()),
            ],
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=_HOSTS)],
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """What goes on by itself: owed updates."""
        self._updates.begin()
        try:
            yield
        finally:
            await self._updates.close()
            await self.ledger.close()

    def end(self) -> None:
        """The server is about to go: streams and polls end."""
        self._lab.end()
        self._updates.end()
