"""How changes are followed: history records, what is too old, pages."""

from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest

from .gmail_stage import Stage, raw, stage


@pytest.fixture
async def gmail() -> AsyncIterator[Stage]:
    async with stage() as found:
        await found.put("/_ctl/quota", scale=0)
        yield found


async def start(gmail: Stage) -> str:
    found: str = (await gmail.call("getProfile"))["historyId"]
    return found


async def records(gmail: Stage, since: str, **args: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await gmail.call("history.list", startHistoryId=since, **args)).get("history", [])
    return found


async def test_ids_increase_with_gaps_and_start_after_what_is_named(gmail: Stage) -> None:
    since = await start(gmail)
    written = [(await gmail.write(f"{n}"))["id"] for n in range(10)]
    found = await records(gmail, since)
    ids = [int(record["id"]) for record in found]

    assert [record["messagesAdded"][0]["message"]["id"] for record in found] == written
    assert ids == sorted(set(ids))
    assert any(after - before > 1 for before, after in pairwise(ids))
    assert await records(gmail, str(ids[4])) == found[5:]
    assert await gmail.call("history.list", startHistoryId=str(ids[-1])) == {"historyId": str(ids[-1])}
    assert await records(gmail, await start(gmail)) == []


async def test_every_kind_of_change_has_its_record(gmail: Stage) -> None:
    since = await start(gmail)
    theirs = await gmail.write()
    await gmail.call(
        "messages.modify", id=theirs["id"], body={"removeLabelIds": ["UNREAD"], "addLabelIds": ["STARRED"]}
    )
    draft = await gmail.call("drafts.create", body={"message": {"raw": raw()}})
    sent = await gmail.call("drafts.send", body={"id": draft["id"]})
    found = [next(kind for kind in record if kind not in {"id", "messages"}) for record in await records(gmail, since)]

    assert found == [
        "messagesAdded", "labelsAdded", "labelsRemoved", "messagesAdded", "messagesAdded", "messagesDeleted",
    ]  # fmt: skip
    added = await records(gmail, since, historyTypes=["messageAdded"], labelId="SENT")
    assert [record["messagesAdded"][0]["message"]["id"] for record in added] == [sent["id"]]
    inbox = await records(gmail, since, historyTypes="messageAdded", labelId="INBOX")
    assert [record["messagesAdded"][0]["message"]["id"] for record in inbox] == [theirs["id"]]
    [removed] = await records(gmail, since, historyTypes="labelRemoved")
    assert removed["labelsRemoved"][0]["labelIds"] == ["UNREAD"]
    assert await gmail.refused("messages.get", id=draft["message"]["id"]) == (404, "notFound")


async def test_what_is_too_old_or_was_never_given_out_is_not_found(gmail: Stage) -> None:
    since = await start(gmail)
    await gmail.write()
    assert len(await records(gmail, since)) == 1
    for never in ("0", "1", str(int(since) + 10_000)):
        assert await gmail.refused("history.list", startHistoryId=never) == (404, "notFound")
    await gmail.advance(7 * 86_400 + 1)
    await gmail.let_in()
    assert await gmail.refused("history.list", startHistoryId=since) == (404, "notFound")
    assert await records(gmail, await start(gmail)) == []


@pytest.mark.parametrize("args", [{"startHistoryId": "x"}, {"startHistoryId": "-1"}, {"maxResults": 0}], ids=str)
async def test_what_a_history_cannot_be_asked(gmail: Stage, args: dict[str, Any]) -> None:
    since = await start(gmail)
    given = {"startHistoryId": since} | args
    if "maxResults" in args:
        assert await gmail.call("history.list", **given) == {"historyId": since}
    else:
        assert await gmail.refused("history.list", **given) == (400, "invalidArgument")


async def test_pages_are_whole_without_holes(gmail: Stage) -> None:
    since = await start(gmail)
    written = [(await gmail.write(f"{n}"))["id"] for n in range(7)]
    for method, key in (("history.list", "history"), ("messages.list", "messages"), ("threads.list", "threads")):
        found: list[Any] = []
        token = None
        more: dict[str, Any] = {"startHistoryId": since} if method == "history.list" else {}
        while True:
            page = await gmail.call(method, maxResults=3, pageToken=token, **more)
            found += page[key]
            token = page.get("nextPageToken")
            if token is None:
                break
        assert len(found) == 7
        if method == "messages.list":
            assert [mail["id"] for mail in found] == written[::-1]
        assert await gmail.refused(method, pageToken="x", **more) == (400, "invalidArgument")


async def test_after_a_reset_who_asks_from_before_starts_anew(gmail: Stage) -> None:
    since = await start(gmail)
    await gmail.write()
    await gmail.post("/_lab/reset")

    assert await gmail.refused("history.list", startHistoryId=since) == (404, "notFound")
    assert await records(gmail, await start(gmail)) == []
