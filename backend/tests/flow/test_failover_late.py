"""What a provider says late: that it does not deliver what it took, and that it took what had gone on by then."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from throughline.conversation.channel import Reading, Receipt, Refused
from throughline.conversation.records import DeliveryRow
from throughline.flow.breakers import Breakers
from throughline.flow.hear import Hear
from throughline.observe import REGISTRY

from .counter import LOST
from .courier_stage import ACCOUNT, Accounts
from .stage import Numbers
from .ways_stage import C1, MAIL, TENANT, WaysStage, open_ways


class Lines(Accounts):
    """An account's line with breakers, as whoever hears needs it."""

    def __init__(self, stage: WaysStage) -> None:
        super().__init__()
        self.breakers = Breakers(stage.base.clock)


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[WaysStage]:
    opened = await open_ways(tmp_path / "data")
    yield opened
    await opened.base.close()


async def hears(stage: WaysStage, *receipts: Receipt) -> list[DeliveryRow]:
    """A webhook of Slack brings them; what was lost by that."""
    base, lost = stage.base, list[DeliveryRow]()
    hear = Hear(
        base.store, base.clock, Numbers(), "Guide", Lines(stage), base.channels, lambda: None,  # type: ignore[arg-type]
        deliver=base._wake, told=base._told, lost=lost.extend,
    )  # fmt: skip
    account = await base.store.read(lambda tx: tx.accounts.account(ACCOUNT))
    assert account is not None
    await hear.take(account, Reading(receipts=receipts))
    await base.settle()
    return lost


def late() -> float:
    return REGISTRY.get_sample_value("throughline_late_duplicates_total", {"channel": "slack"}) or 0.0


async def test_what_was_taken_and_is_not_delivered_goes_on_alone(stage: WaysStage) -> None:
    stage.base.start()
    first, second = await stage.say("first"), await stage.say("second")
    await stage.base.until(stage.base.reached(second, "accepted"))
    refused = Receipt("refused", C1, first, None, "D1:1", "30003")
    assert await hears(stage, refused) == []
    assert await hears(stage, refused) == []

    assert await stage.fate(first) == {"slack": "passed", "gmail": "accepted*"}
    assert await stage.fate(second) == {"slack": "accepted*"}
    assert stage.story(first) == [
        "slack accepted", "slack refused", "slack passed", "slack to gmail: 30003, late", "gmail accepted",
    ]  # fmt: skip
    assert stage.mail.said() == "first"


async def test_where_there_is_no_other_channel_members_are_told_once(stage: WaysStage) -> None:
    await stage.modes(b_web="off", b_mail="off", b_sms="off")
    stage.base.start()
    message = await stage.say()
    await stage.base.until(stage.base.reached(message, "accepted"))
    refused = Receipt("refused", C1, message, None, "D1:1", "30003")

    assert [row.state for row in await hears(stage, refused)] == ["dead"]
    assert await hears(stage, refused) == []


async def test_a_late_success_is_written_down_and_counted_once_and_nothing_is_sent_again(stage: WaysStage) -> None:
    stage.slack.script("send", LOST)
    stage.base.start()
    message = await stage.say()
    await stage.base.settle()
    await stage.base.advance(15)
    assert await stage.fate(message) == {"slack": "passed", "gmail": "accepted*"}
    before, echo = late(), Receipt("accepted", C1, message, "ts-1", "D1:1")
    await hears(stage, echo)
    await hears(stage, echo, echo)
    await stage.base.advance(40)

    assert late() == before + 1
    assert await stage.fate(message) == {"slack": "accepted", "gmail": "accepted*"}
    assert (len(stage.slack.calls), len(stage.mail.calls)) == (1, 1)
    row = await stage.base.store.read(lambda tx: tx.bindings.of_message(TENANT, C1, message))
    assert [r.channel for r in row if r.owed] == ["gmail"]


async def test_where_it_went_fails_after_the_late_success_nothing_more_is_sent(stage: WaysStage) -> None:
    answer = asyncio.Event()
    stage.slack.script("send", LOST)
    stage.mail.script("send", answer, Refused("bounced"))
    stage.base.start()
    message = await stage.say()
    await stage.base.settle()
    await stage.base.advance(15)
    await hears(stage, Receipt("accepted", C1, message, "ts-1", "D1:1"))
    answer.set()
    await stage.base.advance(10)

    assert await stage.fate(message) == {"slack": "accepted", "gmail": "passed"}
    assert (await stage.base.row(message, on=MAIL)).reason == "already_there"
    assert not stage.sms.calls
