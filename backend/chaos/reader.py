"""A reader of a conversation over the socket: it resumes where it stood and remembers all it saw, in order."""

import asyncio
import json
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from chaos.cast import PASSWORD

SUBPROTOCOL = "throughline.v1"


class Reader:
    """One program that watches one conversation, whatever happens to the gateway."""

    def __init__(self, url: str, email: str, talk: str, patience: float = 20.0) -> None:
        """`patience`: seconds after which it asks whether the other side is there, and then waits for an answer."""
        self.url, self.email, self.talk, self.patience = url, email, talk, patience
        #: How often it was connected.
        self.links = 0
        self.seen: list[tuple[int, str]] = []
        #: A frame that came out of order: it must never be.
        self.holes = 0
        self._epoch = ""

    async def watch(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self._linked()
            except (OSError, EOFError, WebSocketException, TimeoutError, KeyError):
                await asyncio.sleep(0.1)

    async def _linked(self) -> None:
        import httpx2

        try:
            async with httpx2.AsyncClient(base_url=self.url, trust_env=False, timeout=5) as http:
                signed = await http.post("/api/v1/auth/login", json={"email": self.email, "password": PASSWORD})
        except httpx2.HTTPError as error:
            raise OSError from error
        token = signed.json()["access_token"]
        target = self.url.replace("http", "ws", 1) + "/api/v1/socket"
        async with connect(
            target, subprotocols=[SUBPROTOCOL], proxy=None, max_size=None, close_timeout=1,  # type: ignore[list-item]
            ping_interval=self.patience, ping_timeout=self.patience,
        ) as socket:  # fmt: skip
            self.links += 1
            at = self.seen[-1][0] if self.seen else 0
            resume = [{"c": self.talk, "epoch": self._epoch, "seq": at}] if self._epoch else []
            await socket.send(json.dumps({"t": "hello", "token": token, "resume": resume}))
            if not resume:
                await socket.send(json.dumps({"t": "watch", "c": self.talk, "after": 0}))
            async for raw in socket:
                self._take(json.loads(raw))

    def _take(self, frame: dict[str, Any]) -> None:
        if frame["t"] == "watching":
            self._epoch = frame["epoch"]
        if frame["t"] != "event" or frame.get("c", self.talk) != self.talk:
            return
        at = self.seen[-1][0] if self.seen else 0
        if frame["seq"] <= at:
            return
        if frame["seq"] > at + 1:
            self.holes += 1
            return
        kind = frame["kind"]
        self.seen.append((frame["seq"], frame["body"]["id"] if kind == "message" else kind))
