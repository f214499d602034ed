"""The pane's side: the whole state first, then every change as it happens."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from .slack_stage import ADA, APP, GENERAL, Stage, stage


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage() as found:
        await found.put("/_ctl/tiers", scale=0)
        yield found


class Reader:
    """The frames of one stream."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def next(self, wanted: str) -> Any:
        """The next frame of a kind; others are passed over."""
        async with asyncio.timeout(10):
            kind = ""
            async for line in self._lines:
                if line.startswith("event: "):
                    kind = line[7:]
                elif line.startswith("data: ") and kind == wanted:
                    return json.loads(line[6:])
        raise AssertionError(wanted)


@asynccontextmanager
async def reading(slack: Stage) -> AsyncIterator[Reader]:
    async with slack.http.stream("GET", "/_lab/stream") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Reader(response.aiter_lines())


async def test_a_stream_begins_with_the_whole_state(slack: Stage) -> None:
    ts = await slack.say("Hi")
    async with reading(slack) as reader:
        state = await reader.next("state")

    assert [(m["ts"], m["name"], m["bot"], m["text"]) for m in state["messages"]] == [(ts, "Ada", False, "Hi")]
    assert [a["id"] for a in state["apps"]] == [APP]
    assert {p["id"] for p in state["people"]} == {ADA, "UBOB"}
    assert {c["id"] for c in state["channels"]} == {GENERAL, slack.dm}


async def test_a_message_grows_before_the_eyes(slack: Stage) -> None:
    root = await slack.say("question")
    async with reading(slack) as reader:
        await reader.next("state")
        begun = await slack.client.chat_startStream(channel=slack.dm, thread_ts=root)
        await slack.client.chat_appendStream(channel=slack.dm, ts=begun["ts"], markdown_text="one")
        await slack.client.chat_appendStream(channel=slack.dm, ts=begun["ts"], markdown_text=" two")
        await slack.client.chat_stopStream(channel=slack.dm, ts=begun["ts"], markdown_text=".")
        grown = [await reader.next("message") for _ in range(4)]

    assert [(m["text"], m["streaming"]) for m in grown] == [
        ("", True), ("one", True), ("one two", True), ("one two.", False),
    ]  # fmt: skip
    assert {(m["ts"], m["thread_ts"], m["channel"], m["bot"]) for m in grown} == {(begun["ts"], root, slack.dm, True)}


async def test_statuses_switches_and_deliveries_are_shown(slack: Stage) -> None:
    async with reading(slack) as reader:
        root = await slack.say("Hi")
        delivery = await reader.next("delivery")
        await slack.client.assistant_threads_setStatus(channel_id=slack.dm, thread_ts=root, status="thinks")
        status = await reader.next("status")
        await slack.put("/_lab/switches", app=APP, fail="fatal_error")
        switches = await reader.next("switches")

    assert (delivery["number"], delivery["status"], delivery["event_id"][:2]) == (1, "ok", "Ev")
    assert (status["thread_ts"], status["text"]) == (root, "thinks")
    assert [(s["app"], s["method"], s["fail"]) for s in switches] == [(APP, "*", "fatal_error")]


async def test_a_reset_leaves_apps_and_people(slack: Stage) -> None:
    before = await slack.say("Hi")
    await slack.put("/_lab/switches", fail="fatal_error")
    async with reading(slack) as reader:
        await reader.next("state")
        await slack.post("/_lab/reset")
        await reader.next("switches")
        state = await reader.next("state")

    assert (state["messages"], state["statuses"], state["switches"]) == ([], [], [])
    assert (len(state["apps"]), len(state["people"])) == (1, 2)
    assert await slack.say("Hi") > before


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("say", {"user": "UNOBODY", "text": "x"}, "user_not_found"),
        ("say", {"user": ADA, "text": " "}, "no_text"),
        ("say", {"user": ADA, "text": "x", "channel": "C0"}, "channel_not_found"),
        ("say", {"user": ADA, "text": "x", "thread_ts": "now"}, "invalid_thread_ts"),
        ("say", {"user": ADA, "text": "x", "app": "A9"}, "app_not_found"),
        ("stop", {"channel": "C0", "thread_ts": "1.000001"}, "channel_not_found"),
    ],
)
async def test_what_a_person_cannot_do(slack: Stage, path: str, body: dict[str, Any], code: str) -> None:
    response = await slack.http.post(f"/_lab/{path}", json=body)

    assert (response.status_code, response.json()["error"]) == (400, code)
    assert await slack.texts() == []


async def test_a_reader_that_is_open_does_not_hold_up_the_end() -> None:
    async with asyncio.timeout(20), stage() as slack, reading(slack) as reader:
        await reader.next("state")
        slack.slack.end()
        with pytest.raises(AssertionError):
            await reader.next("message")


async def test_a_pane_is_shown_its_own_teams_only(slack: Stage) -> None:
    await slack.say("Hi")
    theirs = {"x-lab-ends": "T-ELSE"}
    ours = {"x-lab-ends": f"T-ELSE,{await team_of(slack)}"}
    body = {"user": ADA, "text": "Hello"}

    empty = (await slack.http.get("/_lab/state", headers=theirs)).json()
    full = (await slack.http.get("/_lab/state", headers=ours)).json()
    refused = await slack.http.post("/_lab/say", headers=theirs, json=body)
    switched = await slack.http.put("/_lab/switches", headers=theirs, json={"app": APP, "delay_ms": 1})
    async with slack.http.stream("GET", "/_lab/stream", headers=theirs) as response:
        reader = Reader(response.aiter_lines())
        assert (await reader.next("state"))["messages"] == []
        assert (await slack.http.post("/_lab/say", headers=ours, json=body)).status_code == 200
        await slack.put("/_ctl/people/UNEW", name="Nia", team="T-ELSE")
        after = await reader.next("state")

    assert not any(empty.values())
    assert ([a["id"] for a in full["apps"]], {p["id"] for p in full["people"]}) == ([APP], {ADA, "UBOB"})
    assert len(full["messages"]) == 1
    assert (refused.status_code, refused.json()["error"]) == (400, "user_not_found")
    assert (switched.status_code, switched.json()["error"]) == (400, "app_not_found")
    assert [person["name"] for person in after["people"]] == ["Nia"]
    assert after["messages"] == []


async def team_of(slack: Stage) -> str:
    state = (await slack.http.get("/_lab/state")).json()
    return str(state["apps"][0]["team"]["id"])
