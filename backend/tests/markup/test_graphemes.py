"""No cut goes through what a reader takes for one letter, and each is made in bounded time."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from throughline.markup.graphemes import LONGEST, between, cut, end, parts

#: One letter each, as people see them.
LETTERS = [
    "a", "é", "e\u0301", "日", "ש\u05b8", "\r\n", "\n", " ", "👍🏽", "👨‍👩‍👧‍👦", "❤️", "1️⃣", "🏳️‍🌈", "🇩🇪", "🇺🇳", "각",
    "\u1112\u1161\u11ab", "\uac00\u11a8", "க\u0bcd", "नि", "ก\u0e33", "ｶ\uff9e", "\u0600٣",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "a\u200d", "👩🏿‍🚀", "z" + "\u0301\u0316\u0489" * 20,
]  # fmt: skip
#: What is written after one letter must not join the one before it.
ROWS = st.lists(st.sampled_from(LETTERS), max_size=30).filter(
    lambda row: all(a[-1] not in "\u200d\u0bcd" and (a + b) != "\r\n" for a, b in pairwise(row))
)


def apart(row: list[str]) -> list[int]:
    """Where one letter of a row ends and the next one begins."""
    ends = [0]
    for letter in row:
        ends.append(ends[-1] + len(letter))
    return ends


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_is_whole(letter: str) -> None:
    row = f"x{letter}x"

    assert [at for at in range(1, len(row)) if between(row, at)] in ([1, len(row) - 1], [1])
    assert not any(between(letter, at) for at in range(1, len(letter)))


@over(ROWS)
def test_a_row_of_letters_is_taken_apart_at_each_of_them(row: list[str]) -> None:
    text = "".join(row)

    assert [at for at in range(len(text) + 1) if between(text, at)] == sorted(set(apart(row)))


@over(ROWS, st.integers(0, 200))
def test_a_cut_is_the_longest_beginning_of_whole_letters(row: list[str], most: int) -> None:
    kept = cut("".join(row), most)
    fitting = [at for at in apart(row) if at <= most]

    assert len(kept) == fitting[-1] or (fitting[-1] == 0 and len(kept) == most)


@over(st.text(max_size=200), st.integers(-3, 220))
def test_any_text_is_cut_within_the_limit_and_not_away(text: str, most: int) -> None:
    kept = cut(text, most)

    assert text.startswith(kept)
    assert max(0, min(most - LONGEST, len(text))) <= len(kept) <= max(0, most) or kept == text
    assert bool(kept) == bool(text and most > 0)


@over(st.text(st.characters(categories=["Mn", "Me", "Lo", "So", "Cf"]), max_size=60))
def test_a_letter_composed_is_a_letter_still(text: str) -> None:
    """No place between two letters is lost by writing them in another form."""
    for form in ("NFC", "NFD"):
        whole = unicodedata.normalize(form, text)
        assert all(0 <= end(whole, at) <= at for at in range(len(whole)))


@pytest.mark.parametrize("heap", ["\u0301", "\u200d", "\U0001f1e6", "\U000e0041", "\u1100", "\u094d", "🏽", "\ud800"])
def test_a_megabyte_of_what_joins_is_cut_in_no_time(heap: str) -> None:
    """The test's own time limit holds it; a heap longer than any letter is cut all the same."""
    text = "a" + heap * 1_000_000

    assert len(cut(text, 60)) in {59, 60, 1}
    assert 900_000 <= len(cut(text, 1_000_000)) <= 1_000_000


@over(ROWS, st.integers(LONGEST, 200))
def test_parts_are_the_whole_text_and_end_between_letters(row: list[str], most: int) -> None:
    text = "".join(row)
    found = parts(text, most)

    assert "".join(found) == text
    assert all(0 < len(part) <= most for part in found)
    assert all(sum(map(len, found[:n])) in apart(row) for n in range(len(found)))
