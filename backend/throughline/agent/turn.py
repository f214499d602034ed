"""The agent: prompt, history, model and confidence header joined to the `Agent` port.

Before anything was shown a failure that may pass is tried again; afterwards it is not, since text would have to be
taken back.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from throughline.agent import context, prompts
from throughline.agent.header import Header
from throughline.agent.llm import Llm
from throughline.conversation.answer import Brief, Broken, Done, Piece, SegmentDone, Sure, Words
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
            shown = False
            async with aclosing(self._attempt(asked)) as pieces:
                async for piece in pieces:
                    if type(piece) is Broken and not shown and attempt < TRIES:
                        wait = _wait(piece, attempt)
                        if wait is not None:
                            break
                    shown = shown or type(piece) is Words
                    yield piece
                else:
                    return
            await self._clock.sleep(wait)

    async def close(self) -> None:
        """Let the model's connections go."""
        await self._llm.close()

    async def _attempt(self, asked: list[prompts.Rendered]) -> AsyncGenerator[Piece, None]:
        header = Header()
        starting = True
        await self._starts.acquire()
        try:
            async with aclosing(self._llm.write(asked)) as pieces:
                async for piece in pieces:
                    if starting:
                        self._starts.release()
                        starting = False
                    if type(piece) is str:
                        if header.passed:
                            yield Words(piece)
                            continue
                        sure, text = header.feed(piece)
                    elif type(piece) is Broken:
                        yield piece
                        return
                    else:
                        sure, text = header.finish()
                    if sure is not None:
                        yield sure
                    if text:
                        yield Words(text)
                    if type(piece) is Done:
                        yield SegmentDone()
                        yield piece
        finally:
            if starting:
                self._starts.release()


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
    system = await prompts.render("ReplySystem", setting={k: context.visible(v) for k, v in setting.items()})
    return [*system, *context.messages(brief)]


def _wait(broken: Broken, attempt: int) -> float | None:
    """Seconds until the next try; None: it would not help, or take too long."""
    if not broken.again:
        return None
    wait = broken.retry_after if broken.retry_after is not None else 0.5 * 2 ** (attempt - 1)
    return wait if wait <= MAX_WAIT else None
