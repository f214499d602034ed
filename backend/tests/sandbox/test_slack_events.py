"""Events on their way out: what they say, how they are signed, and how they are tried again."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.signature import Clock as SdkClock
from slack_sdk.signature import SignatureVerifier
from starlette.responses import RedirectResponse, Response

from sandbox.slack.events import signature

from .slack_stage import ADA, APP, BOT, BOT_ID, GENERAL, NOW, SECRET, TEAM, Stage, stage

MARK = {"event_type": "throughline", "event_payload": {"id": "m1"}}


class Then(SdkClock):
    def now(self) -> float:
        return NOW


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage() as found:
        await found.put("/_ctl/tiers", scale=0)
        yield found


def test_signature_is_the_documented_one() -> None:
    # The vector of slack_sdk's own tests and of Slack's documentation.
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    signed = signature("8f742231b10e8888abcd99yyyzzz85a5", 1531420618, body)
    assert signed == "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


async def test_the_sdk_takes_the_signature(slack: Stage) -> None:
    await slack.say("Grüße & <3")
    headers, body = await asyncio.wait_for(slack.receiver.got.get(), 10)

    assert SignatureVerifier(SECRET, Then()).is_valid_request(body, headers)
    assert not SignatureVerifier(SECRET, Then()).is_valid_request(body + b" ", headers)
    found = json.loads(body)
    event = found["event"]
    assert (found["type"], found["team_id"], found["api_app_id"]) == ("event_callback", TEAM, APP)
    assert found["authorizations"][0] == {
        "enterprise_id": None, "team_id": TEAM, "user_id": BOT, "is_bot": True, "is_enterprise_install": False,
    }  # fmt: skip
    assert (event["user"], event["channel_type"], event["text"]) == (ADA, "im", "Grüße &amp; &lt;3")
    assert "client_msg_id" in event
    assert (await slack.get("/_lab/state"))["messages"][-1]["text"] == "Grüße & <3"


async def test_a_mention_in_a_channel_is_told_twice_with_one_ts(slack: Stage) -> None:
    ts = await slack.say("help us", channel=GENERAL, mention=True)
    found = [(await slack.receiver.next())[1] for _ in range(2)]

    assert {f["event"]["type"] for f in found} == {"message", "app_mention"}
    assert {f["event"]["ts"] for f in found} == {ts}
    assert len({f["event_id"] for f in found}) == 2
    assert {f["event"]["text"] for f in found} == {f"<@{BOT}> help us"}


async def test_an_app_hears_itself(slack: Stage) -> None:
    posted = await slack.client.chat_postMessage(channel=ADA, text="hello", metadata=MARK)
    found = {e["type"]: e for e in [await slack.receiver.event() for _ in range(2)]}

    assert (found["message"]["bot_id"], found["message"]["user"]) == (BOT_ID, BOT)
    assert (found["message"]["ts"], found["message"]["metadata"]) == (posted["ts"], MARK)
    told = found["message_metadata_posted"]
    assert (told["metadata"], told["message_ts"], told["channel_id"]) == (MARK, posted["ts"], posted["channel"])
    assert (told["app_id"], told["bot_id"], told["user_id"]) == (APP, BOT_ID, BOT)


async def test_edits_and_deletions_are_told_as_hidden(slack: Stage) -> None:
    ts = (await slack.client.chat_postMessage(channel=GENERAL, text="one"))["ts"]
    await slack.client.chat_update(channel=GENERAL, ts=ts, text="two", metadata=MARK)
    await slack.client.chat_delete(channel=GENERAL, ts=ts)
    found = [await slack.receiver.event() for _ in range(4)]
    told: dict[str, Any] = {str(e.get("subtype", e["type"])): e for e in found}

    assert set(told) == {"message", "message_changed", "message_metadata_posted", "message_deleted"}
    assert (told["message_changed"]["message"]["text"], told["message_changed"]["hidden"]) == ("two", True)
    assert told["message_changed"]["previous_message"]["text"] == "one"
    assert told["message_deleted"]["deleted_ts"] == ts


async def test_the_end_of_a_stream_is_told_with_its_metadata(slack: Stage) -> None:
    root = await slack.say("q")
    begun = await slack.client.chat_startStream(channel=slack.dm, thread_ts=root)
    await slack.client.chat_stopStream(channel=begun["channel"], ts=begun["ts"], metadata=MARK)
    found = [await slack.receiver.event() for _ in range(4)]

    told = {str(e.get("subtype", e["type"])): e for e in found if e.get("user") != ADA}
    assert told["message"]["streaming_state"] == "in_progress"
    assert told["message_changed"]["message"]["streaming_state"] == "completed"
    assert told["message_metadata_posted"]["message_ts"] == begun["ts"]


async def test_a_failure_is_tried_again_at_once_then_later_then_no_more(slack: Stage) -> None:
    slack.receiver.answers = [Response(status_code=code) for code in (500, 502, 404, 503)]
    await slack.say("Hi")
    first, body = await slack.receiver.next()
    second, again = await slack.receiver.next()
    assert "x-slack-retry-num" not in first
    assert (second["x-slack-retry-num"], second["x-slack-retry-reason"]) == ("1", "http_error")
    assert again == body

    for number, wait in ((2, 60), (3, 300)):
        await slack.until(lambda number=number: slack.owed == [number])  # type: ignore[misc]
        await slack.advance(wait - 1)
        assert slack.receiver.got.empty()
        await slack.advance(1)
        headers, again = await slack.receiver.next()
        assert (headers["x-slack-retry-num"], again) == (str(number), body)
    await slack.settled()
    assert [d["status"] for d in (await slack.get("/_lab/state"))["deliveries"]] == ["http_error"] * 4


async def test_slack_waits_three_seconds(slack: Stage) -> None:
    late = asyncio.Event()
    slack.receiver.answers = [late]
    await slack.say("Hi")
    await slack.receiver.next()
    await slack.advance(3)
    headers, _ = await slack.receiver.next()
    late.set()

    assert (headers["x-slack-retry-num"], headers["x-slack-retry-reason"]) == ("1", "http_timeout")
    await slack.settled()


async def test_nobody_there_is_a_connection_failed(slack: Stage) -> None:
    url, slack.receiver.url = slack.receiver.url, "http://127.0.0.1:9/events"
    await slack.app()
    await slack.say("Hi")
    await slack.until(lambda: slack.owed == [2])
    slack.receiver.url = url
    await slack.app()
    await slack.advance(60)

    headers, _ = await slack.receiver.next()
    assert (headers["x-slack-retry-num"], headers["x-slack-retry-reason"]) == ("2", "connection_failed")
    await slack.settled()


async def test_an_app_may_ask_for_no_retry(slack: Stage) -> None:
    slack.receiver.answers = [Response(status_code=500, headers={"x-slack-no-retry": "1"})]
    await slack.say("Hi")
    await slack.settled()

    assert slack.receiver.got.qsize() == 1


async def test_two_redirects_are_followed_and_no_more(slack: Stage) -> None:
    there = RedirectResponse(slack.receiver.url, 307)
    slack.receiver.answers = [there, there]
    await slack.say("Hi")
    await slack.settled()
    assert (await slack.get("/_lab/state"))["deliveries"][-1]["status"] == "ok"

    slack.receiver.answers = [there, there, there]
    await slack.say("Hi")
    await slack.settled()
    assert [d["status"] for d in (await slack.get("/_lab/state"))["deliveries"]] == ["ok", "too_many_redirects", "ok"]


@pytest.mark.parametrize(("said", "proved"), [("c0ffee", True), ('{"challenge": "c0ffee"}', True), ("no", False)])
async def test_a_request_url_is_proved(slack: Stage, said: str, *, proved: bool) -> None:
    slack.receiver.answers = [Response(said)]

    assert (await slack.post(f"/_ctl/apps/{APP}/verify"))["ok"] is proved
    headers, body = await asyncio.wait_for(slack.receiver.got.get(), 10)
    assert json.loads(body)["type"] == "url_verification"
    assert SignatureVerifier(SECRET, Then()).is_valid_request(body, headers)


async def test_events_may_come_twice_backwards_or_not_at_all(slack: Stage) -> None:
    await slack.put("/_lab/switches", app=APP, duplicate=True)
    await slack.say("one")
    twice = [(await slack.receiver.next())[1]["event_id"] for _ in range(2)]
    assert twice[0] == twice[1]
    await slack.settled()

    await slack.put("/_lab/switches", app=APP, reorder=3)
    for text in ("one", "two", "three", "four"):
        await slack.say(text)
    assert [(await slack.receiver.event())["text"] for _ in range(3)] == ["three", "two", "one"]
    await slack.advance(1)
    assert (await slack.receiver.event())["text"] == "four"

    await slack.put("/_lab/switches", app=APP, no_echo=True)
    await slack.client.chat_postMessage(channel=GENERAL, text="mine")
    await slack.say("theirs")
    assert (await slack.receiver.event())["text"] == "theirs"
    await slack.settled()
    assert slack.receiver.got.empty()


async def test_what_is_wiped_is_owed_no_more(slack: Stage) -> None:
    slack.receiver.answers = [Response(status_code=500)] * 2
    await slack.say("Hi")
    before = (await slack.receiver.next())[1]["event_id"]
    await slack.until(lambda: slack.owed == [2])
    await slack.post("/_lab/reset")
    await slack.advance(400)
    await slack.say("Hi again")

    await slack.receiver.next()
    headers, body = await slack.receiver.next()
    assert (body["event"]["text"], "x-slack-retry-num" in headers) == ("Hi again", False)
    assert body["event_id"] != before
