"""The sandbox's own parts: directives, tokens, sections, the book."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import chat, script
from sandbox.book import MAX_FILE, Book
from sandbox.library import Library, sections
from sandbox.script import Fault, Faults, Script


@given(st.text())
def test_pieces_are_the_text_again(text: str) -> None:
    assert "".join(chat.pieces(text)) == text


@pytest.mark.parametrize(
    ("text", "told", "rest"),
    [
        ("[[fault:429]] hi", Script(fault=Fault("429")), "hi"),
        ("hi [[fault:drop:12]]", Script(fault=Fault("drop", 12)), "hi"),
        ("[[rate:500]][[tokens:30]]", Script(rate=500.0, tokens=30), ""),
        ("[[say:a ] b]]", Script(say="a ] b"), ""),
        ('[[call:look {"a": [1]}]]', Script(call=("look", '{"a": [1]}')), ""),
        ("[[fault:nonsense]]", Script(), "[[fault:nonsense]]"),
        ("[[rate:-1]]", Script(), "[[rate:-1]]"),
        ("plain", Script(), "plain"),
    ],
)
def test_directives_are_read_and_taken_out(text: str, told: Script, rest: str) -> None:
    assert script.read(text) == (told, rest)


def test_ordered_faults_are_used_up_in_order() -> None:
    faults = Faults()
    faults.order(Fault("500", times=2))
    faults.order(Fault("drop"))

    assert [f and f.fault for f in (faults.next() for _ in range(4))] == ["500", "500", "drop", None]


def test_headings_inside_code_are_no_headings() -> None:
    text = "# One\n" + "a" * 50 + "\n```sh\n# not a heading\n```\n## Two\n" + "b" * 50
    found = sections(text, "page", curated=False)

    assert [s.title for s in found] == ["One", "Two"]
    assert "# not a heading" in found[0].text


def test_best_section_speaks_about_the_question() -> None:
    library = Library(sections("# Cats\n" + "cats purr " * 10 + "\n# Dogs\n" + "dogs bark " * 10, "p", curated=False))

    assert [f.section.title for f in library.search("Why do dogs bark?")] == ["Dogs"]
    assert library.search("zebra") == []


def test_book_keeps_lines_forgets_half_ones_and_turns_over(tmp_path: Path) -> None:
    book = Book(tmp_path / "kept")
    book.note("chat", {"n": 1})
    book.note("chat", {"n": 2})
    path = tmp_path / "kept" / "chat.jsonl"
    with path.open("ab") as file:
        file.write(b'{"n": 3')
    assert book.read("chat") == [{"n": 1}, {"n": 2}]

    path.write_bytes(b"x" * (MAX_FILE + 1))
    book.note("chat", {"n": 4})
    assert book.read("chat") == [{"n": 4}]
    assert Book(None).read("chat") == []


def test_pictures_of_a_page_are_not_in_what_is_known() -> None:
    page = "## Screens\n\nThis is how it looks, in both themes: ![the chat](pictures/chat.png) and so on, as said.\n"

    assert ["![" in section.text for section in sections(page, "gallery.md", curated=False)] == [False]
