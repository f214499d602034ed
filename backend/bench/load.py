"""Sockets of `throughline.v1` that think: parsed by picows in C, one Python call a frame."""

import asyncio
import time
from collections.abc import Callable, Sequence

import msgspec
import picows

from bench.sameness import source

_HEADERS = {"Sec-WebSocket-Protocol": "throughline.v1"}


class Heard(msgspec.Struct, tag_field=None):
    """What a reader needs of any server frame."""

    t: str
    c: str = ""
    seq: int = 0
    head: int = 0
    epoch: str = ""
    recovered: bool = True
    kind: str = ""
    body: msgspec.Raw = msgspec.Raw(b"{}")
    message: str = ""
    attempt: int = 0
    at: int | str = 0
    text: str = ""
    id: str = ""
    code: str = ""


_decode = msgspec.json.Decoder(Heard).decode
Listen = Callable[["Socket", Heard, float], None]


class Socket(picows.WSListener):
    """One connection. `listen` gets every frame with the time it was read (perf_counter)."""

    def __init__(self, listen: Listen) -> None:
        self.listen = listen
        self.closed = ""
        #: Which of many it is; whoever opened it may say.
        self.place = 0
        self.transport: picows.WSTransport
        self._welcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        at = time.perf_counter()
        if frame.msg_type == picows.WSMsgType.CLOSE:
            self.closed = f"close {frame.get_close_code()}"
            return
        heard = _decode(frame.get_payload_as_bytes())
        if heard.t == "welcome" and not self._welcome.done():
            self._welcome.set_result(None)
        self.listen(self, heard, at)

    def on_ws_disconnected(self, transport: picows.WSTransport) -> None:
        self.closed = self.closed or "disconnected"
        if not self._welcome.done():
            self._welcome.set_exception(ConnectionError(self.closed))

    def say(self, frame: object) -> None:
        """One frame to the server."""
        self.transport.send(picows.WSMsgType.TEXT, msgspec.json.encode(frame))

    def drop(self) -> None:
        """Cut the connection, as a lost network would."""
        self.transport.disconnect(graceful=False)

    async def welcomed(self) -> None:
        """Signed in. Raises ConnectionError if it was sent away."""
        await asyncio.wait_for(self._welcome, 30)


async def connect(port: int, token: str, listen: Listen, n: int = 0, resume: Sequence[object] = ()) -> Socket:
    """One signed-in socket, from one of many loopback addresses."""
    _, listener = await picows.ws_connect(
        lambda: Socket(listen), f"ws://127.0.0.1:{port}/api/v1/socket", extra_headers=_HEADERS,
        websocket_handshake_timeout=30, local_addr=(source(n), 0), use_aiofastnet=False,
    )  # fmt: skip
    assert isinstance(listener, Socket)
    listener.say({"t": "hello", "token": token, **({"resume": list(resume)} if resume else {})})
    await listener.welcomed()
    return listener


async def many(port: int, tokens: Sequence[str], listen: Listen, at_once: int = 50) -> list[Socket]:
    """One signed-in socket for each of the tokens, `at_once` at a time."""
    sockets: list[Socket] = []
    for begin in range(0, len(tokens), at_once):
        wave = enumerate(tokens[begin : begin + at_once], begin)
        sockets += await asyncio.gather(*(connect(port, token, listen, n) for n, token in wave))
    return sockets


async def until(true: Callable[[], bool], seconds: float, every: float = 0.01) -> bool:
    """Whether it became true in time."""
    deadline = time.perf_counter() + seconds
    while not true():
        if time.perf_counter() > deadline:
            return False
        await asyncio.sleep(every)
    return True
