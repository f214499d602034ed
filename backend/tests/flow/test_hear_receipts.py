"""What a channel tells of our own sends: found by our ids on this account alone, and told to everybody once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace

from throughline.conversation.channel import Receipt
from throughline.conversation.ids import ConversationId, MessageId

from .ear import PIECE, SECOND, THEIRS, Ear, ear

MESSAGE = MessageId("m-out")


@pytest_asyncio.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Ear]:
    async with ear(tmp_path / "data") as inside:
        yield inside


@pytest_asyncio.fixture
async def where(slack: Ear) -> ConversationId:
    await slack.say("Hello")
    return await slack.where()


def echo(where: ConversationId, remote: str = "r1", thread: str | None = "D1:1") -> Receipt:
    return Receipt("accepted", where, MESSAGE, remote, thread)


async def test_the_echo_settles_an_ambiguous_send_once(slack: Ear, where: ConversationId) -> None:
    await slack.post(where, "ambiguous", reason="timeout")
    await slack.take(echo(where))
    await slack.take(echo(where), echo(where))

    row = await slack.delivery(where, MESSAGE)
    assert (row.state, row.remote, row.reason) == ("accepted", ("r1",), None)
    assert [rung.state for rung in row.rungs][-1] == "accepted"
    assert [(b.messages, b.state) for b in slack.bodies(where, "delivery")] == [((MESSAGE,), "accepted")]
    assert [row.state for row in slack.told] == ["accepted"]


async def test_what_is_owed_by_nobody_is_told_without_a_line_in_the_log(slack: Ear, where: ConversationId) -> None:
    await slack.post(where, "ambiguous", owed=False)
    await slack.take(echo(where))

    assert (await slack.delivery(where, MESSAGE)).state == "accepted"
    assert slack.bodies(where, "delivery") == []
    assert len(slack.told) == 1


async def test_the_rest_of_a_long_message_goes_on_after_the_echo_of_its_first_piece(
    slack: Ear, where: ConversationId
) -> None:
    await slack.post(where, "ambiguous", text="x" * (2 * PIECE + 1))
    await slack.take(echo(where))

    row = await slack.delivery(where, MESSAGE)
    assert (row.state, row.remote, row.due) == ("pending", ("r1",), slack.clock.now())
    assert slack.delivers == 1


async def test_an_echo_before_the_answer_is_not_forgotten(slack: Ear, where: ConversationId) -> None:
    await slack.post(where, "sending")
    await slack.take(echo(where))

    assert (await slack.delivery(where, MESSAGE)).state == "accepted"


@pytest.mark.parametrize(
    "change",
    [
        {"conversation": ConversationId("c-nowhere")},
        {"message": MessageId("m-never")},
        {"conversation": ConversationId("x\x00")},
        {"conversation": None},
        {"message": None},
        {"thread": "D1:elsewhere"},
        {"thread": "\ud800"},
        {"remote": ""},
        {"remote": "r" * 300},
        {"state": "pending"},
    ],
    ids=str,
)
async def test_a_receipt_that_fits_nothing_of_ours_changes_nothing(
    slack: Ear, where: ConversationId, change: dict[str, str | None]
) -> None:
    await slack.post(where, "ambiguous")
    await slack.take(replace(echo(where), **change))

    assert (await slack.delivery(where, MESSAGE)).state == "ambiguous"
    assert slack.told == []


@pytest.mark.parametrize("account", [SECOND, THEIRS], ids=["of another app", "of another organisation"])
async def test_another_account_cannot_settle_our_sends(
    slack: Ear, where: ConversationId, account: object
) -> None:  # fmt: skip
    await slack.post(where, "ambiguous")
    await slack.take(echo(where), account=account)  # type: ignore[arg-type]

    assert (await slack.delivery(where, MESSAGE)).state == "ambiguous"


async def test_the_thread_of_a_first_post_is_learned_from_its_echo(slack: Ear) -> None:
    where = await slack.root("ambiguous")
    await slack.take(Receipt("accepted", where, MessageId("root-post"), "9", "D1:9"))

    assert (await slack.bindings(where))["slack"].thread == "D1:9"
    await slack.say("an answer", sender="T1/UADA", thread="D1:9", answers=True)
    assert slack.texts(where) == ["Opening", "an answer"]


async def test_a_thread_that_belongs_to_another_talk_is_not_taken_from_it(slack: Ear) -> None:
    where = await slack.root("ambiguous")
    await slack.say("first here", sender="T1/UADA", thread="D1:9")
    before = await slack.where("D1:9")
    await slack.take(Receipt("accepted", where, MessageId("root-post"), "9", "D1:9"))

    assert await slack.where("D1:9") == before
    assert (await slack.bindings(where))["slack"].thread is None
    assert (await slack.delivery(where, "root-post")).state == "accepted"
