"""Webhooks at addresses that name no account: the installation's only WhatsApp, by its own signature, or nobody."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import pytest
import pytest_asyncio
from msgspec.structs import replace

from throughline.conversation.ids import AccountId, TenantId
from throughline.conversation.records import Account
from throughline.ports import Tx

from .house import ORIGIN, problem
from .webhooking import Knocking, knocking

DEMO, RIVAL = TenantId("demo"), TenantId("rival")
META, TWILIO = AccountId("acc-meta"), AccountId("acc-twilio")
PATHS = ("/webhook/whatsapp", "/webhook/status", "/api/v1/channels/whatsapp/webhook")
NUMBER, SECRET, VERIFY = "106540352242922", "9bdac2b1f0a3c4d5e6f708192a3b4c5d", "horse-battery-staple"
SID, TOKEN, OURS = "AC" + "0" * 32, "0123456789abcdef0123456789abcdef", "+15550100"
ASKED = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY}


def account(name: AccountId, provider: str, tenant: TenantId = DEMO, **options: str) -> Account:
    return Account(
        name, tenant, "whatsapp", provider, "WhatsApp", "simulated", enabled=True, base="http://127.0.0.1:9/api/",
        options=options, status="waiting_first_event", created_at=1,
    )  # fmt: skip


BY_META = account(META, "meta", numbers=NUMBER)
BY_TWILIO = account(TWILIO, "twilio", account_sid=SID, numbers=OURS)


@pytest_asyncio.fixture
async def door(tmp_path: Path) -> AsyncIterator[Knocking]:
    async with knocking(tmp_path / "data") as inside:
        yield inside


async def add(door: Knocking, row: Account, **secrets: str) -> None:
    def write(tx: Tx) -> None:
        tx.accounts.add(row)
        key = tx.accounts.key(row.tenant)
        assert key is not None
        for name, secret in secrets.items():
            sealed = door.ends.vault.seal(key, row.tenant, row.id, name, secret)
            assert sealed is not None
            tx.accounts.seal(row.tenant, row.id, name, sealed, 1)

    await door.home.store.write(write)
    door.ends.lines.forget(row.id)


async def meta(door: Knocking, path: str, text: str = "Hello", secret: str = SECRET) -> httpx2.Response:
    said = {
        "from": "16505551234", "id": f"wamid.{text}", "timestamp": "1749416383", "type": "text", "text": {"body": text}
    }  # fmt: skip
    metadata = {"display_phone_number": "15550783881", "phone_number_id": NUMBER}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "messages": [said]}
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
    seal = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return await door.http.post(path, content=body, headers={"x-hub-signature-256": f"sha256={seal}"})


async def twilio(door: Knocking, path: str, signed_for: str | None = None) -> httpx2.Response:
    """A message by Twilio, signed by hand: the address, then every field by its name."""
    sid = "SM" + hashlib.md5(path.encode(), usedforsecurity=False).hexdigest()
    form = {
        "AccountSid": SID, "MessageSid": sid, "From": "whatsapp:+447700900123", "To": f"whatsapp:{OURS}",
        "Body": f"By {path}", "NumMedia": "0",
    }  # fmt: skip
    signed = (signed_for or f"{ORIGIN}{path}") + "".join(name + form[name] for name in sorted(form))
    seal = base64.b64encode(hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    headers = {"x-twilio-signature": seal, "content-type": "application/x-www-form-urlencoded"}
    return await door.http.post(path, content=urlencode(form), headers=headers)


@pytest.mark.parametrize("path", PATHS)
async def test_the_only_whatsapp_answers_and_hears_there(door: Knocking, path: str) -> None:
    await add(door, BY_META, app_secret=SECRET, verify_token=VERIFY)

    asked = await door.http.get(path, params=ASKED)
    assert (asked.status_code, asked.text) == (200, "1158201444")
    answer = await meta(door, path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert ("demo", "Hello") in await door.said()


async def test_a_message_that_comes_by_both_addresses_is_in_the_log_once(door: Knocking) -> None:
    await add(door, BY_META, app_secret=SECRET, verify_token=VERIFY)
    for path in (*PATHS, f"/api/v1/channels/whatsapp/webhook/{META}"):
        assert (await meta(door, path)).status_code == 200

    assert [said for said in await door.said() if said[1] == "Hello"] == [("demo", "Hello")]


@pytest.mark.parametrize("path", PATHS)
async def test_twilio_signs_the_very_address_that_it_was_given(door: Knocking, path: str) -> None:
    await add(door, BY_TWILIO, auth_token=TOKEN)

    assert (await twilio(door, path)).status_code == 200
    assert ("demo", f"By {path}") in await door.said()
    elsewhere = await twilio(door, path, f"{ORIGIN}/api/v1/channels/whatsapp/webhook/{TWILIO}")
    assert problem(elsewhere)["status"] == 404


@pytest.mark.parametrize("path", PATHS)
async def test_where_there_are_none_or_several_there_is_nobody(door: Knocking, path: str) -> None:
    assert (await meta(door, path)).status_code == 404
    await add(door, BY_META, app_secret=SECRET, verify_token=VERIFY)
    await add(door, replace(BY_TWILIO, tenant=RIVAL), auth_token=TOKEN)

    answers = [await meta(door, path), await twilio(door, path), await door.http.get(path, params=ASKED)]
    assert [problem(answer)["code"] for answer in answers] == ["unknown_account"] * 3
    # One that is switched off does not count.
    await door.home.store.write(lambda tx: tx.accounts.change(replace(BY_META, enabled=False)))
    door.ends.lines.forget(META)
    assert [(await ask(door, path)).status_code for ask in (meta, twilio)] == [404, 200]


@pytest.mark.parametrize("path", PATHS)
async def test_who_is_not_verified_cannot_tell_that_there_is_one(door: Knocking, path: str) -> None:
    nobody = [await meta(door, path, secret="wrong"), await door.http.get(path)]
    await add(door, BY_META, app_secret=SECRET, verify_token=VERIFY)
    forged = [
        await meta(door, path, secret="wrong"),
        await door.http.get(path, params=ASKED | {"hub.verify_token": "wrong"}),
    ]

    told = [{k: v for k, v in a.json().items() if k != "request_id"} for a in (*nobody, *forged)]
    assert told == [told[0]] * 4
    assert told[0]["status"] == 404
    assert await door.said() == []
