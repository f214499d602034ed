"""What leaves for Slack: golden pages of mrkdwn, pieces within the limits, text that can call nobody."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from throughline.channels.slack.capabilities import MARKDOWN, TEXT
from throughline.channels.slack.render import in_mrkdwn, render, said, shown
from throughline.markup.slack import escape, mrkdwn
from throughline.markup.split import split

from .given import MARK, piece, post

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.md"))
#: What Slack would make a mention, a command or a link of.
CALL = re.compile(r"<[@#!]|<(?!https?://|mailto:)\w+:")
PROSE = st.text(st.sampled_from("ab &<>@!#|*_~`.\n-1"), max_size=300)
PAGE = st.lists(
    st.sampled_from(
        ["A sentence of words. Another one! ", "\n\n", "\n", "- item\n", "1. item\n", "```py\n", "```\n", "~~~\n",
         "x" * 40, "<!channel>", "&amp;", "a < b & c", "日本語。", "  ", "| a | b |\n", "````\n", "é"]
    ),
    max_size=60,
).map("".join)  # fmt: skip


@pytest.mark.parametrize("page", GOLDEN, ids=lambda page: page.stem)
def test_a_page_of_markdown_becomes_this_mrkdwn(page: Path) -> None:
    written = mrkdwn(page.read_text(encoding="utf-8"))

    assert written + "\n" == page.with_suffix(".mrkdwn").read_text(encoding="utf-8")


def test_there_are_pages_for_everything_markdown_has() -> None:
    assert {page.stem for page in GOLDEN} >= {
        "emphasis",
        "headings",
        "lists",
        "code",
        "quote",
        "links",
        "table",
        "html",
    }


@over(PROSE | PAGE)
def test_no_markdown_becomes_a_mention_or_a_strange_link(text: str) -> None:
    assert not CALL.search(mrkdwn(text))


@pytest.mark.parametrize(
    "text",
    ["**" * 3_000, "*_" * 3_000, "[" * 6_000, "> " * 3_000, "- " * 3_000, "`" * 6_000, "|a" * 3_000, "<" * 12_000],
)
def test_markdown_made_to_hurt_is_rendered(text: str) -> None:
    """No recursion without end, no time without end: the test's own time limit holds it."""
    assert not CALL.search(mrkdwn(text))


@pytest.mark.parametrize("call", ["@here", "@channel", "@everyone", "@Channel", "<!channel>", "<@U1>", "<!subteam^S1>"])
def test_a_call_to_everybody_is_only_words(call: str) -> None:
    assert call not in escape(call)
    assert call not in mrkdwn(call)
    (mirrored,) = render(post(call, "person", call, "web"))
    assert call not in mirrored.text


@over(st.text())
def test_the_logs_text_is_got_back(text: str) -> None:
    assert said(shown(text)) == text


@over(st.text(st.sampled_from("&<>!@#altgmp;U1| "), max_size=60), st.lists(st.integers(0, 60), max_size=8))
def test_any_cutting_of_a_stream_shows_the_same_and_calls_nobody(text: str, cuts: list[int]) -> None:
    at = sorted({0, len(text), *(c for c in cuts if c < len(text))})
    parts = [text[a:b] for a, b in pairwise(at)]

    joined = "".join(shown(part) for part in parts)

    assert joined == shown(text)
    assert "<" not in joined


@over(PAGE, st.integers(48, 200))
def test_pieces_fit_and_none_is_lost(text: str, most: int) -> None:
    pieces = split(text, most)

    assert all(0 < len(one) <= most for one in pieces)
    assert _words("".join(pieces)) == _words(text)
    if "```" not in text and "~~~" not in text:
        assert "".join(pieces) == text


@over(PAGE, st.integers(48, 200))
def test_no_piece_ends_inside_an_entity(text: str, most: int) -> None:
    for one in split(shown(text), most)[:-1]:
        assert not re.search(r"&(?:a|am|amp|l|lt)?\Z", one)


def test_a_cut_comes_at_a_paragraph_then_an_item_then_a_sentence_then_a_word() -> None:
    assert split("a" * 30 + "\n\n" + "b. c " * 8, 50)[0] == "a" * 30 + "\n\n"
    assert split("- one two three four five six\n- two and more words, and more words", 40)[0].endswith("six\n")
    assert split("One two three four five. Six seven eight nine ten", 32)[0] == "One two three four five. "
    assert split("one two three four five six seven eight", 32)[0] == "one two three four five six "
    assert split("a" * 70, 32) == ["a" * 32, "a" * 32, "a" * 6]


def test_a_code_block_that_fits_a_piece_is_not_cut() -> None:
    code = "```py\n" + "line\n" * 10 + "```\n"

    assert split("word " * 10 + "\n\n" + code, 80) == ["word " * 10 + "\n\n", code]


def test_a_code_block_that_is_too_long_is_closed_and_opened_again() -> None:
    pieces = split("```py\n" + "line = 1\n" * 40 + "```\nafter", 100)

    assert len(pieces) > 3
    assert all(len(one) <= 100 for one in pieces)
    assert [one.count("```") % 2 for one in pieces] == [0] * len(pieces)
    assert [one.startswith("```py\nline") for one in pieces[:-1]] == [True] * (len(pieces) - 1)
    assert pieces[-1].endswith("after")


@over(PROSE.filter(str.strip), st.sampled_from(["agent", "member", "system"]))
def test_our_own_words_go_as_markdown_exactly_as_the_log_has_them(text: str, author: str) -> None:
    pieces = render(post(text, author))  # type: ignore[arg-type]

    assert said("".join(one.text for one in pieces)) == text
    assert [one.format for one in pieces] == ["markdown"]


def test_long_words_go_in_numbered_pieces_within_the_limit() -> None:
    text = "A sentence with < and & in it. " * 2_000
    pieces = render(post(text))

    assert said("".join(one.text for one in pieces)) == text
    assert all(len(one.text) <= MARKDOWN for one in pieces)
    assert [one.mark for one in pieces] == [(MARK[0], MARK[1], n) for n in range(len(pieces))]
    assert len(pieces) > 5


def test_a_persons_words_from_elsewhere_stand_under_their_name_and_channel() -> None:
    (mirrored,) = render(post("Is 1 < 2 & *so*?\nYes", "person", "Maya Lindqvist", "web"))

    assert mirrored.format == "mrkdwn"
    assert mirrored.text == "*Maya Lindqvist* · web\nIs 1 &lt; 2 &amp; *so*?\nYes"


@pytest.mark.parametrize("name", ["*x*\n<!here>", "", "  ", "n" * 5_000])
def test_a_name_is_one_line_without_marks(name: str) -> None:
    (mirrored,) = render(post("words", "person", name, "web"))
    label, _, words = mirrored.text.partition("\n")

    assert words == "words"
    assert label.endswith("web")
    assert len(label) < 220
    assert "<" not in label


def test_a_persons_long_words_go_in_pieces_that_can_be_edited() -> None:
    pieces = render(post("words & more " * 1_000, "person", "Maya", "web"))

    assert len(pieces) > 2
    assert all(len(one.text) <= TEXT for one in pieces)


@pytest.mark.parametrize("text", ["", "  \n\t"])
def test_nothing_to_say_is_no_piece(text: str) -> None:
    assert render(post(text)) == ()
    assert render(post(text, "person", "Maya", "web")) == ()


def test_a_workspace_without_markdown_gets_its_own_marks() -> None:
    assert in_mrkdwn(piece(shown("**a** < [b](https://e.example)"))) == "*a* &lt; <https://e.example|b>"
    assert in_mrkdwn(piece("*a* · web", "mrkdwn")) == "*a* · web"


def _words(text: str) -> str:
    """Without what closing and opening a code block adds."""
    return re.sub(r"[`~\s]|py", "", text)
