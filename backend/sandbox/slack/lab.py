"""The pane's side: what is there, what happens, and what the person does. No secret leaves through here."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from sandbox.slack import control, people
from sandbox.slack.facts import (
    Added,
    AppKnown,
    Change,
    ChannelKnown,
    Message,
    PersonKnown,
    Posted,
    Session,
    SessionSet,
    Tried,
    Wiped,
)  # fmt: skip
from sandbox.slack.ledger import Ledger
from sandbox.slack.socket_mode import Sockets
from sandbox.slack.switches import Switches

#: Messages and deliveries that the pane is shown at first, and frames that wait for a slow one.
SHOWN, DELIVERIES, QUEUE = 500, 50, 2_000
MAX_STREAMS = 50
#: Seconds between two signs of life.
_BEAT = 15.0
_encode = msgspec.json.Encoder().encode


class Say(Struct, frozen=True):
    """What a person writes. Without a channel: to the app, in direct messages."""

    user: str
    text: str
    thread_ts: str | None = None
    channel: str | None = None
    app: str | None = None
    mention: bool = False


class Stop(Struct, frozen=True):
    """Where the person presses stop."""

    channel: str
    thread_ts: str
    user: str | None = None


class Lab:
    """`/slack/_lab`."""

    def __init__(self, ledger: Ledger, sockets: Sockets) -> None:
        self._ledger, self._sockets = ledger, sockets
        self._deliveries: deque[dict[str, Any]] = deque(maxlen=DELIVERIES)
        self._readers: set[asyncio.Queue[bytes]] = set()
        self._ending = asyncio.Event()
        ledger.watchers.append(self._watch)
        ledger.board.changed = self._show_switches

    def routes(self) -> list[Route]:
        """Its paths."""
        return [
            Route("/state", self._state),
            Route("/stream", self._stream),
            Route("/say", self._say, methods=["POST"]),
            Route("/stop", self._stop, methods=["POST"]),
            Route("/switches", self._switches, methods=["PUT"]),
            Route("/reset", self._reset, methods=["POST"]),
        ]

    def end(self) -> None:
        """The server goes: no reader holds it up."""
        self._ending.set()

    # ------------------------------------------------------------ what is shown

    def state(self) -> dict[str, Any]:
        """Everything the pane begins with."""
        state = self._ledger.state
        newest = list(state.messages.values())[-SHOWN:]
        return {
            "apps": [self._app(name) for name in state.apps],
            "people": [msgspec.to_builtins(person) for person in state.people.values()],
            "channels": [msgspec.to_builtins(channel) for channel in state.channels.values()],
            "messages": [self._message(message) for message in sorted(newest, key=lambda m: m.ts)],
            "statuses": [self._status(session) for session in state.sessions.values()],
            "switches": self._ledger.board.shown(),
            "deliveries": list(self._deliveries),
        }

    def _app(self, name: str) -> dict[str, Any]:
        app = self._ledger.state.apps[name]
        return {
            "id": app.id, "name": app.name, "team": msgspec.to_builtins(app.team), "bot_user": app.bot_user,
            "bot_id": app.bot_id, "socket": app.socket, "sockets": self._sockets.count(app.id),
            "revoked": app.revoked,
        }  # fmt: skip

    def _message(self, message: Message) -> dict[str, Any]:
        state = self._ledger.state
        app = state.apps.get(message.app) if message.app is not None else None
        person = state.people.get(message.user)
        name = app.name if app is not None else person.name if person is not None else message.user
        return {
            "ts": message.ts, "channel": message.channel, "thread_ts": message.thread_ts, "user": message.user,
            "name": name, "bot": message.app is not None,
            "text": message.text if message.app is not None else people.plain(message.text, state),
            "format": "markdown" if message.markdown else "mrkdwn" if message.app is not None else "plain",
            "streaming": message.streaming == "in_progress", "broken": message.streaming == "errored",
            "stopped": message.stopped, "edited": message.edited is not None, "deleted": message.deleted,
            "tasks": list((message.tasks or {}).values()), "metadata": message.metadata,
            "at": int(float(message.ts) * 1000),
        }  # fmt: skip

    def _status(self, session: Session) -> dict[str, Any]:
        on = session.until > self._ledger.clock.now()
        return {
            "channel": session.channel, "thread_ts": session.thread_ts, "status": session.status,
            "title": session.title, "text": session.text if on else "", "prompts": session.prompts or [],
        }  # fmt: skip

    # ------------------------------------------------------------ what happens

    def _watch(self, changes: Sequence[Change]) -> None:
        """Frames for every reader."""
        for name, data in self._frames(changes):
            if name == "delivery":
                self._deliveries.append(data)
            self._publish(_frame(name, data))

    def _frames(self, changes: Sequence[Change]) -> list[tuple[str, Any]]:
        state = self._ledger.state
        if any(isinstance(c, AppKnown | PersonKnown | ChannelKnown | Wiped) for c in changes):
            return [("state", self.state())]
        found: list[tuple[str, Any]] = []
        for change in changes:
            match change:
                case Posted(message):
                    found.append(("message", self._message(message)))
                case Added(channel, ts) if (message_now := state.messages.get((channel, ts))) is not None:
                    found.append(("message", self._message(message_now)))
                case SessionSet(session):
                    found.append(("status", self._status(session)))
                case Tried(event_id, attempt, status, due):
                    again = None if due is None else int(due * 1000)
                    found.append(
                        ("delivery", {"event_id": event_id, "number": attempt + 1, "status": status, "again_at": again})
                    )
        return found

    def _show_switches(self) -> None:
        self._publish(_frame("switches", self._ledger.board.shown()))

    def _publish(self, frame: bytes) -> None:
        for reader in list(self._readers):
            try:
                reader.put_nowait(frame)
            except asyncio.QueueFull:
                # Too slow: its stream ends, and it begins anew with the whole state.
                self._readers.discard(reader)

    async def _stream(self, _request: Request) -> Response:
        if len(self._readers) >= MAX_STREAMS:
            return control.wrong("too_many_streams", 429)
        return StreamingResponse(self._read(), media_type="text/event-stream", headers={"cache-control": "no-store"})

    async def _read(self) -> AsyncIterator[bytes]:
        reader: asyncio.Queue[bytes] = asyncio.Queue(QUEUE)
        self._readers.add(reader)
        loop = asyncio.get_running_loop()
        ending = loop.create_task(self._ending.wait())
        try:
            yield _frame("state", self.state())
            while not ending.done() and reader in self._readers:
                more = loop.create_task(reader.get())
                await asyncio.wait({more, ending}, timeout=_BEAT, return_when=asyncio.FIRST_COMPLETED)
                if more.done():
                    yield more.result()
                else:
                    more.cancel()
                    yield b": still here\n\n"
        finally:
            ending.cancel()
            self._readers.discard(reader)

    # ------------------------------------------------------------ what the person does

    async def _state(self, _request: Request) -> Response:
        return control.said(self.state())

    async def _say(self, request: Request) -> Response:
        given = await control.read(request, Say)
        if isinstance(given, Response):
            return given
        state, clock = self._ledger.state, self._ledger.clock
        spoken = people.say(
            state, given.user, given.text, clock.wall(), channel=given.channel, thread_ts=given.thread_ts,
            app=given.app, mention=given.mention,
        )  # fmt: skip
        if isinstance(spoken, str):
            return control.wrong(spoken)
        await self._ledger.commit(spoken.changes, spoken.told)
        return control.said(spoken.body)

    async def _stop(self, request: Request) -> Response:
        given = await control.read(request, Stop)
        if isinstance(given, Response):
            return given
        clock = self._ledger.clock
        halted = people.stop(self._ledger.state, given.channel, given.thread_ts, given.user, clock.now(), clock.wall())
        if isinstance(halted, str):
            return control.wrong(halted)
        await self._ledger.commit(halted.changes, halted.told)
        return control.said(halted.body)

    async def _switches(self, request: Request) -> Response:
        given = await control.read(request, Switches)
        if isinstance(given, Response):
            return given
        self._ledger.board.put(replace(given, app=given.app or "*", method=given.method or "*"))
        return control.said({"ok": True, "switches": self._ledger.board.shown()})

    async def _reset(self, _request: Request) -> Response:
        self._ledger.board.clear()
        await self._ledger.wipe()
        return control.said({"ok": True})


def _frame(name: str, data: Any) -> bytes:
    return f"event: {name}\ndata: ".encode() + _encode(data) + b"\n\n"
