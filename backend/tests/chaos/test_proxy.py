"""The breaking network: each weather does what its name says, to each exchange, and nothing else."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from chaos.proxy import FAIR, Proxy, Weather

QUESTION, ANSWER = b"ask 0123456789\n", b"told 0123456789\n"


class Server:
    """Answers each line with a line, and remembers what it was asked."""

    def __init__(self) -> None:
        self.heard = b""
        self.gone = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(100):
            self.heard += chunk
            if chunk.endswith(b"\n"):
                writer.write(ANSWER)
        self.gone.set()
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, Proxy]]:
    made = Server()
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    proxy = await Proxy(listening.sockets[0].getsockname()[1]).start()
    yield made, proxy
    await proxy.close()
    listening.close()


async def asked(proxy: Proxy, times: int = 1) -> bytes:
    """What comes back for so many questions on one connection; a reset ends it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    found = b""
    try:
        for _ in range(times):
            writer.write(QUESTION)
            found += await reader.readexactly(len(ANSWER))
    except asyncio.IncompleteReadError as short:
        found += short.partial
    except ConnectionError:
        found += b"!"
    writer.close()
    return found


async def test_in_fair_weather_everything_passes(server: tuple[Server, Proxy]) -> None:
    made, proxy = server

    assert await asked(proxy, 3) == ANSWER * 3
    assert made.heard == QUESTION * 3
    assert proxy.counts["fair"] == 3


@pytest.mark.parametrize("cut", [0, 1, 5, len(QUESTION) - 1])
async def test_a_request_is_cut_where_it_is_said(server: tuple[Server, Proxy], cut: int) -> None:
    made, proxy = server
    proxy.sky = lambda _: Weather("cut", cut_request=cut)

    assert await asked(proxy) == b"!"
    async with asyncio.timeout(5):
        await made.gone.wait()
    assert made.heard == QUESTION[:cut]


@pytest.mark.parametrize("cut", [1, 5, len(ANSWER) - 1])
async def test_an_answer_is_cut_where_it_is_said_and_the_request_came(server: tuple[Server, Proxy], cut: int) -> None:
    made, proxy = server
    proxy.sky = lambda _: Weather("cut", cut_answer=cut)

    assert await asked(proxy) == ANSWER[:cut]
    assert made.heard == QUESTION


async def test_a_swallowed_answer_is_a_reset_and_the_request_came(server: tuple[Server, Proxy]) -> None:
    made, proxy = server
    proxy.sky = lambda _: Weather("swallowed", cut_answer=0)

    assert await asked(proxy) == b"!"
    assert made.heard == QUESTION


async def test_each_exchange_has_its_own_weather(server: tuple[Server, Proxy]) -> None:
    _, proxy = server
    skies = iter([FAIR, FAIR, Weather("cut", cut_request=3)])
    proxy.sky = lambda first: next(skies) if first == QUESTION else FAIR

    assert await asked(proxy, 3) == ANSWER * 2 + b"!"
    assert proxy.counts == {"fair": 2, "cut": 1}


async def test_what_drips_comes_whole(server: tuple[Server, Proxy]) -> None:
    _, proxy = server
    proxy.sky = lambda _: Weather("drip", delay=0.001, drip=0.0001)

    assert await asked(proxy) == ANSWER


async def test_a_connection_is_refused_while_it_is_down_and_the_port_stays(server: tuple[Server, Proxy]) -> None:
    _, proxy = server
    port = proxy.port
    await proxy.go_down()
    with pytest.raises(ConnectionError):
        await asked(proxy)
    await proxy.come_up()

    assert proxy.port == port
    assert await asked(proxy) == ANSWER


async def test_who_vanishes_is_gone_for_both_sides_and_nothing_closes(server: tuple[Server, Proxy]) -> None:
    made, proxy = server
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(QUESTION)
    await reader.readexactly(len(ANSWER))

    assert proxy.vanish() == 1
    writer.write(b"nobody hears this\n")
    # A new one is not touched; by its end the old one's words would have come.
    assert await asked(proxy) == ANSWER
    writer.write_eof()
    assert await asked(proxy) == ANSWER

    assert made.heard == QUESTION * 3
    assert not reader.at_eof()
    assert proxy.vanish() >= 1
    await proxy.close()
    with pytest.raises(ConnectionError):
        await reader.readexactly(1)
    writer.close()


async def test_one_that_is_gone_at_the_request_lets_nothing_through(server: tuple[Server, Proxy]) -> None:
    made, proxy = server
    proxy.sky = lambda first: Weather("gone", gone=True) if first == QUESTION else FAIR
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(QUESTION)
    while not proxy.counts["gone"]:  # noqa: ASYNC110 - it has no event for that
        await asyncio.sleep(0)
    writer.write(QUESTION)
    proxy.sky = lambda _: FAIR
    assert await asked(proxy) == ANSWER

    assert made.heard == QUESTION
    assert not reader.at_eof()
    writer.close()
