"""Long and slow messages: one segment ends, the next goes on, and together they say it all."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from throughline.conversation.ids import MessageId

from .courier_stage import CAN, Stage, open_stage


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    opened = await open_stage(tmp_path / "data")
    yield opened
    await opened.close()


async def streaming(stage: Stage, text: str = "Hello") -> MessageId:
    """A message that stands there with its first words."""
    message = await stage.begin()
    stage.write(message, text)
    await stage.until(lambda: "start" in stage.counter.kinds())
    await stage.settle()
    return message


async def test_a_stream_is_rotated_before_the_provider_ends_it_and_fences_go_on(stage: Stage) -> None:
    stage.start()
    message = await streaming(stage, "```py\nx = 1\n")
    await stage.advance(239)
    stage.write(message, "y = 2\nz")
    await stage.advance(2)
    assert stage.counter.kinds() == ["start", "stop", "start"]
    stage.write(message, " = 3\n```\nDone")
    await stage.advance(2)
    await stage.finish(message, "```py\nx = 1\ny = 2\nz = 3\n```\nDone.")
    await stage.until(stage.reached(message, "accepted"))

    first, second = stage.counter.stands.values()
    assert first == "```py\nx = 1\ny = 2\n```"
    assert second == "```py\nz = 3\n```\nDone."
    assert stage.counter.open == set()


async def test_an_idle_stream_is_rotated_too(stage: Stage) -> None:
    stage.start()
    message = await streaming(stage)
    await stage.advance(241)
    assert stage.counter.open == set()
    await stage.finish(message, "Hello")
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.said() == "Hello"
    assert stage.counter.kinds() == ["start", "stop"]


async def test_text_beyond_one_message_goes_on_in_the_next(stage: Stage) -> None:
    stage.start()
    text = "".join(f"line {n}\n" for n in range(200))
    message = await stage.begin()
    for at in range(0, len(text), 150):
        stage.write(message, text[at : at + 150])
        await stage.advance(1)
    await stage.finish(message, text)
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.said() == text
    assert all(len(part) <= CAN.text for part in stage.counter.stands.values())
    assert (await stage.row(message)).remote == tuple(stage.counter.stands)


async def test_a_stream_that_the_provider_ended_goes_on_in_a_new_one(stage: Stage) -> None:
    stage.start()
    message = await streaming(stage, "One. ")
    stage.counter.open.clear()
    stage.write(message, "Two. ")
    await stage.advance(3)
    assert stage.counter.said() == "One. Two. "
    await stage.finish(message, "One. Two. Three.")
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.said() == "One. Two. Three."
