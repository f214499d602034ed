"""Links to files: good for one file, for a while, and only as they were made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughline.conversation.ids import FileId, TenantId
from throughline.identity.signed import Shared, Signed

SIGNED = Signed(b"an installation's secret, 32 bytes")
SHARED = Shared(TenantId("t-1"), FileId("f-1"), 60_000)


def test_a_link_opens_what_it_was_made_for() -> None:
    assert SIGNED.proved(SIGNED.token(SHARED), 59_999) == SHARED


def test_a_link_is_over_at_its_time() -> None:
    assert SIGNED.proved(SIGNED.token(SHARED), 60_000) is None


def test_another_installation_knows_nothing_of_it() -> None:
    assert Signed(b"another one's secret, 32 bytes!!").proved(SIGNED.token(SHARED), 0) is None


@pytest.mark.parametrize(
    "token", ["", ".", "a.b", "é.é", "x" * 600, SIGNED.token(SHARED) + "A", SIGNED.token(SHARED)[:-1]]
)
def test_what_is_no_link_opens_nothing(token: str) -> None:
    assert SIGNED.proved(token, 0) is None


@given(st.integers(0, 200), st.characters(codec="ascii"))
def test_a_link_that_was_changed_anywhere_opens_nothing(at: int, letter: str) -> None:
    token = SIGNED.token(SHARED)
    at %= len(token)
    changed = token[:at] + letter + token[at + 1 :]

    assert changed == token or SIGNED.proved(changed, 0) is None


@given(st.text(max_size=80))
def test_any_text_is_refused_without_a_word(token: str) -> None:
    assert SIGNED.proved(token, 0) is None
