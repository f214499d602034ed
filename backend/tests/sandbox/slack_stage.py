"""A running Slack stand-in with a clock that stands still, an app in it, and somebody who writes."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from sandbox.__main__ import Server
from sandbox.clock import Clock
from sandbox.slack.app import Slack

NOW = 1_790_000_000.0
TOKEN, SECRET, APP_TOKEN = "xoxb-one", "8f742231b10e8888abcd99yyyzzz85a5", "xapp-one"
APP, BOT, BOT_ID, TEAM, ADA, BOB = "A1", "UBOT1", "B1", "T1", "UADA", "UBOB"
GENERAL = "CGENERAL"


class HandClock(Clock):
    """It stands until it is turned."""

    def __init__(self) -> None:
        super().__init__(lambda: NOW)


class Inside(uvicorn.Server):
    """A server inside a test: signals are not its business, and it ends at once."""

    over: asyncio.Event

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        self.over = asyncio.Event()
        await self.over.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does it, but for its pauses: it is gone once its connections are, or after a second."""
        for server in self.servers:
            server.close()
        state, until = self.server_state, asyncio.get_running_loop().time() + 1
        for connection in list(state.connections):
            connection.shutdown()
        # uvicorn tells nobody when the last one is gone.
        while (state.connections or state.tasks) and asyncio.get_running_loop().time() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        for task in state.tasks:
            task.cancel()


class Quiet(Inside, Server):
    """The stand-in's own server, inside a test."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for one in self.stand_ins:
            one.end()
        await Inside.shutdown(self, sockets)


class Receiver:
    """What the app's request URL got, and what it answers: the next of `answers`, else 200."""

    def __init__(self) -> None:
        self.got: asyncio.Queue[tuple[dict[str, str], bytes]] = asyncio.Queue()
        self.answers: list[Response | asyncio.Event] = []
        self.url = ""

    async def hear(self, request: Request) -> Response:
        self.got.put_nowait((dict(request.headers), await request.body()))
        answer = self.answers.pop(0) if self.answers else Response(status_code=200)
        if isinstance(answer, asyncio.Event):
            await answer.wait()
            return Response(status_code=200)
        return answer

    async def next(self) -> tuple[dict[str, str], dict[str, Any]]:
        """The next delivery: its headers and its body."""
        headers, body = await asyncio.wait_for(self.got.get(), 10)
        return headers, json.loads(body)

    async def event(self) -> dict[str, Any]:
        """The next delivery's event."""
        found: dict[str, Any] = (await self.next())[1]["event"]
        return found


class Stage:
    """One stand-in under test."""

    def __init__(self, slack: Slack, base: str, receiver: Receiver) -> None:
        self.slack, self.base, self.receiver = slack, base, receiver
        self.http = httpx2.AsyncClient(base_url=f"{base}/slack", trust_env=False, verify=False, timeout=20)
        self.client = AsyncWebClient(TOKEN, base_url=f"{base}/slack/api/", retry_handlers=[])
        self.dm = ""

    async def put(self, path: str, **body: Any) -> dict[str, Any]:
        return await self._ask("PUT", path, body)

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        return await self._ask("POST", path, body)

    async def get(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.http.get(path)).json()
        return found

    async def _ask(self, verb: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = await self.http.request(verb, path, json=body)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    async def app(self, name: str = APP, **other: Any) -> None:
        """An app, as the gateway makes it known."""
        await self.put(
            f"/_ctl/apps/{name}",
            **{
                "team": {"id": TEAM, "name": "Team One"}, "bot_user": BOT, "bot_id": BOT_ID, "bot_token": TOKEN,
                "signing_secret": SECRET, "app_token": APP_TOKEN, "request_url": self.receiver.url, "socket": False,
                **other,
            },
        )  # fmt: skip

    @property
    def owed(self) -> list[int]:
        """The attempts that the owed events wait for."""
        return [delivery.attempt for delivery in self.slack.ledger.state.owed.values()]

    async def until(self, check: Callable[[], bool]) -> None:
        """Wait for what a change brings about."""
        changed = asyncio.Event()
        self.slack.ledger.watchers.append(lambda _: changed.set())
        async with asyncio.timeout(20):
            while not check():
                await changed.wait()
                changed.clear()

    async def settled(self) -> None:
        """Wait until no event is owed."""
        await self.until(lambda: not self.owed)

    async def advance(self, seconds: float) -> None:
        await self.post("/_ctl/clock", advance_s=seconds)

    async def say(self, text: str, **more: Any) -> str:
        """Ada writes; its ts."""
        said = await self.post("/_lab/say", user=ADA, text=text, **more)
        self.dm = said["channel"]
        ts: str = said["ts"]
        return ts

    async def call(self, method: str, **args: Any) -> dict[str, Any]:
        """A call by hand; the answer's JSON."""
        token = args.pop("_token", TOKEN)
        headers = {"authorization": f"Bearer {token}"} if token else {}
        found: dict[str, Any] = (await self.http.post(f"/api/{method}", json=args, headers=headers)).json()
        return found

    async def requests(self) -> list[dict[str, Any]]:
        """The ground truth."""
        found: list[dict[str, Any]] = (await self.get("/_ctl/requests"))["requests"]
        return found

    async def texts(self) -> list[str]:
        """What stands, oldest first."""
        return [m["text"] for m in (await self.get("/_ctl/messages"))["messages"] if not m["deleted"]]


@asynccontextmanager
async def serving(server: Inside) -> AsyncIterator[str]:
    """Its address; it ends with the block."""
    listening = socket.create_server(("127.0.0.1", 0))
    running = asyncio.get_running_loop().create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.over.set()
        await running


@asynccontextmanager
async def stage(keep: Path | None = None, *, known: bool = True, **app: Any) -> AsyncIterator[Stage]:
    """The stand-in, the app's receiver, Ada and Bob and a channel; `app`: what differs about the app."""
    slack, receiver = Slack(keep, HandClock()), Receiver()
    mounted: ASGIApp = Starlette(routes=[Mount("/slack", slack.app())])
    hears = Starlette(routes=[Route("/events", receiver.hear, methods=["POST"])])
    config = uvicorn.Config(hears, lifespan="off", log_level="critical", timeout_graceful_shutdown=1)
    async with serving(Inside(config)) as to, slack.running(), serving(Quiet(mounted, [slack])) as base:
        receiver.url = f"{to}/events"
        found = Stage(slack, base, receiver)
        try:
            if known:
                await found.app(**app)
                for name, called in ((ADA, "Ada"), (BOB, "Bob")):
                    await found.put(f"/_ctl/people/{name}", name=called, team=TEAM)
                members = [ADA, BOB, BOT]
                await found.put(f"/_ctl/channels/{GENERAL}", team=TEAM, name="general", members=members)
            yield found
        finally:
            await found.http.aclose()
