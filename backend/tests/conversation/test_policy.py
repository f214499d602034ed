"""Limits and checks: pure rules, held against a plain model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughline.conversation.faults import BAD_ID, BAD_TEXT, EMPTY
from throughline.conversation.policy import Policy, check_id, check_text, wait_for


@pytest.mark.parametrize("given_id", ["", "a" * 65, "a b", "ä", "a\n", "../x", "a\x00", "'; drop table events;--"])
def test_ids_that_cannot_be_keys_are_refused(given_id: str) -> None:
    assert check_id(given_id) == BAD_ID


@pytest.mark.parametrize("given_id", ["a", "0192f0c4-7b1e-7d4b-8a59-1f0d3c2b1a00", "A_b-9", "x" * 64])
def test_uuid_like_ids_are_taken(given_id: str) -> None:
    assert check_id(given_id) is None


@pytest.mark.parametrize("text", ["", "   ", "\n\t", " "])
def test_a_message_without_words_is_refused(text: str) -> None:
    assert check_text(text, Policy()) == EMPTY


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "x\udfffy"])
def test_characters_that_no_store_can_keep_are_refused(text: str) -> None:
    assert check_text(text, Policy()) == BAD_TEXT


def test_the_last_allowed_character_is_taken_and_the_next_refused() -> None:
    policy = Policy(message_characters=10)
    assert check_text("x" * 10, policy) is None

    refused = check_text("x" * 11, policy)

    assert refused is not None
    assert refused.code == "too_long"
    assert "10" in refused.detail


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=200))
def test_any_keepable_text_with_words_in_it_is_taken(text: str) -> None:
    assert (check_text(text, Policy()) is None) == bool(text.strip())


def test_no_limit_never_waits() -> None:
    assert wait_for(tuple(range(1000)), 0, 60_000, 1000) is None


@given(
    st.lists(st.integers(0, 200_000), max_size=60).map(sorted),
    st.integers(1, 30),
    st.integers(1, 60_000),
    st.integers(0, 260_000),
)
def test_the_wait_is_the_shortest_after_which_one_more_fits(
    times: list[int], limit: int, window: int, now: int
) -> None:
    recent = tuple(t for t in times if t <= now)

    wait = wait_for(recent, limit, window, now)

    def fits(at: int) -> bool:
        return len([t for t in recent if t > at - window]) < limit

    assert (wait is None) == fits(now)
    if wait is not None:
        then = now + round(wait * 1000)
        assert fits(then)
        assert not fits(then - 1) or then - 1 == now or wait == 0.001
