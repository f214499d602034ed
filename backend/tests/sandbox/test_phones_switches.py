"""A bad day at a phone-like channel, switch by switch: what the caller sees, and what really happened."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from .meta_stage import ANA, NUMBER, MetaStage, stage


@pytest.fixture
async def meta() -> AsyncIterator[MetaStage]:
    async with stage() as found:
        await found.opened()
        yield found


async def on(meta: MetaStage, **switches: Any) -> None:
    await meta.lab("switches", end=NUMBER, method="messages", **switches)


async def post(meta: MetaStage) -> httpx2.Response:
    return await meta.send(type="text", text={"body": "x"})


def sent(meta: MetaStage) -> list[str]:
    return [m.text for m in meta.phone.ledger.state.messages.values() if m.by == "us"]


@pytest.mark.parametrize(("switch", "effect"), [("lose_answer", True), ("drop_request", False)])
async def test_a_closed_connection_may_have_had_its_effect(meta: MetaStage, switch: str, *, effect: bool) -> None:
    await on(meta, **{switch: True})
    with pytest.raises(httpx2.RemoteProtocolError):
        await post(meta)

    [asked] = await meta.requests()
    assert (asked["done"], asked["answered"], asked["status"], asked["broken"]) == (effect, False, 0, switch)
    assert sent(meta) == (["x"] if effect else [])
    if effect:
        # The status that follows is how a caller finds out.
        assert (await meta.status())["id"] == asked["message"]


async def test_an_answer_may_break_off(meta: MetaStage) -> None:
    await on(meta, cut=True)
    with pytest.raises(httpx2.RemoteProtocolError):
        await post(meta)

    assert sent(meta) == ["x"]


@pytest.mark.parametrize(
    ("switch", "status", "kind"),
    [
        ({"http": 503}, 503, "text/html"),
        ({"html": True}, 200, "text/html"),
        ({"fail": "131016"}, 500, "application/json"),
        ({"rate_limit": 7}, 429, "application/json"),
    ],
)
async def test_an_answer_may_be_something_else_without_effect(
    meta: MetaStage, switch: dict[str, Any], status: int, kind: str
) -> None:
    await on(meta, **switch, times=1)
    response = await post(meta)

    assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (status, kind)
    assert response.headers.get("retry-after") == ("7" if "rate_limit" in switch else None)
    assert sent(meta) == []
    # Used up by one request.
    assert (await post(meta)).status_code == 200
    assert [asked["broken"] for asked in await meta.requests()] == [next(iter(switch)), ""]


async def test_a_request_may_hang_after_its_effect(meta: MetaStage) -> None:
    await on(meta, hang_s=30)
    hanging = asyncio.get_running_loop().create_task(post(meta))
    await meta.until(lambda: sent(meta) == ["x"])
    assert not hanging.done()
    await meta.advance(30)

    assert (await hanging).status_code == 200


async def test_a_request_may_come_late(meta: MetaStage) -> None:
    await on(meta, delay_ms=2_000)
    late = asyncio.get_running_loop().create_task(post(meta))
    assert (await meta.get(NUMBER)).status_code == 200
    assert sent(meta) == []
    while not late.done():
        await meta.advance(2)

    assert sent(meta) == ["x"]


async def test_what_we_did_ourselves_may_never_be_told(meta: MetaStage) -> None:
    await meta.lab("switches", end=NUMBER, no_echo=True)
    await post(meta)
    await meta.says("heard")

    assert (await meta.value())["messages"][0]["text"]["body"] == "heard"


async def test_what_was_received_is_told_from_any_number_on(meta: MetaStage) -> None:
    for n in range(3):
        await meta.text(str(n))
    await meta.get("999")
    found = (await meta.ctl("GET", "requests?after=2"))["requests"]

    assert [(one["number"], one["method"], one["error"]) for one in found] == [(3, "messages", ""), (4, "media", "100")]
    assert found[0]["body"]["text"] == {"body": "2"}
    assert (found[0]["end"], found[0]["done"], found[0]["status"]) == (NUMBER, True, 200)
    assert "EAAG1" not in str(await meta.requests())
    assert (await meta.ask("GET", "/_ctl/requests?after=x")).status_code == 400
    assert ANA in str(found)
