"""The assembled gateway, as `serve` runs it, on a port of its own in this process; and programs that talk to it."""

import asyncio
import itertools
import json
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import websockets

from tests.sandbox.process import running
from throughline import observe
from throughline.app import Model, Parts, WebServer, assembled, web_server
from throughline.command.accounts import NewUser, create_tenant, create_user
from throughline.conversation.events import EventFrame, decode
from throughline.conversation.ids import ConversationId
from throughline.conversation.policy import Policy
from throughline.conversation.records import Role, Turn
from throughline.conversation.state import View, on_delta, on_event, on_snapshot
from throughline.ports import Tx
from throughline.settings import Settings
from throughline.store.migrate import migrate

SECRET = "only-for-tests-" + "0" * 32
PASSWORD = "a long enough password"
FREE = Policy(messages_per_minute=0, messages_per_day=0, requests_per_minute=0)
PATIENCE = 30.0


class Gate:
    """What is behind an address, and the ways in."""

    def __init__(self, parts: Parts, server: WebServer, port: int) -> None:
        self.parts, self.server, self.port = parts, server, port
        self.url = f"http://127.0.0.1:{port}"
        self.socket_url = f"ws://127.0.0.1:{port}/api/v1/socket"
        self.http = httpx2.AsyncClient(base_url=f"{self.url}/api/v1", trust_env=False, timeout=PATIENCE)
        self._names = itertools.count(1)

    async def user(self, name: str, tenant: str = "acme", role: Role = "customer") -> "User":
        """Somebody new, signed in."""
        parts, email = self.parts, f"{name}@{tenant}.test"

        async def hashed(password: str) -> str:
            return await asyncio.to_thread(parts.passwords.hash_now, password)

        await create_user(parts.store, parts.clock, parts.ids, hashed, NewUser(tenant, email, name, role, PASSWORD))
        answer = await self.http.post("/auth/login", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return User(self, answer.json()["access_token"])

    def name(self) -> str:
        """An id that was not used."""
        return f"x-{next(self._names)}"

    async def open_turn(self, where: str, tenant: str = "acme") -> Turn | None:
        """The turn that is due or runs."""

        def look(tx: Tx) -> Turn | None:
            whose = next(t.id for t in tx.people.tenants() if t.slug == tenant)
            return tx.turns.current(whose, ConversationId(where))

        return await self.parts.store.read(look)

    async def scrape(self) -> dict[str, float]:
        """All numbers, by name and labels."""
        text = (await self.http.get(f"{self.url}/metrics")).text
        pairs = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in pairs}


class User:
    """A signed-in program."""

    def __init__(self, gate: Gate, token: str) -> None:
        self.gate, self.token = gate, token
        self.headers = {"authorization": f"Bearer {token}"}

    async def ticket(self) -> str:
        """A fresh one."""
        answer = await self.gate.http.post("/socket/ticket", headers=self.headers)
        return str(answer.json()["ticket"])

    async def start(self) -> str:
        """A conversation of theirs."""
        made = await self.gate.http.post("/conversations", headers=self.headers, json={})
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def post(self, where: str, text: str) -> int:
        """Say something over HTTP; its seq."""
        message = {"id": self.gate.name(), "text": text}
        kept = await self.gate.http.post(f"/conversations/{where}/messages", headers=self.headers, json=message)
        assert kept.status_code == 201, kept.text
        return int(kept.json()["seq"])

    async def log(self, where: str) -> list[dict[str, Any]]:
        """The whole log, as HTTP reads it."""
        found: list[dict[str, Any]] = []
        after: int | None = 0
        while after is not None:
            page = await self.gate.http.get(
                f"/conversations/{where}/events", params={"after": after}, headers=self.headers
            )  # fmt: skip
            found += page.json()["items"]
            after = page.json()["next"]
        return found

    @asynccontextmanager
    async def connect(self, *, hello: bool = True, **more: Any) -> AsyncIterator["Socket"]:
        """A socket of theirs, after its welcome if `hello`."""
        async with dial(self.gate, **more) as opened:
            if hello:
                await opened.send(t="hello", ticket=await self.ticket())
                assert (await opened.next())["t"] == "welcome"
            yield opened


@asynccontextmanager
async def dial(gate: Gate, **more: Any) -> AsyncIterator["Socket"]:
    """A socket of nobody yet."""
    options: dict[str, Any] = {
        "subprotocols": ["throughline.v1"], "compression": None, "ping_interval": None, "max_size": None, "proxy": None,
    }  # fmt: skip
    async with websockets.connect(gate.socket_url, **(options | more)) as raw:
        yield Socket(raw)


class Socket:
    """Frames in and out."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    async def send(self, **frame: Any) -> None:
        await self.raw.send(json.dumps(frame))

    async def next(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(await asyncio.wait_for(self.raw.recv(), PATIENCE))
        return frame

    async def until(self, **fields: Any) -> dict[str, Any]:
        """The next frame that has these fields."""
        while True:
            frame = await self.next()
            if fields.items() <= frame.items():
                return frame

    async def closed(self) -> int:
        """The code it ends with."""
        with suppress(websockets.ConnectionClosed):
            async with asyncio.timeout(PATIENCE):
                while True:
                    await self.raw.recv()
        return 1006 if self.raw.close_code is None else int(self.raw.close_code)


class Watcher:
    """Follows one conversation over any number of links, folds what it sees, and resumes where it stood."""

    def __init__(self, user: User, where: str, chance: random.Random | None = None) -> None:
        self.user, self.where, self.chance = user, where, chance
        self.view, self.epoch, self.links = View(), "", 0
        self.joined, self.moved = asyncio.Event(), asyncio.Event()
        self._task = observe.spawn(self._follow(), "watcher")

    async def at(self, seq: int) -> View:
        """The view, once it has come so far."""
        async with asyncio.timeout(PATIENCE):
            while self.view.seq < seq:
                self.moved.clear()
                await self.moved.wait()
        return self.view

    async def shown(self, characters: int) -> None:
        """So much of an answer has been seen, or one has come to its end."""
        async with asyncio.timeout(PATIENCE):
            while not (self.view.open is not None and len(self.view.open.text) >= characters):
                if any(m.author == "agent" for m in self.view.messages):
                    return
                self.moved.clear()
                await self.moved.wait()

    async def close(self) -> None:
        """Look away; what went wrong while looking comes out here."""
        self._task.cancel()
        await asyncio.wait({self._task})
        if not self._task.cancelled():
            self._task.result()

    async def _follow(self) -> None:
        while True:
            # A link that ends somewhere in the middle, or the one that lasts.
            last = self.chance.randrange(1, 40) if self.chance is not None and self.links < 8 else None
            async with self.user.connect(hello=False) as link:
                self.links += 1
                resume = [{"c": self.where, "epoch": self.epoch, "seq": self.view.seq}] if self.epoch else []
                await link.send(t="hello", token=self.user.token, resume=resume)
                if not resume:
                    await link.send(t="watch", c=self.where, after=0)
                async for raw in link.raw:
                    await self._take(link, raw)
                    if last is not None and (last := last - 1) == 0:
                        if self.chance is not None and self.chance.random() < 0.5:
                            link.raw.transport.abort()
                        break

    async def _take(self, link: Socket, raw: str) -> None:
        frame = json.loads(raw)
        match frame["t"]:
            case "watching":
                assert frame["recovered"], "a position of ours is always recovered"
                self.epoch = frame["epoch"]
                self.joined.set()
            case "event":
                self.view = fold(self.view, raw)
                assert not self.view.gap
                if frame["kind"] == "message" and frame["body"]["author"]["kind"] != "person":
                    await link.send(t="got", c=self.where, seq=frame["seq"])
            case "delta":
                self.view = on_delta(self.view, frame["message"], frame["attempt"], frame["at"], frame["text"])
                assert self.view.open is None or not self.view.open.snap, "no hole in a stream"
            case "snapshot":
                self.view = on_snapshot(self.view, frame["message"], frame["attempt"], frame["text"])
            case "nack":
                raise AssertionError(frame)
        self.moved.set()


def fold(view: View, raw: str | bytes) -> View:
    """One event frame folded in."""
    event = msgspec.json.decode(raw, type=EventFrame)
    return on_event(view, event.seq, event.at, decode(event.kind, bytes(event.body)))


@asynccontextmanager
async def gate(folder: Path, frame_path: str = "fast", *, model: bool = True, **more: Any) -> AsyncIterator[Gate]:
    """Two organisations without limits, a quick model, and the whole gateway on an ephemeral port."""
    await asyncio.to_thread(migrate, folder / "data")
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    port = listening.getsockname()[1]
    settings = Settings(
        throughline_data=folder / "data", port=port, throughline_secret=SECRET, throughline_frame_path=frame_path,
        throughline_demo=True, **more,
    )  # fmt: skip
    with running("--rate", "800") as (address, _):
        given = Model(f"{address}/v1", "k", "demo", "Demo", demo=True) if model else None
        async with assembled(settings, given) as parts:
            for slug in ("acme", "rival"):
                await create_tenant(parts.store, parts.clock, parts.ids, slug, slug.title(), FREE)
            server = web_server(parts)
            serving = observe.spawn(server.serve(sockets=[listening]), "gate")
            await server.up.wait()
            inside = Gate(parts, server, port)
            try:
                yield inside
            finally:
                await inside.http.aclose()
                server.should_exit = True
                await serving
