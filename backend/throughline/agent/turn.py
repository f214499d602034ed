"""The agent: prompt, history, model and confidence header joined to the `Agent` port.

Before anything was shown a failure that may pass is tried again; afterwards it is not, since text would have to be
taken back.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Self

from throughline.agent import context, prompts
from throughline.agent.header import Header
from throughline.agent.llm import Llm
from throughline.conversation.answer import Brief, Broken, Done, Piece, SegmentDone, Sure, Words
from throughline.conversation.unseen import visible
from throughline.ports import Clock

#: Replies that wait for their first text at one time: a burst of starts would delay every one of them.
STARTS = 32
#: Requests for one answer, and the longest wait between two that a person is asked for, in seconds.
TRIES = 2
MAX_WAIT = 8.0


class Writer:
    """An agent with a model."""

    def __init__(self, llm: Llm, clock: Clock, label: str, *, demo: bool) -> None:
        self.label = label
        self.demo = demo
        self._llm = llm
        self._clock = clock
        self._starts = asyncio.Semaphore(STARTS)

    async def reply(self, brief: Brief) -> AsyncGenerator[Piece, None]:
        """Write, as the port promises."""
        asked = await _prompt(brief)
        for attempt in range(1, TRIES + 1):
            header, shown, wait = Header(), False, None
            async with _Start(self._starts) as start, aclosing(self._llm.write(asked)) as pieces:
                async for piece in pieces:
                    if header.passed and type(piece) is str:
                        shown = True
                        yield Words(piece)
                        continue
                    start.over()
                    if type(piece) is Broken and not shown and attempt < TRIES:
                        wait = _wait(piece, attempt)
                        if wait is not None:
                            break
                    for made in _made(header, piece):
                        shown = shown or type(made) is Words
                        yield made
            if wait is None:
                return
            await self._clock.sleep(wait)

    async def close(self) -> None:
        """Let the model's connections go."""
        await self._llm.close()


class _Start:
    """A place among those who wait for their first text."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self._held = False

    async def __aenter__(self) -> Self:
        await self._places.acquire()
        self._held = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self.over()

    def over(self) -> None:
        """The first text is there, or will not come."""
        if self._held:
            self._held = False
            self._places.release()


class Silent:
    """No model is configured: every reply says so."""

    label = "no model"
    demo = False

    async def reply(self, brief: Brief) -> AsyncGenerator[Piece, None]:
        """Broken, at once."""
        yield Sure(None)
        yield Broken("no_model", f"No model is configured for {brief.tenant_name}: set OPENAI_API_KEY.", again=False)

    async def close(self) -> None:
        """Nothing to let go of."""


async def _prompt(brief: Brief) -> list[prompts.Rendered]:
    setting = {
        "agent": brief.agent,
        "organisation": brief.tenant_name,
        "person": brief.person_name,
        "channel": brief.channel,
        "opening": brief.opening,
    }
    system = await prompts.render("ReplySystem", setting={k: visible(v) for k, v in setting.items()})
    return [*system, *context.messages(brief)]


def _made(header: Header, piece: str | Done | Broken) -> list[Piece]:
    """What the header lets through of a piece."""
    if type(piece) is Broken:
        return [piece]
    sure, text = header.feed(piece) if isinstance(piece, str) else header.finish()
    made: list[Piece] = [] if sure is None else [sure]
    if text:
        made.append(Words(text))
    return [*made, SegmentDone(), piece] if isinstance(piece, Done) else made


def _wait(broken: Broken, attempt: int) -> float | None:
    """Seconds until the next try; None: it would not help, or take too long."""
    if not broken.again:
        return None
    wait = broken.retry_after if broken.retry_after is not None else 0.5 * 2 ** (attempt - 1)
    return wait if wait <= MAX_WAIT else None
