"""Codes that link a channel: once, for ten minutes, for one channel, confirmed by who made them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from throughline.conversation.ids import IdentityId, PersonId, TenantId, UserId
from throughline.conversation.linking import (
    ALPHABET,
    LASTS,
    NO_CODE,
    NOT_SENT,
    LinkRow,
    confirmable,
    masked,
    over,
    shown,
    tidy,
    usable,
)

ANA = UserId("ana")
OPEN = LinkRow("l", TenantId("t"), ANA, PersonId("p"), "whatsapp", "h", "open", 0, LASTS)
CLAIMED = replace(OPEN, state="claimed", identity=IdentityId("i"), claimed_at=1_000)


def test_a_code_counts_once_in_its_time_and_on_its_channel() -> None:
    assert usable(OPEN, "whatsapp", LASTS - 1)
    assert not usable(OPEN, "whatsapp", LASTS)
    assert not usable(OPEN, "telegram", 0)
    assert not usable(None, "whatsapp", 0)
    assert not any(usable(replace(OPEN, state=state), "whatsapp", 0) for state in ("claimed", "confirmed", "refused"))


def test_only_who_made_it_confirms_it_and_only_after_it_was_sent() -> None:
    assert confirmable(OPEN, ANA, 0) == NOT_SENT
    assert confirmable(OPEN, ANA, LASTS) == NO_CODE
    assert confirmable(CLAIMED, ANA, 2_000) is None
    assert confirmable(CLAIMED, UserId("ben"), 2_000) == NO_CODE
    assert confirmable(CLAIMED, ANA, 1_000 + LASTS) == NO_CODE
    assert confirmable(replace(CLAIMED, state="confirmed"), ANA, 2_000) == NO_CODE
    assert confirmable(replace(CLAIMED, state="refused"), ANA, 2_000) == NO_CODE


def test_what_runs_out_is_over() -> None:
    assert [over(OPEN, 0), over(OPEN, LASTS)] == [False, True]
    assert [over(CLAIMED, LASTS), over(CLAIMED, 1_000 + LASTS)] == [False, True]
    assert over(replace(OPEN, state="confirmed"), 0)


@given(st.text(ALPHABET, min_size=8, max_size=8))
def test_a_code_is_read_however_people_write_it(code: str) -> None:
    for written in (shown(code), code.lower(), f" {shown(code).lower()} ", code.replace("", " ")):
        assert tidy(written) == code


@given(st.text(max_size=200))
def test_any_text_is_tidied_to_a_bounded_word(text: str) -> None:
    assert len(tidy(text)) <= 9


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("106/447700900123", "…0123"),
        ("+447700900101/+447700900123", "…0123"),
        ("T1/U0MAYA", "…MAYA"),
        ("maya@lindqvist.example", "m…@lindqvist.example"),
        ("550123", "…0123"),
    ],
)
def test_an_address_is_told_only_as_far_as_one_knows_ones_own(address: str, told: str) -> None:
    assert masked(address) == told
