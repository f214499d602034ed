"""Marks only go up, and a person's marks are receipts: one event a run, never for members."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from throughline import observe
from throughline.conversation.records import Caller

from .entrance import ADA, DEMO, OTTO, Entrance, entrance


@pytest_asyncio.fixture
async def way(tmp_path: Path) -> AsyncIterator[Entrance]:
    async with entrance(tmp_path / "data") as opened:
        yield opened


async def marks(way: Entrance, where: Any, who: Caller = ADA) -> tuple[int, int]:
    return await way.store.write(lambda tx: tx.messages.received(DEMO, where, who.user, 0, 0))


def receipts(way: Entrance, where: str) -> list[tuple[str, tuple[str, ...]]]:
    """Delivery events beyond `accepted`."""
    return [(b.state, b.messages) for b in way.bodies(where, "delivery") if b.state != "accepted"]


async def test_a_run_of_messages_is_one_receipt(way: Entrance) -> None:
    where = await way.start()
    head = await way.answer(where, "a", "b", "c")

    assert await way.receive.mark(ADA, where, head, 0) is None
    assert receipts(way, where) == [("delivered", ("a", "b", "c"))]
    assert await way.states(where) == ["delivered"] * 3
    assert await marks(way, where) == (head, 0)


async def test_what_is_read_was_delivered(way: Entrance) -> None:
    where = await way.start()
    head = await way.answer(where, "a", "b")
    await way.receive.mark(ADA, where, 0, head)

    assert receipts(way, where) == [("read", ("a", "b"))]
    assert await marks(way, where) == (head, head)


async def test_read_up_to_here_and_received_up_to_there(way: Entrance) -> None:
    where = await way.start()
    middle = await way.answer(where, "a", "b")
    head = await way.answer(where, "c")
    await way.receive.mark(ADA, where, head, middle)

    assert receipts(way, where) == [("read", ("a", "b")), ("delivered", ("c",))]


async def test_marks_never_go_down_and_a_repeat_says_nothing(way: Entrance) -> None:
    where = await way.start()
    head = await way.answer(where, "a")
    await way.receive.mark(ADA, where, head, head)
    before = len(way.entries)
    for got, seen in ((1, 0), (0, 1), (head, head), (0, 0)):
        await way.receive.mark(ADA, where, got, seen)

    assert len(way.entries) == before
    assert await marks(way, where) == (head, head)


async def test_marks_beyond_the_head_end_at_the_head(way: Entrance) -> None:
    where = await way.start()
    head = await way.answer(where, "a")
    await way.receive.mark(ADA, where, 2**53 - 1, 2**53 - 1)

    assert await marks(way, where) == (head, head)
    await way.answer(where, "b")
    assert await way.states(where) == ["read", "accepted"], "what came after the mark was not read"


async def test_members_marks_are_kept_and_are_no_receipts(way: Entrance) -> None:
    where = await way.start()
    head = await way.answer(where, "a")
    before = len(way.entries)
    await way.receive.mark(OTTO, where, head, head)

    assert len(way.entries) == before
    assert await way.states(where) == ["accepted"]
    assert await marks(way, where, OTTO) == (head, head)
    assert await marks(way, where) == (0, 0)


async def test_twenty_marks_at_once_give_each_message_one_receipt(way: Entrance) -> None:
    where = await way.start()
    head = await way.answer(where, *"abcd")
    await asyncio.gather(*(way.receive.mark(ADA, where, head - n % 3, 0) for n in range(20)))

    told = [m for _, run in receipts(way, where) for m in run]
    assert sorted(told) == ["a", "b", "c", "d"]


async def test_the_way_of_a_message_is_measured_once(way: Entrance) -> None:
    def measured() -> tuple[float, float]:
        found = [
            observe.REGISTRY.get_sample_value(f"throughline_delivery_seconds_{part}", {"channel": "web"}) or 0.0
            for part in ("count", "sum")
        ]
        return found[0], found[1]

    where = await way.start()
    await way.say(where, "mine")
    head = await way.answer(where, "a", "b")
    count, total = measured()
    way.clock.move(2)
    await way.receive.mark(ADA, where, head, 0)
    await way.receive.mark(ADA, where, head, head)

    counted, summed = measured()
    assert counted == count + 2
    assert summed == pytest.approx(total + 4)


_STEPS = st.one_of(
    st.tuples(st.just("answer"), st.just(0), st.just(0)),
    st.tuples(st.just("person"), st.just(0), st.just(0)),
    st.tuples(st.just("mark"), st.integers(0, 30), st.integers(0, 30)),
    st.tuples(st.just("member"), st.integers(0, 30), st.integers(0, 30)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_STEPS, max_size=20))
def test_receipts_follow_a_model(tmp_path_factory: Any, steps: list[tuple[str, int, int]]) -> None:
    """Each owed message climbs accepted, delivered, read; each step of it is told exactly once."""
    folder = tmp_path_factory.mktemp("marks")

    async def run() -> None:
        async with entrance(folder / "data") as way:
            where = await way.start()
            owed: dict[str, int] = {}
            got = seen = 0
            expected: list[tuple[str, str]] = []
            state: dict[str, str] = {}
            for n, (what, first, second) in enumerate(steps):
                head = (await way.row(where)).head
                if what == "answer":
                    owed[f"m-{n}"] = (await way.say(where, f"m-{n}", who=OTTO)).seq
                    state[f"m-{n}"] = "accepted"
                elif what == "person":
                    await way.say(where, f"m-{n}")
                elif what == "member":
                    await way.receive.mark(OTTO, where, first, second)
                else:
                    await way.receive.mark(ADA, where, first, second)
                    seen = max(seen, min(second, head))
                    got = max(got, min(first, head), seen)
                    for message, seq in owed.items():
                        now = "read" if seq <= seen else "delivered" if seq <= got else state[message]
                        if now != state[message]:
                            state[message] = now
                            expected.append((now, message))
            assert await marks(way, where) == (got, seen)
            assert await way.states(where) == [state[m] for m in owed]
            told = [(kind, message) for kind, run in receipts(way, where) for message in run]
            assert sorted(told) == sorted(expected)

    asyncio.run(run())
