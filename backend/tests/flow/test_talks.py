"""Several conversations at one place: begin another, list them, go on with one; on the web and with marks too."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from throughline.conversation.ids import ConversationId
from throughline.flow.steps.claim import NO_LINKING
from throughline.flow.steps.greet import NOT_ALLOWED
from throughline.flow.steps.obey import THREADS
from throughline.flow.steps.talks import FRESH
from throughline.ports import Tx

from .ear import CHAT, DEMO, TEXTS, Ear, ear
from .moving import Moving, moving

HER = "+1555/+4477"


@pytest_asyncio.fixture
async def ears(tmp_path: Path) -> AsyncIterator[Ear]:
    async with ear(tmp_path / "data") as inside:
        yield inside


@pytest_asyncio.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Moving]:
    async with moving(tmp_path / "data") as inside:
        yield inside


async def chat(ears: Ear, text: str, account: Any = CHAT, sender: str = HER) -> ConversationId:
    """Somebody writes; the conversation they are in after it."""
    await ears.say(text, account, sender=sender, thread=None)
    known = await ears.identity(sender, account)
    assert known is not None
    assert known.talks_in is not None
    return known.talks_in


async def spoke(ears: Ear) -> None:
    """Something was sent on WhatsApp."""
    await asyncio.wait_for(ears.chat.spoke.wait(), 10)
    ears.chat.spoke.clear()


async def test_new_begins_another_talk_and_says_so_there(ears: Ear) -> None:
    first = await chat(ears, "about boots")
    second = await chat(ears, "new")

    assert second != first
    assert ears.begun == [first, second]
    assert ears.texts(first)[-1] == "new"
    assert ears.texts(second) == [FRESH]
    assert await chat(ears, "about socks") == second
    assert await ears.active(second) == "whatsapp"


async def test_switch_counts_in_the_list_that_was_shown(ears: Ear) -> None:
    boots = await chat(ears, "about boots")
    await chat(ears, "new")
    socks = await chat(ears, "about socks")
    await chat(ears, "new")
    await chat(ears, "about hats")
    await chat(ears, "list")
    shown = ears.all_texts[-1]
    assert [line for line in shown.splitlines() if line[:1].isdigit()] == [
        "1. about hats (this one)",
        "2. about socks",
        "3. about boots",
    ]
    # What is newest changes; the numbers stay those that were shown.
    assert await chat(ears, "switch 3") == boots
    assert await chat(ears, "more about boots") == boots
    assert await chat(ears, "/switch 2") == socks
    assert ears.texts(socks)[-1].startswith("You are in “about socks” again.")


@pytest.mark.parametrize("words", ["switch 7", "!switch"])
async def test_a_number_that_is_not_there_is_answered_with_the_list(ears: Ear, words: str) -> None:
    where = await chat(ears, "about boots")

    assert await chat(ears, words) == where
    assert "1. about boots (this one)" in ears.all_texts[-1]


async def test_who_is_there_already_is_told_so(ears: Ear) -> None:
    await chat(ears, "about boots")
    await chat(ears, "list")
    await chat(ears, "switch 1")

    assert ears.all_texts[-1] == "You are in that conversation now."


async def test_a_list_has_only_the_persons_own(ears: Ear) -> None:
    await chat(ears, "somebody elses", sender="+1555/+99")
    await chat(ears, "mine")
    await chat(ears, "list")

    assert "somebody" not in ears.all_texts[-1]


async def test_plain_words_are_talk_where_they_are_the_carriers(ears: Ear) -> None:
    where = await chat(ears, "stop", TEXTS)
    await chat(ears, "new", TEXTS)
    assert ears.woken == 1
    assert await chat(ears, "!new", TEXTS) != where
    await chat(ears, "!help", TEXTS)

    assert "`!switch 2`" in ears.all_texts[-1]
    assert "`!stop`" in ears.all_texts[-1]


@pytest.mark.parametrize("words", ["new", "switch 2"])
async def test_where_threads_are_conversations_that_is_said(ears: Ear, words: str) -> None:
    await ears.say("hello")
    await ears.say(words, answers=True)

    where = await ears.where()
    assert ears.texts(where)[-1] == THREADS
    assert ears.begun == [where]


async def test_a_group_has_one_talk(ears: Ear) -> None:
    await ears.say("hello", thread="C1:1", group=True)
    for words in ("list", "new", "switch 1"):
        await ears.say(words, thread="C1:1", group=True, answers=True)
        assert ears.all_texts[-1] == "In a group there is only this one talk."


async def test_an_unknown_command_is_answered_kindly_everywhere(ears: Ear) -> None:
    await chat(ears, "!nonsense")

    assert ears.all_texts[-1].startswith("I do not know that command. You can write:")


async def test_who_only_wants_to_be_linked_begins_no_talk(ears: Ear) -> None:
    await ears.say("link AB12-CD34", CHAT, sender=HER, thread=None)
    assert ears.begun == []
    await chat(ears, "hello")
    await chat(ears, "link AB12-CD34")

    assert ears.all_texts[-1] == NO_LINKING


async def test_who_is_not_on_the_list_is_told_once_a_day_and_kept_nowhere(ears: Ear) -> None:
    def close(tx: Tx) -> None:
        assert tx.accounts.change(replace(CHAT, options={"allow": "+44 77, ana@x.test"}))
        tx.accounts.keep_key(DEMO, ears.vault.new_key(DEMO), 1)

    await ears.store.write(close)
    closed = replace(CHAT, options={"allow": "+44 77, ana@x.test"})
    for n in range(3):
        await ears.say(f"let me in {n}", closed, sender="+1555/+99", thread=None)
    await spoke(ears)
    assert [(place.address, text) for place, text in ears.chat.sent] == [("+1555/+99", NOT_ALLOWED)]
    assert ears.entries == []
    ears.clock.move(86_400)
    await ears.say("and today", closed, sender="+1555/+99", thread=None)
    await spoke(ears)
    assert len(ears.chat.sent) == 2

    await ears.say("I am on it", closed, sender=HER, thread=None)
    assert "I am on it" in ears.all_texts


async def test_the_web_begins_lists_and_points_to_them(talk: Moving) -> None:
    where = await talk.start()
    await talk.say(where, "about boots")
    await talk.say(where, "new")
    started = [e.conversation for e in talk.stage.entries if e.kind == "conversation_started"]
    assert len(started) == 2
    assert talk.stage.bodies(started[1], "message")[0].text == FRESH
    talk.stage.clock.move(1)
    await talk.say(where, "list")
    listed = talk.stage.bodies(where, "message")[-1].text
    assert "1. about boots (this one)" in listed
    await talk.say(where, "switch 2")

    assert talk.stage.bodies(where, "message")[-1].text.endswith(f"(/c/{started[1]})")
    assert len([k for k in talk.stage.kinds(where, "conversation_started") if k == "turn_started"]) == 0
