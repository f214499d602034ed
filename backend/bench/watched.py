"""Run with the server's interpreter: our gateway, and a watch on its event loop that looks every few milliseconds.

`/bench/lag` says how late the loop came to each look since it was last asked, in seconds, and forgets them.
"""

import os
from typing import Any

import msgspec
import uvloop
from msgspec.structs import replace
from starlette.types import ASGIApp, Receive, Scope, Send

from throughline import observe
from throughline.app import Parts, assembled, listening, web_server
from throughline.settings import load

_PATH = "/bench/lag"
EVERY = 0.005


def with_lag(parts: Parts, late: list[float]) -> ASGIApp:
    """The app, and what is late beside it."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != _PATH:
            await parts.asgi(scope, receive, send)
            return
        told = msgspec.json.encode(late)
        late.clear()
        head: list[tuple[bytes, bytes]] = [(b"content-length", b"%d" % len(told))]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": told})

    return app


async def _serve(environ: Any) -> None:
    settings, late = load(environ), list[float]()
    sock = listening(settings.throughline_host, settings.port)
    async with assembled(settings, None) as parts:
        watching = observe.spawn(observe.watch_loop(EVERY, late.append), "every few milliseconds")
        await web_server(replace(parts, asgi=with_lag(parts, late))).serve(sockets=[sock])
        watching.cancel()


if __name__ == "__main__":
    uvloop.run(_serve(os.environ))
