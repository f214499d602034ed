"""Long tests are begun first, whatever there is of both kinds, and none is left out; some are not traced."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rig.suite import dealt


@given(long=st.integers(0, 30), rest=st.integers(0, 300), processes=st.integers(1, 8))
def test_every_test_is_dealt_once(long: int, rest: int, processes: int) -> None:
    found = dealt([f"long {n}" for n in range(long)], [f"{n}" for n in range(rest)], processes)

    assert sorted(found) == sorted([*(f"long {n}" for n in range(long)), *(f"{n}" for n in range(rest))])
    assert [one for one in found if not one.startswith("long")] == [str(n) for n in range(rest)], "in their order"


def test_each_process_begins_with_its_share_of_the_long_ones() -> None:
    found = dealt(["A", "B", "C", "D", "E"], [str(n) for n in range(11)], 4)

    assert [found[at : at + 4] for at in range(0, 16, 4)] == [
        ["A", "E", "0", "1"], ["B", "2", "3", "4"], ["C", "5", "6", "7"], ["D", "8", "9", "10"],
    ]  # fmt: skip


def test_one_process_does_the_long_ones_first() -> None:
    assert dealt(["A", "B"], ["0", "1"], 1) == ["A", "B", "0", "1"]


@pytest.mark.untraced
def test_what_is_marked_is_not_traced() -> None:
    assert sys.gettrace() is None
