"""What was put aside: admins of its organisation see it and have it read again, nobody else does."""

import json
from base64 import b64decode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from throughline.channels.slack import wire
from throughline.conversation.channel import Address, Inbound, Reading
from throughline.conversation.ids import TenantId
from throughline.ports import Tx

from .webhooking import OURS, THEIRS, Knocking, knocking

ALL = f"/api/v1/admin/channels/slack/accounts/{OURS}/quarantine"
ODD = b'{"type":"event_callback","team_id":'


@pytest_asyncio.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Knocking]:
    async with knocking(tmp_path / "data") as inside:
        yield inside


async def ask(slack: Knocking, method: str, path: str, who: str = "admin@demo.test") -> Any:
    return await slack.http.request(method, path, headers=await slack.home.bearer(who))


async def test_what_was_not_understood_is_listed_and_shown_whole(slack: Knocking) -> None:
    await slack.knock(ODD)
    listed = (await ask(slack, "GET", ALL)).json()["items"]
    one = (await ask(slack, "GET", f"{ALL}/1")).json()

    assert [(i["n"], i["reason"], i["size"], i["retried_at"]) for i in listed] == [(1, "unreadable", len(ODD), None)]
    assert one["item"] == listed[0]
    assert b64decode(one["body"]) == ODD


async def test_read_again_and_still_odd_it_stays(slack: Knocking) -> None:
    await slack.knock(ODD)
    slack.home.clock.at += 10**9

    assert (await ask(slack, "POST", f"{ALL}/1/retry")).json() == {"understood": False, "reason": "unreadable"}
    assert len((await ask(slack, "GET", ALL)).json()["items"]) == 1


async def test_what_todays_code_understands_is_heard_and_set_right(
    slack: Knocking, monkeypatch: pytest.MonkeyPatch
) -> None:
    await slack.knock(ODD)
    slack.home.clock.at += 10**9
    said = Inbound("T0TEAM:D1:1", Address("T0TEAM/U0ANA", "Ana"), "at last", "D1:1")
    monkeypatch.setattr(wire, "read_payload", lambda *_: Reading(inbound=(said,)))

    assert (await ask(slack, "POST", f"{ALL}/1/retry")).json() == {"understood": True, "reason": None}
    assert await slack.said() == [("demo", "at last")]
    assert (await ask(slack, "GET", ALL)).json()["items"][0]["retried_at"] is not None


@pytest.mark.parametrize("n", ["2", "0", "x", "-1", "1" * 40])
async def test_a_number_that_is_not_there_is_404(slack: Knocking, n: str) -> None:
    await slack.knock(ODD)

    assert (await ask(slack, "GET", f"{ALL}/{n}")).status_code == 404
    assert (await ask(slack, "POST", f"{ALL}/{n}/retry")).status_code == 404


async def test_nobody_but_their_own_admins_sees_it(slack: Knocking) -> None:
    await slack.knock(ODD)

    for who, status in (("admin@rival.test", 404), ("operator@demo.test", 403), ("customer@demo.test", 403)):
        for method, path in (("GET", ALL), ("GET", f"{ALL}/1"), ("POST", f"{ALL}/1/retry")):
            assert (await ask(slack, method, path, who)).status_code == status, (who, path)
    theirs = ALL.replace(OURS, THEIRS)
    assert (await ask(slack, "GET", theirs, "admin@rival.test")).json() == {"items": []}


async def test_what_is_no_whole_request_is_not_read_again(slack: Knocking) -> None:
    def aside(tx: Tx) -> None:

        tx.inbox.quarantine(TenantId("demo"), OURS, "conflict", json.dumps({"key": "k"}).encode(), 5)

    await slack.home.store.write(aside)
    answer = await ask(slack, "POST", f"{ALL}/1/retry")

    assert (answer.status_code, answer.json()["code"]) == (409, "no_request")
