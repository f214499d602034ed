"""A post as SMS takes it: words, and what they cost."""

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from tests.channels.whatsapp_twilio.given import MARK, file, post
from throughline.channels.sms.render import render
from throughline.conversation.channel import Piece
from throughline.conversation.utf16 import length


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("**bold** and `code`", "bold and code"),
        ("# Title", "Title"),
        ("[here](https://a.example)", "here (https://a.example)"),
    ],
)
def test_markdown_becomes_words_alone(markdown: str, shown: str) -> None:
    assert render(post(markdown)) == (Piece(shown, "text", MARK),)


def test_smart_signs_become_plain_where_that_saves_a_segment() -> None:
    said = "It’s open – come in. " * 8

    assert render(post(said))[0].text == ("It's open - come in. " * 8).strip()
    assert "’" in render(post("It’s open."))[0].text


def test_words_from_elsewhere_go_under_a_label_without_marks() -> None:
    assert render(post("**as it is**", "person", "Maya", "web"))[0].text == "Maya · web\n**as it is**"


@over(st.text(alphabet="a \n👋’…*", min_size=1, max_size=300), st.integers(1, 30), st.sampled_from([None, "web"]))
def test_every_piece_fits(text: str, times: int, origin: str | None) -> None:
    for number, piece in enumerate(render(post(text * times, origin=origin))):
        assert piece.text.strip()
        assert length(piece.text) <= 1_600
        assert piece.mark == (MARK[0], MARK[1], number)


def test_pictures_go_along_and_other_files_as_links() -> None:
    photo, plan = file("cat.jpg", "image/jpeg"), file()
    words, link, picture = render(post("See.", files=(photo, plan)))

    assert (words.text, link.text) == ("See.", f"plan.pdf: {plan.url}")
    assert (picture.format, picture.files) == ("media", (photo,))


def test_a_picture_over_five_megabytes_goes_as_a_link() -> None:
    assert [piece.format for piece in render(post("", files=(file("a.png", "image/png", 5_000_001),)))] == ["text"]
