"""`parse_mode` HTML as the stand-in reads it: what is seen, and the server's own words where it cannot be read."""

import re

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from sandbox.telegram.entities import Wrong, parsed, units


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("a &lt; b &amp;&#33;&#x21; &nbsp;", "a < b &!! &nbsp;", []),
        ("<b>x <i>y</i></b>", "x y", [("bold", 0, 3), ("italic", 2, 1)]),
        ("😀<b>x</b>", "😀x", [("bold", 2, 1)]),
        ('<a href="https://e.example?a=1&amp;b=2">x</a>', "x", [("text_link", 0, 1)]),
        ('<pre><code class="language-py">x=1</code></pre>', "x=1", [("pre", 0, 3)]),
        ("<b></b>x", "x", []),
        ("a > b", "a > b", []),
        ('<span class="tg-spoiler">x</span><u>y</u><s>z</s>', "xyz",
         [("spoiler", 0, 1), ("underline", 1, 1), ("strikethrough", 2, 1)]),
        ("<blockquote>q</blockquote>", "q", [("blockquote", 0, 1)]),
    ],
)  # fmt: skip
def test_html_is_seen_as_telegram_sees_it(html: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    seen = parsed(html)

    assert seen.text == text
    assert [(e["type"], e["offset"], e["length"]) for e in seen.entities] == entities


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é</b>", "Unexpected end tag at byte offset 2"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b x", "Unclosed start tag at byte offset 0"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<img src=x>", 'Unsupported start tag "img" at byte offset 0'),
    ],
)
def test_html_that_is_none_is_refused_in_telegrams_words(html: str, words: str) -> None:
    with pytest.raises(Wrong, match=f"^{re.escape(words)}$"):
        parsed(html)


@over(st.text(st.sampled_from("<>/b aips&;\"'=#x1"), max_size=40))
def test_any_text_is_seen_or_wrong(html: str) -> None:
    try:
        seen = parsed(html)
    except Wrong:
        return
    assert all(e["offset"] + e["length"] <= units(seen.text) for e in seen.entities)
