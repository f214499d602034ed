"""Commands on the web: kept like any message, obeyed at once, and nobody answers them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from throughline.conversation.answer import Done, Words
from throughline.conversation.records import User

from .moving import Moving, known, moving
from .stage import ADA, OTTO


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Moving]:
    async with moving(tmp_path / "data") as opened:
        yield opened


@pytest.mark.parametrize("words", ["continue on slack", "/continue on Slack", "!CONTINUE ON SLACK"])
async def test_continue_on_moves_in_the_same_breath(talk: Moving, words: str) -> None:
    where = await talk.start()
    await talk.say(where, words)

    assert talk.said(where)[1:3] == [f"person: {words}", "bound slack asked"]
    assert talk.said(where)[3].startswith("system: This conversation goes on here.")
    assert await talk.stage.turn(where) is None


async def test_asking_to_go_on_elsewhere_does_not_come_back_first(talk: Moving) -> None:
    where = await talk.start()
    await talk.bind(where, "slack")
    await talk.say(where, "continue on gmail")

    assert [body.to for body in talk.stage.bodies(where, "bound")] == ["web", "slack", "gmail"]


async def test_a_command_said_twice_under_one_id_is_obeyed_once(talk: Moving) -> None:
    where = await talk.start()
    first = await talk.stage.receive.say(ADA, where, "one", "continue on slack")
    await talk.bind(where, "web")
    before = len(talk.stage.entries)

    assert await talk.stage.receive.say(ADA, where, "one", "continue on slack") == first
    assert len(talk.stage.entries) == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("continue on telegram", "This cannot go on on Telegram."),
        ("/continue on the moon", "There is no such channel."),
        ("continue on web", "This conversation is on the web already."),
        ("/human", "I do not know that command."),
        ("stop", "Nothing is being written at the moment."),
    ],
)
async def test_what_cannot_be_done_is_said_on_the_asking_channel_alone(talk: Moving, words: str, told: str) -> None:
    where = await talk.start()
    web = next(b.id for b in await talk.bindings(where) if b.channel == "web")
    await talk.say(where, words)

    notice = talk.stage.bodies(where, "message")[-1]
    assert notice.text.startswith(told)
    assert (notice.author.kind, notice.purpose, notice.only) == ("system", "notice", web)
    assert (await talk.modes(where))["web"] == "active"
    assert await talk.stage.turn(where) is None
    assert [text for text, _, _ in await talk.rows(where, "slack")] == [words]


async def test_a_channel_that_is_off_is_not_lifted_by_a_command(talk: Moving) -> None:
    where = await talk.start()
    await talk.choose(where, {"slack": "off"})
    await talk.say(where, "continue on slack")

    assert (await talk.modes(where))["slack"] == "off"
    assert "The person wants no messages there." in talk.stage.bodies(where, "message")[-1].text


async def test_help_lists_what_works_for_this_person(talk: Moving) -> None:
    await known(talk.stage, "ada-wa", "whatsapp", "pending")
    where = await talk.start()
    await talk.say(where, "Help")

    text = talk.stage.bodies(where, "message")[-1].text
    assert [word for word in ("web", "slack", "gmail", "whatsapp", "`stop`") if word in text] == [
        "web", "slack", "gmail", "`stop`",
    ]  # fmt: skip


async def test_stop_ends_the_answer_and_keeps_what_was_written(talk: Moving) -> None:
    where, never = await talk.start(), asyncio.Event()
    talk.stage.actor.scripts = [[Words("Once upon a time"), never, Done(None)]]
    talk.answering()
    await talk.say(where, "Tell me a story")
    await talk.stage.until(lambda: any(call[0] == "add" for call in talk.stage.live.calls))
    await talk.say(where, "stop")
    await talk.stage.until(lambda: talk.stage.bodies(where, "turn_ended"))

    (reply,) = talk.stage.replies(where)
    assert (reply.text, reply.stopped) == ("Once upon a time", True)
    assert talk.stage.bodies(where, "turn_ended")[0].outcome == "stopped"


async def test_a_members_words_are_no_commands(talk: Moving) -> None:
    where = await talk.start()
    await talk.say(where, "continue on slack", OTTO)

    assert (await talk.modes(where))["web"] == "active"


async def test_a_command_names_no_conversation(talk: Moving) -> None:
    where = await talk.start()
    await talk.say(where, "help")
    row = await talk.stage.store.read(lambda tx: tx.log.conversation(ADA.tenant, where))

    assert row is not None
    assert row.title == ""


async def test_receipts_of_a_mirror_stay_on_its_rows(talk: Moving) -> None:
    where = await talk.start()
    user = User(ADA.user, ADA.tenant, "ada@x.test", "Ada", "customer", ADA.person, "-")
    await talk.stage.store.write(lambda tx: tx.users.add(user, 1))
    await talk.choose(where, {"slack": "active"}, "pin")
    await talk.say(where, "A word from us", OTTO)
    head = len([e for e in talk.stage.entries if e.conversation == where])
    assert await talk.stage.receive.mark(ADA, where, head, head) is None

    assert ("A word from us", False, "read") in await talk.rows(where, "web")
    assert talk.told(where) == []
