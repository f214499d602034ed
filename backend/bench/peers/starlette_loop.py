"""Fan-out as most people write it: a list of sockets and `await send_text` for each, on uvicorn."""

import argparse

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

_readers: list[WebSocket] = []


async def read(socket: WebSocket) -> None:
    """A reader: it only listens."""
    await socket.accept()
    _readers.append(socket)
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        _readers.remove(socket)


async def publish(socket: WebSocket) -> None:
    """The publisher: every text goes to every reader."""
    await socket.accept()
    try:
        while True:
            text = await socket.receive_text()
            for reader in list(_readers):
                await reader.send_text(text)
    except WebSocketDisconnect:
        return


app = Starlette(routes=[WebSocketRoute("/read", read), WebSocketRoute("/publish", publish)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    uvicorn.run(
        app, host="127.0.0.1", port=parser.parse_args().port, loop="uvloop", http="httptools", ws="websockets-sansio",
        ws_per_message_deflate=False, log_level="warning", access_log=False, backlog=4096,
    )  # fmt: skip
