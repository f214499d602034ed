"""The WebSocket door: origin and number of sockets, handshake, then frames to and from a Connection. Plain ASGI."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from throughline import observe
from throughline.api.connection import Connection, SocketNeeds
from throughline.channels.web import wire
from throughline.live.asgi_path import AsgiPipe, pipe_for

__all__ = ["SocketDoor", "SocketNeeds"]

_log = observe.logger("api.socket")
_WENT_WRONG = 1011


class SocketDoor:
    """`GET /api/v1/socket`, as an ASGI app: give it to a WebSocketRoute."""

    def __init__(self, needs: SocketNeeds) -> None:
        self._needs = needs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One socket, from handshake to end."""
        if not await self._shake_hands(scope, receive, send):
            return
        pipe = pipe_for(scope)
        if pipe is not None:
            await self._carry(Connection(self._needs, pipe, scope["subprotocols"]), receive)
            return
        plain = AsgiPipe(receive, send)
        carrier = observe.spawn(plain.run(), "socket.plain")
        connection = Connection(self._needs, plain, scope["subprotocols"])
        try:
            await self._carry(connection, plain.receive)
        finally:
            await asyncio.wait({carrier})

    async def _shake_hands(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """403 for a foreign origin, 503 when there are too many sockets, else yes."""
        await receive()
        origins = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
        refusal = None
        if any(origin not in self._needs.origins for origin in origins):
            refusal = PlainTextResponse("This origin may not open a socket.", 403)
        elif not self._needs.sockets.welcomes():
            refusal = PlainTextResponse("No more sockets at the moment.", 503, {"retry-after": "2"})
        if refusal is not None:
            if "websocket.http.response" in (scope.get("extensions") or {}):
                await WebSocket(scope, receive, send).send_denial_response(refusal)
            else:
                await send({"type": "websocket.close", "code": 1008})
            return False
        offered: list[str] = scope["subprotocols"]
        # Of a client that does not speak our protocol one of its own is accepted, so that it can be told by a close.
        chosen = wire.SUBPROTOCOL if wire.SUBPROTOCOL in offered else next(iter(offered), None)
        try:
            await send({"type": "websocket.accept", "subprotocol": chosen, "headers": []})
        except OSError:
            return False
        return True

    async def _carry(self, connection: Connection, receive: Callable[[], Awaitable[MutableMapping[str, Any]]]) -> None:
        try:
            connection.opened()
            while await connection.ready():
                message = await receive()
                if message["type"] == "websocket.disconnect":
                    break
                connection.received(message.get("text"))
        except Exception as error:
            _log.error("socket_failed", **observe.failure(error))
            connection.close(_WENT_WRONG, "something went wrong here")
        finally:
            connection.gone()
