"""Polling: getUpdates, for as long as the account is heard this way.

An offset confirms everything before it, for good: so it moves only after `take` has the updates and the offset itself
on disk. A crash between the two brings the same updates again, and their keys are known.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping

import msgspec

from throughline.channels.telegram.answers import Answer, Failed
from throughline.channels.telegram.wire import read_batch
from throughline.conversation.channel import NotSent, Reading, Refused, Reply
from throughline.observe import failure, logger

#: Seconds of the first pause, of the longest one, and after a refusal that only an admin ends.
_FIRST, _LAST, _LONG = 1.0, 30.0, 60.0

_log = logger("channels.telegram.polling")


class Polling:
    """One account's. `news` asks from an offset on, `call` asks anything else."""

    def __init__(
        self,
        news: Callable[[int | None], Awaitable[Answer | Failed]],
        call: Callable[[str, Mapping[str, object]], Awaitable[Answer | Failed]],
        take: Callable[[Reading], Awaitable[Reply]],
        own: str,
        options: Mapping[str, str],
        cursor: str | None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._news, self._call, self._take = news, call, take
        self._own, self._options = own, options
        self._offset = int(cursor) if cursor and cursor.isascii() and cursor.isdecimal() else None
        self._sleep, self._jitter = sleep, jitter
        self._tries = 0

    async def run(self) -> None:
        """Ask for news until cancelled."""
        while True:
            try:
                pause = await self._once()
            except Exception as error:
                # A bug of ours must not make us deaf for good.
                _log.error("telegram_polling", **failure(error))
                pause = self._later()
            if pause:
                await self._sleep(pause)

    async def _once(self) -> float:
        """Ask once, take what came. Seconds to wait before the next time."""
        answer = await self._news(self._offset)
        if not isinstance(answer, Answer):
            return await self._failed(answer)
        if answer.result == []:
            self._tries = 0
            return 0.0
        found = read_batch(msgspec.json.encode(answer.result), self._own, self._options)
        if found is None:
            _log.warning("telegram_polling_unreadable")
            return self._later()
        reading, presses = found
        reply = await self._take(reading)
        if reply.status >= 300:
            return self._later()
        self._offset, self._tries = int(reading.cursor or 0), 0
        for press in presses:
            # The button stops waiting; where that fails it does so by itself.
            await self._call("answerCallbackQuery", {"callback_query_id": press})
        return 0.0

    async def _failed(self, failed: Failed) -> float:
        _log.warning("telegram_polling_refused", reason=failed.reason)
        if failed == Refused("conflict"):
            # A webhook is set, which excludes polling; what is pending stays.
            await self._call("deleteWebhook", {"drop_pending_updates": False})
            return self._later()
        if isinstance(failed, Refused):
            return max(_LONG, self._later())
        return max(self._later(), failed.after or 0.0) if isinstance(failed, NotSent) else self._later()

    def _later(self) -> float:
        """Back off: half of the doubled pause is certain, half is chance."""
        pause = min(_LAST, _FIRST * 2.0**self._tries)
        self._tries = min(self._tries + 1, 16)
        return pause * (0.5 + self._jitter() / 2)
