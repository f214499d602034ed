"""A stand-in of a phone-like channel, put together: the provider's API, webhooks out, the pane's side, the controls."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import BaseRoute, Mount

from sandbox.clock import Clock
from sandbox.phones.control import Control
from sandbox.phones.courier import Courier
from sandbox.phones.door import Door
from sandbox.phones.facts import Change, Message, Posted
from sandbox.phones.fetch import Fetch
from sandbox.phones.lab import Lab
from sandbox.phones.ledger import Ledger
from sandbox.phones.provider import Provider
from sandbox.phones.stream import Stream
from sandbox.switches import Board

#: Only names of this machine: a page elsewhere cannot make a name of its own lead here.
_HOSTS = ["127.0.0.1", "localhost", "[::1]"]


class Phone:
    """The parts; a provider's app adds the routes of its API. `keep`: its folder; without one it forgets."""

    def __init__(self, provider: Provider, keep: Path | None, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.provider = provider
        self.ledger = Ledger(keep, self.clock, Board())
        self.courier = Courier(self.ledger, self.clock, provider)
        self.fetch = Fetch(self.ledger, provider)
        self.stream = Stream(self.ledger, provider)
        self.door = Door(self.ledger, provider)
        self._lab = Lab(self.ledger, provider, self.stream)
        self._control = Control(self.ledger, provider, self.stream)
        self._delivered: asyncio.Queue[Message] = asyncio.Queue()
        self.ledger.watchers.append(self._watch)

    def app(self) -> Starlette:
        """Everything below `/<provider>`."""
        return Starlette(
            routes=[
                *self.api(),
                Mount("/_lab", routes=self._lab.routes()),
                Mount("/_ctl", routes=[*self.controls(), *self._control.routes()]),
            ],
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=_HOSTS)],
        )

    def api(self) -> Sequence[BaseRoute]:
        """The provider's API."""
        raise NotImplementedError(type(self).__name__)

    def controls(self) -> Sequence[BaseRoute]:
        """Controls that only this provider has."""
        return ()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """What goes on by itself: owed webhooks, files to fetch, people who read at once."""
        self.courier.begin()
        self.fetch.begin()
        reading = asyncio.get_running_loop().create_task(self._read())
        try:
            yield
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            await self.fetch.close()
            await self.courier.close()
            await self.ledger.close()

    def end(self) -> None:
        """The server is about to go: streams end."""
        self.stream.end()

    def _watch(self, changes: Sequence[Change]) -> None:
        if not self.ledger.state.rules.reads:
            return
        for change in changes:
            if isinstance(change, Posted) and change.message.by == "us" and change.message.status == "delivered":
                self._delivered.put_nowait(change.message)

    async def _read(self) -> None:
        """People who read at once what they get."""
        while True:
            message = await self._delivered.get()
            now = self.ledger.state.messages.get(message.id)
            end = self.ledger.state.ends.get(message.end)
            if now is not None and end is not None and now.status == "delivered":
                done = self.provider.reads(self.ledger.state, end, [now], self.clock)
                await self.ledger.commit(done.changes, done.owed)
