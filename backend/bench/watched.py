"""Run with the server's interpreter: our gateway, and a watch on its event loop that looks every few milliseconds.

`/bench/lag` says how late the loop came to each look since it was last asked, in seconds, and forgets them.
`/bench/tasks` says how many tasks there are, and forgets them too.
"""

import asyncio
import os
from typing import Any

import msgspec
import uvloop
from msgspec.structs import replace
from starlette.types import ASGIApp, Receive, Scope, Send

from throughline import observe
from throughline.app import Parts, assembled, listening, web_server
from throughline.settings import load

_LAG, _TASKS = "/bench/lag", "/bench/tasks"
EVERY = 0.005


def with_lag(parts: Parts, late: list[float]) -> ASGIApp:
    """The app, and what is late beside it."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in {_LAG, _TASKS}:
            await parts.asgi(scope, receive, send)
            return
        told = msgspec.json.encode(late if scope["path"] == _LAG else len(asyncio.all_tasks()))
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
