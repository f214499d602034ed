"""Run with the server's interpreter: our gateway with one more socket, through which events reach `Live.publish`.

Everything a reader meets is the product's: the socket endpoint, sign-in, the live engine, the flush, the frame path
and uvicorn as `throughline serve` sets it up. Only the events come from a publisher instead of the log, as a peer's
do. `/publish/<conversation>` takes one text frame an event.
"""

import os
from functools import partial
from typing import Any

import uvloop
from msgspec.structs import replace
from starlette.types import ASGIApp, Receive, Scope, Send

from throughline.app import Parts, assembled, listening, web_server
from throughline.conversation.events import Author, Entry, Message, entry, event_frame
from throughline.conversation.ids import ConversationId, MessageId, TenantId
from throughline.ports import Tx
from throughline.settings import load

_PATH = "/publish/"


def with_publisher(parts: Parts, size: int) -> ASGIApp:
    """The app, and the publisher's socket beside it. Frames have `size` bytes where ids leave room for that."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket" or not scope["path"].startswith(_PATH):
            await parts.asgi(scope, receive, send)
            return
        conversation = ConversationId(scope["path"].removeprefix(_PATH))
        tenant, head = await parts.store.read(partial(_place, conversation))
        await receive()
        await send({"type": "websocket.accept"})
        seq, room = head, {0: 0}
        while (message := await receive())["type"] == "websocket.receive":
            seq += 1
            digits = len(str(seq))
            if digits not in room:
                bare = event_frame(_event(tenant, conversation, seq, message["text"]), "member")
                room[digits] = max(0, size - len(bare))
            parts.live.publish((_event(tenant, conversation, seq, message["text"] + "x" * room[digits]),))

    return app


def _place(conversation: ConversationId, tx: Tx) -> tuple[TenantId, int]:
    tenant = tx.people.tenants()[0].id
    row = tx.log.conversation(tenant, conversation)
    return tenant, row.head if row is not None else 0


def _event(tenant: TenantId, conversation: ConversationId, seq: int, text: str) -> Entry:
    return entry(
        tenant, conversation, seq, 1_700_000_000_000, Message(MessageId("m"), Author("person", "B"), "web", text)
    )


async def _serve(environ: Any) -> None:
    settings = load(environ)
    sock = listening(settings.throughline_host, settings.port)
    async with assembled(settings, None) as parts:
        await web_server(replace(parts, asgi=with_publisher(parts, 200))).serve(sockets=[sock])


if __name__ == "__main__":
    uvloop.run(_serve(os.environ))
