"""The frame path: prebuilt frames straight to uvicorn's transport, past one ASGI call per frame.

The only module that knows uvicorn's sans-I/O WebSocket class, which is not public: `socket_options` gives the stock
class whenever its shape is not the one this was written against. Beside speed it bounds what the stock class leaves
open: fragments without number, pongs to a peer who does not read, and closes that wait for a peer who is gone.
"""

import socket
from asyncio.transports import BaseTransport
from collections.abc import Awaitable, Callable
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import Server
from websockets.exceptions import InvalidState
from websockets.frames import Frame as WireFrame
from websockets.http11 import Request

from throughline.conversation.frames import Frame
from throughline.live.asgi_path import EXTENSION

#: Bytes of one message from a client (protocol.md §3).
MAX_FRAME = 65_536
#: Seconds between pings, and to wait for a pong.
PING = 20.0
#: Bytes in the transport above which a reader is behind, and below which it has caught up.
HIGH, LOW = 32_768, 8_192
#: Bytes the kernel may hold unsent: what waits should wait with us, where it can be merged.
UNSENT = 131_072
#: Seconds a peer has to answer a close.
CLOSE_WAIT = 3.0
#: Pieces that one message may come in.
FRAGMENTS = 256

_NEEDED = frozenset(
    {
        "connection_made", "connection_lost", "handle_close", "handle_connect", "handle_cont", "handle_ping",
        "handle_parser_exception", "keepalive_timeout", "pause_writing", "resume_writing", "send",
    }
)  # fmt: skip


def _nothing() -> None:
    return None


class FramePath(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol, offered to the application as a Pipe (live/queue.py)."""

    filled: Callable[[], None] = staticmethod(_nothing)
    drained: Callable[[], None] = staticmethod(_nothing)
    #: Takes no frames now: the reader is behind, or a close has been said.
    full = False

    def connection_made(self, transport: BaseTransport) -> None:
        """A connection is handed over by the HTTP protocol."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(HIGH, LOW)
        sock = transport.get_extra_info("socket")
        if sock is not None and hasattr(socket, "TCP_NOTSENT_LOWAT") and sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone: nobody is told of room again."""
        self.drained = _nothing
        self._fill()
        super().connection_lost(exc)

    def handle_connect(self, event: Request) -> None:
        """The handshake: the scope says that frames can be taken ready-made."""
        super().handle_connect(event)
        if not self.close_sent:
            self.scope["extensions"][EXTENSION] = self  # type: ignore[assignment]

    async def send(self, message: Any) -> None:
        """ASGI's way, for the handshake; afterwards its leftovers are let go."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and self.close_sent:
            # A refusal is an end of the handshake too: nothing to complain of in the log.
            self.handshake_complete = True
        if message["type"] == "websocket.accept":
            self.scope["headers"] = []
            del self.request, self.response

    # The Pipe.

    @property
    def wired(self) -> Callable[[bytes], None]:
        """Straight to the transport."""
        write: Callable[[bytes], None] = self.transport.write
        return write

    def write(self, frames: list[Frame], wire: Callable[[list[Frame]], bytes]) -> None:
        """One write for all of them."""
        if not self.close_sent and not self.disconnected:
            self.transport.write(wire(frames))

    def end(self, code: int, reason: str) -> None:
        """Say goodbye; a peer who does not answer is cut off."""
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        try:
            self.conn.send_close(code, reason)
        except InvalidState:
            return
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self._fill()
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(CLOSE_WAIT, self.transport.abort)

    def _fill(self) -> None:
        self.full = True
        self.filled()

    # What the stock class leaves open.

    def pause_writing(self) -> None:
        """The transport holds more than HIGH."""
        self._fill()
        super().pause_writing()

    def resume_writing(self) -> None:
        """It holds less than LOW."""
        super().resume_writing()
        if not self.close_sent:
            self.full = False
            self.drained()

    def handle_close(self, event: WireFrame) -> None:
        """The peer says goodbye: nothing but the answer leaves any more."""
        self._fill()
        super().handle_close(event)

    def handle_ping(self) -> None:
        """Answer, unless the peer does not take answers."""
        answer = b"".join(self.conn.data_to_send())
        if not self.full:
            self.transport.write(answer)

    def handle_cont(self, event: WireFrame) -> None:
        """A further piece of a message; sizes are counted by the parser, the number of pieces here."""
        if len(self.frames) >= FRAGMENTS:
            self.conn.fail(1009, "too many fragments")
            self.handle_parser_exception()
            return
        super().handle_cont(event)

    def handle_parser_exception(self) -> None:
        """The peer broke the protocol: say so and do not wait."""
        self._fill()
        super().handle_parser_exception()
        self.loop.call_later(CLOSE_WAIT, self.transport.abort)

    def keepalive_timeout(self) -> None:
        """No pong: the peer is gone, whatever still waits for it."""
        self._fill()
        super().keepalive_timeout()
        self.transport.abort()


def fits() -> bool:
    """Whether uvicorn's class still has the shape that FramePath was written against."""
    return all(callable(getattr(WebSocketsSansIOProtocol, name, None)) for name in _NEEDED)


def socket_options(choice: str) -> dict[str, Any]:
    """What uvicorn.Config gets: our class for `fast` where it fits, else the stock one; the limits for both."""
    return {
        "ws": FramePath if choice == "fast" and fits() else "websockets-sansio",
        "ws_max_size": MAX_FRAME,
        "ws_ping_interval": PING,
        "ws_ping_timeout": PING,
        "ws_per_message_deflate": False,
    }


class Draining(Server):
    """A uvicorn server that lets `drain` send everyone away in peace before it closes all sockets at once."""

    def __init__(self, config: Config, drain: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._drain = drain

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no new connections, drain, then what uvicorn does."""
        for server in self.servers:
            server.close()
        if not self.force_exit:
            await self._drain()
        await super().shutdown(sockets)
