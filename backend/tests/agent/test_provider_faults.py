"""Everything a provider can do wrong, over real HTTP: each becomes one value, tried again only where that may help."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable

import httpx2
import pytest

from throughline.agent.llm import Caps, Deadlines, Llm, Route
from throughline.agent.turn import Silent, Writer
from throughline.conversation.answer import Brief, Broken, Done, Piece, Said, SegmentDone, Sure, Words
from throughline.conversation.events import Usage
from throughline.conversation.ids import TenantId

from .timing import QuickClock

#: Short enough that nobody waits, long enough for a busy machine.
DEADLINES = Deadlines(connect=2.0, first=1.0, idle=0.5, whole=20.0)
Make = Callable[..., tuple[Writer, QuickClock]]


def brief(text: str) -> Brief:
    return Brief(TenantId("t"), "Demo", "Ada", "Guide", "web", (Said("person", text),), "")


async def said(writer: Writer | Silent, text: str) -> list[Piece]:
    return [piece async for piece in writer.reply(brief(text))]


def words(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if isinstance(piece, Words))


@pytest.fixture
async def make(model_address: str) -> AsyncIterator[Make]:
    made: list[Writer] = []

    def writer(address: str = model_address, **more: object) -> tuple[Writer, QuickClock]:
        clock = QuickClock()
        llm = Llm(Route(f"{address}/v1", "sk-secret-key", "m"), clock, DEADLINES, **more)  # type: ignore[arg-type]
        made.append(Writer(llm, clock, "demo", demo=True))
        return made[-1], clock

    yield writer
    for each in made:
        await each.close()


async def requests(address: str) -> int:
    async with httpx2.AsyncClient() as client:
        return int((await client.get(f"{address}/sandbox/seen")).json()["requests"])


#: directive, code, whether words came before, requests, and the waits between them.
TABLE = [
    ("[[fault:400]]", "refused", False, 1, []),
    ("[[fault:401]]", "refused", False, 1, []),
    ("[[fault:404]]", "refused", False, 1, []),
    ("[[fault:429:3]]", "rate_limited", False, 2, [3.0]),
    ("[[fault:429:60]]", "rate_limited", False, 1, []),
    ("[[fault:500]]", "unreachable", False, 2, [0.5]),
    ("[[fault:503:2]]", "unreachable", False, 2, [2.0]),
    ("[[fault:hang:0]]", "timeout", False, 2, [0.5]),
    ("[[fault:hang:4]] how does it stream", "timeout", True, 1, []),
    ("[[fault:drop:0]]", "cut_off", False, 2, [0.5]),
    ("[[fault:drop:4]] how does it stream", "cut_off", True, 1, []),
    ("[[fault:cut_json:4]] how does it stream", "bad_answer", True, 1, []),
    ("[[fault:cut_json:0]]", "bad_answer", False, 2, [0.5]),
    ("[[fault:error_event:0]]", "cut_off", False, 2, [0.5]),
    ("[[fault:error_event:4]] how does it stream", "cut_off", True, 1, []),
    ("[[fault:empty]]", "bad_answer", False, 2, [0.5]),
    ("[[fault:not_sse]]", "cut_off", False, 2, [0.5]),
    ("[[fault:length:6]] how does it stream", "too_long", True, 1, []),
    ("[[fault:filter:6]] how does it stream", "refused", True, 1, []),
    ("[[fault:endless]]", "too_long", True, 1, []),
]


@pytest.mark.parametrize(("told", "code", "shown", "count", "slept"), TABLE, ids=[row[0] for row in TABLE])
async def test_fault_becomes_a_value(
    make: Make, model_address: str, told: str, code: str, shown: bool, count: int, slept: list[float]
) -> None:
    writer, clock = make()
    before = await requests(model_address)
    pieces = await said(writer, told)

    assert isinstance(pieces[-1], Broken)
    assert pieces[-1].code == code
    assert bool(words(pieces)) == shown
    assert await requests(model_address) - before == count
    assert clock.slept == slept
    assert [type(p) for p in pieces].count(Broken) == 1
    assert not any(isinstance(p, Done | SegmentDone) for p in pieces)


async def test_whole_answer_has_confidence_first_and_usage_last(make: Make) -> None:
    writer, _ = make()
    pieces = await said(writer, "[[say:Hello Ada.]]")

    assert pieces[0] == Sure(0.9)
    assert words(pieces) == "Hello Ada."
    assert pieces[-2] == SegmentDone()
    assert isinstance(pieces[-1], Done)
    assert isinstance(pieces[-1].usage, Usage)
    assert (pieces[-1].usage.model, pieces[-1].usage.completion_tokens) == ("m", 3)


async def test_second_try_that_succeeds_leaves_no_trace(make: Make, model_address: str) -> None:
    writer, clock = make()
    async with httpx2.AsyncClient() as client:
        await client.post(f"{model_address}/sandbox/faults", json={"fault": "500", "times": 1})
    pieces = await said(writer, "[[say:Hello.]]")

    assert words(pieces) == "Hello."
    assert clock.slept == [0.5]
    assert not any(isinstance(p, Broken) for p in pieces)


async def test_refused_connection_is_unreachable(make: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    writer, clock = make(f"http://127.0.0.1:{port}")
    (broken,) = await said(writer, "Hi")

    assert isinstance(broken, Broken)
    assert (broken.code, clock.slept) == ("unreachable", [0.5])


async def test_unusable_address_or_key_is_refused_without_a_second_try() -> None:
    clock = QuickClock()
    for route in (Route("ftp://127.0.0.1/v1", "k", "m"), Route("http://127.0.0.1:1/v1", "a\r\nX-Evil: 1", "m")):
        writer = Writer(Llm(route, clock, DEADLINES), clock, "demo", demo=False)
        pieces = await said(writer, "Hi")
        await writer.close()

        assert isinstance(pieces[-1], Broken)
        assert pieces[-1].code == "refused"
    assert clock.slept == []


async def test_key_never_shows_in_a_detail(make: Make) -> None:
    writer, _ = make()
    (broken,) = await said(writer, "[[fault:401]]")

    assert isinstance(broken, Broken)
    assert "sk-secret-key" not in broken.detail
    assert "Incorrect API key" in broken.detail


async def test_endless_answer_ends_at_the_cap(make: Make) -> None:
    writer, _ = make(caps=Caps(characters=500))
    pieces = await said(writer, "[[fault:endless]]")

    # The header line counts towards the cap, and is not among the words.
    assert 500 - len("@0.31\n") < len(words(pieces)) < 70_000
    assert isinstance(pieces[-1], Broken)


async def test_tokens_are_capped_by_asking(make: Make) -> None:
    writer, _ = make(caps=Caps(tokens=10))
    pieces = await said(writer, "[[tokens:400]]")

    assert isinstance(pieces[-1], Broken)
    assert pieces[-1].code == "too_long"
    assert len(words(pieces).split()) < 10


async def test_closing_early_closes_the_request_upstream(make: Make, model_address: str) -> None:
    writer, _ = make()
    reply = writer.reply(brief("[[rate:20]] [[tokens:4000]]"))
    async for piece in reply:
        if isinstance(piece, Words):
            break
    await reply.aclose()

    async def gone() -> None:
        async with httpx2.AsyncClient() as client:
            while (await client.get(f"{model_address}/sandbox/seen")).json()["open"]:
                pass

    await asyncio.wait_for(gone(), 5)


async def test_connection_is_used_again(make: Make) -> None:
    writer, _ = make()
    await said(writer, "[[say:one]]")
    pool = writer._llm._client._client._transport._idle  # type: ignore[attr-defined]
    (first,) = (c for waiting in pool.values() for c in waiting)
    await said(writer, "[[say:two]]")

    assert [c for waiting in pool.values() for c in waiting] == [first]


async def test_without_a_model_the_answer_says_so() -> None:
    pieces = await said(Silent(), "Hi")

    assert isinstance(pieces[-1], Broken)
    assert (pieces[-1].code, pieces[-1].again) == ("no_model", False)


async def test_only_so_many_answers_start_at_one_time(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    writer, _ = make()
    at_once, most = 0, 0
    write = writer._llm.write

    async def counted(messages: object) -> AsyncIterator[object]:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        async for piece in write(messages):  # type: ignore[arg-type]
            if isinstance(piece, str) and at_once:
                at_once -= 1
            yield piece

    monkeypatch.setattr(writer._llm, "write", counted)
    await asyncio.gather(*(said(writer, "[[say:word]]") for _ in range(80)))

    assert most <= 32
