"""Webhooks on their way out: signed when they leave, tried again as the provider does, on disk before they are tried.

Every delivery has a task of its own: one that hangs holds up none but those of its own lane.
"""

import asyncio
from collections.abc import Coroutine, Sequence

import httpx2

from sandbox.clock import Clock
from sandbox.phones import provider as providers
from sandbox.phones.facts import Delivery, Tried
from sandbox.phones.ledger import Ledger
from sandbox.phones.provider import Provider

#: Seconds that a window of held events is open.
_WINDOW = 1.0


class Courier:
    """Takes what the ledger owes."""

    def __init__(self, ledger: Ledger, clock: Clock, provider: Provider) -> None:
        self._ledger, self._clock, self._provider = ledger, clock, provider
        # Webhooks are on this machine: there is no certificate to look at.
        self._http = httpx2.AsyncClient(
            verify=False, trust_env=False, timeout=httpx2.Timeout(None), limits=httpx2.Limits(max_connections=200)
        )
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: dict[str, list[Delivery]] = {}
        #: The last of each lane; set when it was tried once.
        self._lanes: dict[str, asyncio.Event] = {}
        ledger.courier = self.take

    def begin(self) -> None:
        """Go on with what was owed when the last run ended."""
        for delivery in list(self._ledger.state.owed.values()):
            self._spawn(delivery)

    def take(self, owed: Sequence[Delivery]) -> None:
        """Send these, as soon as they are due."""
        for delivery in owed:
            reorder = self._ledger.board.look(delivery.end).reorder
            window = max(reorder, self._ledger.state.rules.batch)
            if window > 1:
                self._hold(delivery, window)
            else:
                self._spawn(delivery)

    async def close(self) -> None:
        """Let go; what is owed stays on disk."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()

    async def get(self, url: str) -> tuple[int, bytes]:
        """A GET to a webhook: status and the answer's first bytes; 0 where nobody answers in time."""
        try:
            async with asyncio.timeout(10):
                response = await self._http.get(url)
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError):
            return 0, b""
        return response.status_code, response.content[:1_000]

    # ------------------------------------------------------------ order

    def _spawn(self, delivery: Delivery) -> None:
        before, tried = self._lanes.get(delivery.lane), asyncio.Event()
        self._lanes[delivery.lane] = tried
        self._run(self._see_through(delivery, before, tried))

    def _run(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _hold(self, delivery: Delivery, window: int) -> None:
        held = self._held.setdefault(delivery.end, [])
        held.append(delivery)
        if len(held) >= window:
            self._run(self._let_go(self._held.pop(delivery.end)))
        elif len(held) == 1:
            self._run(self._flush(delivery.end, held))

    async def _flush(self, end: str, held: list[Delivery]) -> None:
        await self._clock.until(self._clock.now() + _WINDOW)
        if self._held.get(end) is held:
            await self._let_go(self._held.pop(end))

    async def _let_go(self, held: list[Delivery]) -> None:
        """As one, where the provider puts several into one request; else newest first, one after another."""
        merged = self._provider.merged(held) if self._ledger.state.rules.batch > 1 and len(held) > 1 else None
        if merged is not None:
            over = [Tried(one.id, one.attempt, "merged") for one in held]
            for one in await self._ledger.commit(over, [merged], send=False):
                self._spawn(one)
            return
        for delivery in reversed(held):
            tried = asyncio.Event()
            self._run(self._see_through(delivery, None, tried))
            await tried.wait()

    # ------------------------------------------------------------ attempts

    async def _see_through(self, delivery: Delivery, before: asyncio.Event | None, tried: asyncio.Event) -> None:
        """From the first attempt to the last one."""
        try:
            if before is not None:
                await before.wait()
            while True:
                await self._clock.until(delivery.due)
                end = self._ledger.state.ends.get(delivery.end)
                if end is None or delivery.id not in self._ledger.state.owed:
                    return
                went = await self._attempt(delivery)
                wait = None if went.why == "ok" else self._provider.again(end, delivery, went)
                due = None if wait is None else self._clock.now() + wait
                status = went.why if went.why != "http_error" else f"http_{went.status}"
                await self._ledger.commit([Tried(delivery.id, delivery.attempt, status, due)])
                tried.set()
                following = self._ledger.state.owed.get(delivery.id)
                if following is None:
                    return
                delivery = following
        finally:
            tried.set()
            if self._lanes.get(delivery.lane) is tried:
                del self._lanes[delivery.lane]

    async def _attempt(self, delivery: Delivery) -> providers.Tried:
        if not self._ledger.board.look(delivery.end).duplicate:
            return await self._timed(delivery)
        first, _ = await asyncio.gather(self._timed(delivery), self._timed(delivery))
        return first

    async def _timed(self, delivery: Delivery) -> providers.Tried:
        """One attempt, which the stand-in's clock may cut off."""
        loop = asyncio.get_running_loop()
        post = loop.create_task(self._post(delivery))
        alarm = loop.create_task(self._clock.until(self._clock.now() + self._provider.patience))
        try:
            await asyncio.wait({post, alarm}, return_when=asyncio.FIRST_COMPLETED)
            return post.result() if post.done() else providers.Tried("http_timeout")
        finally:
            alarm.cancel()
            post.cancel()
            await asyncio.gather(post, alarm, return_exceptions=True)

    async def _post(self, delivery: Delivery) -> providers.Tried:
        going = self._provider.going(self._ledger.state.ends[delivery.end], delivery, self._clock)
        try:
            response = await self._http.post(going.url, content=going.body, headers=dict(going.headers))
        except (httpx2.ConnectError, httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpx2.PoolTimeout):
            return providers.Tried("connection_failed")
        except httpx2.HTTPError:
            return providers.Tried("unknown_error")
        taken = response.status_code in self._provider.takes
        return providers.Tried("ok" if taken else "http_error", response.status_code)
