"""Receipts: an echo settles what was in doubt, and no report ever takes one back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from throughline.conversation.channel import Receipt
from throughline.conversation.events import DeliveryState
from throughline.conversation.ids import BindingId, ConversationId, MessageId, TenantId
from throughline.conversation.receipts import raised
from throughline.conversation.records import DeliveryRow

NOW = 1_790_000_000_000
ROW = DeliveryRow(
    TenantId("t"), ConversationId("c"), MessageId("m"), BindingId("b"), "slack", 7, owed=True, state="ambiguous",
    at=1, reason="timeout", due=99, attempts=1,
)  # fmt: skip
STATES: tuple[DeliveryState, ...] = (
    "pending", "sending", "streaming", "accepted", "delivered", "read",
    "not_sent", "ambiguous", "held", "refused", "passed", "superseded", "dead",
)  # fmt: skip
REPORTS: tuple[DeliveryState, ...] = ("accepted", "delivered", "read", "refused")
GOOD = {"accepted": 1, "delivered": 2, "read": 3}


def told(state: DeliveryState = "accepted", remote: str | None = "r1") -> Receipt:
    return Receipt(state, ROW.conversation, ROW.message, remote, "D1:1")


def test_the_echo_settles_a_doubt() -> None:
    assert raised(ROW, told(), 1, NOW) == replace(
        ROW, state="accepted", at=NOW, reason=None, due=0, remote=("r1",)
    )  # fmt: skip


@pytest.mark.parametrize("state", ["pending", "not_sent", "sending", "held", "passed", "dead", "refused"])
def test_what_stands_there_is_accepted_whatever_we_thought(state: DeliveryState) -> None:
    late = raised(replace(ROW, state=state, owed=False), told(), 1, NOW)

    assert late is not None
    assert (late.state, late.owed, late.remote) == ("accepted", False, ("r1",))


@pytest.mark.parametrize("state", ["streaming", "superseded"])
def test_what_its_courier_sets_right_and_what_nobody_waits_for_stays(state: DeliveryState) -> None:
    assert raised(replace(ROW, state=state), told(), 1, NOW) is None


@pytest.mark.parametrize("state", ["ambiguous", "sending"])
def test_the_echo_of_one_piece_of_three_gives_the_rest_back_to_the_courier(state: DeliveryState) -> None:
    row = replace(ROW, state=state, remote=("r1",))

    assert raised(row, told(remote="r2"), 3, NOW) == replace(
        row, state="pending", at=NOW, reason=None, due=NOW, remote=("r1", "r2")
    )  # fmt: skip


@pytest.mark.parametrize("state", ["not_sent", "pending", "passed"])
def test_a_piece_that_stands_there_is_known_whatever_becomes_of_the_rest(state: DeliveryState) -> None:
    row = replace(ROW, state=state)

    assert raised(row, told(), 2, NOW) == replace(row, remote=("r1",))
    assert raised(replace(row, remote=("r1",)), told(), 2, NOW) is None


@pytest.mark.parametrize("state", ["ambiguous", "sending"])
def test_a_late_echo_of_an_earlier_piece_says_nothing_about_this_one(state: DeliveryState) -> None:
    assert raised(replace(ROW, state=state, remote=("r1",)), told(remote="r1"), 2, NOW) is None
    assert raised(replace(ROW, state=state, remote=("r1",)), told(remote=None), 2, NOW) is None


def test_the_last_piece_settles_it() -> None:
    row = raised(replace(ROW, remote=("r1", "r2")), told(remote="r3"), 3, NOW)

    assert row is not None
    assert (row.state, row.remote) == ("accepted", ("r1", "r2", "r3"))


def test_a_late_refusal_ends_what_was_accepted() -> None:
    row = raised(replace(ROW, state="accepted"), replace(told("refused"), reason="x" * 100), 1, NOW)

    assert row is not None
    assert (row.state, row.reason) == ("refused", "x" * 64)
    assert raised(replace(ROW, state="delivered"), told("refused"), 1, NOW) is None


@given(
    st.sampled_from(STATES),
    st.lists(st.tuples(st.sampled_from(REPORTS), st.sampled_from(["r1", "r2", None])), max_size=8),
    st.integers(1, 3),
)
def test_good_news_only_gets_better_and_ids_are_never_lost(
    state: DeliveryState, reports: list[tuple[DeliveryState, str | None]], pieces: int
) -> None:
    row = replace(ROW, state=state)
    for n, (report, remote) in enumerate(reports):
        after = raised(row, told(report, remote), pieces, NOW + n)
        if after is None:
            continue
        assert after != row
        assert row.remote == after.remote[: len(row.remote)]
        assert len(set(after.remote)) == len(after.remote)
        if report != "refused":
            assert GOOD.get(after.state, 0) >= GOOD.get(row.state, 0)
        assert raised(after, told(report, remote), pieces, NOW + n) is None or after.state == "pending"
        row = after


def test_that_it_was_once_taken_is_no_news_after_a_refusal() -> None:
    refused = raised(ROW, told("refused"), 1, NOW)

    assert refused is not None
    assert raised(refused, told("accepted"), 1, NOW + 1) is None
    late = raised(refused, told("delivered"), 1, NOW + 1)
    assert late is not None
    assert late.state == "delivered"
