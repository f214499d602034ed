"""The Telegram stand-in: what the Bot API takes, refuses, limits and tells, in its own words."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.responses import JSONResponse, Response

from .telegram_stage import BOT, GROUP, KOFI, MAYA, SECRET, TOKEN, USERNAME, Stage, stage


@pytest.fixture
async def other() -> AsyncIterator[Stage]:
    async with stage() as found:
        await found.put("/_ctl/limits", scale=0)
        yield found


# -------------------------------------------------------------------------------------------------------- sending


async def test_it_says_who_it_is(other: Stage) -> None:
    me = await other.done("getMe")

    assert (me["id"], me["is_bot"], me["username"]) == (BOT, True, USERNAME)
    assert (await other.call("getMe", "7000000001:wrong"))["error_code"] == 401
    assert (await other.call("noSuchThing"))["error_code"] == 404
    assert await other.done("GETME") == me


async def test_a_bot_cannot_write_first_and_not_where_it_is_blocked(other: Stage) -> None:
    first = await other.refused("sendMessage", chat_id=MAYA, text="hi")
    await other.say("/start")
    await other.done("sendMessage", chat_id=MAYA, text="hi")
    await other.put(f"/_ctl/people/{MAYA}", name="Maya", blocked=[BOT])

    assert first == (403, "Forbidden: bot can't initiate conversation with a user")
    assert await other.refused("sendMessage", chat_id=MAYA, text="hi") == (
        403,
        "Forbidden: bot was blocked by the user",
    )


@pytest.mark.parametrize(
    ("method", "args", "words"),
    [
        ("sendMessage", {"chat_id": 999, "text": "x"}, "Bad Request: chat not found"),
        ("sendMessage", {"text": "x"}, "Bad Request: chat_id is empty"),
        ("sendMessage", {"chat_id": MAYA, "text": ""}, "Bad Request: message text is empty"),
        ("sendMessage", {"chat_id": MAYA, "text": "x" * 4_097}, "Bad Request: message is too long"),
        ("sendMessage", {"chat_id": MAYA, "text": "😀" * 2_049}, "Bad Request: message is too long"),
        ("sendMessage", {"chat_id": MAYA, "text": "<b>", "parse_mode": "HTML"},
         "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\""),
        ("editMessageText", {"chat_id": MAYA, "message_id": 99, "text": "x"}, "Bad Request: message to edit not found"),
        ("editMessageText", {"chat_id": MAYA, "message_id": 1, "text": "x"}, "Bad Request: message can't be edited"),
        ("deleteMessage", {"chat_id": MAYA, "message_id": 99}, "Bad Request: message to delete not found"),
        ("sendChatAction", {"chat_id": MAYA, "action": "x"}, "Bad Request: wrong parameter action in request"),
        ("sendPhoto", {"chat_id": MAYA, "photo": "nope"}, "Bad Request: wrong file identifier/HTTP URL specified"),
        ("getFile", {"file_id": "x"}, "Bad Request: wrong file_id or the file is temporarily unavailable"),
        ("setWebhook", {"url": "http://e.example/x"},
         "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"),
        ("answerCallbackQuery", {"callback_query_id": "1"},
         "Bad Request: query is too old and response timeout expired or query ID is invalid"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_refused(other: Stage, method: str, args: dict[str, Any], words: str) -> None:
    await other.say()

    assert await other.refused(method, **args) == (400, words)


async def test_the_limit_counts_what_is_seen(other: Stage) -> None:
    await other.say()
    sent = await other.done("sendMessage", chat_id=MAYA, text=f"<b>{'&amp;' * 4_096}</b>", parse_mode="HTML")

    assert len(sent["text"]) == 4_096


async def test_a_message_is_edited_not_twice_the_same_and_taken_away_once(other: Stage) -> None:
    await other.say()
    sent = await other.done("sendMessage", chat_id=MAYA, text="<b>a</b>", parse_mode="HTML")
    at = {"chat_id": MAYA, "message_id": sent["message_id"]}
    code, words = await other.refused("editMessageText", **at, text="<strong>a</strong>", parse_mode="HTML")
    edited = await other.done("editMessageText", **at, text="b")
    assert (await other.shown())[-1]["edited"]
    await other.done("deleteMessage", **at)

    assert (code, words.startswith("Bad Request: message is not modified: ")) == (400, True)
    assert (edited["text"], "entities" in edited) == ("b", False)
    assert (await other.refused("deleteMessage", **at))[0] == 400
    assert [m["from"] for m in await other.shown()] == ["person"]


async def test_a_chat_takes_a_message_a_second_and_a_bot_thirty() -> None:
    async with stage() as other:
        for person in (MAYA, KOFI):
            await other.say(person=str(person))
        for _ in range(3):
            await other.done("sendMessage", chat_id=MAYA, text="x")
        over_it = await other.call("sendMessage", chat_id=MAYA, text="x")
        await other.done("sendMessage", chat_id=KOFI, text="x")
        await other.advance(1)
        await other.done("sendMessage", chat_id=MAYA, text="x")

        assert over_it == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 1",
            "parameters": {"retry_after": 1},
        }


# -------------------------------------------------------------------------------------------------------- getUpdates


async def test_updates_are_told_until_an_offset_confirms_them(other: Stage) -> None:
    await other.say("one")
    await other.say("two")
    first = await other.done("getUpdates")
    again = await other.done("getUpdates")
    left = await other.done("getUpdates", offset=first[0]["update_id"] + 1)

    assert [u["message"]["text"] for u in first] == ["one", "two"]
    assert again == first
    assert [u["message"]["text"] for u in left] == ["two"]
    assert await other.done("getUpdates", offset=first[-1]["update_id"] + 1) == []


async def test_a_poll_waits_for_news(other: Stage) -> None:
    polled = asyncio.get_running_loop().create_task(other.done("getUpdates", timeout=30))
    await other.say("late")

    assert [u["message"]["text"] for u in await polled] == ["late"]


async def test_a_poll_ends_with_its_time(other: Stage) -> None:
    polled = asyncio.get_running_loop().create_task(other.done("getUpdates", timeout=30))
    while not polled.done():
        await other.advance(10)

    assert await polled == []


async def test_two_polls_or_a_webhook_are_a_conflict(other: Stage) -> None:
    first = asyncio.get_running_loop().create_task(other.call("getUpdates", timeout=30))
    second = None
    while not first.done():
        second = await other.call("getUpdates")
    await other.done("setWebhook", url=other.receiver.url)
    hooked = await other.call("getUpdates")
    await other.done("deleteWebhook")

    assert second == {"ok": True, "result": []}
    assert (await first)["description"].startswith("Conflict: terminated by other getUpdates request")
    assert (hooked["error_code"], "webhook is active" in hooked["description"]) == (409, True)
    assert (await other.call("getUpdates"))["ok"]


# ---------------------------------------------------------------------------------------------------------- webhook


async def test_a_webhook_gets_the_secret_token_and_is_told_again_until_it_takes_it() -> None:
    async with stage(hooked=True) as other:
        other.receiver.answers.append(Response(status_code=503))
        await other.say("hear me")
        headers, body = await other.receiver.next()
        await other.until(lambda: bool(other.telegram.ledger.state.ends[BOT].error))
        info = await other.done("getWebhookInfo")
        await other.advance(1)
        _, again = await other.receiver.next()
        await other.until(lambda: not other.owed())

        assert headers["x-telegram-bot-api-secret-token"] == SECRET
        assert (body["message"]["text"], again) == ("hear me", body)
        assert info["pending_update_count"] == 1
        assert info["last_error_message"].startswith("Wrong response from the webhook: 503")


async def test_updates_of_a_bot_go_in_order() -> None:
    async with stage(hooked=True) as other:
        other.receiver.answers.append(Response(status_code=500))
        for text in ("one", "two", "three"):
            await other.say(text)
        await other.until(lambda: bool(other.telegram.ledger.state.ends[BOT].error))
        await other.advance(1)
        heard = [(await other.receiver.next())[1]["message"]["text"] for _ in range(4)]

        assert heard == ["one", "one", "two", "three"]


async def test_a_webhooks_answer_may_be_a_call() -> None:
    async with stage(hooked=True) as other:
        other.receiver.answers.append(JSONResponse({"method": "sendMessage", "chat_id": MAYA, "text": "at once"}))
        await other.say("hi")
        await other.until(lambda: not other.owed())

        assert [m["text"] for m in await other.shown()] == ["hi", "at once"]


# ------------------------------------------------------------------------------------------- people, groups, files


async def test_a_button_is_pressed_and_told(other: Stage) -> None:
    await other.say()
    rows = [[{"text": "Friday", "callback_data": "day:5"}]]
    await other.done("sendMessage", chat_id=MAYA, text="When?", reply_markup={"inline_keyboard": rows})
    message = (await other.shown())[-1]
    await other.post("/_lab/press", end=str(BOT), person=str(MAYA), message=message["id"], button="day:5")
    press = (await other.done("getUpdates"))[-1]["callback_query"]

    assert message["buttons"] == [{"id": "day:5", "title": "Friday"}]
    assert (press["data"], press["from"]["id"], press["message"]["text"]) == ("day:5", MAYA, "When?")
    assert press["message"]["reply_markup"]["inline_keyboard"] == rows
    assert await other.done("answerCallbackQuery", callback_query_id=press["id"])
    assert (await other.refused("sendMessage", chat_id=MAYA, text="x", reply_markup={"inline_keyboard": [[
        {"text": "x", "callback_data": "y" * 65}]]}))[1] == "Bad Request: BUTTON_DATA_INVALID"  # fmt: skip


async def test_in_a_group_a_bot_hears_only_what_is_for_it(other: Stage) -> None:
    await other.say("lunch?", group=-GROUP)
    await other.say(f"@{USERNAME} now?", group=-GROUP)
    await other.say("/help", group=-GROUP)
    heard = await other.done("getUpdates")

    assert [u["message"]["text"] for u in heard] == [f"@{USERNAME} now?", "/help"]
    assert heard[0]["message"]["chat"] == {"id": -GROUP, "title": "Crew", "type": "supergroup"}
    assert heard[0]["message"]["entities"] == [{"type": "mention", "offset": 0, "length": len(USERNAME) + 1}]
    assert (await other.done("sendMessage", chat_id=-GROUP, text="Now."))["chat"]["id"] == -GROUP


async def test_a_file_is_got_by_its_path(other: Stage) -> None:
    await other.say("", file={"kind": "photo", "body": "aGVsbG8=", "media_type": "image/jpeg", "name": "a.jpg"})
    photo = (await other.done("getUpdates"))[0]["message"]["photo"][-1]
    found = await other.done("getFile", file_id=photo["file_id"])
    got = await other.http.get(f"/api/file/bot{TOKEN}/{found['file_path']}")
    stranger = await other.http.get(f"/api/file/bot1:x/{found['file_path']}")

    assert (found["file_size"], got.content, stranger.status_code) == (5, b"hello", 404)


async def test_files_go_by_their_address(other: Stage) -> None:
    await other.say()
    for kind in ("photo", "document", "voice"):
        url = f"https://files.example/{kind}.bin?sig=1"
        sent = await other.done(
            f"send{kind.title()}", chat_id=MAYA, **{kind: url}, caption="<b>c</b>", parse_mode="HTML"
        )
        assert (kind in sent, sent["caption"]) == (True, "c")

    assert [m["media"][0]["url"] for m in (await other.shown())[1:]] == [
        f"https://files.example/{kind}.bin?sig=1" for kind in ("photo", "document", "voice")
    ]


# -------------------------------------------------------------------------------------- switches, restarts, the pane


@pytest.mark.parametrize(
    ("switch", "done"),
    [({"lose_answer": True}, True), ({"cut": True}, True), ({"drop_request": True}, False), ({"html": True}, False),
     ({"http": 502}, False), ({"rate_limit": 7}, False), ({"fail": "403 Forbidden: bot was kicked"}, False)],
    ids=str,
)  # fmt: skip
async def test_switches_break_an_answer_and_say_what_was_done(other: Stage, switch: dict[str, Any], done: bool) -> None:
    await other.say()
    await other.post("/_lab/switches", app=str(BOT), method="sendMessage", times=1, **switch)
    try:
        answer = await other.http.post(f"/api/bot{TOKEN}/sendMessage", json={"chat_id": MAYA, "text": "x"})
        assert answer.status_code != 200 or b"<html>" in answer.content
    except httpx2.HTTPError:
        assert done or "drop_request" in switch
    (asked,) = (await other.get("/_ctl/requests"))["requests"]

    assert (asked["method"], asked["body"]["text"], asked["done"]) == ("sendMessage", "x", done)
    assert len(await other.shown()) == 1 + done
    assert (await other.get("/_lab/state"))["switches"] == []


async def test_a_restart_keeps_everything(tmp_path: Path) -> None:
    async with stage(tmp_path) as other:
        said = await other.say("remember")
        await other.done("sendMessage", chat_id=MAYA, text="yes")
        (update,) = await other.done("getUpdates")
    async with stage(tmp_path, known=False) as other:
        assert [m["text"] for m in await other.shown()] == ["remember", "yes"]
        assert await other.done("getUpdates") == [update]
        await other.post("/_lab/reset")
        later = await other.say("anew")
        (new,) = await other.done("getUpdates")

        assert new["update_id"] > update["update_id"]
        assert later["id"] != said["id"]


async def test_a_pane_sees_only_its_own_bots_and_no_secret(other: Stage) -> None:
    await other.put("/_ctl/ends/8", label="Other", username="other_bot", token="8:other")
    await other.say("mine")
    await other.say("theirs", end="8")
    mine = (await other.http.get("/_lab/state", headers={"x-lab-ends": str(BOT)})).json()
    denied = await other.http.post(
        "/_lab/say", json={"end": "8", "person": str(MAYA), "text": "x"}, headers={"x-lab-ends": str(BOT)}
    )

    assert [m["text"] for m in mine["messages"]] == ["mine"]
    assert [e["id"] for e in mine["ends"]] == [str(BOT)]
    assert TOKEN not in json.dumps(mine)
    assert SECRET not in json.dumps(mine)
    assert denied.status_code == 400


async def test_a_pane_shows_the_people_of_its_bots_before_they_have_written(other: Stage) -> None:
    await other.put("/_ctl/people/77", name="Noor", ends=[BOT])
    await other.put("/_ctl/people/78", name="Somebody else's", ends=[8])
    mine = (await other.http.get("/_lab/state", headers={"x-lab-ends": str(BOT)})).json()

    assert [one["name"] for one in mine["people"]] == ["Noor"]


async def test_the_pane_is_told_what_happens(other: Stage) -> None:
    await other.say()
    async with other.http.stream("GET", "/_lab/stream") as stream:
        lines = stream.aiter_lines()

        async def frame() -> tuple[str, Any]:
            name = ""
            async for line in lines:
                if line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    return name, json.loads(line[6:])
            raise AssertionError("the stream ended")

        assert (await frame())[0] == "state"
        await other.done("sendChatAction", chat_id=MAYA, action="typing")
        typing = await frame()
        await other.done("sendMessage", chat_id=MAYA, text="hello")
        name, message = await frame()

    assert (typing[0], typing[1]["person"]) == ("typing", str(MAYA))
    assert (name, message["from"], message["text"], message["status"]) == ("message", "us", "hello", "sent")


@pytest.mark.parametrize(
    ("path", "body"),
    [("/_lab/say", {"end": "1", "person": "2", "text": "x"}),
     ("/_lab/say", {"end": str(BOT), "person": "2", "text": "x"}),
     ("/_lab/say", {"end": str(BOT), "person": str(MAYA), "text": ""}), ("/_lab/press", {}),
     ("/_lab/press", {"end": str(BOT), "person": str(MAYA), "message": "x", "button": "y"}),
     ("/_ctl/clock", {"advance_s": -1})],
)  # fmt: skip
async def test_what_a_pane_may_not_do_is_refused(other: Stage, path: str, body: dict[str, Any]) -> None:
    assert (await other.http.post(path, json=body)).status_code == 400
