"""A program that talks over the socket as the protocol page says: it folds what it sees and resumes where it stood."""

import asyncio
import uuid

import httpx2
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from gateway import PATIENCE
from throughline.channels.web.wire import SUBPROTOCOL
from throughline.conversation.events import EventFrame, decode
from throughline.conversation.state import View, on_delta, on_event, on_snapshot

#: What a dead or closing gateway looks like from outside.
LINK_TROUBLE = (ConnectionClosed, OSError, httpx2.HTTPError, EOFError)


class Talker:
    """One person's program: one conversation, any number of links to the gateway, one view that must come out right."""

    def __init__(self, url: str, email: str, password: str = "demo") -> None:
        self.url = url
        self.email = email
        self.password = password
        self.token = ""
        self.conversation = ""
        self.epoch = ""
        self.view = View()
        #: Message ids by what became of them.
        self.said: dict[str, str] = {}
        self.acked: dict[str, int] = {}
        self.refused: dict[str, str] = {}
        self.turns_ended: list[str] = []
        self.changed = asyncio.Event()

    async def sign_in(self) -> None:
        """Get a token, and a conversation if there is none yet."""
        async with httpx2.AsyncClient(base_url=self.url, trust_env=False, timeout=PATIENCE) as http:
            answer = await http.post("/api/v1/auth/login", json={"email": self.email, "password": self.password})
            answer.raise_for_status()
            if not self.conversation:
                name = str(uuid.uuid4())
                bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
                made = await http.post("/api/v1/conversations", json={"id": name}, headers=bearer)
                made.raise_for_status()
                self.conversation = name
            self.token = answer.json()["access_token"]

    async def link(self) -> None:
        """One link, until it breaks: hello with what we have, then whatever comes. Unacked messages go out again."""
        if not self.token:
            await self.sign_in()
        target = self.url.replace("http", "ws", 1) + "/api/v1/socket"
        async with connect(target, subprotocols=[SUBPROTOCOL], proxy=None, max_size=None) as socket:  # type: ignore[list-item]
            resume = [{"c": self.conversation, "epoch": self.epoch, "seq": self.view.seq}] if self.epoch else []
            await self._send(socket, t="hello", token=self.token, resume=resume)
            if not resume:
                await self._send(socket, t="watch", c=self.conversation, after=0)
            for name, text in self.said.items():
                if name not in self.acked and name not in self.refused:
                    await self._send(socket, t="say", c=self.conversation, id=name, text=text)
            self.socket = socket
            async for raw in socket:
                await self._take(msgspec.json.decode(raw, type=dict[str, msgspec.Raw]), raw, socket)

    async def keep_linked(self) -> None:
        """Link again for as long as it takes; cancel to end."""
        while True:
            try:
                await self.link()
            except LINK_TROUBLE:
                pass
            await asyncio.sleep(0.05)

    async def say(self, text: str) -> str:
        """Say something, now or as soon as there is a link; returns the message's id."""
        name = str(uuid.uuid4())
        self.said[name] = text
        socket = getattr(self, "socket", None)
        if socket is not None:
            try:
                await self._send(socket, t="say", c=self.conversation, id=name, text=text)
            except LINK_TROUBLE:
                pass
        return name

    async def until(self, true: "callable[[], bool]", seconds: float = 90.0) -> None:
        """Wait until something holds of what has been seen."""
        async with asyncio.timeout(seconds):
            while not true():
                self.changed.clear()
                await self.changed.wait()

    async def reach(self, seq: int) -> None:
        """Wait until the view has taken in the event at `seq`."""
        await self.until(lambda: self.view.seq >= seq)

    async def _send(self, socket: ClientConnection, **frame: object) -> None:
        await socket.send(msgspec.json.encode(frame).decode())

    async def _take(self, frame: dict[str, msgspec.Raw], raw: str | bytes, socket: ClientConnection) -> None:
        fields = {k: v for k, v in frame.items() if k != "body"}
        plain = {k: msgspec.json.decode(v) for k, v in fields.items()}
        match plain["t"]:
            case "watching":
                self.epoch = plain["epoch"]
                if not plain["recovered"]:
                    self.view = View()
                    await self._send(socket, t="watch", c=self.conversation, after=0)
            case "event":
                event = msgspec.json.decode(raw, type=EventFrame)
                body = decode(event.kind, bytes(event.body))
                assert event.seq <= self.view.seq + 1, f"a hole: {event.seq} after {self.view.seq}"
                fresh = event.seq == self.view.seq + 1
                self.view = on_event(self.view, event.seq, event.at, body)
                if fresh and event.kind == "turn_ended":
                    self.turns_ended.append(body.turn)  # type: ignore[attr-defined]
            case "delta":
                self.view = on_delta(self.view, plain["message"], plain["attempt"], plain["at"], plain["text"])
                if self.view.open is not None and self.view.open.snap:
                    await self._send(socket, t="snap", c=self.conversation, message=plain["message"])
            case "snapshot":
                self.view = on_snapshot(self.view, plain["message"], plain["attempt"], plain["text"])
            case "ack":
                self.acked[plain["id"]] = plain["seq"]
            case "nack" if "id" in plain:
                self.refused[plain["id"]] = plain["code"]
        self.changed.set()
