"""Our own HTTP wire against servers that behave, misbehave, and hang up."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import httpx2
import pytest

from throughline.agent.wire import MAX_UNREAD, Connection, Wire

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Its address, and the head of every request it got, one connection after another."""
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                heads.append(await reader.readuntil(b"\r\n\r\n"))
                await answer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    running = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with running:
        yield f"http://127.0.0.1:{running.sockets[0].getsockname()[1]}/x", heads


async def turns(holds: Callable[[], bool]) -> None:
    """Let the loop turn until something is so."""
    for _ in range(100_000):
        if holds():
            return
        await asyncio.sleep(0)
    pytest.fail("It never came to it.")


def gone(connection: Connection) -> bool:
    return not connection.alive


def sends(*parts: bytes, close: bool = False) -> Answer:
    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)
        if close:
            writer.close()

    return answer


async def get(client: httpx2.AsyncClient, address: str) -> tuple[int, bytes]:
    """Status and body, read the fast way."""
    async with client.stream("GET", address) as response:
        connection = response.extensions["connection"]
        assert isinstance(connection, Connection)
        body = b""
        while data := await connection.read():
            body += data
        return response.status_code, body


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(transport=Wire(), timeout=httpx2.Timeout(2.0)) as opened:
        yield opened


@pytest.mark.parametrize(
    "parts",
    [
        [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello"],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", b"\r\nHe", b"llo"],
        [CHUNKED, b"2\r\nHe\r\n", b"3\r\nllo\r\n0\r\n\r\n"],
        [bytes([byte]) for byte in CHUNKED + b"5\r\nHello\r\n0\r\n\r\n"],
        [b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + CHUNKED + b"5\r\nHello\r\n0\r\n\r\n"],
        [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello"],
    ],
)
async def test_body_is_whole_however_it_comes(client: httpx2.AsyncClient, parts: list[bytes]) -> None:
    async with server(sends(*parts)) as (address, heads):
        assert await get(client, address) == (200, b"Hello")
        assert await get(client, address) == (200, b"Hello")

    assert heads[0].startswith(b"GET /x HTTP/1.1\r\nHost: 127.0.0.1:")


async def test_body_without_a_length_ends_with_the_connection(client: httpx2.AsyncClient) -> None:
    async with server(sends(b"HTTP/1.1 200 OK\r\n\r\nHel", b"lo", close=True)) as (address, _):
        assert await get(client, address) == (200, b"Hello")


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [b"HTTP/1.1 200 OK\r\nContent-Le"],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nHello"],
        [CHUNKED + b"5\r\nHel"],
        [CHUNKED + b"zz\r\nHello\r\n"],
        [b"\x16\x03\x01garbage\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"y" * 9000 + b"\r\n"] * 20,
        [b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"],
    ],
    ids=["nothing", "half a head", "short body", "half a chunk", "bad chunk", "garbage", "endless head", "upgrade"],
)
async def test_broken_answer_is_one_of_the_packages_errors(client: httpx2.AsyncClient, parts: list[bytes]) -> None:
    async with server(sends(*parts, close=True)) as (address, _):
        with pytest.raises(httpx2.HTTPError):
            await get(client, address)


async def test_silence_is_a_read_timeout() -> None:
    async with httpx2.AsyncClient(transport=Wire(), timeout=httpx2.Timeout(0.1)) as client:
        async with server(sends()) as (address, _):
            with pytest.raises(httpx2.ReadTimeout):
                await get(client, address)
        async with server(sends(CHUNKED + b"1\r\na\r\n")) as (address, _):
            with pytest.raises(httpx2.ReadTimeout):
                await get(client, address)


async def test_connection_that_the_server_closed_is_not_used_again(client: httpx2.AsyncClient) -> None:
    good = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello"
    async with server(sends(good, close=True)) as (address, heads):
        for _ in range(3):
            assert await get(client, address) == (200, b"Hello")
            wire = client._transport
            assert isinstance(wire, Wire)
            for idle in [c for waiting in wire._idle.values() for c in waiting]:
                await turns(partial(gone, idle))

    assert len(heads) == 3


async def test_bytes_nobody_asked_for_never_become_the_next_answer(client: httpx2.AsyncClient) -> None:
    good = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello"
    async with server(sends(good + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEvil")) as (address, _):
        bodies = [(await get(client, address))[1] for _ in range(4)]

    assert bodies == [b"Hello"] * 4


async def test_reader_that_does_not_read_stops_the_socket(client: httpx2.AsyncClient) -> None:
    size = MAX_UNREAD * 40
    sent = asyncio.Event()

    async def flood(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        for _ in range(40):
            writer.write(b"x" * MAX_UNREAD)
            await writer.drain()
        sent.set()

    async with server(flood) as (address, _), client.stream("GET", address) as response:
        connection = response.extensions["connection"]
        await turns(lambda: connection._paused)
        held = connection._unread
        got = 0
        while data := await connection.read():
            got += len(data)

    assert held < MAX_UNREAD * 3
    assert got == size
    assert sent.is_set()


async def test_cancelled_request_closes_its_connection(client: httpx2.AsyncClient) -> None:
    gone, asked = asyncio.Event(), asyncio.Event()

    async def wait(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        asked.set()
        try:
            await reader.read(1)
        finally:
            gone.set()

    async with server(wait) as (address, _):
        task = asyncio.ensure_future(get(client, address))
        await asked.wait()
        task.cancel()
        await asyncio.wait({task})
        await asyncio.wait_for(gone.wait(), 5)

    assert task.cancelled()


async def test_refusal_over_a_mebibyte_is_not_read_to_its_end(client: httpx2.AsyncClient) -> None:
    body = b"x" * 1_200_000
    async with server(sends(b"HTTP/1.1 500 Oh\r\nContent-Length: %d\r\n\r\n" % len(body), body)) as (address, _):
        with pytest.raises(httpx2.RemoteProtocolError):
            await client.get(address)


async def test_request_body_and_headers_arrive_as_given(client: httpx2.AsyncClient) -> None:
    got: list[bytes] = []

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await reader.readexactly(9))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    async with server(echo) as (address, heads):
        assert (await client.post(address, json={"a": "é"}, headers={"X-Key": "v"})).status_code == 204

    assert got == ['{"a":"é"}'.encode()[:9]]
    assert b"x-key: v" in heads[0].lower()
