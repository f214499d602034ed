"""Socket Mode against a real WebSocket server: what is acknowledged, when, and how it stays connected."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.channels.scripted import Answering, Scripted, answer, scripted
from throughline.channels.slack import socket_mode
from throughline.channels.slack.channel import Slack
from throughline.channels.slack.client import Client
from throughline.conversation.channel import Reading, Reply
from throughline.observe import spawn

from .given import fixture, line

HELLO = {"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0APP"}}
Playing = Callable[[ServerConnection], Awaitable[None]]


def envelope(number: int, name: str = "message_im", kind: str = "events_api", **more: object) -> dict[str, Any]:
    return {
        "envelope_id": f"e-{number}", "type": kind, "payload": json.loads(fixture(name)),
        "accepts_response_payload": False,
    } | more  # fmt: skip


class Pauses:
    """A sleep that takes no time, and knows how long it was asked for. `over` is set at the n-th."""

    def __init__(self, enough: int = 10_000) -> None:
        self.asked: list[float] = []
        self.over = asyncio.Event()
        self._enough = enough

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        if len(self.asked) >= self._enough:
            self.over.set()
            await asyncio.Event().wait()
        await asyncio.sleep(0)


class Ear:
    """What `take` was given, and what it says."""

    def __init__(self, *replies: Reply) -> None:
        self.taken: asyncio.Queue[Reading] = asyncio.Queue()
        self._replies = list(replies)

    async def __call__(self, reading: Reading) -> Reply:
        self.taken.put_nowait(reading)
        return self._replies.pop(0) if self._replies else Reply()


@asynccontextmanager
async def listening(
    play: Playing, take: Callable[[Reading], Awaitable[Reply]], pauses: Pauses | None = None,
    opening: Callable[[int], Answering | None] = lambda _: None, jitter: float = 1.0,
) -> AsyncIterator[Scripted]:  # fmt: skip
    """A Slack that plays, and a channel that listens to it."""
    async with scripted() as provider, serve(play, "127.0.0.1", 0) as sockets:
        url = f"ws://127.0.0.1:{next(iter(sockets.sockets)).getsockname()[1]}/link?ticket=1"
        usual = answer({"ok": True, "url": url})

        def opened(writer: asyncio.StreamWriter) -> None:
            (opening(len(provider.asked)) or usual)(writer)

        provider.otherwise = opened
        slack = Slack(Client(total=30, connect=15), sleep=pauses or Pauses(), jitter=lambda: jitter)
        task = spawn(slack.listen(line(provider.base), take, asyncio.Event()), "listening")
        try:
            yield provider
            assert not task.done(), "it came back by itself"
        finally:
            task.cancel()
            await asyncio.wait({task})
            await slack.close()


async def test_an_envelope_is_acknowledged_after_it_was_taken() -> None:
    acked: asyncio.Queue[str] = asyncio.Queue()
    order: list[str] = []

    async def play(socket: ServerConnection) -> None:
        await socket.send(json.dumps(HELLO))
        await socket.send(json.dumps(envelope(1)))
        acked.put_nowait(str(await socket.recv()))
        order.append("acked")
        await socket.wait_closed()

    async def take(reading: Reading) -> Reply:
        await asyncio.sleep(0)
        order.append("taken")
        assert reading.inbound[0].text == "Where is my order <4711>?"
        return Reply()

    async with listening(play, take) as provider:
        assert json.loads(await acked.get()) == {"envelope_id": "e-1"}
        assert order == ["taken", "acked"]
        assert provider.asked[0].path == "/api/apps.connections.open"
        assert provider.asked[0].headers["authorization"] == "Bearer xapp-1-A0APP-1-abc"


async def test_what_could_not_be_taken_is_not_acknowledged_and_taken_when_it_comes_again() -> None:
    acked: asyncio.Queue[str] = asyncio.Queue()

    async def play(socket: ServerConnection) -> None:
        await socket.send(json.dumps(envelope(1)))
        await socket.send(json.dumps(envelope(2, retry_attempt=1, retry_reason="timeout")))
        acked.put_nowait(json.loads(await socket.recv())["envelope_id"])
        await socket.wait_closed()

    ear = Ear(Reply(503))
    async with listening(play, ear):
        assert await acked.get() == "e-2"
        assert await ear.taken.get() == await ear.taken.get()


async def test_a_socket_that_is_refused_before_its_greeting_is_not_replaced_at_once() -> None:
    async def play(socket: ServerConnection) -> None:
        await socket.send(json.dumps({"type": "disconnect", "reason": "refresh_requested"}))
        await socket.wait_closed()

    pauses = Pauses(enough=3)
    async with listening(play, Ear(), pauses):
        await pauses.over.wait()

    assert pauses.asked == [1, 2, 4]


async def test_a_bug_of_ours_does_not_make_us_deaf() -> None:
    acked: asyncio.Queue[str] = asyncio.Queue()

    async def play(socket: ServerConnection) -> None:
        await socket.send(json.dumps(envelope(1)))
        await socket.send(json.dumps(envelope(2)))
        acked.put_nowait(json.loads(await socket.recv())["envelope_id"])
        await socket.wait_closed()

    seen: list[Reading] = []

    async def take(reading: Reading) -> Reply:
        seen.append(reading)
        if len(seen) == 1:
            raise RuntimeError("a bug")
        return Reply()

    async with listening(play, take):
        assert await acked.get() == "e-2"


async def test_order_is_kept_on_a_socket() -> None:
    acked: asyncio.Queue[list[str]] = asyncio.Queue()

    async def play(socket: ServerConnection) -> None:
        for number in range(20):
            await socket.send(json.dumps(envelope(number)))
        acked.put_nowait([json.loads(await socket.recv())["envelope_id"] for _ in range(20)])
        await socket.wait_closed()

    async with listening(play, Ear()):
        assert await acked.get() == [f"e-{number}" for number in range(20)]


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_new_socket_is_open_before_the_old_one_ends(reason: str) -> None:
    """Nothing is said between: the old one is heard until Slack closes it."""
    sockets: list[ServerConnection] = []
    late: asyncio.Queue[str] = asyncio.Queue()
    second = asyncio.Event()

    async def play(socket: ServerConnection) -> None:
        sockets.append(socket)
        await socket.send(json.dumps(HELLO))
        if len(sockets) == 1:
            await socket.send(json.dumps({"type": "disconnect", "reason": reason}))
            await second.wait()
            await socket.send(json.dumps(envelope(1)))
            late.put_nowait(json.loads(await socket.recv())["envelope_id"])
        else:
            second.set()
        await socket.wait_closed()

    pauses = Pauses()
    async with listening(play, Ear(), pauses):
        assert await late.get() == "e-1"
        assert len(sockets) == 2
        assert pauses.asked == []


async def test_there_are_never_more_than_two_sockets() -> None:
    """Each says good-bye only once the server sees no more than two: a third that stays would end this for ever."""
    sockets: set[ServerConnection] = set()
    closed = asyncio.Condition()
    begun: list[int] = []
    enough = asyncio.Event()

    async def play(socket: ServerConnection) -> None:
        sockets.add(socket)
        begun.append(1)
        async with closed:
            await closed.wait_for(lambda: len(sockets) <= socket_mode.SOCKETS)
        if len(begun) >= 8:
            enough.set()
        else:
            await socket.send(json.dumps(HELLO))
            await socket.send(json.dumps({"type": "disconnect", "reason": "warning"}))
        await socket.wait_closed()
        sockets.discard(socket)
        async with closed:
            closed.notify_all()

    async with listening(play, Ear()):
        await enough.wait()


async def test_a_socket_that_breaks_is_opened_again_after_a_growing_pause() -> None:
    async def play(socket: ServerConnection) -> None:
        await socket.close(1011)

    pauses = Pauses(enough=9)
    async with listening(play, Ear(), pauses):
        await pauses.over.wait()

    assert pauses.asked == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_chance_takes_up_to_half_of_a_pause() -> None:
    async def play(socket: ServerConnection) -> None:
        await socket.close()

    pauses = Pauses(enough=3)
    async with listening(play, Ear(), pauses, jitter=0.0):
        await pauses.over.wait()

    assert pauses.asked == [0.5, 1.0, 2.0]


async def test_a_greeting_ends_the_growing() -> None:
    async def play(socket: ServerConnection) -> None:
        await socket.send(json.dumps(HELLO))
        await socket.close()

    pauses = Pauses(enough=4)
    async with listening(play, Ear(), pauses):
        await pauses.over.wait()

    assert pauses.asked == [1, 1, 1, 1]


@pytest.mark.parametrize(("reason", "pause"), [("link_disabled", 300), ("too_many_websockets", 60)])
async def test_where_another_socket_would_not_help_it_waits_long(reason: str, pause: float) -> None:
    async def play(socket: ServerConnection) -> None:
        await socket.send(json.dumps(HELLO))
        await socket.send(json.dumps({"type": "disconnect", "reason": reason}))
        await socket.wait_closed()

    pauses = Pauses(enough=1)
    async with listening(play, Ear(), pauses):
        await pauses.over.wait()

    assert pauses.asked == [pause]


OPENINGS = {
    "no token": (answer({"ok": False, "error": "invalid_auth"}), 300),
    "too many": (answer({"ok": False, "error": "ratelimited"}, 429, headers=[("Retry-After", "30")]), 30),
    "broken": (answer("oops", 503), 1),
    "no address": (answer({"ok": True}), 300),
    "another scheme": (answer({"ok": True, "url": "file:///etc/passwd"}), 300),
    "nobody there": (answer({"ok": True, "url": "ws://127.0.0.1:1/"}), 1),
    "not an address": (answer({"ok": True, "url": "ws://[::1"}), 1),
}


@pytest.mark.parametrize("name", OPENINGS)
async def test_where_no_socket_is_given_it_waits_and_asks_again(name: str) -> None:
    heard = asyncio.Event()
    answering, pause = OPENINGS[name]

    async def play(socket: ServerConnection) -> None:
        heard.set()
        await socket.wait_closed()

    pauses = Pauses()
    async with listening(play, Ear(), pauses, lambda asked: answering if asked == 1 else None):
        await heard.wait()

    assert pauses.asked == [pause]


FRAMES: dict[str, str | bytes] = {
    "not json": "<html>",
    "not utf-8": b"\xff\xfe",
    "a list": "[]",
    "deep": '{"type": ' + "[" * 50_000,
    "no type": "{}",
    "unknown": '{"type": "surprise"}',
    "payload is text": '{"envelope_id": "e-0", "type": "events_api", "payload": "x"}',
    "no payload": '{"envelope_id": "e-0", "type": "slash_commands"}',
    "id is a number": '{"envelope_id": 1, "type": "events_api", "payload": {}}',
}


@pytest.mark.parametrize("name", FRAMES)
async def test_a_strange_frame_is_passed_over(name: str) -> None:
    acked: asyncio.Queue[str] = asyncio.Queue()

    async def play(socket: ServerConnection) -> None:
        await socket.send(FRAMES[name])
        await socket.send(json.dumps(envelope(1)))
        async for frame in socket:
            acked.put_nowait(json.loads(frame)["envelope_id"])

    async with listening(play, Ear()):
        while await acked.get() != "e-1":
            pass


async def test_a_frame_without_end_closes_the_socket_not_us() -> None:
    begun: list[int] = []
    again = asyncio.Event()

    async def play(socket: ServerConnection) -> None:
        begun.append(1)
        if len(begun) == 1:
            await socket.send("x" * (socket_mode.MOST + 1))
        else:
            again.set()
        await socket.wait_closed()

    async with listening(play, Ear()):
        await again.wait()


async def test_a_click_comes_over_the_socket_too() -> None:
    async def play(socket: ServerConnection) -> None:
        await socket.send(json.dumps(envelope(1, "block_actions_stop", "interactive")))
        await socket.wait_closed()

    ear = Ear()
    async with listening(play, ear):
        assert (await ear.taken.get()).halts[0].thread == "D0ANA:1732199999.000100"


async def test_a_cancelled_ear_closes_its_sockets() -> None:
    closed = asyncio.Event()
    begun = asyncio.Event()

    async def play(socket: ServerConnection) -> None:
        begun.set()
        await socket.wait_closed()
        closed.set()

    async with listening(play, Ear()):
        await begun.wait()
    await closed.wait()
