"""Meta's question whether a webhook is ours, at the providers' door: a GET, answered with its challenge."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from throughline.conversation.ids import AccountId, TenantId
from throughline.conversation.records import Account
from throughline.ports import Tx

from .house import problem
from .webhooking import Knocking, knocking

DEMO, WHICH = TenantId("demo"), AccountId("acc-meta")
TOKEN = "horse-battery-staple"
ASKED = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": TOKEN}


@pytest_asyncio.fixture
async def door(tmp_path: Path) -> AsyncIterator[Knocking]:
    async with knocking(tmp_path / "data") as inside:

        def add(tx: Tx) -> None:
            tx.accounts.add(
                Account(
                    WHICH, DEMO, "whatsapp", "meta", "WhatsApp", "simulated", enabled=True,
                    base="http://127.0.0.1:9/meta/api/", options={"numbers": "106540352242922"},
                    status="waiting_first_event", created_at=1,
                )
            )  # fmt: skip
            key = tx.accounts.key(DEMO)
            assert key is not None
            sealed = inside.ends.vault.seal(key, DEMO, WHICH, "verify_token", TOKEN)
            assert sealed is not None
            tx.accounts.seal(DEMO, WHICH, "verify_token", sealed, 1)

        await inside.home.store.write(add)
        yield inside


async def ask(door: Knocking, method: str = "GET", **more: str) -> httpx2.Response:
    asked = {**ASKED, **{name.replace("_", ".", 1): value for name, value in more.items()}}
    return await door.http.request(method, f"/api/v1/channels/whatsapp/webhook/{WHICH}", params=asked)


async def test_who_knows_our_token_gets_the_challenge_back(door: Knocking) -> None:
    answer = await ask(door)

    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert (await door.said(), door.quarantined()) == ([], [])


@pytest.mark.parametrize(
    "more", [{"hub_verify_token": "guess"}, {"hub_mode": "unsubscribe"}, {"hub_challenge": "<b>hi</b>"}]
)
async def test_who_does_not_gets_403_and_no_reason(door: Knocking, more: dict[str, str]) -> None:
    answer = await ask(door, **more)

    said = problem(answer)
    assert (answer.status_code, said["code"]) == (403, "unverified")
    assert said["detail"] == "The request is not signed as it must be."
    assert "1158201444" not in answer.text
    assert "<b>" not in answer.text


async def test_an_unsigned_event_is_a_403_as_meta_wants_it(door: Knocking) -> None:
    answer = await door.http.post(f"/api/v1/channels/whatsapp/webhook/{WHICH}", content=b"{}")

    assert answer.status_code == 403


async def test_the_question_to_another_channels_address_is_a_404(door: Knocking) -> None:
    answer = await door.http.get(f"/api/v1/channels/slack/webhook/{WHICH}", params=ASKED)

    assert answer.status_code == 404


async def test_a_question_of_any_length_is_refused_and_not_read_into(door: Knocking) -> None:
    assert (await ask(door, hub_challenge="1" * 5_000)).status_code == 403
