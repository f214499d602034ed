"""The confidence line, over every way a text can be cut on its way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughline.agent.header import HELD, Header
from throughline.conversation.answer import Sure


def read(chunks: list[str]) -> tuple[list[Sure], str, int]:
    """Every Sure, the whole shown text, and the most that was held back at one time."""
    header, sures, shown, given_, held = Header(), list[Sure](), "", 0, 0
    for chunk in chunks:
        sure, text = header.feed(chunk)
        given_ += len(chunk)
        if sure is not None:
            assert not shown
            sures.append(sure)
        assert not text or sures
        shown += text
        if not sures:
            held = max(held, given_)
    sure, text = header.finish()
    if sure is not None:
        assert not shown
        sures.append(sure)
    return sures, shown + text, held


def cut(text: str, places: list[int]) -> list[str]:
    marks = sorted({min(place, len(text)) for place in places})
    return [text[a:b] for a, b in zip([0, *marks], [*marks, len(text)], strict=True)]


openings = st.sampled_from(
    [
        "@0.82\n",
        "@0.82\n\n",
        "@1\n",
        "@1.0\n",
        "@0\r\n",
        "\n@0.5\n",
        "@.5 ",
        "@0.82 ",
        "@0.8",
        "@",
        "@@",
        "@0.",
        "@12\n",
        "@x",
        "@7.5\n",
    ]
)
texts = st.one_of(st.text(max_size=60), st.tuples(openings, st.text(max_size=40)).map("".join))


@given(text=texts, places=st.lists(st.integers(0, 100), max_size=12))
def test_cutting_never_changes_the_outcome(text: str, places: list[int]) -> None:
    sures, shown, held = read(cut(text, places))

    assert (sures, shown) == read([text])[:2]
    assert len(sures) == 1
    assert held < HELD


@given(text=texts)
def test_nothing_is_lost_but_the_line_and_the_space_around_it(text: str) -> None:
    _, shown, _ = read(list(text))

    assert text.endswith(shown)
    assert len(text) - len(shown) <= HELD or not text[: len(text) - len(shown)].lstrip()[HELD:].strip()


@pytest.mark.parametrize(
    ("text", "sure", "shown"),
    [
        ("@0.82\nHello", 0.82, "Hello"),
        ("@0.82\r\nHello", 0.82, "Hello"),
        ("@0.82\n\n\nHello", 0.82, "Hello"),
        ("\n@0.82\nHello", 0.82, "Hello"),
        ("@0.82 Hello", 0.82, "Hello"),
        ("@1\nHello", 1.0, "Hello"),
        ("@1.00\n", 1.0, ""),
        ("@0.82", 0.82, ""),
        ("@7.50\nHello", None, "Hello"),
        ("@1 person said so", None, "@1 person said so"),
        ("@ada: hello", None, "@ada: hello"),
        ("Hello @0.82\n", None, "Hello @0.82\n"),
        ("@0.82%", None, "@0.82%"),
        ("  indented", None, "  indented"),
        ("", None, ""),
        ("@", None, "@"),
    ],
)
def test_what_is_a_header_and_what_is_not(text: str, sure: float | None, shown: str) -> None:
    assert read(list(text))[:2] == ([Sure(sure)], shown)
    assert read([text])[:2] == ([Sure(sure)], shown)
