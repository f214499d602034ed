"""One intent is one request: what a client does by itself where a connection that it kept turns out to be broken."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from throughline.channels.once import Once, Told
from throughline.conversation.channel import Ambiguous, NotSent, Refused

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=b\r\n\r\n{}"


@asynccontextmanager
async def answering_once() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that answers a connection's first request and hangs up on its second. Its address, what it was asked."""
    asked: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in (OK, b""):
            try:
                asked.append(await reader.readuntil(b"\r\n\r\n"))
            except asyncio.IncompleteReadError:
                break
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", asked


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
async def test_a_request_on_a_connection_that_breaks_is_not_asked_again(method: str) -> None:
    async with answering_once() as (base, asked), Once() as once:
        first, second = await once.ask(method, base), await once.ask(method, base)

    assert isinstance(first, Told)
    assert isinstance(second, Ambiguous)
    assert len(asked) == 2


async def test_no_cookie_stays_and_nothing_packed_is_asked_for() -> None:
    async with answering_once() as (base, asked), Once() as once:
        await once.ask("GET", base)
        await once.ask("GET", base)

    assert not any(b"cookie" in head.lower() for head in asked)
    assert all(b"accept-encoding: identity" in head.lower() for head in asked)


@pytest.mark.parametrize(
    "url", ["", "//x/", "ftp://x/", "http://", "http://[", "https://x:99999/", "http://a:b@x/", "http://x:0/", "x"]
)
async def test_an_address_that_is_none_is_refused(url: str) -> None:
    async with Once() as once:
        assert await once.ask("POST", url, content=b"{}") == Refused("bad_address")


@pytest.mark.parametrize("value", ["a\r\nb: c", "a\nb", "\x00", "\ud800", "\u00e9"])
async def test_a_header_that_no_header_can_carry_is_refused(value: str) -> None:
    async with answering_once() as (base, asked), Once() as once:
        assert await once.ask("POST", base, headers={"authorization": value}) == Refused("bad_address")

    assert asked == []


async def test_where_nobody_listens_nothing_left() -> None:
    async with answering_once() as (base, _):
        pass
    async with Once() as once:
        assert await once.ask("POST", base, content=b"{}") == NotSent("connect")


async def test_an_address_is_asked_to_the_letter() -> None:
    async with answering_once() as (base, asked), Once() as once:
        await once.ask("GET", f"{base}a%2Fb%3Dc?d=%2B1&e=f%20g")

    assert asked[0].startswith(b"GET /a%2Fb%3Dc?d=%2B1&e=f%20g HTTP/1.1\r\n")
