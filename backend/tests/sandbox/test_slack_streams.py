"""Native streams as `slack_sdk`'s own helper speaks to them: growth, end, death, and the person's stop button."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models.messages.chunk import MarkdownTextChunk, TaskUpdateChunk

from .slack_stage import ADA, GENERAL, TEAM, Stage, stage

MARK = {"event_type": "throughline", "event_payload": {"id": "m1"}}


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage() as found:
        await found.put("/_ctl/tiers", scale=0)
        yield found


async def started(slack: Stage, **args: Any) -> tuple[str, str]:
    root = await slack.say("question")
    found = await slack.client.chat_startStream(channel=slack.dm, thread_ts=root, **args)
    return root, str(found["ts"])


async def refused(slack: Stage, method: str, ts: str, **args: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await slack.client.api_call(method, json={"channel": slack.dm, "ts": ts, **args})
    return str(caught.value.response["error"])


async def test_the_sdks_helper_streams_to_its_end(slack: Stage) -> None:
    root = await slack.say("question")
    stream = await slack.client.chat_stream(channel=slack.dm, thread_ts=root, buffer_size=8)
    for piece in ("The ", "answer ", "is ", "**42**", "."):
        await stream.append(markdown_text=piece)
    step = TaskUpdateChunk(id="t1", title="Looked it up", status="complete")
    await stream.append(chunks=[step])
    done = await stream.stop(metadata=MARK, markdown_text=" Bye", session_status="suspended")

    assert done["message"]["text"] == "The answer is **42**. Bye"
    assert (done["message"]["metadata"], done["message"]["streaming_state"]) == (MARK, "completed")
    methods = [asked["method"] for asked in await slack.requests()]
    assert methods[0] == "chat.startStream"
    assert methods[-1] == "chat.stopStream"
    assert set(methods[1:-1]) == {"chat.appendStream"}
    shown = (await slack.get("/_lab/state"))["messages"][-1]
    assert (shown["tasks"][0]["title"], shown["streaming"], shown["format"]) == ("Looked it up", False, "markdown")


async def test_an_empty_helper_still_starts_and_stops(slack: Stage) -> None:
    root = await slack.say("question")
    stream = await slack.client.chat_stream(channel=slack.dm, thread_ts=root)
    await stream.stop()

    assert [a["method"] for a in await slack.requests()] == ["chat.startStream", "chat.stopStream"]


async def test_in_a_channel_a_stream_is_for_somebody(slack: Stage) -> None:
    found = await slack.client.chat_startStream(
        channel=GENERAL, thread_ts=await slack.say("x"), recipient_team_id=TEAM, recipient_user_id=ADA
    )
    assert found["ok"]


async def test_a_session_is_at_work_while_it_streams(slack: Stage) -> None:
    root, ts = await started(slack)

    async def status() -> str:
        found = (await slack.get("/_lab/state"))["statuses"]
        return str(next(s["status"] for s in found if s["thread_ts"] == root))

    assert await status() == "processing"
    await slack.client.chat_stopStream(channel=slack.dm, ts=ts, session_status="closed")
    assert await status() == "closed"


async def test_what_streams_cannot_be_edited_and_what_stopped_can(slack: Stage) -> None:
    _, ts = await started(slack, markdown_text="one")
    assert await refused(slack, "chat.update", ts, text="two") == "streaming_state_conflict"

    await slack.client.chat_stopStream(channel=slack.dm, ts=ts)
    assert await refused(slack, "chat.appendStream", ts, markdown_text="x") == "message_not_in_streaming_state"
    assert await refused(slack, "chat.stopStream", ts) == "message_not_in_streaming_state"
    await slack.client.chat_update(channel=slack.dm, ts=ts, text="two")
    assert (await slack.texts())[-1] == "two"


async def test_a_stream_dies_after_five_minutes_and_can_be_mended(slack: Stage) -> None:
    _, ts = await started(slack, markdown_text="one")
    await slack.advance(299)
    await slack.client.chat_appendStream(channel=slack.dm, ts=ts, markdown_text=" two")
    await slack.advance(1)

    assert await refused(slack, "chat.appendStream", ts, markdown_text="x") == "message_not_in_streaming_state"
    assert await refused(slack, "chat.stopStream", ts, markdown_text="x") == "message_not_in_streaming_state"
    await slack.client.chat_update(channel=slack.dm, ts=ts, markdown_text="one two three")
    shown = (await slack.get("/_lab/state"))["messages"][-1]
    assert (shown["text"], shown["streaming"], shown["broken"]) == ("one two three", False, False)


async def test_a_dead_stream_is_told_of_and_shown_as_broken(slack: Stage) -> None:
    _, ts = await started(slack, markdown_text="one")
    for _ in range(2):
        await slack.receiver.next()
    await slack.advance(301)

    event = await slack.receiver.event()
    assert (event["subtype"], event["message"]["streaming_state"], event["message"]["ts"]) == (
        "message_changed", "errored", ts,
    )  # fmt: skip
    assert (await slack.get("/_lab/state"))["messages"][-1]["broken"] is True


async def test_the_person_stops_what_streams_and_the_app_hears_of_it(slack: Stage) -> None:
    root, ts = await started(slack, markdown_text="one")
    for _ in range(2):
        await slack.receiver.next()

    assert (await slack.post("/_lab/stop", channel=slack.dm, thread_ts=root))["stopped"] == [ts]
    event = await slack.receiver.event()
    assert (event["type"], event["thread_ts"], event["user"], event["streaming_message_ts"]) == (
        "agent_session_stopped", root, ADA, [ts],
    )  # fmt: skip
    assert await refused(slack, "chat.appendStream", ts, markdown_text="x") == "stopped_by_user"
    assert await refused(slack, "chat.stopStream", ts) == "stopped_by_user"
    await slack.client.chat_update(channel=slack.dm, ts=ts, text="one (stopped)")


@pytest.mark.parametrize(
    ("error", "args"),
    [
        ("no_text", {}),
        ("no_text", {"chunks": []}),
        ("invalid_chunks", {"chunks": "{"}),
        ("invalid_chunks", {"chunks": [{"type": "song"}]}),
        ("invalid_chunks", {"chunks": [{"type": "task_update", "id": "1", "title": "x", "status": "soon"}]}),
        ("invalid_arguments", {"markdown_text": "x", "chunks": [{"type": "markdown_text", "text": "y"}]}),
        ("msg_too_long", {"markdown_text": "x" * 12_001}),
        ("msg_too_long", {"chunks": [{"type": "markdown_text", "text": "x" * 12_001}]}),
        ("msg_too_long", {"markdown_text": "x" * 11_998}),
        (
            "msg_too_long",
            {"chunks": [{"type": "task_update", "id": "1", "title": "x" * 12_000, "status": "pending"}]},
        ),
        ("invalid_blocks", {"chunks": [{"type": "blocks", "blocks": [1]}]}),
        ("msg_blocks_too_long", {"chunks": [{"type": "blocks", "blocks": [{"type": "m", "text": "x" * 13_201}]}]}),
    ],
)
async def test_a_bad_append_changes_nothing(slack: Stage, error: str, args: dict[str, Any]) -> None:
    _, ts = await started(slack, markdown_text="one")

    assert await refused(slack, "chat.appendStream", ts, **args) == error
    assert (await slack.texts())[-1] == "one"


@pytest.mark.parametrize(
    ("error", "args"),
    [
        ("invalid_metadata_format", {"metadata": {"event_type": "x"}}),
        ("metadata_too_large", {"metadata": {"event_type": "x", "event_payload": {"y": "z" * 16_000}}}),
        ("invalid_blocks_format", {"blocks": "{"}),
        ("invalid_status", {"session_status": "asleep"}),
        ("msg_too_long", {"markdown_text": "x" * 12_000}),
    ],
)
async def test_a_bad_stop_stops_nothing(slack: Stage, error: str, args: dict[str, Any]) -> None:
    _, ts = await started(slack, markdown_text="one")

    assert await refused(slack, "chat.stopStream", ts, **args) == error
    await slack.client.chat_appendStream(channel=slack.dm, ts=ts, chunks=[MarkdownTextChunk(text=" two")])
    assert (await slack.texts())[-1] == "one two"


async def test_a_root_is_found_through_any_reply(slack: Stage) -> None:
    root, ts = await started(slack, markdown_text="one")
    posted = await slack.client.chat_postMessage(channel=slack.dm, thread_ts=ts, text="two")

    assert posted["message"]["thread_ts"] == root
