"""How the gateway says how it is, and to whom."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from throughline.api.shapes import About

from .house import House, house, problem

CLOSED = ["/metrics", "/docs", "/redoc", "/protocol", "/openapi.json", "/asyncapi.json"]


@pytest.fixture
async def outside(tmp_path: Path) -> AsyncIterator[House]:
    """Reachable by others."""
    async with house(tmp_path / "data", loopback=False, scrape_token="scrape-me") as inside:
        yield inside


@pytest.mark.parametrize("path", ["/livez", "/healthz", "/readyz"])
async def test_a_healthy_gateway_says_ok(home: House, path: str) -> None:
    answer = await home.http.get(path)

    assert (answer.status_code, answer.text) == (200, "ok\n")


@pytest.mark.parametrize("query", ["verbose", "verbose=1", "verbose="])
async def test_verbose_lists_what_was_checked(home: House, query: str) -> None:
    answer = await home.http.get(f"/readyz?{query}")
    channels = "".join(f"[+]{name} unconfigured\n" for name in home.ends.channels.names())

    assert answer.text == f"[+]store ok\n[+]model demo (demo)\n{channels}ready\n"


async def test_a_store_that_takes_nothing_is_not_ready_but_alive(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(home.store), "health", lambda _: "disk_full")

    assert (await home.http.get("/livez")).status_code == 200
    ready = await home.http.get("/readyz?verbose")
    assert (ready.status_code, ready.text.splitlines()[0]) == (503, "[-]store disk_full")
    health = await home.http.get("/health")
    assert (health.status_code, health.json()["checks"]) == (503, {"store": "disk_full"})


async def test_health_names_the_checks_and_the_channels(tmp_path: Path) -> None:
    facts: dict[str, Any] = {"checks": (("live", lambda: None), ("drain", lambda: "draining"))}
    async with house(tmp_path / "data", **facts) as inside:
        answer = await inside.http.get("/health")

    assert answer.json() == {
        "status": "down", "version": "0.1.0", "checks": {"store": "ok", "live": "ok", "drain": "draining"},
        "channels": {"web": "up", **dict.fromkeys(inside.ends.channels.names(), "unconfigured")},
    }  # fmt: skip


async def test_a_missing_model_is_said_and_is_no_reason_not_to_be_ready(tmp_path: Path) -> None:
    about = About(version="0.1.0", demo=False, demo_users=[], model=None)
    async with house(tmp_path / "data", about=about) as inside:
        answer = await inside.http.get("/readyz?verbose")
        shown = await inside.http.get("/api/v1/about")

    assert answer.status_code == 200
    assert "[!]model none is configured" in answer.text
    assert shown.json() == msgspec.to_builtins(about)


async def test_about_tells_a_sign_in_page_who_there_is_in_demo_mode(home: House) -> None:
    answer = (await home.http.get("/api/v1/about")).json()

    assert answer["demo_users"] == [{"email": "customer@demo.test", "name": "Casey", "role": "customer"}]


async def test_metrics_count_requests_by_route_and_messages_by_outcome(home: House) -> None:
    headers = await home.bearer("customer@demo.test")
    where = await home.talk(headers, "hello")
    await home.http.get(f"/api/v1/conversations/{where}", headers=headers)
    await home.http.get("/api/v1/somewhere-else-entirely")

    numbers = (await home.http.get("/metrics")).text

    one = 'route="/api/v1/conversations/{conversation}",status="200"'
    assert f'throughline_http_request_seconds_count{{method="GET",{one}}}' in numbers
    assert 'throughline_messages_total{channel="web",direction="in",outcome="ok"}' in numbers
    assert 'throughline_build_info{version="0.1.0"} 1.0' in numbers
    assert "somewhere-else" not in numbers
    assert where not in numbers


@pytest.mark.parametrize("path", CLOSED)
async def test_elsewhere_numbers_and_manual_are_for_members_and_the_scraper(outside: House, path: str) -> None:
    async def asked(**headers: str) -> int:
        return (await outside.http.get(path, headers=headers)).status_code

    member = await outside.bearer("operator@demo.test")
    customer = await outside.bearer("customer@demo.test")

    assert await asked() == 401
    assert await asked(authorization="Bearer scrape-m") == 401
    assert await asked(**customer) == 403
    assert await asked(**member) in {200, 404}
    assert await asked(authorization="Bearer scrape-me") in {200, 404}


async def test_a_proxy_on_the_same_machine_brings_strangers(home: House) -> None:
    answer = await home.http.get("/metrics", headers={"x-forwarded-for": "203.0.113.7"})

    assert (answer.status_code, problem(answer)["code"]) == (401, "signed_out")


async def test_no_scrape_token_lets_nobody_in_with_an_empty_one(tmp_path: Path) -> None:
    async with house(tmp_path / "data", loopback=False) as inside:
        assert (await inside.http.get("/metrics", headers={"authorization": "Bearer "})).status_code == 401


async def test_health_is_open_everywhere(outside: House) -> None:
    for path in ("/livez", "/readyz", "/health", "/version", "/api/v1/about"):
        assert (await outside.http.get(path)).status_code == 200
