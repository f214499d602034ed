"""The sign that somebody is at it: where it says something, for as long as the turn runs, in nobody's way."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from throughline.conversation.channel import Capabilities, Consent
from throughline.conversation.records import Turn
from throughline.flow.typing import Typing, renewed, shows
from throughline.ports import Tx

from .ear import CHAT, DEMO, Ear, ear

HER = "+1555/+4477"


@pytest_asyncio.fixture
async def ears(tmp_path: Path) -> AsyncIterator[Ear]:
    async with ear(tmp_path / "data") as inside:
        await inside.store.write(lambda tx: tx.accounts.keep_key(DEMO, inside.vault.new_key(DEMO), 1))
        yield inside


async def running(ears: Ear) -> Turn:
    """A turn that was claimed."""

    def claim(tx: Tx) -> Turn | None:
        return tx.turns.claim("me", ears.clock.now(), ears.clock.now() + 15_000)

    turn = await ears.store.write(claim)
    assert turn is not None
    return turn


async def shown(ears: Ear, times: int) -> None:
    """So many signs were shown."""
    async with asyncio.timeout(10):
        while len(ears.chat.shown) < times:
            await ears.chat.spoke.wait()
            ears.chat.spoke.clear()


async def passes(ears: Ear, seconds: float) -> None:
    """Time passes once somebody waits for it."""
    await asyncio.wait_for(ears.clock.slept.wait(), 10)
    ears.clock.slept.clear()
    ears.clock.move(seconds)


async def test_it_shows_at_once_and_again_before_it_goes(ears: Ear) -> None:
    await ears.say("hello", CHAT, sender=HER, thread=None, ref="wamid.1")
    over = Typing(ears.store, ears.clock, ears.channels, ears.lines).began(await running(ears))
    await shown(ears, 1)
    await passes(ears, 20.0)
    await shown(ears, 2)
    over()

    assert {(place.address, place.ref, status) for place, status in ears.chat.shown} == {(HER, "wamid.1", "working")}


async def test_nothing_shows_for_who_wants_nothing_there(ears: Ear) -> None:
    await ears.say("hello", CHAT, sender=HER, thread=None)
    turn = await running(ears)
    await ears.take(Consent("k", HER, True), account=CHAT)
    over = Typing(ears.store, ears.clock, ears.channels, ears.lines).began(turn)
    await passes(ears, 5.0)
    await passes(ears, 0.0)
    over()

    assert ears.chat.shown == []


async def test_where_the_text_itself_shows_no_sign_does(ears: Ear) -> None:
    await ears.say("hello")
    over = Typing(ears.store, ears.clock, ears.channels, ears.lines).began(await running(ears))
    await passes(ears, 5.0)
    over()

    assert ears.chat.shown == []


@pytest.mark.parametrize(
    ("can", "expected"),
    [
        (Capabilities("whatsapp", "W", typing=True, typing_lasts=25.0), True),
        (Capabilities("telegram", "T", typing=True, typing_lasts=5.0, edit=True), False),
        (Capabilities("slack", "S", typing=True, typing_lasts=5.0, stream=True), False),
        (Capabilities("sms", "S"), False),
    ],
)
def test_which_channels_have_a_sign(can: Capabilities, expected: bool) -> None:
    assert shows(can) == expected


@pytest.mark.parametrize(("lasts", "again"), [(25.0, 20.0), (6.0, 3.0), (1.0, 1.0)])
def test_a_sign_is_renewed_a_little_before_it_goes(lasts: float, again: float) -> None:
    assert renewed(Capabilities("whatsapp", "W", typing=True, typing_lasts=lasts)) == again
