"""Meta at the providers' door: its question whether a webhook is ours, and many events in one request."""

import hashlib
import hmac
import json
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

NUMBER, SECRET = "106540352242922", "9bdac2b1f0a3c4d5e6f708192a3b4c5d"
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
                    base="http://127.0.0.1:9/meta/api/", options={"numbers": NUMBER},
                    status="waiting_first_event", created_at=1,
                )
            )  # fmt: skip
            key = tx.accounts.key(DEMO)
            assert key is not None
            for name, secret in (("verify_token", TOKEN), ("app_secret", SECRET)):
                sealed = inside.ends.vault.seal(key, DEMO, WHICH, name, secret)
                assert sealed is not None
                tx.accounts.seal(DEMO, WHICH, name, sealed, 1)

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


async def test_a_question_is_answered_though_nothing_can_be_kept(door: Knocking) -> None:
    """It is no event: nothing is written for it, and the account still waits for its first one."""
    door.store.down = True
    assert (await ask(door)).status_code == 200
    assert (await tell(door, event("Hello"))).status_code == 503
    door.store.down = False


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


def event(*texts: str, **more: object) -> bytes:
    """One request with an entry for each message."""
    metadata = {"display_phone_number": "15550783881", "phone_number_id": NUMBER}
    entries = []
    for number, text in enumerate(texts):
        said = {
            "from": "16505551234", "id": f"wamid.{text}", "timestamp": str(1_749_416_383 + number), "type": "text",
            "text": {"body": text}, **more,
        }  # fmt: skip
        value = {"messaging_product": "whatsapp", "metadata": metadata, "messages": [said]}
        entries.append({"id": "102290129340398", "changes": [{"field": "messages", "value": value}]})
    return json.dumps({"object": "whatsapp_business_account", "entry": entries}).encode()


async def tell(door: Knocking, body: bytes) -> httpx2.Response:
    seal = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {"x-hub-signature-256": f"sha256={seal}", "content-type": "application/json"}
    return await door.http.post(f"/api/v1/channels/whatsapp/webhook/{WHICH}", content=body, headers=headers)


async def test_a_signed_message_is_in_the_log_once_however_often_it_comes(door: Knocking) -> None:
    answers = [await tell(door, event("Hello")) for _ in range(3)]

    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b"")] * 3
    assert [said for said in await door.said() if said[1] == "Hello"] == [("demo", "Hello")]


async def test_one_bad_event_among_many_is_kept_aside_and_the_others_are_heard(door: Knocking) -> None:
    body = json.loads(event(*(f"n{n}" for n in range(6))))
    body["entry"][3]["changes"][0]["value"]["messages"][0]["from"] = {"not": "a number"}
    answer = await tell(door, json.dumps(body).encode())

    assert answer.status_code == 200
    assert {f"n{n}" for n in range(6)} - {text for _, text in await door.said()} == {"n3"}
    assert door.quarantined() == ["bad_message"]


async def test_a_request_as_large_as_meta_sends_is_taken(door: Knocking) -> None:
    """Over a mebibyte: what is sent away here would come back for a week."""
    answer = await tell(door, event("Hello", padding="x" * 2_500_000))

    assert answer.status_code == 200
    assert ("demo", "Hello") in await door.said()
