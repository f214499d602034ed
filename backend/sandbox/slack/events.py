"""Events on their way out: signed, tried in 3 s, tried again at once, a minute and five minutes later.

What is owed is on disk before it is tried, so a restart goes on where it was.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Coroutine, Sequence

import httpx2
import msgspec

from sandbox.clock import Clock
from sandbox.slack.facts import App, Delivery, Tried
from sandbox.slack.ledger import Ledger
from sandbox.slack.socket_mode import Sockets

#: Seconds an app may take to answer, and from a failed attempt to the next one.
PATIENCE = 3.0
AGAIN = (0.0, 60.0, 300.0)
#: Seconds that a window of reordered events is held open.
_WINDOW = 1.0
_encode = msgspec.json.Encoder().encode


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Slack's v0 signature over the very bytes."""
    signed = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256)
    return f"v0={signed.hexdigest()}"


class Events:
    """Every delivery has a task of its own: one that hangs holds up no other."""

    def __init__(self, ledger: Ledger, clock: Clock, sockets: Sockets) -> None:
        self._ledger, self._clock, self._sockets = ledger, clock, sockets
        # Request URLs are on this machine: there is no certificate to look at.
        self._http = httpx2.AsyncClient(
            verify=False,
            trust_env=False, timeout=httpx2.Timeout(None), follow_redirects=True, max_redirects=2,
            limits=httpx2.Limits(max_connections=200),
        )  # fmt: skip
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: dict[str, list[Delivery]] = {}
        ledger.courier = self.take

    def begin(self) -> None:
        """Go on with what was owed when the last run ended."""
        for delivery in list(self._ledger.state.owed.values()):
            self._spawn(delivery)

    def take(self, owed: Sequence[Delivery]) -> None:
        """Send these, as soon as they are due."""
        for delivery in owed:
            window = self._ledger.board.look(delivery.app).reorder
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

    async def verify(self, app: App) -> bool:
        """Slack's handshake: whether the request URL gives the challenge back."""
        body = _encode({"token": "sandbox", "challenge": "c0ffee", "type": "url_verification"})
        try:
            async with asyncio.timeout(PATIENCE):
                response = await self._http.post(app.request_url, content=body, headers=self._headers(app, body))
        except (httpx2.HTTPError, TimeoutError):
            return False
        return response.status_code == 200 and "c0ffee" in response.text[:200]

    def _spawn(self, delivery: Delivery, tried: asyncio.Event | None = None) -> None:
        self._run(self._see_through(delivery, tried or asyncio.Event()))

    def _run(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _hold(self, delivery: Delivery, window: int) -> None:
        held = self._held.setdefault(delivery.app, [])
        held.append(delivery)
        if len(held) >= window:
            self._run(self._backwards(self._held.pop(delivery.app)))
        elif len(held) == 1:
            self._run(self._flush(delivery.app, held))

    async def _flush(self, app: str, held: list[Delivery]) -> None:
        await self._clock.until(self._clock.now() + _WINDOW)
        if self._held.get(app) is held:
            await self._backwards(self._held.pop(app))

    async def _backwards(self, held: list[Delivery]) -> None:
        for delivery in reversed(held):
            tried = asyncio.Event()
            self._spawn(delivery, tried)
            await tried.wait()

    async def _see_through(self, delivery: Delivery, tried: asyncio.Event) -> None:
        """All attempts of one event, to its end. Wiped meanwhile: over."""
        try:
            while True:
                await self._clock.until(delivery.due)
                if delivery.event_id not in self._ledger.state.owed:
                    return
                status, final = await self._attempt(delivery)
                last = final or delivery.attempt >= len(AGAIN)
                due = None if last else self._clock.now() + AGAIN[delivery.attempt]
                await self._ledger.commit([Tried(delivery.event_id, delivery.attempt, status, due)])
                tried.set()
                following = self._ledger.state.owed.get(delivery.event_id)
                if last or following is None:
                    return
                delivery = following
        finally:
            tried.set()

    async def _attempt(self, delivery: Delivery) -> tuple[str, bool]:
        """One attempt: how it went, and whether no other follows."""
        app = self._ledger.state.apps.get(delivery.app)
        if app is None:
            return "gone", True
        send = self._by_socket if app.socket else self._by_http
        if not self._ledger.board.look(app.id).duplicate:
            return await send(app, delivery)
        first, _ = await asyncio.gather(send(app, delivery), send(app, delivery))
        return first

    async def _by_socket(self, _app: App, delivery: Delivery) -> tuple[str, bool]:
        status = await self._sockets.send(delivery)
        return status, status == "ok"

    async def _by_http(self, app: App, delivery: Delivery) -> tuple[str, bool]:
        loop = asyncio.get_running_loop()
        post = loop.create_task(self._post(app, delivery))
        alarm = loop.create_task(self._clock.until(self._clock.now() + PATIENCE))
        try:
            await asyncio.wait({post, alarm}, return_when=asyncio.FIRST_COMPLETED)
            return post.result() if post.done() else ("http_timeout", False)
        finally:
            alarm.cancel()
            post.cancel()
            await asyncio.gather(post, return_exceptions=True)

    async def _post(self, app: App, delivery: Delivery) -> tuple[str, bool]:
        body = _encode(delivery.body)
        headers = self._headers(app, body)
        if delivery.attempt:
            headers |= {"X-Slack-Retry-Num": str(delivery.attempt), "X-Slack-Retry-Reason": delivery.reason}
        try:
            response = await self._http.post(app.request_url, content=body, headers=headers)
        except httpx2.TooManyRedirects:
            return "too_many_redirects", False
        except (httpx2.ConnectError, httpx2.InvalidURL, httpx2.UnsupportedProtocol, httpx2.PoolTimeout):
            return "connection_failed", False
        except httpx2.HTTPError:
            return "unknown_error", False
        if 200 <= response.status_code < 300:
            return "ok", True
        return "http_error", response.headers.get("x-slack-no-retry") == "1"

    def _headers(self, app: App, body: bytes) -> dict[str, str]:
        now = int(self._clock.wall())
        return {
            "Content-Type": "application/json", "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": str(now), "X-Slack-Signature": signature(app.signing_secret, now, body),
        }  # fmt: skip
