"""The small parts of phone-like stand-ins by themselves."""

import asyncio
import wave
from io import BytesIO
from pathlib import Path

import filetype
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.phones import samples
from sandbox.phones.facts import (
    Asked,
    Change,
    Delivery,
    End,
    EndKnown,
    File,
    Filed,
    Heard,
    Message,
    Owed,
    Person,
    PersonKnown,
    PersonMoved,
    Posted,
    Received,
    Stopped,
    Tried,
    Unfiled,
    Wiped,
)
from sandbox.phones.fetch import rerouted
from sandbox.phones.rates import Rates
from sandbox.phones.shelf import Shelf
from sandbox.phones.state import State

names = st.sampled_from(["a", "b", "c"])
changes: st.SearchStrategy[Change] = st.one_of(
    st.builds(EndKnown, st.builds(End, names)),
    st.builds(PersonKnown, st.builds(Person, names, names)),
    st.builds(PersonMoved, names, st.builds(Person, names, names)),
    st.builds(
        Posted, st.builds(Message, names, names, names, st.sampled_from(["person", "us"]), names, st.just(1))
    ),
    st.builds(Filed, st.builds(File, names, names, names, names, st.just(1), names, st.just(1.0))),
    st.builds(Unfiled, names),
    st.builds(Heard, names, names, st.floats(0, 9)),
    st.builds(Stopped, names, names, st.booleans()),
    st.builds(Owed, st.builds(Delivery, names, names, st.just("message"), names, names, names)),
    st.builds(Tried, names, st.just(0), names, st.one_of(st.none(), st.just(5.0))),
    st.builds(
        lambda number, done: Received(Asked(number, 1.0, "a", "messages", None, done=done, status=200)),
        st.integers(1, 9), st.booleans(),
    ),
    st.builds(Wiped, st.one_of(st.none(), st.tuples(names))),
)  # fmt: skip


@given(st.lists(changes, max_size=30))
def test_a_state_is_what_its_own_changes_make_through_json(history: list[Change]) -> None:
    state, again = State(), State()
    for change in history:
        state.apply(change)
    for change in msgspec.json.decode(msgspec.json.encode(list(state.changes())), type=list[Change]):
        again.apply(change)

    for part in ("ends", "people", "messages", "files", "heard", "stopped", "owed", "asked", "asked_so_far", "rules"):
        assert getattr(again, part) == getattr(state, part)


@given(st.lists(st.floats(0, 20), max_size=60), st.integers(1, 5))
def test_in_no_time_is_more_taken_than_the_rate_and_the_burst_give(waits: list[float], burst: int) -> None:
    rates, now, taken = Rates(), 1_000.0, []
    for wait in waits:
        now += wait
        if rates.take("x", now, 6.0, burst):
            taken.append(now)

    for n, first in enumerate(taken):
        for count, last in enumerate(taken[n:], 1):
            assert count <= burst + (last - first) / 6.0 + 0.01


def test_a_burst_is_whole_however_long_it_was_quiet() -> None:
    rates = Rates()
    assert [rates.take("x", 1_790_000_000.0, 1 / 80, 80) for _ in range(81)] == [True] * 80 + [False]
    assert [rates.take("x", 1_790_009_000.0, 1 / 80, 80) for _ in range(81)] == [True] * 80 + [False]


@pytest.mark.parametrize("there", [True, False])
async def test_bytes_lie_where_they_were_put(tmp_path: Path, *, there: bool) -> None:
    shelf = Shelf(tmp_path / "files" if there else None)
    await shelf.put("1", b"\0data")
    assert await shelf.get("1") == b"\0data"
    assert await shelf.get("../1") is None
    assert await shelf.get("2") is None
    await shelf.drop("1")
    await shelf.drop("1")
    assert await shelf.get("1") is None


async def test_a_name_never_leads_out_of_the_shelf(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "files")
    with pytest.raises(ValueError, match="outside"):
        await shelf.put("../outside", b"x")
    assert not await asyncio.to_thread((tmp_path / "outside").exists)


def test_samples_are_what_they_say() -> None:
    assert filetype.guess_mime(samples.image()) == "image/png"
    assert filetype.guess_mime(samples.voice()) == "audio/x-wav"
    with wave.open(BytesIO(samples.voice())) as file:
        assert file.getnframes() / file.getframerate() == 1.0


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.test/hook?x=1", "http://127.0.0.1:8/h"),
        ("https://a.test/hook?x=1#rc=2", "http://127.0.0.1:8/h"),
        ("https://a.test/file", "http://127.0.0.1:8/file"),
        ("https://a.test.evil/file", "https://a.test.evil/file"),
        ("https://b.test/file", "https://b.test/file"),
    ],
)
def test_only_what_is_behind_the_public_origin_leads_here(url: str, expected: str) -> None:
    more: dict[str, object] = {"webhook_url": "https://a.test/hook?x=1", "deliver_url": "http://127.0.0.1:8/h"}

    assert rerouted(url, more) == expected
    assert rerouted(url, {}) == url
