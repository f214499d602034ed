"""Pub/Sub on its way out: a POST with Google's token, tried again with growing pauses until it is acknowledged.

What is owed is on disk before it is tried, so a restart goes on where it was. Acknowledged are 102, 200, 201, 202 and
204; the subscription's deadline is 10 s.
"""

import asyncio
from collections.abc import Coroutine, Sequence

import httpx2
import msgspec

from sandbox.clock import Clock
from sandbox.gmail import weather
from sandbox.gmail.facts import Delivery, Mailbox, Tried
from sandbox.gmail.ledger import Ledger
from sandbox.gmail.signer import Signer

PATIENCE = 10.0
#: Seconds from a failed attempt to the next one; after the last it is given up.
AGAIN = (0.1, 1.0, 10.0, 60.0, 60.0, 60.0)
ACKNOWLEDGED = frozenset({102, 200, 201, 202, 204})
#: Seconds that a window of reordered pushes is held open.
_WINDOW = 3.0
_encode = msgspec.json.Encoder().encode


class Push:
    """Every delivery has a task of its own: one that hangs holds up no other."""

    def __init__(self, ledger: Ledger, clock: Clock, signer: Signer) -> None:
        self._ledger, self._clock, self._signer = ledger, clock, signer
        # Subscriptions lead to this machine: there is no certificate to look at.
        self._http = httpx2.AsyncClient(
            verify=False, trust_env=False, timeout=httpx2.Timeout(None), follow_redirects=False,
            limits=httpx2.Limits(max_connections=100),
        )  # fmt: skip
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: dict[str, list[Delivery]] = {}
        ledger.courier = self.take

    def begin(self) -> None:
        """Go on with what was owed when the last run ended."""
        for delivery in list(self._ledger.state.owed.values()):
            self._run(self._see_through(delivery, asyncio.Event()))

    def take(self, owed: Sequence[Delivery]) -> None:
        """Send these, as soon as they are due."""
        for delivery in owed:
            window = weather.look(self._ledger.board, delivery.mailbox, "push").reorder
            if window > 1:
                self._hold(delivery, window)
            else:
                self._run(self._see_through(delivery, asyncio.Event()))

    async def close(self) -> None:
        """Let go; what is owed stays on disk."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()

    def _run(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _hold(self, delivery: Delivery, window: int) -> None:
        held = self._held.setdefault(delivery.mailbox, [])
        held.append(delivery)
        if len(held) >= window:
            self._run(self._backwards(self._held.pop(delivery.mailbox)))
        elif len(held) == 1:
            self._run(self._flush(delivery.mailbox, held))

    async def _flush(self, mailbox: str, held: list[Delivery]) -> None:
        await self._clock.until(self._clock.now() + _WINDOW)
        if self._held.get(mailbox) is held:
            await self._backwards(self._held.pop(mailbox))

    async def _backwards(self, held: list[Delivery]) -> None:
        for delivery in reversed(held):
            tried = asyncio.Event()
            self._run(self._see_through(delivery, tried))
            await tried.wait()

    async def _see_through(self, delivery: Delivery, tried: asyncio.Event) -> None:
        """All attempts of one push, to its end. Wiped meanwhile: over."""
        try:
            while True:
                await self._clock.until(delivery.due)
                if delivery.id not in self._ledger.state.owed:
                    return
                status = await self._attempt(delivery)
                last = status == "ok" or delivery.attempt >= len(AGAIN)
                due = None if last else self._clock.now() + AGAIN[delivery.attempt]
                await self._ledger.commit([Tried(delivery.id, delivery.attempt, status, due)])
                tried.set()
                following = self._ledger.state.owed.get(delivery.id)
                if last or following is None:
                    return
                delivery = following
        finally:
            tried.set()

    async def _attempt(self, delivery: Delivery) -> str:
        mailbox = self._ledger.state.mailboxes.get(delivery.mailbox)
        if mailbox is None or not mailbox.push_url:
            return "gone"
        if not weather.look(self._ledger.board, mailbox.id, "push").duplicate:
            return await self._in_time(mailbox, delivery)
        first, _ = await asyncio.gather(self._in_time(mailbox, delivery), self._in_time(mailbox, delivery))
        return first

    async def _in_time(self, mailbox: Mailbox, delivery: Delivery) -> str:
        loop = asyncio.get_running_loop()
        post = loop.create_task(self._post(mailbox, delivery))
        alarm = loop.create_task(self._clock.until(self._clock.now() + PATIENCE))
        try:
            await asyncio.wait({post, alarm}, return_when=asyncio.FIRST_COMPLETED)
            return post.result() if post.done() else "timeout"
        finally:
            alarm.cancel()
            post.cancel()
            await asyncio.gather(post, alarm, return_exceptions=True)

    async def _post(self, mailbox: Mailbox, delivery: Delivery) -> str:
        headers = {
            "content-type": "application/json", "accept": "application/json", "from": "noreply@google.com",
            "user-agent": "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)",
        }  # fmt: skip
        if mailbox.push_account:
            headers["authorization"] = f"Bearer {await self._signer.token(mailbox, self._clock.wall())}"
        try:
            response = await self._http.post(mailbox.push_url, content=_encode(delivery.body), headers=headers)
        except (httpx2.HTTPError, httpx2.InvalidURL):
            return "connection_failed"
        return "ok" if response.status_code in ACKNOWLEDGED else f"http_{response.status_code}"
