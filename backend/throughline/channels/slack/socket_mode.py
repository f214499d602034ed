"""Socket Mode: Slack heard over a WebSocket that we open, for installations without a public address.

Each envelope is acknowledged only after it is durable, one after the other, so a socket keeps its order; what was not
acknowledged Slack sends again, on this socket or another. Before Slack closes a socket it says so: then the next one
is opened while the old one still speaks. Source: docs.slack.dev/apis/events-api/using-socket-mode.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from throughline.channels.slack.answers import Answer, Failed
from throughline.conversation.channel import NotSent, Reading, Refused, Reply
from throughline.observe import failure, logger, spawn

#: Bytes of one frame.
MOST = 1_048_576
#: Sockets at a time: the one that speaks, and the one that takes over.
SOCKETS = 2
_OPEN = 10.0
_PING = 20.0
#: Seconds between two tries: doubled from the first to the last, and jittered.
_FIRST, _LAST = 1.0, 60.0
#: Seconds where only a person can help: a wrong token, Socket Mode switched off.
_LONG = 300.0
#: Why Slack ends a socket where another one at once would not help, and for how long.
_ENDS = {"link_disabled": _LONG, "too_many_websockets": _LAST}

_log = logger("channels.slack.socket_mode")


class Envelope(Struct, frozen=True):
    """A frame from Slack."""

    type: str = ""
    envelope_id: str = ""
    payload: Raw | UnsetType = UNSET
    reason: str = ""


_envelope = msgspec.json.Decoder(Envelope)
_encoder = msgspec.json.Encoder()


class Socket:
    """One account's ear. `plain` allows `ws://`, for a stand-in on this machine."""

    def __init__(
        self,
        open_url: Callable[[], Awaitable[Answer | Failed]],
        read: Callable[[bytes], Reading],
        take: Callable[[Reading], Awaitable[Reply]],
        sleep: Callable[[float], Awaitable[None]],
        jitter: Callable[[], float],
        *,
        plain: bool,
    ) -> None:
        self._open_url = open_url
        self._read = read
        self._take = take
        self._sleep = sleep
        self._jitter = jitter
        self._schemes = {"wss", "ws"} if plain else {"wss"}
        self._open: list[asyncio.Task[None]] = []
        self._tries = 0
        self._pause = 0.0

    async def run(self) -> None:
        """Be connected until cancelled."""
        try:
            while True:
                if self._pause:
                    await self._sleep(self._pause)
                self._pause = 0.0
                try:
                    await self._connect()
                except Exception as error:
                    # A bug of ours must not make us deaf for good.
                    _log.error("slack_socket_connect", **failure(error))
                    self._later()
        finally:
            for task in self._open:
                task.cancel()
            if self._open:
                await asyncio.wait(self._open)

    async def _connect(self) -> None:
        """One more socket, until it is time for the next one."""
        url = await self._url()
        if url is None:
            return
        replaced = asyncio.Event()
        task = spawn(self._speak(url, replaced), "slack socket")
        self._open = [*(t for t in self._open if not t.done()), task]
        for old in self._open[:-SOCKETS]:
            old.cancel()
        waits = spawn(_set(replaced), "slack socket replaced")
        try:
            await asyncio.wait({task, waits}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waits.cancel()

    async def _url(self) -> str | None:
        answer = await self._open_url()
        if isinstance(answer, Answer):
            url = answer.text("url")
            if url.partition("://")[0] in self._schemes:
                return url
            answer = Refused("bad_url")
        _log.warning("slack_socket_refused", reason=answer.reason)
        self._later()
        if isinstance(answer, Refused):
            self._pause = max(self._pause, _LONG)
        elif isinstance(answer, NotSent) and answer.after is not None:
            self._pause = max(self._pause, answer.after)
        return None

    def _later(self) -> None:
        """Back off: half of the doubled pause is certain, half is chance."""
        pause = min(_LAST, _FIRST * 2**self._tries)
        self._tries = min(self._tries + 1, 16)
        self._pause = max(self._pause, pause * (0.5 + self._jitter() / 2))

    async def _speak(self, url: str, replaced: asyncio.Event) -> None:
        """One socket's life. `replaced` is set once another one is to be opened."""
        greeted = False
        try:
            # No proxy to one's own machine; else what the environment says, as for every other request to Slack.
            proxy: Literal[True] | None = None if "ws" in self._schemes else True
            async with connect(
                url, max_size=MOST, open_timeout=_OPEN, ping_interval=_PING, ping_timeout=_PING, close_timeout=1,
                proxy=proxy, user_agent_header=None,
            ) as socket:  # fmt: skip
                async for frame in socket:
                    envelope = _parsed(frame)
                    if envelope is None:
                        continue
                    if envelope.type == "hello":
                        greeted, self._tries = True, 0
                    elif envelope.type == "disconnect":
                        if envelope.reason in _ENDS:
                            self._pause = _ENDS[envelope.reason]
                        if envelope.reason in _ENDS or not greeted:
                            return
                        replaced.set()
                    elif envelope.envelope_id:
                        await self._heard(envelope, socket)
        except (WebSocketException, OSError, TimeoutError, ValueError) as error:
            _log.info("slack_socket_closed", error=type(error).__name__)
        finally:
            if not greeted or not replaced.is_set():
                self._later()

    async def _heard(self, envelope: Envelope, socket: ClientConnection) -> None:
        """Take it, then acknowledge it: not before, and not if it could not be taken."""
        payload = b"{}" if isinstance(envelope.payload, UnsetType) else bytes(envelope.payload)
        try:
            reply = await self._take(self._read(payload))
        except Exception as error:
            _log.error("slack_socket_take", **failure(error))
            return
        if reply.status < 300:
            await socket.send(_encoder.encode({"envelope_id": envelope.envelope_id}).decode())


async def _set(event: asyncio.Event) -> None:
    await event.wait()


def _parsed(frame: str | bytes) -> Envelope | None:
    try:
        return _envelope.decode(frame)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        _log.warning("slack_socket_unreadable", bytes=len(frame))
        return None
