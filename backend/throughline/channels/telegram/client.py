"""Calls of Telegram's Bot API: one request on the wire for each. The token is part of the address, so none is told."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import msgspec

from throughline.channels.once import CONNECT, TOTAL, Flowing, Once
from throughline.channels.telegram.answers import Answer, Failed, meaning
from throughline.channels.telegram.capabilities import DOWNLOAD

#: Seconds that getUpdates waits for news, and that its answer may take besides. Bytes of a hundred updates.
POLL, SLACK = 30, 10.0
BATCH = 8_388_608
_JSON = {"content-type": "application/json"}


class Client:
    """`total` and `connect` are seconds of a call; a poll takes longer."""

    def __init__(self, total: float = TOTAL, connect: float = CONNECT, poll: int = POLL) -> None:
        self._once = Once(total, connect)
        self._polls = Once(poll + SLACK, connect)
        self._poll = poll

    async def call(self, base: str, token: str, method: str, asked: Mapping[str, Any] | None = None) -> Answer | Failed:
        """Ask once. `base` ends with a slash."""
        content = msgspec.json.encode(asked or {})
        return meaning(await self._once.ask("POST", _url(base, token, method), headers=_JSON, content=content))

    async def news(self, base: str, token: str, offset: int | None) -> Answer | Failed:
        """Updates from `offset` on, at most a hundred, as soon as there are any. An offset confirms all before it."""
        asked: dict[str, Any] = {"timeout": self._poll, "allowed_updates": ["message", "callback_query"]}
        if offset is not None:
            asked["offset"] = offset
        url, content = _url(base, token, "getUpdates"), msgspec.json.encode(asked)
        return meaning(await self._polls.ask("POST", url, headers=_JSON, content=content, most=BATCH))

    @asynccontextmanager
    async def download(self, base: str, token: str, path: str) -> AsyncIterator[Flowing | Failed]:
        """A file by the path that getFile gave, from the same host."""
        url = f"{base}file/bot{quote(token, safe=':')}/{quote(path, safe='/')}"
        async with self._once.open(url, most=DOWNLOAD) as found:
            yield found

    async def close(self) -> None:
        """Let pooled connections go."""
        await self._once.close()
        await self._polls.close()


def _url(base: str, token: str, method: str) -> str:
    return f"{base}bot{quote(token, safe=':')}/{method}"
