"""A running stand-in of a phone-like channel with a clock that stands still, and a webhook that hears."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import httpx2
import uvicorn
from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from sandbox.phones.app import Phone

from .slack_stage import NOW, HandClock, Inside, Quiet, serving

__all__ = ["NOW", "HandClock", "Heard", "Stage", "stage"]


class Heard(Struct, frozen=True):
    """A request as a webhook got it."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


class Stage:
    """One stand-in under test. The webhook answers with the next of `answers`, else 200."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.base = ""
        self.hears = ""
        self.answers: list[Response | asyncio.Event] = []
        self.files: dict[str, tuple[bytes, str]] = {}
        self.http: httpx2.AsyncClient
        self._got: asyncio.Queue[Heard] = asyncio.Queue()

    async def hear(self, request: Request) -> Response:
        if request.method == "GET" and request.path_params["path"] in self.files:
            data, media_type = self.files[request.path_params["path"]]
            return Response(data, media_type=media_type)
        self._got.put_nowait(Heard(request.method, str(request.url), dict(request.headers), await request.body()))
        answer = self.answers.pop(0) if self.answers else Response("ok")
        if isinstance(answer, asyncio.Event):
            await answer.wait()
            return Response("late")
        return answer

    async def next(self) -> Heard:
        """The next request to the webhook."""
        return await asyncio.wait_for(self._got.get(), 20)

    @property
    def silent(self) -> bool:
        """Whether the webhook has got nothing that was not looked at."""
        return self._got.empty()

    async def ask(self, verb: str, path: str, **more: Any) -> httpx2.Response:
        return await self.http.request(verb, path, **more)

    async def ctl(self, verb: str, path: str, **body: Any) -> dict[str, Any]:
        response = await self.http.request(verb, f"/_ctl/{path}", json=body or None)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    async def lab(self, what: str, *, ends: str | None = None, **body: Any) -> dict[str, Any]:
        headers = {} if ends is None else {"x-lab-ends": ends}
        response = await self.http.post(f"/_lab/{what}", json=body, headers=headers)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    async def state(self, ends: str | None = None) -> dict[str, Any]:
        headers = {} if ends is None else {"x-lab-ends": ends}
        found: dict[str, Any] = (await self.http.get("/_lab/state", headers=headers)).json()
        return found

    async def advance(self, seconds: float) -> None:
        await self.ctl("POST", "clock", advance_s=seconds)

    async def requests(self) -> list[dict[str, Any]]:
        """The ground truth."""
        found: list[dict[str, Any]] = (await self.ctl("GET", "requests"))["requests"]
        return found

    async def messages(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.ctl("GET", "messages"))["messages"]
        return found

    async def until(self, check: Callable[[], bool]) -> None:
        """Wait for what a change brings about."""
        changed = asyncio.Event()
        self.phone.ledger.watchers.append(lambda _: changed.set())
        async with asyncio.timeout(20):
            while not check():
                await changed.wait()
                changed.clear()

    async def settled(self) -> None:
        """Wait until no webhook is owed."""
        await self.until(lambda: not self.phone.ledger.state.owed)


S = TypeVar("S", bound=Stage)


@asynccontextmanager
async def stage(phone: Phone, name: str, kind: type[S]) -> AsyncIterator[S]:
    """The stand-in below `/name`, and a webhook."""
    found = kind(phone)
    hears = Starlette(routes=[Route("/{path:path}", found.hear, methods=["GET", "POST"])])
    config = uvicorn.Config(hears, lifespan="off", log_level="critical", timeout_graceful_shutdown=1)
    mounted = Starlette(routes=[Mount(f"/{name}", phone.app())])
    async with serving(Inside(config)) as to, phone.running(), serving(Quiet(mounted, [phone])) as base:
        found.base, found.hears = f"{base}/{name}", to
        async with httpx2.AsyncClient(base_url=found.base, trust_env=False, timeout=20) as found.http:
            yield found
