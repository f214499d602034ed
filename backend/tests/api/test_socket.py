"""The socket against a real server, on both frame paths, with real clients."""

import asyncio
import uuid

import pytest
import websockets

from tests.api.world import ANA, BEN, KOFI, MAYA, World, world


@pytest.fixture(params=["fast", "asgi"])
async def small(request, tmp_path):
    async with world(tmp_path, request.param) as it:
        yield it


async def test_a_message_is_acked_and_reaches_both_tabs(small: World):
    c = await small.start()
    async with small.signed_in() as one, small.signed_in() as two:
        await one.watch(c)
        await two.watch(c)
        id = str(uuid.uuid4())
        await one.send(t="say", c=c, id=id, text="hello")
        frames = [await one.next(), await one.next()]
        assert {f["t"] for f in frames} == {"ack", "event"}
        ack = next(f for f in frames if f["t"] == "ack")
        event = await two.until("event")
        assert ack == {"t": "ack", "id": id, "c": c, "seq": event["seq"]}
        assert event["body"]["text"] == "hello"
        assert event["body"]["id"] == id
