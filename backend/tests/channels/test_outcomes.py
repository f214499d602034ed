"""The page of outcomes says what is so."""

from pathlib import Path

import pytest

from tests.flow.ear import ear
from throughline.channels.catalogue import FACTORIES
from throughline.conversation.channel import Reading, Receipt

from .clocks import JUMPS, taken
from .outcomes import PAGE, page
from .test_hostile_answers import SUBJECTS
from .told import TOLD, Told


def test_the_page_is_as_the_cases_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "Run:  just schema"


def test_every_channel_has_a_column() -> None:
    assert set(FACTORIES) == set(SUBJECTS)


@pytest.mark.parametrize("told", TOLD, ids=[told.name for told in TOLD])
async def test_what_is_told_afterwards_only_climbs(told: Told, tmp_path: Path) -> None:
    async with ear(tmp_path / "data") as slack:
        await slack.say()
        where = await slack.where()
        row = await slack.post(where, told.was, remote=("r-1",) if told.known else ())
        for state in told.receipts:
            await slack.take(Receipt(state, where, row.message, "r-1"))

        assert (await slack.delivery(where, row.message)).state == told.becomes


@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("folder", SUBJECTS)
def test_a_webhook_is_read_by_a_clock_that_is_wrong_or_is_refused(folder: str, jump: str) -> None:
    subject = SUBJECTS[folder]
    request = subject.signed(subject.recorded[0].read_bytes())

    read = subject.make(1.0).read(request, subject.line("http://127.0.0.1:9/"), subject.now + round(JUMPS[jump] * 1000))

    assert isinstance(read, Reading) == taken(folder, JUMPS[jump])
