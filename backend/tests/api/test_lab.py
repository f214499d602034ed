"""The lab's proxy against a real small server: what gets through, what never does, how streams end."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.sandbox.slack_stage import Inside, serving
from throughline.api import lab as module
from throughline.api.door import asgi
from throughline.api.lab import Lab
from throughline.conversation.ids import SessionId, TenantId

from .house import House, house, problem

CANARY = "zebra-canary-7f3a"


class StandIn:
    """A small server in the sandbox's place: it keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.bodies: list[bytes] = []
        self.go_on, self.left = asyncio.Event(), asyncio.Event()
        self.streams = 0
        routes = [
            Route("/slack/_lab/state", self._state, methods=["GET", "POST", "PUT"]),
            Route("/slack/_lab/stream", self._stream),
            Route("/slack/_lab/page", self._page),
            Route("/slack/_lab/away", self._away),
            Route("/slack/_lab/huge", self._huge),
            Route("/slack/_lab/wrong", self._wrong),
            Route("/slack/{rest:path}", self._secret),
            Route("/{rest:path}", self._secret),
        ]
        self.app = Starlette(routes=routes)

    async def _state(self, request: Request) -> Response:
        self.asked.append(request)
        self.bodies.append(await request.body())
        return JSONResponse({"ok": True}, headers={"set-cookie": "a=b", "x-inside": "1"})

    async def _stream(self, request: Request) -> Response:
        self.asked.append(request)

        async def frames() -> AsyncIterator[bytes]:
            self.streams += 1
            try:
                yield b"event: state\ndata: {}\n\n"
                await self.go_on.wait()
                yield b"event: message\ndata: {}\n\n"
            finally:
                self.streams -= 1
                self.left.set()

        return StreamingResponse(frames(), media_type="text/event-stream")

    async def _page(self, _: Request) -> Response:
        return Response("<script>1</script>", media_type="text/html")

    async def _away(self, _: Request) -> Response:
        return RedirectResponse("/slack/_ctl/requests")

    async def _huge(self, _: Request) -> Response:
        return Response(b" " * (module.MAX_ANSWER + 1), media_type="application/json")

    async def _wrong(self, _: Request) -> Response:
        return JSONResponse({"ok": False, "error": "unknown_person"}, 400)

    async def _secret(self, request: Request) -> Response:
        self.asked.append(request)
        return JSONResponse({"secret": CANARY})


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """An app on a real port; its address."""
    config = uvicorn.Config(app, lifespan="off", log_level="critical", ws="none", timeout_graceful_shutdown=2)
    async with serving(Inside(config)) as address:
        yield address


class Bench:
    """A house with a lab, the stand-in behind it, and a client."""

    def __init__(self, home: House, lab: Lab, stand_in: StandIn, http: httpx2.AsyncClient) -> None:
        self.home, self.lab, self.stand_in, self.http = home, lab, stand_in, http

    async def ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        headers = self.home.forged() | more.pop("headers", {})
        return await self.http.request(method, f"/lab/slack/{path}", headers=headers, **more)


async def ends(tenant: TenantId, provider: str) -> Sequence[str]:
    known = {"demo": ["T0DEMO"], "rival": ["T0RIVAL", "T1RIVAL"]}
    return known.get(tenant, []) if provider == "slack" else []


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    stand_in = StandIn()
    async with house(tmp_path / "data") as home, served(stand_in.app) as behind:
        lab = Lab(home.door, behind, ends)
        app = asgi(home.door, [Route("/lab/{provider}/{path:path}", lab)])
        async with served(app) as base, httpx2.AsyncClient(base_url=base, trust_env=False, timeout=20) as http:
            yield Bench(home, lab, stand_in, http)
            lab.end_streams()
            stand_in.go_on.set()
        await lab.close()


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
async def test_a_request_goes_through_without_the_callers_token(bench: Bench, method: str) -> None:
    body = b'{"text":"hi"}' if method != "GET" else None
    answer = await bench.ask(method, "state?x=1&y=%20", content=body, headers={"cookie": CANARY, "x-lab-ends": CANARY})

    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    (asked,) = bench.stand_in.asked
    assert (asked.method, asked.url.query, bench.stand_in.bodies[0]) == (method, "x=1&y=%20", body or b"")
    assert asked.headers["x-lab-ends"] == "T0DEMO"
    assert "authorization" not in asked.headers
    assert CANARY not in str(asked.headers)
    assert "set-cookie" not in answer.headers
    assert "x-inside" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


async def test_a_refusal_of_the_stand_in_comes_as_it_is(bench: Bench) -> None:
    answer = await bench.ask("GET", "wrong")

    assert (answer.status_code, answer.json()["error"]) == (400, "unknown_person")


async def test_each_tenant_is_named_to_the_stand_in_by_its_own_teams(bench: Bench) -> None:
    rival = bench.home.forged(tenant=TenantId("rival"), session=SessionId("r"))
    nobody = bench.home.forged(tenant=TenantId("third"), session=SessionId("n"))

    assert (await bench.http.get("/lab/slack/state", headers=rival)).status_code == 200
    assert (await bench.http.get("/lab/slack/state", headers=nobody)).status_code == 404
    assert [a.headers["x-lab-ends"] for a in bench.stand_in.asked] == ["T0RIVAL,T1RIVAL"]


async def test_a_tenant_learns_at_which_stand_ins_it_has_an_end(bench: Bench) -> None:
    nobody = bench.home.forged(tenant=TenantId("third"), session=SessionId("n"))

    assert (await bench.http.get("/lab/all/providers", headers=bench.home.forged())).json() == {"providers": ["slack"]}
    assert (await bench.http.get("/lab/all/providers", headers=nobody)).json() == {"providers": []}
    assert (await bench.http.get("/lab/all/providers")).status_code == 401
    assert bench.stand_in.asked == []


@pytest.mark.parametrize("token", ["", "Bearer nonsense", "Basic YQ=="])
async def test_who_is_not_signed_in_gets_nothing(bench: Bench, token: str) -> None:
    answer = await bench.http.get("/lab/slack/state", headers={"authorization": token} if token else {})

    assert (answer.status_code, problem(answer)["code"]) == (401, "signed_out")
    assert bench.stand_in.asked == []


@pytest.mark.parametrize(
    "path",
    [
        "../_ctl/requests", "%2e%2e/_ctl/requests", "..%2f_ctl/requests", "state/../../_ctl/apps/A", ".state", "",
        "%2e%2e%2f%2e%2e%2fv1/models", "//evil.test/state", "state%3fa=b", "state%23", "state%00",
        "http:%2f%2fevil.test", "a\\..\\_ctl", "x" * 2_000, "/".join("abcdefghij"), "@evil.test/", "%252e%252e/_ctl",
    ],
)  # fmt: skip
async def test_nothing_else_of_the_sandbox_can_be_reached(bench: Bench, path: str) -> None:
    url = httpx2.URL(str(bench.http.base_url)).copy_with(raw_path=f"/lab/slack/{path}".encode())
    answer = await bench.http.get(url, headers=bench.home.forged())

    assert answer.status_code == 404
    assert CANARY not in answer.text
    assert bench.stand_in.asked == []


async def test_methods_that_a_pane_does_not_need_are_refused(bench: Bench) -> None:
    for method in ("DELETE", "PATCH", "OPTIONS"):
        answer = await bench.ask(method, "state")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST, PUT")
    assert bench.stand_in.asked == []


async def test_a_body_over_64_kib_is_refused_however_it_comes(bench: Bench) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b" " * 8_192

    for content in (b" " * 65_537, pieces()):
        answer = await bench.ask("POST", "state", content=content)
        assert (answer.status_code, problem(answer)["code"]) == (413, "body_too_large")
    fits = await bench.ask("POST", "state", content=b" " * 65_536)
    assert fits.status_code == 200


@pytest.mark.parametrize("path", ["page", "away", "huge"])
async def test_what_is_no_data_does_not_come_back(bench: Bench, path: str) -> None:
    answer = await bench.ask("GET", path)

    assert (answer.status_code, problem(answer)["code"]) == (502, "sandbox_away")


async def test_a_sandbox_that_is_gone_is_said_in_words(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    monkeypatch.setattr(bench.lab, "_base", f"http://127.0.0.1:{port}")

    assert problem(await bench.ask("GET", "state"))["code"] == "sandbox_away"


async def test_outside_demo_there_is_no_lab(tmp_path: Path) -> None:
    async with house(tmp_path / "data") as home:
        app = asgi(home.door, [Route("/lab/{provider}/{path:path}", Lab(home.door, None, ends))])
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://x.test") as http:
            answer = await http.get("/lab/slack/state", headers=home.forged())

    assert (answer.status_code, problem(answer)["code"]) == (404, "no_such_path")


async def test_a_stream_is_passed_on_frame_by_frame(bench: Bench) -> None:
    async with bench.http.stream("GET", "/lab/slack/stream", headers=bench.home.forged()) as answer:
        parts = answer.aiter_raw()
        first = await anext(parts)
        bench.stand_in.go_on.set()
        rest = b"".join([part async for part in parts])

    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.headers["cache-control"] == "no-store"
    assert first == b"event: state\ndata: {}\n\n"
    assert rest == b"event: message\ndata: {}\n\n"


async def test_a_reader_who_leaves_lets_the_sandbox_go(bench: Bench) -> None:
    async with bench.http.stream("GET", "/lab/slack/stream", headers=bench.home.forged()) as answer:
        parts = answer.aiter_raw()
        await anext(parts)
        assert bench.stand_in.streams == 1

    await asyncio.wait_for(bench.stand_in.left.wait(), 10)
    assert bench.stand_in.streams == 0


async def test_streams_end_in_order_when_the_server_goes(bench: Bench) -> None:
    async with bench.http.stream("GET", "/lab/slack/stream", headers=bench.home.forged()) as answer:
        parts = answer.aiter_raw()
        await anext(parts)
        bench.lab.end_streams()

        assert [part async for part in parts] == []


async def test_a_stream_ends_with_the_session(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LOOK", 0.01)
    async with bench.http.stream("GET", "/lab/slack/stream", headers=bench.home.forged()) as answer:
        parts = answer.aiter_raw()
        await anext(parts)
        bench.home.clock.pass_(3_600)

        assert [part async for part in parts] == []


async def test_there_are_only_so_many_streams(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_STREAMS", 1)
    async with bench.http.stream("GET", "/lab/slack/stream", headers=bench.home.forged()) as answer:
        parts = answer.aiter_raw()
        await anext(parts)
        second = await bench.ask("GET", "stream")

    assert (second.status_code, problem(second)["code"]) == (429, "too_many_streams")


async def test_a_pane_that_asks_without_end_is_slowed_down(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_OFTEN", 2)
    answers = [await bench.ask("GET", "state") for _ in range(3)]

    assert [a.status_code for a in answers] == [200, 200, 429]
    assert answers[2].headers["retry-after"]
