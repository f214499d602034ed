"""Socket Mode: an app's events over sockets that it opens itself, each to any one of them, acknowledged in 3 s."""

import asyncio
import itertools
import secrets
from typing import Any

import msgspec
from msgspec import Struct
from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.clock import Clock
from sandbox.slack.facts import App, Delivery

#: Seconds: a ticket is good, an envelope may stay without its ack, a socket lives, it is warned before, it is
#: closed after it was asked to refresh.
TICKET, ACK, LIFE, WARN, GRACE = 30.0, 3.0, 3_600.0, 10.0, 5.0
MAX_SOCKETS = 10
MAX_TICKETS = 1_000
_encode = msgspec.json.Encoder().encode


class Socket:
    """One open connection of an app."""

    def __init__(self, app: str, wire: WebSocket) -> None:
        self.app, self.wire = app, wire
        self.waiting: dict[str, asyncio.Future[bool]] = {}
        self.leaving = False

    async def say(self, frame: dict[str, Any]) -> bool:
        """Send one frame. False: it is gone."""
        try:
            await self.wire.send_text(_encode(frame).decode())
        except (RuntimeError, WebSocketDisconnect):
            return False
        return True


class Ticket(Struct, frozen=True):
    """What a socket's URL carries; good once."""

    app: str
    until: float


class Sockets:
    """All sockets of all apps."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tickets: dict[str, Ticket] = {}
        self._open: dict[str, list[Socket]] = {}
        self._turn = itertools.count()
        self._come = asyncio.Event()
        self._ending = asyncio.Event()

    def url(self, app: App, host: str) -> str:
        """Where the app may open one socket."""
        name = secrets.token_urlsafe(18)
        if len(self._tickets) >= MAX_TICKETS:
            self._tickets.pop(next(iter(self._tickets)))
        self._tickets[name] = Ticket(app.id, self._clock.now() + TICKET)
        return f"ws://{host}/slack/link?ticket={name}&app_id={app.id}"

    def count(self, app: str) -> int:
        """How many of its sockets are open."""
        return len(self._open.get(app, []))

    async def serve(self, wire: WebSocket) -> None:
        """One socket, from its ticket to its end."""
        ticket = self._tickets.pop(wire.query_params.get("ticket", ""), None)
        if ticket is None or ticket.until < self._clock.now():
            await wire.close(4003)
            return
        await wire.accept()
        socket = Socket(ticket.app, wire)
        if self.count(ticket.app) >= MAX_SOCKETS:
            await socket.say({"type": "disconnect", "reason": "too_many_websockets"})
            await wire.close()
            return
        self._open.setdefault(ticket.app, []).append(socket)
        life = asyncio.get_running_loop().create_task(self._live(socket))
        try:
            await socket.say(self._hello(socket.app))
            self._come.set()
            self._come = asyncio.Event()
            await self._hear(socket)
        finally:
            life.cancel()
            self._open[socket.app].remove(socket)
            for waiting in socket.waiting.values():
                if not waiting.done():
                    waiting.set_result(False)

    async def send(self, delivery: Delivery) -> str:
        """One attempt over one of the app's sockets, in turn. "ok", or why it failed."""
        until = self._clock.now() + ACK
        if (socket := await self._any(delivery.app, until)) is None:
            return "connection_failed"
        envelope = secrets.token_hex(16)
        waiting = socket.waiting[envelope] = asyncio.get_running_loop().create_future()
        frame = {
            "envelope_id": envelope, "type": "events_api", "payload": delivery.body,
            "accepts_response_payload": False, "retry_attempt": delivery.attempt, "retry_reason": delivery.reason,
        }  # fmt: skip
        alarm = asyncio.get_running_loop().create_task(self._clock.until(until))
        try:
            if not await socket.say(frame):
                return "connection_failed"
            await asyncio.wait({waiting, alarm}, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                return "timeout"
            return "ok" if waiting.result() else "connection_failed"
        finally:
            alarm.cancel()
            del socket.waiting[envelope]

    async def part(self, app: str, reason: str) -> int:
        """Tell its sockets to go; all but a warning end the socket a little later. How many there were."""
        found = list(self._open.get(app, []))
        for socket in found:
            await self._part(socket, reason)
        return len(found)

    def end(self) -> None:
        """The server goes: every socket closes."""
        self._ending.set()

    async def _any(self, app: str, until: float) -> Socket | None:
        """One that takes envelopes; where there is none, the first that comes in time."""
        while True:
            found = [socket for socket in self._open.get(app, []) if not socket.leaving]
            if found:
                return found[next(self._turn) % len(found)]
            alarm = asyncio.get_running_loop().create_task(self._clock.until(until))
            come = asyncio.get_running_loop().create_task(self._come.wait())
            try:
                await asyncio.wait({alarm, come}, return_when=asyncio.FIRST_COMPLETED)
                if not come.done():
                    return None
            finally:
                alarm.cancel()
                come.cancel()

    async def _hear(self, socket: Socket) -> None:
        """Acks come in any order; what is no ack is let pass."""
        while True:
            message = await socket.wire.receive()
            if message["type"] != "websocket.receive":
                return
            try:
                said = msgspec.json.decode(message.get("text") or message.get("bytes") or b"")
            except (msgspec.DecodeError, RecursionError):
                continue
            name = said.get("envelope_id") if isinstance(said, dict) else None
            waiting = socket.waiting.get(name) if isinstance(name, str) else None
            if waiting is not None and not waiting.done():
                waiting.set_result(True)

    async def _live(self, socket: Socket) -> None:
        """Warn it, then ask it to refresh; the server's own end comes at any time."""
        loop = asyncio.get_running_loop()
        old, ending = loop.create_task(self._age(socket)), loop.create_task(self._ending.wait())
        try:
            await asyncio.wait({old, ending}, return_when=asyncio.FIRST_COMPLETED)
            await _close(socket)
        finally:
            old.cancel()
            ending.cancel()

    async def _age(self, socket: Socket) -> None:
        end = self._clock.now() + LIFE
        await self._clock.until(end - WARN)
        await self._part(socket, "warning")
        await self._clock.until(end)
        await self._part(socket, "refresh_requested")
        await self._clock.until(end + GRACE)

    async def _part(self, socket: Socket, reason: str) -> None:
        socket.leaving = socket.leaving or reason != "warning"
        await socket.say({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})
        if reason not in {"warning", "refresh_requested"}:
            await _close(socket)

    def _hello(self, app: str) -> dict[str, Any]:
        debug = {"host": "sandbox", "build_number": 1, "approximate_connection_time": int(LIFE)}
        return {
            "type": "hello", "num_connections": self.count(app), "connection_info": {"app_id": app},
            "debug_info": debug,
        }  # fmt: skip


async def _close(socket: Socket) -> None:
    try:
        await socket.wire.close()
    except RuntimeError:
        return
