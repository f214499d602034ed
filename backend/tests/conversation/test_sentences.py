"""Where an answer may be cut while it is written: only for certain, never inside anything, nothing lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from throughline.conversation.sentences import LEAST, part_end

LONG = "This is a sentence with some more than fifty characters in it."


def heard(text: str, step: int = 1) -> list[str]:
    """The parts of a text that is written piece by piece, and its rest."""
    found, begin = [], 0
    for upto in [*range(0, len(text), step), len(text)]:
        while (end := part_end(text[:upto], begin)) is not None:
            found.append(text[begin:end])
            begin = end
    return [*found, text[begin:]]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (f"{LONG} And on", [LONG, " And on"]),
        (f"{LONG}\n\nAnd on", [LONG, "\n\nAnd on"]),
        ("Short. " + LONG + " Then", ["Short. " + LONG, " Then"]),
        (f"{LONG[:-1]}! Yes", [f"{LONG[:-1]}!", " Yes"]),
        (f"{LONG[:-1]}?! Yes", [f"{LONG[:-1]}?!", " Yes"]),
        (f"**{LONG}** Yes", [f"**{LONG}**", " Yes"]),
        (f"“{LONG}” He left", [f"“{LONG}”", " He left"]),
        ("الجملة الأولى طويلة جدا وفيها أكثر من خمسين حرفا كما ترى هنا؟ نعم", None),
        ("今日は天気がいいですね。" * 5 + "はい", ["今日は天気がいいですね。" * 5, "はい"]),
        ("明天会下雨！" * 9 + "好", ["明天会下雨！" * 9, "好"]),
    ],
)
def test_sentence_ends(text: str, parts: list[str] | None) -> None:
    found = heard(text)
    assert "".join(found) == text
    assert found == parts if parts is not None else len(found) == 2


@pytest.mark.parametrize(
    "text",
    [
        LONG,
        f"{LONG} ",
        f"{LONG}\n\n",
        "It costs a good deal more than you would have thought: 3.50 euro a piece",
        "As far as I can tell from here it was built by the late Dr. Smith",
        "It is a good deal more than you would have thought of it, e.g. Apples and pears",
        "It was written a long time ago, and by nobody else than J. R. R. Tolkien",
        "Wir sehen uns hoffentlich alle gesund und munter wieder am 3. Mai in Berlin",
        "Have a look at this page before you do anything else: https://example.com/a.b?c=d.e Then",
        "Well, to be honest with you I would have to think about it... Maybe",
        "Well, to be honest with you I would have to think about it… Maybe",
        "“Do you really think that this is such a good idea for us?” she asked me",
        "He said “We shall all be there at noon, come what may. And we were",
        "It is **very important that you come here at once, my friend. Really",
        "It is [a link with a long text that has a sentence in it. Yes](https://a.b",
        "It is `a piece of code that has a sentence in it, you see. Yes",
        "Some words before (and a good many more of them in brackets. Yes",
        "「今日は天気がいいですね。明日は雨が降るそうです。傘を忘れないでください。それから、電車が遅れるかもしれません。早めに",
        f"# {LONG} And more",
        f"> {LONG} And more",
        f"- {LONG} And more",
        f"1. {LONG} And more",
        f"| {LONG} And more | b |",
        f"```\n{LONG} And more\n\n{LONG} And",
        f"~~~ py\n{LONG}\n```\n{LONG} And",
        f"- one\n\n  {LONG} And more",
        f"- one\n  ```\n\n{LONG}\n\n{LONG} And more",
        f"- {LONG}\n\n1",
    ],
)
def test_no_end_is_seen_in_doubt_or_inside_of_anything(text: str) -> None:
    assert heard(text) == [text]


def test_what_stands_by_itself_is_whole_before_it_is_cut_off() -> None:
    code = f"So:\n\n```py\n{LONG} X\n\nprint()\n```"
    table = f"| a | b |\n|---|---|\n| {LONG} Y | z |"
    items = f"- {LONG} One.\n- {LONG} Two.\n\n  {LONG} Still two."

    assert heard(f"{code}\n\nAnd on") == [code, "\n\nAnd on"]
    assert heard(f"{table}\n\nAnd on") == [table, "\n\nAnd on"]
    assert heard(f"{items}\n\nAnd on") == [items, "\n\nAnd on"]
    assert heard(f"{LONG}\n{items}\n\nAnd on") == [LONG, f"\n{items}", "\n\nAnd on"]


_WORDS = st.sampled_from(
    ["The", "ferry", "leaves", "at", "7.30", "a.m.", "Dr.", "Smith", "3.", "https://a.b/c.d?e=f", "**bold", "word**",
     "`code.", "more`", "“quote", "end.”", "(so.", "there)", "end.", "end!", "Really?", "wait…", "行く。", "x_y", "|",
     "etc.", "U.S.", "👍", ":("],
)  # fmt: skip
_PARAGRAPH = st.lists(_WORDS, min_size=1, max_size=25).map(" ".join)
_CODE = st.lists(_PARAGRAPH, max_size=3).map(lambda lines: "\n".join(["```py", *lines, "", "X. Y", "```"]))
_TABLE = st.lists(_PARAGRAPH, min_size=1, max_size=3).map(
    lambda rows: "\n".join(["| a | b |", "|---|---|", *(f"| {row} | z. Z |" for row in rows)])
)
_LIST = st.lists(_PARAGRAPH, min_size=1, max_size=4).map(lambda rows: "\n".join(f"- {row} End. Next" for row in rows))
_BLOCKS = st.lists(
    st.one_of(
        _PARAGRAPH.map(lambda text: (text, True)),
        st.one_of(_CODE, _TABLE, _LIST).map(lambda text: (text, False)),
    ),
    max_size=5,
)


@settings(max_examples=150, deadline=None)
@given(_BLOCKS, st.sampled_from([1, 3, 11]))
def test_parts_are_the_text_none_is_too_short_and_nothing_is_cut_that_stands_by_itself(
    blocks: list[tuple[str, bool]], step: int
) -> None:
    text = "\n\n".join(block for block, _ in blocks)
    found = heard(text, step)

    assert "".join(found) == text
    assert all(len(part.strip()) >= LEAST for part in found[:-1])
    cuts = {sum(map(len, found[: n + 1])) for n in range(len(found) - 1)}
    begin = 0
    for block, free in blocks:
        inside = {cut for cut in cuts if begin < cut < begin + len(block)}
        assert free or not inside
        begin += len(block) + 2


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet='aB1 .!?。」"*_`[]()|>#-\n~…', max_size=200), st.integers(0, 200))
def test_whatever_is_written_what_was_certain_stays_so(text: str, upto: int) -> None:
    before = part_end(text[:upto], 0)
    if before is not None and "|" not in text:
        assert part_end(text, 0) == before


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.integers(0, 300))
def test_any_text_from_any_place_gives_an_end_within_it_or_none(text: str, begin: int) -> None:
    begin = min(begin, len(text))
    end = part_end(text, begin)
    assert end is None or begin + LEAST <= end < len(text)
