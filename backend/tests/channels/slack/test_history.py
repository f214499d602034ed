"""What Slack's history says of a post in doubt, and of what nobody heard, asked of the stand-in and of a script."""

from collections.abc import Mapping
from email.utils import formatdate
from typing import Any

import pytest

from tests.channels.scripted import answer, scripted
from tests.sandbox.slack_stage import ADA, APP, TEAM, Stage
from throughline.channels.slack.channel import Slack
from throughline.channels.slack.history import REQUESTS
from throughline.conversation.channel import Accepted, Ambiguous, Inbound, NotSent, Place, Reading
from throughline.ports import Backfills, Seeks

from .given import DIRECT, NOW, OpenLine, line, piece
from .standing import at

OURS = {"event_type": "throughline_message", "event_payload": {"conversation": "c-1", "message": "m-1", "piece": 0}}


async def missed(slack: Slack, at: OpenLine, since: int, *places: Place) -> tuple[list[str], list[Inbound], object]:
    """Which turns were waited for, what was heard, and why it ended early."""
    turns: list[str] = []
    heard: list[Inbound] = []
    why: object = None

    async def turn(kind: str) -> None:
        turns.append(kind)

    async for found in slack.missed(at, since, places, turn):
        if isinstance(found, Reading):
            heard += found.inbound
        else:
            why = found
    return turns, heard, why


def test_it_seeks_and_backfills(slack: Slack) -> None:
    assert isinstance(slack, Seeks)
    assert isinstance(slack, Backfills)


async def test_a_post_whose_answer_was_lost_is_found_by_its_mark(slack: Slack, other: Stage) -> None:
    root = await other.say("question")
    place = Place(f"{TEAM}/{ADA}", f"{other.dm}:{root}")
    for place_now in (place, Place(f"{TEAM}/{ADA}")):
        await other.put("/_lab/switches", app=APP, lose_answer=True, method="chat.postMessage", times=1)
        assert isinstance(await slack.send(at(other), place_now, piece()), Ambiguous)

        found = await slack.seek(at(other), place_now, piece(), int(float(root) * 1000))

        assert isinstance(found, Accepted)
        assert (found.thread is None) == (place_now.thread is not None)
        assert found.remote in {m["ts"] for m in (await other.get("/_ctl/messages"))["messages"]}
    asked = [r for r in await other.requests() if r["method"] in {"conversations.replies", "conversations.history"}]
    assert [r["method"] for r in asked] == ["conversations.replies", "conversations.history"]
    assert all(int(r["body"]["limit"]) <= 15 for r in asked)


def page(*messages: Mapping[str, Any], more: bool = False) -> dict[str, Any]:
    return {"ok": True, "messages": list(messages), "has_more": more}


@pytest.mark.parametrize(
    ("given", "date", "found"),
    [
        (page(), NOW + 60_000, NotSent("not_there")),
        (page(more=True), NOW + 60_000, None),
        (page() | {"response_metadata": {"next_cursor": "x"}}, NOW + 60_000, None),
        # Our clock is ahead of Slack's: what left then is still to come for it.
        (page(), NOW - 3_600_000, None),
        ({"ok": True}, NOW + 60_000, None),
        ({"ok": False, "error": "missing_scope"}, NOW + 60_000, None),
        (page({"ts": "1732200001.000500", "user": "U0BOT", "metadata": OURS}), NOW, Accepted("1732200001.000500")),
        (page({"ts": "1732200001.000500", "app_id": "A0APP", "metadata": OURS}), NOW, Accepted("1732200001.000500")),
        # Anybody may write our metadata.
        (page({"ts": "1732200001.000500", "user": "U0EVE", "bot_id": "B0EVE", "metadata": OURS}), NOW + 1_000,
         NotSent("not_there")),
        (page({"ts": "1732200001.000500", "user": "U0BOT", "metadata": {"event_type": "throughline_message"}}),
         NOW + 1_000, NotSent("not_there")),
        (page({"ts": 5, "user": "U0BOT", "metadata": OURS}), NOW + 1_000, NotSent("not_there")),
    ],
    ids=["complete", "more", "cursor", "clock ahead", "no messages", "refused", "by user", "by app", "forged",
         "no mark", "no ts"],
)  # fmt: skip
async def test_only_a_whole_list_of_ours_says_that_it_is_not_there(
    slack: Slack, given: dict[str, Any], date: int, found: object
) -> None:
    async with scripted() as provider:
        provider.otherwise = answer(given, headers=[("Date", formatdate(date / 1000, usegmt=True))])

        assert await slack.seek(line(provider.base), DIRECT, piece(), NOW) == found

        (asked,) = provider.asked
        assert asked.verb == "GET"
        assert "include_all_metadata=1" in asked.path


@pytest.mark.parametrize("status", [429, 500, 302])
async def test_a_question_that_goes_wrong_tells_nothing(slack: Slack, status: int) -> None:
    async with scripted() as provider:
        provider.otherwise = answer({"ok": False, "error": "ratelimited"}, status)

        assert await slack.seek(line(provider.base), DIRECT, piece(), NOW) is None
        assert len(provider.asked) == 1


async def test_what_was_written_meanwhile_is_heard_in_order_with_its_thread(slack: Slack, other: Stage) -> None:
    first = await other.say("before")
    await other.call("chat.postMessage", channel=other.dm, thread_ts=first, text="ours", metadata=OURS)
    other.slack.ledger.clock.wall = lambda: float(first) + 60
    since = int(float(first) * 1000) + 30_000
    in_thread = await other.say("in the old thread", thread_ts=first)
    other.slack.ledger.clock.wall = lambda: float(first) + 61
    new = await other.say("a new one")

    turns, heard, why = await missed(slack, at(other), since, Place(f"{TEAM}/{ADA}", f"{other.dm}:{first}"))

    assert [(i.text, i.key, i.thread, i.at) for i in heard] == [
        ("in the old thread", f"{TEAM}:{other.dm}:{in_thread}", f"{other.dm}:{first}", int(float(in_thread) * 1000)),
        ("a new one", f"{TEAM}:{other.dm}:{new}", f"{other.dm}:{new}", int(float(new) * 1000)),
    ]
    assert (turns, why) == (["history", "seek"], None)


async def test_groups_are_left_alone_and_requests_are_counted(slack: Slack) -> None:
    places = [Place("T0TEAM/U1", "C1:1.1"), *(Place(f"T0TEAM/U{n}", f"D{n}:1.1") for n in range(REQUESTS + 2))]
    async with scripted() as provider:
        provider.otherwise = answer(page())
        turns, heard, why = await missed(slack, line(provider.base), NOW, *places)

    assert (turns, heard, why) == (["history"] * REQUESTS, [], Ambiguous("too_many"))
    assert not any("C1" in request.path for request in provider.asked)


async def test_the_quota_ends_it(slack: Slack) -> None:
    async with scripted() as provider:
        provider.otherwise = answer({"ok": False, "error": "ratelimited"}, 429, headers=[("Retry-After", "60")])
        turns, heard, why = await missed(slack, line(provider.base), NOW, DIRECT, Place("T0TEAM/U1", "D1:1.1"))

    assert (turns, heard, why) == (["history"], [], NotSent("ratelimited", 60.0))
