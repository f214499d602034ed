"""How long a body may take: as long as its bytes need at a modest pace, and a socket is never taken for a slow one."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
import websockets

from throughline.api import head
from throughline.api.head import BoundedHead
from throughline.live.uvicorn_path import Draining, socket_options


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Takes a body and says how much; echoes one frame."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] != "websocket.disconnect":
            await send({"type": "websocket.send", "text": message["text"]})
        return
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message["body"]), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(str(size)))]})
    await send({"type": "http.response.body", "body": str(size).encode()})


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """Served, with little patience."""
    monkeypatch.setattr(head, "BODY_WITHIN", 0.2)
    monkeypatch.setattr(head, "UNTOLD", 0.2)
    options = socket_options("fast")
    config = uvicorn.Config(app, port=0, http=BoundedHead, lifespan="off", log_config=None, **options)

    async def drain() -> None:
        return

    server = Draining(config, drain)
    serving = asyncio.ensure_future(server.serve())
    async with asyncio.timeout(10):
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


async def answer(port: int, *pieces: bytes) -> bytes:
    """What comes back on a connection that sends these and then waits."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    try:
        async with asyncio.timeout(10):
            return await reader.read(65_536)
    except ConnectionError:
        return b""
    finally:
        writer.close()


_POST = b"POST / HTTP/1.1\r\nhost: x\r\n"


@pytest.mark.parametrize("head_of", [b"content-length: 5\r\n\r\n", b"transfer-encoding: chunked\r\n\r\n2\r\nab\r\n"])
async def test_a_body_that_never_ends_is_hung_up_on(port: int, head_of: bytes) -> None:
    assert await answer(port, _POST + head_of) == b""


async def test_a_large_body_has_the_time_that_its_bytes_need(port: int) -> None:
    """A megabyte at the modest pace is half a minute: its second half may come after what a small one gets."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_POST + b"content-length: 1000000\r\n\r\n" + b"x" * 500_000)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), 0.5)
    writer.write(b"x" * 500_000)

    assert (await asyncio.wait_for(reader.read(65_536), 10)).endswith(b"1000000")
    # And the next one on the same connection is measured anew.
    writer.write(_POST + b"content-length: 5\r\n\r\nab")
    assert await asyncio.wait_for(reader.read(65_536), 10) == b""
    writer.close()


async def test_a_socket_that_is_silent_is_no_slow_body(port: int) -> None:
    async with websockets.connect(f"ws://127.0.0.1:{port}/") as socket:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.recv(), 0.5)
        await socket.send("still here")
        assert await asyncio.wait_for(socket.recv(), 10) == "still here"
