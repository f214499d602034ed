"""What the webhook of a business hears from the simulated Cloud API."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from sandbox.phones import samples

from .meta_stage import ANA, BO, BO_ID, NUMBER, SECRET, VERIFY, WABA, MetaStage, stage
from .phones_stage import NOW


@pytest.fixture
async def meta() -> AsyncIterator[MetaStage]:
    async with stage() as found:
        yield found


async def test_what_a_person_writes_comes_signed_in_meta_s_envelope(meta: MetaStage) -> None:
    name = await meta.says("Grüße 🙂 1/2")
    bsuid = meta.phone.ledger.state.people[ANA].more["bsuid"]
    heard = await meta.next()

    expected = hmac.new(SECRET.encode(), heard.body, hashlib.sha256).hexdigest()
    assert heard.headers["x-hub-signature-256"] == f"sha256={expected}"
    assert b"Gr\\u00fc\\u00dfe \\ud83d\\ude42 1\\/2" in heard.body
    assert heard.json == {
        "object": "whatsapp_business_account",
        "entry": [
            {
                "id": WABA,
                "changes": [
                    {
                        "value": {
                            "messaging_product": "whatsapp",
                            "metadata": {"display_phone_number": "15550783881", "phone_number_id": NUMBER},
                            "contacts": [
                                {"profile": {"name": "Ana"}, "wa_id": ANA, "user_id": bsuid}
                            ],
                            "messages": [
                                {
                                    "from": ANA, "from_user_id": bsuid,
                                    "id": name, "timestamp": str(int(NOW)), "type": "text",
                                    "text": {"body": "Grüße 🙂 1/2"},
                                }
                            ],
                        },
                        "field": "messages",
                    }
                ],
            }
        ],
    }  # fmt: skip
    assert name.startswith("wamid.")


async def test_of_somebody_with_a_username_only_no_number_is_said(meta: MetaStage) -> None:
    await meta.says("hi", person=BO)
    heard = await meta.next()

    [contact] = heard.json["entry"][0]["changes"][0]["value"]["contacts"]
    [message] = heard.json["entry"][0]["changes"][0]["value"]["messages"]
    assert contact == {"profile": {"name": "Bo", "username": "bo"}, "user_id": BO_ID}
    assert message["from_user_id"] == BO_ID
    assert "from" not in message
    assert BO.encode() not in heard.body


async def test_a_reply_names_what_it_answers(meta: MetaStage) -> None:
    await meta.opened()
    ours = await meta.text("which one?")
    await meta.says("that one", reply_to=ours)
    [message] = [m for _ in range(3) for m in (await meta.value()).get("messages", [])]

    assert message["context"] == {"from": "15550783881", "id": ours}


async def test_a_picture_and_a_voice_note_come_as_media(meta: MetaStage) -> None:
    await meta.says("look", media=[{"sample": "image"}])
    [image] = (await meta.value())["messages"]
    await meta.says("", media=[{"sample": "voice"}])
    [audio] = (await meta.value())["messages"]

    digest = base64.b64encode(hashlib.sha256(samples.image()).digest()).decode()
    assert image["type"] == "image"
    assert {**image["image"], "id": ""} == {"id": "", "mime_type": "image/png", "sha256": digest, "caption": "look"}
    assert (audio["type"], audio["audio"]["mime_type"], audio["audio"]["voice"]) == ("audio", "audio/wav", True)


async def test_a_document_keeps_its_name(meta: MetaStage) -> None:
    data = base64.b64encode(b"%PDF-1.4").decode()
    await meta.says("", media=[{"media_type": "application/pdf", "name": "a.pdf", "data": data}])
    [message] = (await meta.value())["messages"]

    assert (message["type"], message["document"]["filename"]) == ("document", "a.pdf")


async def test_the_handshake_gives_the_challenge_back_only_from_a_webhook_that_does(meta: MetaStage) -> None:
    asked = asyncio.get_running_loop().create_task(meta.ctl("POST", f"ends/{NUMBER}/verify"))
    heard = await meta.next()

    assert await asked == {"ok": False, "status": 200}
    assert heard.method == "GET"
    assert "hub.mode=subscribe" in heard.url
    assert f"hub.verify_token={VERIFY}" in heard.url
    challenge = heard.url.partition("hub.challenge=")[2].partition("&")[0]
    assert challenge.isdecimal()


async def test_what_is_not_answered_with_200_comes_again_later_and_later(meta: MetaStage) -> None:
    meta.answers = [Response(status_code=500), Response(status_code=204), Response(status_code=403)]
    await meta.says()
    first = await meta.next()
    state = meta.phone.ledger.state
    for attempt, wait in ((1, 5), (2, 30), (3, 120)):
        await meta.until(lambda attempt=attempt: [d.attempt for d in state.owed.values()] == [attempt])  # type: ignore[misc]
        assert meta.silent
        await meta.advance(wait)
        again = await meta.next()
        assert (again.body, again.headers["x-hub-signature-256"]) == (first.body, first.headers["x-hub-signature-256"])
    await meta.settled()

    statuses = [(one["number"], one["status"]) for one in (await meta.state())["deliveries"]]
    assert statuses == [(1, "http_500"), (2, "http_204"), (3, "http_403"), (4, "ok")]


async def test_redelivery_ends_after_seven_days(meta: MetaStage) -> None:
    meta.answers = [Response(status_code=500) for _ in range(20)]
    await meta.says()
    await meta.next()
    spent, state = 0.0, meta.phone.ledger.state
    while True:
        await meta.until(lambda: not state.owed or next(iter(state.owed.values())).due > meta.phone.clock.now())
        if not state.owed:
            break
        wait = next(iter(state.owed.values())).due - meta.phone.clock.now()
        spent += wait
        await meta.advance(wait)
        await meta.next()

    assert 6 * 86_400 <= spent <= 7 * 86_400


async def test_a_webhook_that_hangs_is_given_up_by_the_clock(meta: MetaStage) -> None:
    hang = asyncio.Event()
    meta.answers = [hang]
    await meta.says()
    await meta.next()
    await meta.advance(10)
    state = meta.phone.ledger.state
    await meta.until(lambda: [d.attempt for d in state.owed.values()] == [1])
    hang.set()

    assert (await meta.state())["deliveries"][-1]["status"] == "http_timeout"


async def test_events_may_be_doubled_and_turned_round(meta: MetaStage) -> None:
    await meta.lab("switches", end=NUMBER, duplicate=True)
    await meta.says("once")
    assert (await meta.next()).body == (await meta.next()).body

    await meta.lab("switches", end=NUMBER, reorder=3)
    for word in ("a", "b", "c"):
        await meta.says(word)
    words = [(await meta.value())["messages"][0]["text"]["body"] for _ in range(3)]

    assert words == ["c", "b", "a"]


async def test_events_may_be_late(meta: MetaStage) -> None:
    await meta.lab("switches", end=NUMBER, delay_ms=3_000)
    await meta.says("late")
    [owed] = meta.phone.ledger.state.owed.values()
    assert owed.due == NOW + 3
    await meta.advance(3)

    assert (await meta.value())["messages"][0]["text"]["body"] == "late"


async def test_several_entries_may_share_a_request(meta: MetaStage) -> None:
    await meta.ctl("PUT", "rules", batch=3)
    for word in ("a", "b", "c"):
        await meta.says(word)
    heard = await meta.next()
    await meta.settled()

    entries = heard.json["entry"]
    assert [e["changes"][0]["value"]["messages"][0]["text"]["body"] for e in entries] == ["a", "b", "c"]
    assert meta.silent


async def test_any_bytes_can_be_sent_signed(meta: MetaStage) -> None:
    await meta.ctl("POST", f"ends/{NUMBER}/event", body="{not json")
    heard = await meta.next()

    assert heard.body == b"{not json"
    assert heard.headers["x-hub-signature-256"].endswith(hmac.new(SECRET.encode(), heard.body, "sha256").hexdigest())


async def test_somebody_s_new_number_is_told_with_the_ids_before_and_after(meta: MetaStage) -> None:
    await meta.opened()
    was = meta.phone.ledger.state.people[ANA].more["bsuid"]
    await meta.ctl("POST", f"people/{ANA}/move", to="+1 650 555 0001", bsuid="US.2")
    value = await meta.value()

    [message] = value["messages"]
    assert "contacts" not in value
    assert (message["from"], message["type"]) == (ANA, "system")
    assert message["system"] == {
        "type": "user_changed_number", "wa_id": "16505550001", "user_id": "US.2", "previous_user_id": was,
        "body": f"User Ana changed from {ANA} to 16505550001",
    }  # fmt: skip
    assert {m["person"] for m in await meta.messages()} == {"16505550001"}


async def test_a_new_user_id_is_told_without_a_number_where_there_was_none(meta: MetaStage) -> None:
    await meta.says(person=BO)
    await meta.next()
    await meta.ctl("POST", f"people/{BO}/move", to="16505550002", bsuid="US.3")
    heard = await meta.next()

    [message] = heard.json["entry"][0]["changes"][0]["value"]["messages"]
    assert message["system"]["type"] == "user_changed_user_id"
    assert (message["system"]["previous_user_id"], message["system"]["user_id"]) == (BO_ID, "US.3")
    assert b"16505550002" not in heard.body
    assert b'from"' not in heard.body


async def test_what_was_said_and_what_is_owed_outlive_the_process(tmp_path: Path) -> None:
    async with stage(tmp_path) as meta:
        await meta.opened()
        await meta.text("kept", biz_opaque_callback_data="m1")
        await meta.settled()
        meta.answers = [Response(status_code=500)]
        await meta.says("owed", media=[{"sample": "image"}])
        await meta.until(lambda: [d.attempt for d in meta.phone.ledger.state.owed.values()] == [1])
        before: list[dict[str, Any]] = await meta.messages()
        asked = await meta.requests()

    async with stage(tmp_path) as meta:
        assert await meta.messages() == before
        assert await meta.requests() == asked
        state = await meta.state()
        url = state["messages"][-1]["media"][0]["url"]
        assert (await meta.ask("GET", f"/_lab/{url}")).content == samples.image()
        await meta.advance(5)
        assert json.loads((await meta.next()).body)["entry"][0]["changes"][0]["value"]["messages"][0]["type"] == "image"
