"""What our webhooks hear from the simulated Twilio; judged by Twilio's own validator."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from sandbox.phones import samples
from sandbox.twilio import webhooks
from sandbox.twilio.segments import segments

from .twilio_stage import ACCOUNT, ANA, KEY, KEY_ID, PUBLIC, SMS, TOKEN, WHATSAPP, TwilioStage, stage, valid


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioStage]:
    async with stage() as found:
        yield found


def test_the_signature_is_the_one_of_twilio_s_own_page() -> None:
    form = {
        "CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234", "From": "+14158675309",
        "To": "+18005551212",
    }  # fmt: skip
    signed = webhooks.signature("https://mycompany.com/myapp.php?foo=1&bar=2", form, "12345", "sha1")

    assert signed == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


async def test_a_whatsapp_message_comes_as_a_signed_form(twilio: TwilioStage) -> None:
    name = await twilio.says("Grüße 🙂 & = +")
    heard = await twilio.next()

    assert valid(heard, PUBLIC)
    assert not valid(heard, PUBLIC.replace("acc_1", "acc_2"))
    assert not valid(heard, PUBLIC, "another")
    assert heard.url == f"{twilio.hears}/hook?x=%20a&y="
    assert heard.headers["i-twilio-idempotency-token"]
    assert heard.form == {
        "SmsMessageSid": name, "SmsSid": name, "MessageSid": name, "SmsStatus": "received", "NumMedia": "0",
        "NumSegments": "1", "Body": "Grüße 🙂 & = +", "From": f"whatsapp:{ANA}", "To": f"whatsapp:{WHATSAPP}",
        "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "ProfileName": "Ana", "WaId": ANA[1:], "MessageType": "text",
    }  # fmt: skip


async def test_a_text_message_has_fields_without_a_value_and_they_are_signed(twilio: TwilioStage) -> None:
    await twilio.says("hi", end=SMS)
    heard = await twilio.next()

    assert (heard.form["From"], heard.form["FromCity"]) == (ANA, "")
    assert valid(heard, PUBLIC)


async def test_with_a_shared_key_the_signature_is_the_new_one() -> None:
    async with stage(shared_key=KEY, shared_key_id=KEY_ID) as twilio:
        await twilio.says("hi")
        heard = await twilio.next()

        settings = heard.headers["x-twilio-webhooks-signature-settings"]
        assert settings == f"key={KEY_ID},algorithm=HMAC_SHA256"
        assert valid(heard, PUBLIC, KEY)
        assert not valid(heard, PUBLIC, TOKEN)


async def test_media_is_fetched_with_a_password_and_lies_elsewhere(twilio: TwilioStage) -> None:
    await twilio.says("look", media=[{"sample": "image"}, {"sample": "voice"}])
    first, second = await twilio.next(), await twilio.next()
    assert (first.form["Body"], first.form["MessageType"], first.form["NumMedia"]) == ("look", "image", "1")
    assert (second.form["Body"], second.form["MediaContentType0"]) == ("", "audio/wav")

    url = first.form["MediaUrl0"]
    assert (await twilio.ask("GET", url)).status_code == 401
    led = await twilio.get(url)
    assert led.status_code == 302
    assert (await twilio.ask("GET", led.headers["location"])).content == samples.image()
    assert (await twilio.ask("GET", led.headers["location"][:-1])).status_code == 404
    assert (await twilio.get(url.replace("/ME0", "/ME1"))).status_code == 404
    kept = [r["body"]["password"] for r in await twilio.requests() if r["method"] == "cdn"]
    assert kept == [False, False]


async def test_one_text_message_carries_all_its_media(twilio: TwilioStage) -> None:
    name = await twilio.says("look", end=SMS, media=[{"sample": "image"}, {"sample": "image"}])
    form = (await twilio.next()).form

    assert (name[:2], form["NumMedia"], "MediaUrl1" in form) == ("MM", "2", True)
    listed = (await twilio.get(f"/api/2010-04-01/Accounts/{ACCOUNT}/Messages/{name}/Media.json")).json()
    assert [one["content_type"] for one in listed["media_list"]] == ["image/png"] * 2


async def test_a_reply_names_what_it_answers(twilio: TwilioStage) -> None:
    await twilio.opened()
    ours = (await twilio.send(Body="which?")).json()["sid"]
    await twilio.says("that", reply_to=ours)
    form = (await twilio.next()).form

    assert (form["OriginalRepliedMessageSid"], form["OriginalRepliedMessageSender"]) == (ours, f"whatsapp:{WHATSAPP}")


async def test_an_answer_that_is_an_error_is_not_tried_again(twilio: TwilioStage) -> None:
    twilio.answers = [Response(status_code=500), Response("<Response/>", media_type="text/xml")]
    await twilio.says("lost")
    await twilio.next()
    await twilio.settled()
    await twilio.says("heard")

    assert (await twilio.next()).form["Body"] == "heard"
    await twilio.settled()
    assert [d["status"] for d in (await twilio.state())["deliveries"]] == ["http_500", "ok"]


async def test_what_finds_nobody_is_tried_once_more() -> None:
    async with stage(deliver_url="http://127.0.0.1:1/") as twilio:
        await twilio.says("hello?")
        await twilio.settled()

        tries = [(d["number"], d["status"]) for d in (await twilio.state())["deliveries"]]
        assert tries == [(1, "connection_failed"), (2, "connection_failed")]


async def test_the_address_s_fragment_says_how_often_and_after_what() -> None:
    async with stage(webhook_url=f"{PUBLIC}#rc=2&rp=5xx,rt") as twilio:
        twilio.answers = [Response(status_code=500), Response(status_code=503), Response(status_code=500)]
        await twilio.says("again")
        tries = [await twilio.next() for _ in range(3)]
        await twilio.settled()

        assert twilio.silent
        assert len({heard.headers["i-twilio-idempotency-token"] for heard in tries}) == 1
        # The fragment is not part of what is signed.
        assert valid(tries[2], PUBLIC)


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("", (1, frozenset({"ct"}))),
        ("#rc=9&rp=all", (5, frozenset({"all"}))),
        ("#rc=x", (1, frozenset({"ct"}))),
        ("#rc=0&rp=ct,4xx", (0, frozenset({"ct", "4xx"}))),
    ],
)
def test_fragments_are_read_as_twilio_has_them(fragment: str, expected: tuple[int, frozenset[str]]) -> None:
    assert webhooks.overrides(f"https://x/{fragment}") == expected


async def test_a_webhook_that_hangs_is_given_up_after_fifteen_seconds(twilio: TwilioStage) -> None:
    hang = asyncio.Event()
    twilio.answers = [hang]
    await twilio.says("hello?")
    await twilio.next()
    await twilio.advance(15)
    await twilio.settled()
    hang.set()

    assert [d["status"] for d in (await twilio.state())["deliveries"]] == ["http_timeout"]


async def test_statuses_go_to_the_address_of_the_message_with_its_query_signed(twilio: TwilioStage) -> None:
    await twilio.opened()
    callback = "https://example.test/cb?mid=c1.m1.0&sig=a%2Bb"
    name = (await twilio.send(Body="Hello", StatusCallback=callback)).json()["sid"]
    await twilio.settled()
    await twilio.lab("read", end=WHATSAPP, person=ANA)
    heard = [await twilio.next() for _ in range(3)]

    assert [h.form["MessageStatus"] for h in heard] == ["sent", "delivered", "read"]
    assert all(valid(h, callback) for h in heard)
    assert all(h.url == f"{twilio.hears}/cb?mid=c1.m1.0&sig=a%2Bb" for h in heard)
    assert {h.form["MessageSid"] for h in heard} == {name}
    assert (heard[2].form["EventType"], heard[2].form["ChannelPrefix"]) == ("READ", "whatsapp")


async def test_statuses_may_come_in_any_order(twilio: TwilioStage) -> None:
    await twilio.opened()
    await twilio.lab("switches", end=WHATSAPP, reorder=2)
    await twilio.send(Body="Hello", StatusCallback="https://example.test/cb")

    assert [(await twilio.next()).form["MessageStatus"] for _ in range(2)] == ["delivered", "sent"]


async def test_stop_start_and_help_are_answered_and_kept_to() -> None:
    async with stage(messaging_service_sid="MG1") as twilio:
        kinds = []
        for word in (" Stop ", "help", "START"):
            await twilio.says(word, end=SMS)
            kinds.append((await twilio.next()).form["OptOutType"])
            if word == "help":
                assert (await twilio.sms(Body="still?")).json()["code"] == 21610
        assert kinds == ["STOP", "HELP", "START"]
        assert (await twilio.sms(Body="again")).status_code == 201
        answers = [m["text"] for m in await twilio.messages() if m["from"] == "us"]
        assert answers[0].startswith("You have successfully been unsubscribed.")

        await twilio.says("STOP")
        assert "OptOutType" not in (await twilio.next()).form
        assert (await twilio.send(Body="WhatsApp has no STOP")).status_code == 201


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1), ("x" * 160, 1), ("x" * 161, 2), ("x" * 306, 2), ("x" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("ç", 1), ("x" * 152 + "€" + "x" * 10, 2), ("я" * 70, 1), ("я" * 71, 2), ("🙂" * 35, 1), ("🙂" * 36, 2),
        ("x" * 69 + "🙂", 2),
    ],
)  # fmt: skip
def test_a_text_is_as_many_messages_as_the_network_makes_of_it(text: str, expected: int) -> None:
    assert segments(text) == expected


async def test_what_was_said_and_who_wants_nothing_outlive_the_process(tmp_path: Path) -> None:
    async with stage(tmp_path) as twilio:
        await twilio.says("STOP", end=SMS)
        await twilio.settled()
        before: list[dict[str, Any]] = await twilio.messages()

    async with stage(tmp_path) as twilio:
        assert await twilio.messages() == before
        assert (await twilio.sms(Body="still?")).json()["code"] == 21610
