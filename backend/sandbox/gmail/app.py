"""Gmail, put together: the API, consent and tokens, pushes, the pane's side and the controls, under one roof."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount

from sandbox.clock import Clock
from sandbox.gmail.control import Control
from sandbox.gmail.door import Door
from sandbox.gmail.facts import Change
from sandbox.gmail.lab import Lab
from sandbox.gmail.ledger import Ledger
from sandbox.gmail.oauth import OAuth
from sandbox.gmail.push import Push
from sandbox.gmail.quota import Quota
from sandbox.gmail.signer import Signer
from sandbox.journal import Journal
from sandbox.switches import Board

#: Only names of this machine: a page elsewhere cannot make a name of its own lead here.
_HOSTS = ["127.0.0.1", "localhost", "[::1]"]


class Gmail:
    """The stand-in. `keep`: the folder of its journal; without one it forgets."""

    def __init__(self, keep: Path | None, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        journal: Journal[Change] = Journal(None if keep is None else keep / "gmail", Change, max_file=200_000_000)
        self.ledger = Ledger(journal, self.clock, Board())
        self.quota = Quota()
        self.signer = Signer(self.ledger)
        self._push = Push(self.ledger, self.clock, self.signer)
        self._lab = Lab(self.ledger)
        self._parts = {
            "/api": Door(self.ledger, self.quota).routes(),
            "/oauth": OAuth(self.ledger, self.signer).routes(),
            "/_lab": self._lab.routes(),
            "/_ctl": Control(self.ledger, self.quota).routes(),
        }

    def app(self) -> Starlette:
        """Everything below `/gmail`."""
        return Starlette(
            routes=[Mount(path, routes=routes) for path, routes in self._parts.items()],
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=_HOSTS)],
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """What goes on by itself: owed pushes."""
        self._push.begin()
        try:
            yield
        finally:
            await self._push.close()
            await self.ledger.close()

    def end(self) -> None:
        """The server is about to go: streams end."""
        self._lab.end()
