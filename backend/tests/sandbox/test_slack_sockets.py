"""Socket Mode as `slack_sdk`'s own client speaks it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import websockets
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.socket_mode.websockets import SocketModeClient

from .slack_stage import APP, APP_TOKEN, Stage, stage


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage(socket=True) as found:
        await found.put("/_ctl/tiers", scale=0)
        yield found


class Heard:
    """What one of the SDK's clients hears; it acknowledges unless it is told to keep silent."""

    def __init__(self) -> None:
        self.got: asyncio.Queue[SocketModeRequest] = asyncio.Queue()
        self.frames: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.silent = False

    async def request(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.got.put_nowait(request)
        if not self.silent:
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

    async def frame(self, _client: AsyncBaseSocketModeClient, message: dict[str, Any], _raw: str | None) -> None:
        self.frames.put_nowait(message)

    async def next(self) -> SocketModeRequest:
        return await asyncio.wait_for(self.got.get(), 10)


@asynccontextmanager
async def connected(slack: Stage) -> AsyncIterator[tuple[SocketModeClient, Heard]]:
    heard = Heard()
    client = SocketModeClient(APP_TOKEN, web_client=slack.client)
    client.socket_mode_request_listeners.append(heard.request)
    client.message_listeners.append(heard.frame)
    sdk: Any = client
    await sdk.connect()
    assert (await asyncio.wait_for(heard.frames.get(), 10))["type"] == "hello"
    try:
        yield client, heard
    finally:
        await sdk.close()


async def opened(slack: Stage) -> str:
    found = await slack.client.apps_connections_open(app_token=APP_TOKEN)
    return str(found["url"])


async def test_an_event_comes_over_the_socket_and_is_acknowledged(slack: Stage) -> None:
    async with connected(slack) as (_, heard):
        await slack.say("Hi")
        request = await heard.next()

        assert (request.type, request.payload["event"]["text"], request.retry_attempt) == ("events_api", "Hi", 0)
        await slack.settled()


async def test_what_is_not_acknowledged_in_three_seconds_comes_again(slack: Stage) -> None:
    async with connected(slack) as (_, heard):
        heard.silent = True
        await slack.say("Hi")
        first = await heard.next()
        heard.silent = False
        await slack.advance(3)
        second = await heard.next()

        assert (second.retry_attempt, second.retry_reason) == (1, "timeout")
        assert second.payload == first.payload
        assert second.envelope_id != first.envelope_id
        await slack.settled()


async def test_each_event_goes_to_one_socket_in_turn(slack: Stage) -> None:
    async with connected(slack) as (_, one), connected(slack) as (_, two):
        for n in range(4):
            await slack.say(str(n))
        await slack.settled()

        assert (one.got.qsize(), two.got.qsize()) == (2, 2)


async def test_an_envelope_of_a_lost_socket_goes_to_another(slack: Stage) -> None:
    async with websockets.connect(await opened(slack)) as socket:
        assert json.loads(await socket.recv())["type"] == "hello"
        await slack.say("Hi")
        assert json.loads(await socket.recv())["payload"]["event"]["text"] == "Hi"
    async with connected(slack) as (_, heard):
        request = await heard.next()

        assert (request.payload["event"]["text"], request.retry_reason) == ("Hi", "connection_failed")


async def test_an_event_waits_a_moment_for_a_socket(slack: Stage) -> None:
    await slack.say("Hi")
    async with connected(slack) as (_, heard):
        assert (await heard.next()).retry_attempt == 0


async def test_the_sdk_comes_back_when_it_is_asked_to_refresh(slack: Stage) -> None:
    async with connected(slack) as (_, heard):
        assert (await slack.post(f"/_ctl/apps/{APP}/sockets", reason="refresh_requested"))["sockets"] == 1
        assert (await asyncio.wait_for(heard.frames.get(), 10))["type"] == "hello"
        await slack.say("Hi")

        assert (await heard.next()).payload["event"]["text"] == "Hi"


async def test_a_socket_is_warned_then_asked_to_refresh_then_closed(slack: Stage) -> None:
    async with websockets.connect(await opened(slack)) as socket:
        assert json.loads(await socket.recv())["type"] == "hello"
        await slack.advance(3_590)
        assert json.loads(await socket.recv())["reason"] == "warning"
        await slack.advance(10)
        assert json.loads(await socket.recv())["reason"] == "refresh_requested"
        await slack.advance(5)
        with pytest.raises(websockets.ConnectionClosed):
            await socket.recv()


async def test_an_eleventh_socket_is_one_too_many(slack: Stage) -> None:
    sockets = [await websockets.connect(await opened(slack)) for _ in range(11)]
    hellos = [json.loads(await socket.recv()) for socket in sockets]

    assert [h["type"] for h in hellos] == ["hello"] * 10 + ["disconnect"]
    assert hellos[-1]["reason"] == "too_many_websockets"
    for socket in sockets:
        await socket.close()


async def test_ten_sockets_may_be_opened_at_once_and_no_more(slack: Stage) -> None:
    await slack.put("/_ctl/tiers", scale=1)
    for _ in range(10):
        await opened(slack)
    with pytest.raises(SlackApiError, match="ratelimited"):
        await opened(slack)


async def test_a_ticket_is_good_once_and_for_a_short_time(slack: Stage) -> None:
    url = await opened(slack)
    async with websockets.connect(url):
        pass
    late = await opened(slack)
    await slack.advance(31)
    for refused in (url, late, url.partition("?")[0]):
        with pytest.raises(websockets.InvalidStatus):
            await websockets.connect(refused)


async def test_nonsense_on_a_socket_is_let_pass(slack: Stage) -> None:
    async with websockets.connect(await opened(slack)) as socket:
        assert json.loads(await socket.recv())["type"] == "hello"
        for frame in ("", "{", "[]", '{"envelope_id": 1}', '{"envelope_id": "x"}', b"\xff", "[" * 5_000):
            await socket.send(frame)
        await slack.say("Hi")
        frame = json.loads(await socket.recv())
        await socket.send(json.dumps({"envelope_id": frame["envelope_id"]}))
        await slack.settled()
