"""A small, real world for socket tests: SQLite, memory live, the socket door on a real uvicorn server."""

import asyncio
import itertools
import json
import socket
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
import websockets
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

from tests.store.template import fresh
from throughline.api.socket import SocketDoor, SocketNeeds
from throughline.api.sockets import Sockets
from throughline.app import SystemClock, TimedIds
from throughline.conversation.events import Author, Body, Entry, Message
from throughline.conversation.faults import Fault
from throughline.conversation.ids import ConversationId, IdentityId, MessageId, PersonId, SessionId, TenantId, UserId
from throughline.conversation.policy import Policy
from throughline.conversation.records import Acked, Caller, Tenant, User
from throughline.flow.move import Move
from throughline.flow.receive import Receive
from throughline.live.flush import Flush
from throughline.live.memory import MemoryLive
from throughline.live.uvicorn_path import Draining, socket_options
from throughline.ports import StoreDown
from throughline.store.sqlite import SqliteStore, open_sqlite

DEMO, RIVAL = TenantId("demo"), TenantId("rival")


def caller(tenant: TenantId, name: str, *, member: bool = False, session: str | None = None) -> Caller:
    """A person with a person's id, or a member."""
    return Caller(
        tenant, UserId(f"user-{name}"), None if member else PersonId(f"person-{name}"),
        "operator" if member else "customer", name, SessionId(session or f"session-{name}"),
    )  # fmt: skip


MAYA, KOFI, BEN = caller(DEMO, "maya"), caller(RIVAL, "kofi"), caller(DEMO, "ben")
ANA = caller(DEMO, "ana", member=True)


class World:
    """The server's parts, and the means to look at it from outside."""

    def __init__(self, store: SqliteStore, live: MemoryLive, receive: Receive) -> None:
        self.store, self.live, self.receive = store, live, receive
        self.clock = SystemClock()
        self.sockets = Sockets()
        self.tickets: dict[str, Caller] = {}
        self.tokens: dict[str, tuple[Caller, int]] = {}
        self.store_is_down = False
        self.stops: list[tuple[str, str]] = []
        self.marks: list[tuple[str, int, int]] = []
        self.port = 0
        self.origins = frozenset({"http://own.test"})
        self._count = itertools.count()

    def ticket(self, who: Caller = MAYA) -> str:
        """A fresh ticket."""
        ticket = f"ticket-{next(self._count)}"
        self.tickets[ticket] = who
        return ticket

    async def say(self, who: Caller, c: str, name: str, text: str, attachments: Sequence[str] = ()) -> Acked | Fault:
        if self.store_is_down:
            raise StoreDown
        return await self.receive.say(who, c, name, text, attachments)

    async def stop(self, who: Caller, c: str, turn: str) -> Acked | Fault:
        self.stops.append((c, turn))
        return Acked(turn, ConversationId(c), 7)

    async def mark(self, who: Caller, c: str, got: int, seen: int) -> Fault | None:
        self.marks.append((c, got, seen))
        return await self.receive.mark(who, c, got, seen)

    async def start(self, who: Caller = MAYA) -> ConversationId:
        """A conversation of theirs, with head 2."""
        row = await self.receive.start(who)
        assert not isinstance(row, Fault)
        return row.id

    async def append(self, c: ConversationId, text: str, who: Caller = MAYA) -> int:
        """An agent's message, straight into the log; its seq."""
        body: Body = Message(MessageId(str(uuid.uuid1())), Author("agent", "Agent"), "web", text)
        now = self.clock.now()
        entry: Entry = await self.store.write(lambda tx: tx.log.append(who.tenant, c, now, body))
        return entry.seq

    async def append_many(self, c: ConversationId, count: int, who: Caller = MAYA) -> None:
        """Many of them in one commit."""
        now = self.clock.now()
        bodies = [Message(MessageId(str(uuid.uuid1())), Author("agent", "Agent"), "web", f"m{n}") for n in range(count)]
        await self.store.write(lambda tx: [tx.log.append(who.tenant, c, now, body) for body in bodies])

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/api/v1/socket"

    @asynccontextmanager
    async def connect(self, **more: Any) -> AsyncIterator["Client"]:
        """A socket before its hello."""
        more = {"subprotocols": ["throughline.v1"], "compression": None, "ping_interval": None} | more
        async with websockets.connect(self.url, **more) as raw:
            yield Client(raw)

    @asynccontextmanager
    async def signed_in(self, who: Caller = MAYA, **more: Any) -> AsyncIterator["Client"]:
        """A socket after its welcome."""
        async with self.connect(**more) as client:
            await client.send(t="hello", ticket=self.ticket(who))
            assert (await client.next())["t"] == "welcome"
            yield client


class Client:
    """A real WebSocket client that speaks frames."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    async def send(self, **frame: Any) -> None:
        await self.raw.send(json.dumps(frame))

    async def next(self) -> dict[str, Any]:
        """The next frame."""
        frame: dict[str, Any] = json.loads(await asyncio.wait_for(self.raw.recv(), 10))
        return frame

    async def until(self, kind: str) -> dict[str, Any]:
        """The next frame of this type."""
        while True:
            frame = await self.next()
            if frame["t"] == kind:
                return frame

    async def watch(self, c: str, **more: Any) -> list[dict[str, Any]]:
        """Watch, and take what is missed: `watching` first."""
        await self.send(t="watch", c=c, **more)
        watching = await self.until("watching")
        frames = [watching]
        if watching["recovered"]:
            for _ in range(watching["head"] - watching["after"]):
                frames.append(await self.until("event"))
        return frames

    async def closed(self) -> int:
        """The close code it ends with."""
        await asyncio.wait_for(self._end(), 20)
        return 1006 if self.raw.close_code is None else int(self.raw.close_code)

    async def _end(self) -> None:
        with suppress(websockets.ConnectionClosed):
            while True:
                await self.raw.recv()


@asynccontextmanager
async def world(folder: Path, frame_path: str = "fast", **needs: Any) -> AsyncIterator[World]:
    """Open the store, serve the door, and let go of everything at the end."""
    loop = asyncio.get_running_loop()
    clock = SystemClock()
    await asyncio.to_thread(fresh, folder)
    flush = Flush(loop, clock.monotonic)
    live = MemoryLive(loop, flush)
    store = await open_sqlite(folder, clock, live.publish)
    small = World(store, live, Receive(store, clock, TimedIds(), "", lambda: None))
    for who in (MAYA, KOFI, BEN, ANA):
        await store.write(partial(_add, who=who, now=clock.now()))
    parts: dict[str, Any] = {
        "redeem": lambda ticket: small.tickets.pop(ticket, None), "verify": small.tokens.get,
        "say": small.say, "stop": small.stop, "bind": Move(store, clock, TimedIds()).bind, "mark": small.mark,
        "store": store, "live": live, "flush": flush, "snapshot": live.snapshot,
        "sockets": small.sockets, "clock": clock, "origins": small.origins,
    }  # fmt: skip
    door = SocketDoor(SocketNeeds(**(parts | needs)))
    if "sockets" in needs:
        small.sockets = needs["sockets"]
    app = Starlette(routes=[WebSocketRoute("/api/v1/socket", door)])

    async def drain() -> None:
        await small.sockets.drain(clock.sleep, window=0.05)

    sock = socket.create_server(("127.0.0.1", 0))
    small.port = sock.getsockname()[1]
    config = uvicorn.Config(app, log_level="critical", lifespan="off", **socket_options(frame_path))
    server = Draining(config, drain)
    serving = asyncio.ensure_future(server.serve(sockets=[sock]))
    try:
        yield small
    finally:
        server.should_exit = True
        await serving
        await store.close()


def _add(tx: Any, who: Caller, now: int) -> None:
    tenants = {t.id for t in tx.people.tenants()}
    if who.tenant not in tenants:
        tx.people.add_tenant(
            Tenant(who.tenant, who.tenant, who.tenant, Policy(messages_per_minute=0, messages_per_day=0)), now
        )
    if who.person is not None:
        tx.people.add_person(who.tenant, who.person, who.name, IdentityId(f"web-{who.name}"), now)
    tx.users.add(User(who.user, who.tenant, f"{who.name}@test", who.name, who.role, who.person, "-"), now)
