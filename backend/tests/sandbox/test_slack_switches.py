"""A bad day, switch by switch: what the caller sees, and what really happened."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError

from sandbox.switches import Board, Switches

from .slack_stage import APP, GENERAL, Stage, stage


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage() as found:
        await found.put("/_ctl/tiers", scale=0)
        yield found


async def post(slack: Stage) -> Any:
    return await slack.client.chat_postMessage(channel=GENERAL, text="x")


async def on(slack: Stage, **switches: Any) -> None:
    await slack.put("/_lab/switches", app=APP, method="chat.postMessage", **switches)


@pytest.mark.parametrize(("switch", "effect"), [("lose_answer", True), ("drop_request", False)])
async def test_a_closed_connection_may_have_had_its_effect(slack: Stage, switch: str, *, effect: bool) -> None:
    await on(slack, **{switch: True})
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await post(slack)

    [asked] = await slack.requests()
    assert (asked["done"], asked["answered"], asked["status"], asked["broken"]) == (effect, False, 0, switch)
    assert await slack.texts() == (["x"] if effect else [])


async def test_an_answer_may_break_off(slack: Stage) -> None:
    await on(slack, cut=True)
    with pytest.raises(aiohttp.ClientPayloadError):
        await post(slack)

    assert await slack.texts() == ["x"]
    assert (await slack.requests())[0]["broken"] == "cut"


async def test_an_answer_may_hang_after_its_effect(slack: Stage) -> None:
    await on(slack, hang_s=30)
    hanging = asyncio.get_running_loop().create_task(post(slack))
    await slack.until(lambda: bool(slack.slack.ledger.state.messages))
    assert not hanging.done()
    await slack.advance(30)

    assert (await hanging)["ok"]


async def test_an_answer_may_be_huge_or_drip(slack: Stage) -> None:
    await on(slack, huge_mb=2)
    assert len((await post(slack))["padding"]) == 2_000_000

    await on(slack, drip_s=60)
    dripping = asyncio.get_running_loop().create_task(post(slack))
    await slack.until(lambda: len(slack.slack.ledger.state.messages) == 2)
    while not dripping.done():
        await slack.advance(10)
    assert (await dripping)["message"]["text"] == "x"


async def test_a_call_may_come_late(slack: Stage) -> None:
    await on(slack, delay_ms=2_000)
    late = asyncio.get_running_loop().create_task(post(slack))
    await slack.call("auth.test")
    assert await slack.texts() == []
    while not late.done():
        await slack.advance(2)

    assert (await late)["ok"]


@pytest.mark.parametrize(
    ("switches", "status"),
    [({"http": 503}, 503), ({"http": 500}, 500), ({"http": 301}, 301), ({"html": True}, 200)],
)
async def test_a_page_of_html_is_no_answer(slack: Stage, switches: dict[str, Any], status: int) -> None:
    await on(slack, **switches)
    response = await slack.http.post("/api/chat.postMessage", json={}, headers={"authorization": "Bearer xoxb-one"})

    assert (response.status_code, response.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert (await slack.requests())[0]["done"] is False


async def test_an_error_or_a_limit_may_be_ordered(slack: Stage) -> None:
    await on(slack, fail="fatal_error")
    with pytest.raises(SlackApiError, match="fatal_error"):
        await post(slack)
    await on(slack, rate_limit=7)
    with pytest.raises(SlackApiError) as caught:
        await post(slack)
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "7")

    assert (await slack.client.auth_test())["ok"]
    await on(slack)
    assert (await post(slack))["ok"]
    assert await slack.texts() == ["x"]


async def test_a_switch_is_used_up(slack: Stage) -> None:
    await on(slack, fail="internal_error", times=2)
    found = [(await slack.call("chat.postMessage", channel=GENERAL, text="x"))["ok"] for _ in range(3)]

    assert found == [False, False, True]
    assert (await slack.get("/_lab/state"))["switches"] == []


@pytest.mark.parametrize("body", [{"fail": 1}, {"nonsense": True}, {"http": "x"}, []])
async def test_switches_that_are_none_are_refused(slack: Stage, body: Any) -> None:
    assert (await slack.http.put("/_lab/switches", json=body)).status_code == 400


@given(st.permutations(["A1/m", "A1/*", "*/m", "*/*"]), st.integers(1, 4))
def test_the_most_special_set_counts(order: list[str], count: int) -> None:
    board = Board()
    for name in order[:count]:
        app, method = name.split("/")
        board.put(Switches(app, method, fail=name))
    ranked = [name for name in ("A1/m", "A1/*", "*/m", "*/*") if name in order[:count]]

    assert board.look("A1", "m").fail == ranked[0]
