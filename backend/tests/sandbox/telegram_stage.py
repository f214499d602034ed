"""A running Telegram stand-in with a clock that stands still, a bot, its receiver, and somebody who writes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from sandbox.telegram.app import Telegram
from tests.sandbox.slack_stage import HandClock, Inside, Quiet, Receiver, serving

BOT, USERNAME = 7_000_000_001, "harbour_travel_bot"
TOKEN, SECRET = f"{BOT}:AAHk-2jz_test-token-0123456789abcdefg", "a-secret-of-our-own_42"
MAYA, KOFI, GROUP = 550_123, 550_456, 77


class Stage:
    """One stand-in under test."""

    def __init__(self, telegram: Telegram, base: str, receiver: Receiver) -> None:
        self.telegram, self.base, self.receiver = telegram, base, receiver
        self.http = httpx2.AsyncClient(base_url=f"{base}/telegram", trust_env=False, verify=False, timeout=60)

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

    async def bot(self, **other: Any) -> None:
        """The bot, as the gateway makes it known."""
        given = {"label": "Harbour", "username": USERNAME, "token": TOKEN, "secret_token": SECRET} | other
        await self.put(f"/_ctl/ends/{BOT}", **given)

    async def call(self, method: str, token: str = TOKEN, /, **args: Any) -> dict[str, Any]:
        """A call by hand; the answer's JSON."""
        found: dict[str, Any] = (await self.http.post(f"/api/bot{token}/{method}", json=args)).json()
        return found

    async def done(self, method: str, /, **args: Any) -> Any:
        """A call that is taken; its result."""
        answer = await self.call(method, **args)
        assert answer["ok"], answer
        return answer["result"]

    async def refused(self, method: str, /, **args: Any) -> tuple[int, str]:
        """A call that is not: the code and the words."""
        answer = await self.call(method, **args)
        assert answer["ok"] is False, answer
        return answer["error_code"], answer["description"]

    async def say(self, text: str = "hi", **more: Any) -> dict[str, Any]:
        """Maya writes; the message as her pane has it."""
        said = await self.post("/_lab/say", **({"end": str(BOT), "person": str(MAYA), "text": text} | more))
        found: dict[str, Any] = said["message"]
        return found

    async def advance(self, seconds: float) -> None:
        await self.post("/_ctl/clock", advance_s=seconds)

    async def shown(self) -> list[dict[str, Any]]:
        """What stands in the pane, oldest first."""
        found: list[dict[str, Any]] = (await self.get("/_lab/state"))["messages"]
        return found

    async def until(self, check: Callable[[], bool]) -> None:
        """Wait for what a change brings about."""
        changed = asyncio.Event()
        self.telegram.ledger.watchers.append(lambda _: changed.set())
        async with asyncio.timeout(30):
            while not check():
                await changed.wait()
                changed.clear()

    def owed(self) -> int:
        """Updates that the bot has not heard yet."""
        return len(self.telegram.ledger.state.owed.get(BOT, {}))


@asynccontextmanager
async def stage(keep: Path | None = None, *, hooked: bool = False, known: bool = True) -> AsyncIterator[Stage]:
    """The stand-in, the bot's receiver, Maya and Kofi and a group. `hooked`: the bot has a webhook."""
    telegram, receiver = Telegram(keep, HandClock()), Receiver()
    mounted: ASGIApp = Starlette(routes=[Mount("/telegram", telegram.app())])
    hears = Starlette(routes=[Route("/hook", receiver.hear, methods=["POST"])])
    config = uvicorn.Config(hears, lifespan="off", log_level="critical", timeout_graceful_shutdown=1)
    async with serving(Inside(config)) as to, telegram.running(), serving(Quiet(mounted, [telegram])) as base:
        receiver.url = f"{to}/hook"
        found = Stage(telegram, base, receiver)
        try:
            if known:
                await found.bot(webhook_url=receiver.url if hooked else "")
                await found.put(f"/_ctl/people/{MAYA}", name="Maya Lindqvist")
                await found.put(f"/_ctl/people/{KOFI}", name="Kofi")
                await found.put(f"/_ctl/groups/{GROUP}", title="Crew", end=BOT)
            yield found
        finally:
            telegram.end()
            await found.http.aclose()
