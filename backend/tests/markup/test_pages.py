"""Every format writes the golden pages exactly so."""

from pathlib import Path

import pytest

from .pages import FORMATS, GOLDEN, PAGES, expected


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_is_written_like_this(page: Path, form: str) -> None:
    written = FORMATS[form](page.read_text(encoding="utf-8"))

    assert written + "\n" == expected(page, form).read_text(encoding="utf-8")


def test_there_are_pages_for_all_that_answers_hold() -> None:
    assert {page.stem for page in PAGES} >= {
        "answer", "headings", "lists", "table", "code", "links", "rtl", "emoji", "mentions", "html", "marks",
    }  # fmt: skip


def test_no_expectation_is_left_of_a_page_that_is_gone() -> None:
    assert {path.name.partition(".")[0] for path in GOLDEN.iterdir()} == {page.stem for page in PAGES}
