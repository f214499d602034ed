"""A mailbox's ear: nothing is missed, nothing counts before it is taken, and Google is never pressed."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from throughline.channels.gmail import history as module
from throughline.channels.gmail.answers import Answer, Failed
from throughline.channels.gmail.client import Asking
from throughline.channels.gmail.history import BATCH, FULL, History, Read
from throughline.conversation.channel import Ambiguous, NotSent, Reading, Receipt, Refused

from .box import POLL, SINCE, Box, answer, heard


async def test_a_mailbox_is_heard_from_the_first_look_on() -> None:
    box = Box()
    box.add("before", at=SINCE - 1)
    async with heard(box, None):
        assert box.taken == [Reading(cursor="103")]
        assert box.slept == [POLL]
        box.add("m1")
        await box.again()

    assert box.heard() == ["m1"]
    assert box.cursors() == ["103", "106"]


async def test_what_is_new_is_fetched_whole_and_kept_with_how_far_we_are() -> None:
    box = Box()
    box.add("m1", "m2")
    async with heard(box):
        pass

    (reading,) = box.taken
    assert ([inbound.key for inbound in reading.inbound], reading.cursor) == (["m1", "m2"], "106")
    assert box.asked[0] == (
        "history.list",
        {"userId": "me", "startHistoryId": "100", "historyTypes": ["messageAdded"], "maxResults": 100,
         "pageToken": None},
    )  # fmt: skip
    assert box.asked[1] == ("messages.get", {"userId": "me", "id": "m1", "format": "full"})


async def test_where_nothing_is_new_nothing_is_written() -> None:
    box = Box()
    async with heard(box):
        await box.again()

    assert box.taken == []
    assert box.methods() == ["history.list"] * 2
    assert box.kept_up == 2


async def test_a_push_is_followed_at_once() -> None:
    box = Box()
    async with heard(box):
        box.add("m1")
        box.nudge.set()
        await box.rest()
        assert box.heard() == ["m1"]
        assert not box.nudge.is_set()


@pytest.mark.parametrize("label", ["DRAFT", "SPAM", "TRASH", "CHAT"])
async def test_what_is_no_mail_to_us_costs_nothing(label: str) -> None:
    box = Box()
    box.add("m1", labels=(label,))
    async with heard(box):
        pass

    assert box.methods() == ["history.list"]
    assert box.taken == [Reading(cursor="103")]


async def test_a_mail_that_history_names_twice_is_fetched_once() -> None:
    box = Box()
    box.add("m1")
    box.add("m1")
    async with heard(box):
        pass

    assert box.methods() == ["history.list", "messages.get"]
    assert box.heard() == ["m1"]


async def test_our_own_mails_come_back_as_receipts() -> None:
    box = Box()
    box.add("ours", labels=("SENT",))
    async with heard(box):
        pass

    assert box.taken == [Reading(receipts=(Receipt("accepted", remote="ours"),), cursor="103")]


async def test_a_mail_that_was_deleted_since_is_passed_over() -> None:
    box = Box()
    box.add("m1", "m2")
    del box.mails["m1"]
    async with heard(box):
        pass

    assert box.heard() == ["m2"]
    assert box.cursors() == ["106"]


async def test_a_mail_that_is_too_big_is_read_by_its_headers() -> None:
    box = Box()
    box.add("m1")
    box.fail("messages.get", Ambiguous("too_big"))
    async with heard(box):
        pass

    assert [given["format"] for method, given in box.asked if method == "messages.get"] == ["full", "metadata"]
    assert box.heard() == ["m1"]
    assert box.slept == [POLL]


@pytest.mark.parametrize("reason", ["too_big", "bad_json"])
async def test_a_mail_that_gmail_can_tell_nothing_readable_of_makes_nobody_deaf(reason: str) -> None:
    box = Box()
    box.add("m1", "m2")
    box.fail("messages.get", Ambiguous(reason), Ambiguous(reason))
    async with heard(box):
        pass

    assert box.taken[0] == Reading(quarantine="unreadable")
    assert box.heard() == ["m2"]
    assert box.cursors() == ["106"]
    assert box.slept == [POLL]


async def test_a_mail_that_cannot_be_read_is_set_aside_and_the_others_are_heard() -> None:
    box = Box()
    box.add("m1")
    box.add("m2", broken=True)
    async with heard(box):
        pass

    assert box.taken[0] == Reading(quarantine="bad_from")
    assert box.heard() == ["m1"]
    assert box.cursors() == ["106"]


async def test_many_mails_come_in_batches_each_with_its_own_cursor() -> None:
    box = Box()
    box.page = 30
    names = [f"m{number:03}" for number in range(70)]
    box.add(*names)
    async with heard(box):
        pass

    assert box.heard() == names
    assert max(len(reading.inbound) for reading in box.taken) <= BATCH
    assert box.cursors()[-1] == str(box.newest)
    assert [int(cursor) for cursor in box.cursors()] == sorted({int(cursor) for cursor in box.cursors()})
    # Every page is asked for from the same start.
    assert {given["startHistoryId"] for method, given in box.asked if method == "history.list"} == {"100"}


async def test_what_was_not_taken_comes_again_and_the_cursor_stays() -> None:
    box = Box()
    box.add("m1")
    box.replies = [503, 503]
    async with heard(box):
        pass

    assert box.heard() == ["m1"]
    assert [given["startHistoryId"] for method, given in box.asked if method == "history.list"] == ["100"] * 3
    # Two pauses, doubled, half of each by chance.
    assert box.slept == [0.75, 1.5, POLL]


async def test_a_crash_between_two_batches_begins_at_the_first_ones_cursor() -> None:
    box = Box()
    box.add(*[f"m{number:03}" for number in range(BATCH + 1)])
    box.replies = [200, 503]
    async with heard(box):
        pass

    starts = [given["startHistoryId"] for method, given in box.asked if method == "history.list"]
    assert starts == ["100", str(100 + 3 * BATCH)]
    assert len(box.heard()) == BATCH + 1


async def test_where_the_history_is_gone_the_last_week_is_looked_through_oldest_first() -> None:
    box = Box()
    box.add("m1", "m2", "m3")
    box.oldest = 500
    box.page = 2
    async with heard(box):
        pass

    assert box.heard() == ["m1", "m2", "m3"]
    assert box.methods()[:4] == ["history.list", "getProfile", "messages.list", "messages.list"]
    assert "newer_than:7d" in box.asked[2][1]["q"]
    # Only the last of it says how far we are: until then everything can come again.
    assert [reading.cursor for reading in box.taken] == [None, "109"]


async def test_a_week_of_mail_is_looked_through_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FULL", 3)
    box = Box()
    box.add("m1", "m2", "m3", "m4", "m5")
    box.oldest, box.page = 500, 2
    async with heard(box):
        pass

    assert box.heard() == ["m3", "m4", "m5"]
    assert FULL > 1_000


async def test_what_is_older_than_the_account_is_not_for_it() -> None:
    box = Box()
    box.add("old", at=SINCE - 1)
    box.add("new", at=SINCE)
    box.oldest = 500
    async with heard(box):
        pass

    assert box.heard() == ["new"]


@pytest.mark.parametrize("cursor", ["", "garbage", "-5", "١٢"])
async def test_without_a_cursor_it_begins_when_the_account_was_made(cursor: str) -> None:
    box = Box()
    box.add("before", at=SINCE - 1)
    box.add("m1", at=SINCE)
    async with heard(box, cursor):
        pass

    assert box.methods()[:2] == ["getProfile", "messages.list"]
    assert box.asked[1][1]["q"] == f"after:{SINCE // 1000} -in:drafts"
    assert box.heard() == ["m1"]
    assert box.cursors() == [str(box.newest)]


async def test_too_much_at_a_time_is_waited_out_as_long_as_google_says() -> None:
    box = Box()
    box.add("m1", "m2")
    box.fail("messages.get", NotSent("userRateLimitExceeded"), NotSent("rateLimitExceeded", 42.0))
    async with heard(box):
        pass

    assert box.heard() == ["m1", "m2"]
    assert box.slept == [0.75, 42.0, POLL]
    assert box.methods().count("history.list") == 1


async def test_an_outage_is_waited_out_with_pauses_that_grow_to_a_minute() -> None:
    box = Box()
    box.fail("history.list", *[Ambiguous("http_503")] * 60)
    async with heard(box):
        pass

    assert max(box.slept) == 60 * 0.75
    assert box.slept[:5] == [0.75, 1.5, 3.0, 6.0, 12.0]
    assert len(box.asked) == 61


async def test_a_dead_sign_in_is_told_once_and_asked_for_seldom() -> None:
    box = Box()
    box.fail("history.list", *[Refused("invalid_grant", auth=True)] * 3)
    async with heard(box):
        pass

    assert box.taken == [Reading(ended="invalid_grant")]
    assert box.slept == [300.0] * 3 + [POLL]


async def test_a_bug_of_ours_does_not_make_us_deaf() -> None:
    box = Box()
    box.add("m1")
    broken = [True]

    async def read(raws: Sequence[bytes]) -> list[Read]:
        if broken:
            broken.clear()
            raise KeyError("bug")
        return await Box.read(box, raws)

    box.read = read  # type: ignore[method-assign]
    async with heard(box):
        pass

    assert box.heard() == ["m1"]


async def test_cancelled_it_is_over_wherever_it_is() -> None:
    stuck = asyncio.Event()

    async def never(*_: object) -> Any:
        stuck.set()
        await asyncio.Event().wait()

    for name in ("ask", "take", "upkeep", "sleep"):
        box = Box()
        box.add("m1")
        setattr(box, name, never)
        task = asyncio.ensure_future(History(box.ways(), "100", POLL, SINCE, "a-1").run())
        stuck.clear()
        async with asyncio.timeout(10):
            await stuck.wait()
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled(), name


@pytest.mark.parametrize(
    "data",
    [
        {}, {"history": None}, {"history": "x"}, {"history": [None, 1, "x", [], {}]},
        {"history": [{"messagesAdded": [None, {"message": None}, {"message": {"id": 5}}, {"message": {}}]}]},
        {"historyId": True}, {"historyId": [1]}, {"historyId": "12x"}, {"historyId": "9" * 50},
        {"history": [{"id": "103", "messagesAdded": {"message": 1}}], "historyId": -1},
    ],
)  # fmt: skip
async def test_an_answer_that_is_none_brings_nothing_and_breaks_nothing(data: dict[str, Any]) -> None:
    box = Box()
    once = [answer(data)]

    async def ask(asking: Asking, most: int) -> Answer | Failed:
        return once.pop() if once else await Box.ask(box, asking, most)

    box.ask = ask  # type: ignore[method-assign]
    async with heard(box):
        assert box.slept == [POLL]
        box.add("m1")
        await box.again()

    assert box.heard() == ["m1"]
