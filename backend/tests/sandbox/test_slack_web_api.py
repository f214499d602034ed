"""Slack's Web API as `slack_sdk` finds it: what it answers, what it refuses, and what it keeps."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from .slack_stage import ADA, APP, APP_TOKEN, BOT, BOT_ID, GENERAL, SECRET, TEAM, TOKEN, Stage, stage

MARK = {"event_type": "throughline", "event_payload": {"id": "m1"}}


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage() as found:
        await found.put("/_ctl/tiers", scale=0)
        await found.say("Hi")
        yield found


async def test_the_sdk_learns_who_it_is(slack: Stage) -> None:
    found = await slack.client.auth_test()

    assert (found["team_id"], found["user_id"], found["bot_id"], found["app_id"]) == (TEAM, BOT, BOT_ID, APP)
    assert "chat:write" in str(found.headers["x-oauth-scopes"])


async def test_a_post_its_edit_and_its_end(slack: Stage) -> None:
    posted = await slack.client.chat_postMessage(channel=slack.dm, text="one", metadata=MARK)
    assert (posted["channel"], posted["message"]["metadata"], posted["message"]["bot_id"]) == (slack.dm, MARK, BOT_ID)

    changed = await slack.client.chat_update(channel=slack.dm, ts=posted["ts"], text="two")
    assert (changed["text"], changed["message"]["metadata"]) == ("two", MARK)
    assert await slack.texts() == ["Hi", "two"]

    await slack.client.chat_delete(channel=slack.dm, ts=posted["ts"])
    assert await slack.texts() == ["Hi"]


async def test_a_person_is_reached_by_their_id(slack: Stage) -> None:
    opened = await slack.client.conversations_open(users=ADA)
    assert (opened["channel"]["id"], opened["already_open"]) == (slack.dm, True)

    posted = await slack.client.chat_postMessage(channel=ADA, text="hello")
    assert posted["channel"] == slack.dm
    assert (await slack.client.conversations_info(channel=slack.dm))["channel"]["user"] == ADA
    assert (await slack.client.users_info(user=ADA))["user"]["real_name"] == "Ada"


async def test_a_thread_is_read_with_its_metadata_when_asked_for(slack: Stage) -> None:
    root = await slack.say("root")
    await slack.client.chat_postMessage(channel=slack.dm, text="answer", thread_ts=root, metadata=MARK)

    plain = await slack.client.conversations_replies(channel=slack.dm, ts=root)
    whole = await slack.client.conversations_replies(channel=slack.dm, ts=root, include_all_metadata=True)
    assert [m["text"] for m in plain["messages"]] == ["root", "answer"]
    assert [m.get("metadata") for m in plain["messages"]] == [None, None]
    assert [m.get("metadata") for m in whole["messages"]] == [None, MARK]
    history = await slack.client.conversations_history(channel=slack.dm, limit=1)
    assert ([m["text"] for m in history["messages"]], history["has_more"]) == (["root"], True)


async def test_a_page_has_no_more_than_fifteen(slack: Stage) -> None:
    root = await slack.say("root")
    for n in range(20):
        await slack.say(f"{n}", thread_ts=root)

    first = await slack.client.conversations_replies(channel=slack.dm, ts=root, limit=200)
    assert (len(first["messages"]), first["has_more"]) == (15, True)
    cursor = first["response_metadata"]["next_cursor"]
    rest = await slack.client.conversations_replies(channel=slack.dm, ts=root, cursor=cursor)
    assert (len(rest["messages"]), rest["has_more"]) == (6, False)


async def test_long_text_is_cut_and_long_markdown_refused(slack: Stage) -> None:
    posted = await slack.client.chat_postMessage(channel=slack.dm, text="x" * 40_001)

    assert len(posted["message"]["text"]) == 40_000
    assert (await slack.call("chat.postMessage", channel=slack.dm, markdown_text="x" * 12_001))["error"] == (
        "msg_too_long"
    )


async def test_forms_and_json_and_queries_are_understood(slack: Stage) -> None:
    form = {"channel": slack.dm, "text": "form", "token": TOKEN, "metadata": json.dumps(MARK)}
    answered = (await slack.http.post("/api/chat.postMessage", data=form)).json()
    assert answered["message"]["metadata"] == MARK
    body = {"channel": slack.dm, "text": "json", "token": TOKEN}
    assert (await slack.http.post("/api/chat.postMessage", json=body)).json()["ok"]
    asked = await slack.http.get("/api/users.info", params={"user": ADA, "token": TOKEN})
    assert asked.json()["user"]["id"] == ADA
    assert all("token" not in asked["body"] for asked in await slack.requests())


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"{", "application/json", "invalid_json"),
        (b"[1]", "application/json", "json_not_object"),
        (b"[" * 5_000, "application/json", "invalid_json"),
        (b"\xff\xfe", "application/json", "invalid_json"),
        (b"no form", "application/x-www-form-urlencoded", "invalid_form_data"),
        (b"\xff=1", "application/x-www-form-urlencoded", "invalid_form_data"),
        (b"a=1", "application/pdf", "invalid_post_type"),
        (b"{}", "application/json; charset=ebcdic", "invalid_charset"),
        (b"x" * 1_000_001, "application/json", "request_timeout"),
    ],
)
async def test_what_cannot_be_read_is_named(slack: Stage, content: bytes, kind: str, code: str) -> None:
    headers = {"content-type": kind, "authorization": f"Bearer {TOKEN}"}
    response = await slack.http.post("/api/chat.postMessage", content=content, headers=headers)

    assert (response.status_code, response.json()) == (200, {"ok": False, "error": code})


async def test_a_revoked_app_is_told_and_out(slack: Stage) -> None:
    assert (await slack.receiver.event())["text"] == "Hi"
    assert (await slack.client.auth_revoke())["revoked"] is True

    assert [(await slack.receiver.event())["type"] for _ in range(2)] == ["tokens_revoked", "app_uninstalled"]
    with pytest.raises(SlackApiError, match="token_revoked"):
        await slack.client.auth_test()
    await slack.app()
    assert (await slack.client.auth_test())["ok"]


async def test_an_app_sees_its_own_workspace_only(slack: Stage) -> None:
    away = {"team": {"id": "T2", "name": "Two"}, "bot_user": "UBOT2", "bot_id": "B2", "bot_token": "xoxb-two"}
    await slack.put("/_ctl/apps/A2", **away, signing_secret=SECRET)
    await slack.put("/_ctl/people/UEVE", name="Eve", team="T2")

    for method, args in (
        ("chat.postMessage", {"channel": slack.dm, "text": "x"}),
        ("chat.postMessage", {"channel": GENERAL, "text": "x"}),
        ("conversations.info", {"channel": slack.dm}),
        ("conversations.history", {"channel": slack.dm}),
        ("chat.postMessage", {"channel": ADA, "text": "x"}),
    ):
        assert (await slack.call(method, _token="xoxb-two", **args))["error"] == "channel_not_found"
    assert (await slack.call("users.info", _token="xoxb-two", user=ADA))["error"] == "user_not_found"
    assert (await slack.call("users.info", user="UEVE"))["error"] == "user_not_found"


async def test_the_status_of_a_session_and_its_line(slack: Stage) -> None:
    root = await slack.say("root")
    told = await slack.client.api_call(
        "agents.sessions.setStatus",
        json={"channel_id": slack.dm, "thread_ts": root, "status": "suspended", "title": "Refund"},
    )
    assert (told["status"], told["title"]) == ("suspended", "Refund")
    await slack.client.assistant_threads_setStatus(channel_id=slack.dm, thread_ts=root, status="is thinking…")
    prompts = [{"title": "Hello", "message": "Hello!"}]
    await slack.call("assistant.threads.setSuggestedPrompts", channel_id=slack.dm, prompts=prompts)

    async def shown() -> list[tuple[Any, ...]]:
        found = (await slack.get("/_lab/state"))["statuses"]
        return [(s["thread_ts"], s["status"], s["text"], s["prompts"]) for s in found]

    assert await shown() == [(root, "suspended", "is thinking…", []), ("", "", "", prompts)]
    await slack.advance(120)
    assert (await shown())[0] == (root, "suspended", "", [])


async def test_the_door_knows_only_this_machines_names(slack: Stage) -> None:
    assert (await slack.http.get("/_lab/state", headers={"host": "evil.example"})).status_code == 400
    plain = {"content-type": "text/plain"}
    assert (await slack.http.post("/_ctl/clock", content=b'{"advance_s": 1}', headers=plain)).status_code == 415
    state = (await slack.http.get("/_lab/state")).text
    assert not any(secret in state for secret in (TOKEN, SECRET, APP_TOKEN))
