"""The carrier's own words: nothing leaves for who has left, everywhere, until they come back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from throughline.conversation.channel import Consent
from throughline.conversation.ids import ConversationId, IdentityId
from throughline.conversation.records import Identity
from throughline.ports import Tx

from .ear import ADA, DEMO, TEXTS, Ear, ear

HER = "+1555/+4477"


@pytest_asyncio.fixture
async def ears(tmp_path: Path) -> AsyncIterator[Ear]:
    async with ear(tmp_path / "data") as inside:
        yield inside


async def add_ada(ears: Ear) -> None:
    """The number is Ada's, who is on the web too."""
    ada = Identity(IdentityId("i-sms"), DEMO, ADA, TEXTS.id, "sms", HER, "verified", 3, "Ada")
    await ears.store.write(lambda tx: tx.people.add_identity(ada))


async def text(ears: Ear, words: str = "hello") -> ConversationId:
    await ears.say(words, TEXTS, sender=HER, thread=None)
    known = await ears.identity(HER, TEXTS)
    assert known is not None
    assert known.talks_in is not None
    return known.talks_in


async def consent(ears: Ear, *, off: bool, key: str = "k1", address: str = HER) -> None:
    await ears.take(Consent(key, address, off), account=TEXTS)


async def modes(ears: Ear, where: ConversationId) -> dict[str, str]:
    return {channel: b.mode for channel, b in (await ears.bindings(where)).items()}


async def states(ears: Ear, where: ConversationId) -> list[tuple[str, str | None]]:
    rows = await ears.store.read(lambda tx: tx.bindings.deliveries(DEMO, where))
    return [(r.state, r.reason) for r in rows if r.channel == "sms"]


async def test_who_leaves_is_left_alone_in_every_talk_and_the_talk_goes_on_elsewhere(ears: Ear) -> None:
    await add_ada(ears)
    first = await text(ears)
    second = await text(ears, "!new")
    await consent(ears, off=True)

    for where in (first, second):
        assert await modes(ears, where) == {"sms": "off", "web": "active", "slack": "standby"}
        assert [b.why for b in ears.bodies(where, "bound")] == ["started", "off"]
        # What was for that place alone is for no other.
        assert set(await states(ears, where)) == {("superseded", "off")}


async def test_nowhere_else_to_go_is_no_reason_to_go_on(ears: Ear) -> None:
    where = await text(ears)
    await consent(ears, off=True)

    assert await modes(ears, where) == {"sms": "off"}
    assert {state for state, _ in await states(ears, where)} == {"superseded"}
    assert {reason for _, reason in await states(ears, where)} == {"off"}
    assert [(b.state, b.reason) for b in ears.bodies(where, "delivery")] == [("superseded", "off")]
    assert {(row.state, row.reason) for row in ears.told} == {("superseded", "off")}


async def test_who_comes_back_is_heard_and_answered_again(ears: Ear) -> None:
    where = await text(ears)
    await consent(ears, off=True)
    await consent(ears, off=False, key="k2")
    assert await modes(ears, where) == {"sms": "standby"}
    assert await text(ears, "I am back") == where

    assert await modes(ears, where) == {"sms": "active"}


async def test_a_talk_that_begins_later_finds_it_shut(ears: Ear) -> None:
    await add_ada(ears)
    await consent(ears, off=True)
    await ears.say("on slack", sender="T1/UADA")

    assert (await modes(ears, await ears.where()))["sms"] == "off"


async def test_who_left_and_writes_all_the_same_is_heard_and_not_answered_there(ears: Ear) -> None:
    await text(ears)
    await consent(ears, off=True)
    ears.clock.move(25 * 3600)
    where = await text(ears, "hello?")

    assert await modes(ears, where) == {"sms": "off"}
    assert ears.texts(where) == ["hello?"]
    assert await states(ears, where) == []
    another = await text(ears, "!new")
    assert another != where
    assert await modes(ears, another) == {"sms": "off"}


async def test_an_old_word_that_comes_again_changes_nothing(ears: Ear) -> None:
    where = await text(ears)
    await consent(ears, off=True)
    await consent(ears, off=False, key="k2")
    await consent(ears, off=True)

    assert await modes(ears, where) == {"sms": "standby"}


async def test_the_word_of_somebody_unknown_makes_nobody(ears: Ear) -> None:
    await consent(ears, off=True)
    await consent(ears, off=True, key="k2", address="\x00")

    assert await ears.identity(HER, TEXTS) is None
    assert ears.quarantined() == []


async def test_a_move_to_it_is_refused(ears: Ear) -> None:
    await add_ada(ears)
    await consent(ears, off=True)
    await ears.say("hello", sender="T1/UADA")
    await ears.say("continue on sms", sender="T1/UADA", answers=True)

    assert "wants no messages there" in ears.all_texts[-1]


async def test_what_was_owed_when_they_left_never_leaves(ears: Ear) -> None:
    where = await text(ears)
    before = await states(ears, where)
    assert {state for state, _ in before} == {"pending"}
    await consent(ears, off=True)

    def ready(tx: Tx) -> int | None:
        return tx.outbox.next_due()

    assert await ears.store.read(ready) is None
