"""Requests to the Graph API: one call, one request on the wire, with the account's token. Nothing is repeated."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import msgspec

from throughline.channels.once import Flowing, Once, Told
from throughline.channels.whatsapp_meta.answers import Failed
from throughline.conversation.channel import Refused
from throughline.ports import Line

_encoder = msgspec.json.Encoder()


class Client:
    """Calls for every account over one pool of connections."""

    def __init__(self, once: Once | None = None) -> None:
        self._once = once or Once()

    async def post(self, line: Line, node: str, edge: str, asked: Mapping[str, Any]) -> Told | Failed:
        """`POST /{node}/{edge}`. NotSent: no byte of it left us."""
        bearer = _bearer(line)
        if isinstance(bearer, Refused):
            return bearer
        headers = {**bearer, "content-type": "application/json"}
        return await self._once.ask(
            "POST", f"{_base(line)}{quote(node, safe='')}/{edge}", headers=headers, content=_encoder.encode(asked)
        )

    async def get(self, line: Line, node: str, fields: str = "") -> Told | Failed:
        """`GET /{node}`, with the fields that are wanted."""
        bearer = _bearer(line)
        if isinstance(bearer, Refused):
            return bearer
        query = f"?fields={fields}" if fields else ""
        return await self._once.ask("GET", f"{_base(line)}{quote(node, safe='')}{query}", headers=bearer)

    @asynccontextmanager
    async def download(self, line: Line, url: str, most: int) -> AsyncIterator[Flowing | Failed]:
        """A file's bytes as they come. Whether the address may have our token is the caller's to know."""
        bearer = _bearer(line)
        if isinstance(bearer, Refused):
            yield bearer
            return
        async with self._once.open(url, most=most, headers=bearer) as answer:
            yield answer

    async def close(self) -> None:
        """Let the connections go."""
        await self._once.close()


def _bearer(line: Line) -> dict[str, str] | Refused:
    token = line.secrets.get("access_token", "")
    if not token:
        return Refused("no_token", auth=True)
    if not token.isascii() or not token.isprintable() or " " in token:
        return Refused("invalid_auth", auth=True)
    return {"authorization": f"Bearer {token}"}


def _base(line: Line) -> str:
    return line.base_url if line.base_url.endswith("/") else f"{line.base_url}/"
