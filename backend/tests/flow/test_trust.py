"""Senders that nobody vouches for: apart from everybody, until they answer what was sent to them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from throughline.conversation.ids import ConversationId
from throughline.conversation.records import Identity
from throughline.conversation.trust import own_key

from .ear import DEMO, MAIL, Ear, ear

ANA = "ana@example.com"


@pytest_asyncio.fixture
async def ears(tmp_path: Path) -> AsyncIterator[Ear]:
    async with ear(tmp_path / "data") as inside:
        yield inside


async def mail(ears: Ear, text: str, thread: str, sender: str = ANA, **more: Any) -> ConversationId | None:
    """A mail; the conversation that its words are in."""
    await ears.say(text, MAIL, sender=sender, thread=thread, **more)
    found = [e.conversation for e in ears.entries if e.kind == "message" and e.body().text == text]  # type: ignore[attr-defined]
    return found[-1] if found else None


async def known(ears: Ear, address: str) -> Identity:
    found = await ears.identity(address, MAIL)
    assert found is not None
    return found


async def test_the_same_address_proved_and_not_are_two_people(ears: Ear) -> None:
    proved = await mail(ears, "from me", "t1")
    forged = await mail(ears, "from somebody", "t2", trust="unverified")

    mine, theirs = await known(ears, ANA), await known(ears, own_key(ANA))
    assert proved != forged
    assert (mine.status, theirs.status) == ("verified", "unverified")
    assert mine.person != theirs.person
    assert forged is not None
    assert len(await ears.bindings(forged)) == 1


async def test_who_is_not_vouched_for_is_not_heard_in_the_proved_ones_thread(ears: Ear) -> None:
    proved = await mail(ears, "from me", "t1")
    forged = await mail(ears, "let me in", "t1", trust="unverified", answers=True)
    again = await mail(ears, "me again", "t1", trust="unverified", answers=True)

    assert proved is not None
    assert ears.texts(proved) == ["from me"]
    assert forged == again != proved
    assert (await ears.bindings(again or proved))["gmail"].thread is None


async def test_the_proved_one_is_not_heard_in_the_others_thread_either(ears: Ear) -> None:
    forged = await mail(ears, "from somebody", "t1", trust="unverified")
    proved = await mail(ears, "now it is me", "t1", answers=True)
    again = await mail(ears, "still me", "t1", answers=True)

    assert forged != proved == again


async def test_who_is_not_vouched_for_cannot_move(ears: Ear) -> None:
    where = await mail(ears, "hello", "t1", trust="unverified")
    assert where is not None
    await mail(ears, "continue on web", "t1", trust="unverified", answers=True)

    assert await ears.active(where) == "gmail"
    assert "not reachable there yet" in ears.texts(where)[-1]


async def test_an_answer_with_our_tag_proves_the_address(ears: Ear) -> None:
    where = await mail(ears, "hello", "t1", trust="unverified")
    joined = await mail(ears, "yes, it is me", "t9", trust="unverified", conversation=where, answers=True)

    assert joined == where
    proved = await known(ears, ANA)
    assert proved.status == "verified"
    assert await ears.identity(own_key(ANA), MAIL) is None
    assert where is not None
    assert (await ears.bindings(where))["gmail"].thread == "t1"


async def test_a_tag_in_somebody_elses_mail_counts_for_nothing(ears: Ear) -> None:
    where = await mail(ears, "hello", "t1")
    eve = await mail(ears, "let me in", "t2", sender="eve@example.com", conversation=where)
    forged = await mail(ears, "let me", "t3", conversation=where and ConversationId(f"{where}x"), trust="unverified")
    odd = await mail(ears, "odd", "t4", conversation=ConversationId("no/id"), trust="unverified")

    assert where is not None
    assert ears.texts(where) == ["hello"]
    assert len({where, eve, forged, odd}) == 4


async def test_a_tag_from_another_organisations_talk_counts_for_nothing(ears: Ear) -> None:
    where = await mail(ears, "hello", "t1")
    rivals = await ears.store.read(lambda tx: tx.log.conversation(DEMO, where)) if where else None
    assert rivals is not None
    await ears.say("theirs", thread="D9:9")
    slack = await ears.where("D9:9")
    other = await mail(ears, "to slack's", "t2", conversation=slack)

    assert ears.texts(slack) == ["theirs"]
    assert other not in {slack, None}


async def test_the_thread_of_a_talk_that_had_none_is_the_one_of_the_proved_answer(ears: Ear) -> None:
    await mail(ears, "from me", "t1")
    forged = await mail(ears, "in your thread", "t1", trust="unverified", answers=True)
    joined = await mail(ears, "answered", "t2", trust="unverified", conversation=forged, answers=True)

    assert joined == forged
    assert forged is not None
    assert (await ears.bindings(forged))["gmail"].thread == "t2"
    # The address is another one's already: never a merge.
    assert (await known(ears, own_key(ANA))).status == "unverified"


async def test_nobody_can_write_from_our_own_form_of_an_address(ears: Ear) -> None:
    await ears.say("tricky", MAIL, sender=own_key(ANA), thread="t1")

    assert ears.all_texts == []
    assert [code for code, _ in ears.quarantined()] == ["bad_names"]


async def test_aliases_of_who_is_not_vouched_for_are_not_believed(ears: Ear) -> None:
    await mail(ears, "hello", "t1", trust="unverified", aliases=("boss@example.com",))

    assert await ears.identity("boss@example.com", MAIL) is None
