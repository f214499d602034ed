"""A bad day, switch by switch: what the caller sees, and what really happened."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from .gmail_stage import BOX, Stage, raw, stage


@pytest.fixture
async def gmail() -> AsyncIterator[Stage]:
    async with stage() as found:
        yield found


async def post(gmail: Stage) -> httpx2.Response:
    headers = {"authorization": f"Bearer {gmail.token}"}
    return await gmail.http.post("/api/gmail/v1/users/me/messages/send", json={"raw": raw()}, headers=headers)


async def on(gmail: Stage, **switches: Any) -> None:
    await gmail.switch(end=BOX, method="messages.send", **switches)


async def last(gmail: Stage) -> dict[str, Any]:
    return (await gmail.requests())[-1]


@pytest.mark.parametrize(("switch", "effect"), [("lose_answer", True), ("drop_request", False), ("cut", True)])
async def test_a_closed_connection_may_have_had_its_effect(gmail: Stage, switch: str, effect: bool) -> None:
    await on(gmail, **{switch: True})
    with pytest.raises(httpx2.HTTPError):
        await post(gmail)

    asked = await last(gmail)
    assert (asked["done"], asked["broken"], len(await gmail.mails())) == (effect, switch, int(effect))
    assert asked["answered"] is (switch == "cut")
    assert bool(asked["message"]) is effect


async def test_an_answer_may_hang_after_its_effect(gmail: Stage) -> None:
    await on(gmail, hang_s=30)
    hanging = asyncio.get_running_loop().create_task(post(gmail))
    await gmail.until(lambda: bool(gmail.gmail.ledger.state.boxes[BOX].mails))
    assert not hanging.done()
    await gmail.advance(30)

    assert (await hanging).status_code == 200


async def test_a_call_may_come_late(gmail: Stage) -> None:
    await on(gmail, delay_ms=2_000)
    late = asyncio.get_running_loop().create_task(post(gmail))
    await gmail.call("getProfile")
    assert await gmail.mails() == []
    while not late.done():
        await gmail.advance(2)

    assert (await late).status_code == 200


async def test_an_answer_may_be_huge_or_drip(gmail: Stage) -> None:
    await on(gmail, huge_mb=2)
    assert len((await post(gmail)).content) > 2_000_000
    await on(gmail, drip_s=60)
    dripping = asyncio.get_running_loop().create_task(post(gmail))
    await gmail.until(lambda: len(gmail.gmail.ledger.state.boxes[BOX].mails) == 2)
    while not dripping.done():
        await gmail.advance(10)

    assert (await dripping).json()["labelIds"] == ["SENT"]


@pytest.mark.parametrize(
    ("switches", "status", "kind"),
    [
        ({"http": 503}, 503, "text/html"),
        ({"http": 302}, 302, "text/html"),
        ({"html": True}, 200, "text/html"),
        ({"rate_limit": 7}, 429, "application/json"),
        ({"fail": "backendError"}, 503, "application/json"),
        ({"fail": "rateLimitExceeded"}, 403, "application/json"),
        ({"fail": "authError"}, 401, "application/json"),
        ({"fail": "failedPrecondition"}, 400, "application/json"),
    ],
)
async def test_an_answer_of_a_bad_day_has_no_effect(
    gmail: Stage, switches: dict[str, Any], status: int, kind: str
) -> None:
    await on(gmail, **switches)
    response = await post(gmail)

    assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (status, kind)
    assert response.headers.get("retry-after") == ("7" if "rate_limit" in switches else None)
    assert (await last(gmail))["done"] is False
    assert await gmail.mails() == []


async def test_a_switch_is_used_up_and_concerns_its_mailbox_alone(gmail: Stage) -> None:
    await gmail.put("/_ctl/ends/sales@example.com", client_id="c", client_secret="s", refresh_token="r")
    await gmail.switch(end="sales@example.com", fail="backendError")
    await on(gmail, fail="backendError", times=2)

    assert [(await post(gmail)).status_code for _ in range(3)] == [503, 503, 200]
    assert [one["app"] for one in (await gmail.get("/_lab/state"))["switches"]] == ["sales@example.com"]


@pytest.mark.parametrize("body", [{"fail": 1}, {"nonsense": True}, {"http": "x"}, [], {"end": "x@example.com"}])
async def test_switches_that_are_none_are_refused(gmail: Stage, body: Any) -> None:
    assert (await gmail.http.post("/_lab/switches", json=body)).status_code == 400


async def test_a_history_may_be_lost_by_switch(gmail: Stage) -> None:
    since = (await gmail.call("getProfile"))["historyId"]
    await gmail.switch(end=BOX, method="history.list", fail="notFound", times=1)

    assert await gmail.refused("history.list", startHistoryId=since) == (404, "notFound")
    assert await gmail.call("history.list", startHistoryId=since) == {"historyId": since}
