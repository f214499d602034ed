"""A post as WhatsApp takes it: its marks, its length, its files."""

import json

import pytest
from hypothesis import given as over
from hypothesis import strategies as st
from msgspec.structs import replace

from throughline.channels.whatsapp_twilio.render import render
from throughline.conversation.channel import Piece
from throughline.conversation.events import Template
from throughline.conversation.utf16 import length

from .given import MARK, file, post

FORMATS = [("**bold** and _slanted_", "*bold* and _slanted_"), ("# Title", "*Title*"), ("~~gone~~", "~gone~")]


@pytest.mark.parametrize(("markdown", "shown"), FORMATS)
def test_markdown_becomes_whatsapps_own_marks(markdown: str, shown: str) -> None:
    assert render(post(markdown)) == (Piece(shown, "text", MARK),)


def test_words_from_elsewhere_go_as_they_are_under_a_label() -> None:
    said = post("**not bold** <b>", "person", "Maya *L*", "web")

    assert render(said) == (Piece("*Maya L* · web\n**not bold** <b>", "text", MARK),)


def test_words_of_nobody_have_the_channel_alone_as_label() -> None:
    assert render(post("Hi", "person", " * ", "Slack"))[0].text == "Slack\nHi"


@over(st.text(alphabet="a \n👋🏽é*_`", min_size=1, max_size=400), st.integers(1, 30), st.sampled_from([None, "web"]))
def test_every_piece_fits_as_phones_count(text: str, times: int, origin: str | None) -> None:
    for number, piece in enumerate(render(post(text * times, origin=origin))):
        assert piece.text.strip()
        assert length(piece.text) <= 1_600
        assert piece.mark == (MARK[0], MARK[1], number)


def test_emoji_count_twice() -> None:
    assert [length(piece.text) for piece in render(post("👋" * 1_600, origin="web", name=""))][-1] <= 1_600
    assert len(render(post("👋" * 1_600))) == 2


def test_each_file_is_a_piece_of_its_own_after_the_words() -> None:
    plan, photo = file(), file("cat.jpg", "image/jpeg")

    assert render(post("See these.", files=(plan, photo))) == (
        Piece("See these.", "text", MARK),
        Piece("plan.pdf", "media", (MARK[0], MARK[1], 1), files=(plan,)),
        Piece("cat.jpg", "media", (MARK[0], MARK[1], 2), files=(photo,)),
    )


def test_a_picture_with_a_few_words_is_one_message() -> None:
    cat = file("cat.jpg", "image/jpeg")

    assert render(post("*Look*", files=(cat,))) == (
        Piece("_Look_", "media", MARK, more={"caption": "_Look_"}, files=(cat,)),
    )
    assert [piece.format for piece in render(post("Look. " * 200, files=(cat,)))] == ["text", "media"]
    assert [piece.format for piece in render(post("Look.", files=(cat, cat)))] == ["text", "media", "media"]


def test_a_file_alone_is_a_message() -> None:
    assert [piece.format for piece in render(post("", files=(file(),)))] == ["media"]


@pytest.mark.parametrize(
    "kept", [file(size=16_777_217), file("a.zip", "application/zip"), file("a.tiff", "image/tiff")]
)
def test_what_cannot_go_along_is_named_with_its_link(kept: object) -> None:
    (words, link) = render(post("Here.", files=(kept,)))  # type: ignore[arg-type]

    assert words.text == "Here."
    assert link.text == f"{kept.name}: {kept.url}"  # type: ignore[attr-defined]
    assert link.format == "text"


def test_the_eleventh_file_goes_as_a_link() -> None:
    said = render(post("", files=tuple(file(f"{number}.pdf") for number in range(12))))

    assert [piece.format for piece in said] == ["text", *["media"] * 10]
    assert said[0].text.count("\n") == 1


def test_many_links_are_cut_between_lines() -> None:
    said = render(post("", files=tuple(file(f"{'n' * 60}{number}.zip", "application/zip") for number in range(40))))

    assert len(said) > 1
    assert all(length(piece.text) <= 1_600 for piece in said)
    assert "\n".join(piece.text for piece in said).count("sig=1") == 40


def test_outside_the_window_the_template_says_it_on_one_line() -> None:
    (piece,) = render(post('Your "order"\n\n  is here.', purpose="template"))

    assert piece == Piece('Your "order" is here.', "template", MARK)


def test_a_template_that_was_chosen_is_named_and_filled_by_number_one_line_each() -> None:
    chosen = Template("HX" + "0" * 32, parameters=("4711", "to\n\tmorrow"))
    (piece,) = render(replace(post("Your order", purpose="template"), template=chosen))

    assert (piece.format, piece.more["name"]) == ("template", chosen.name)
    assert json.loads(piece.more["variables"]) == {"1": "4711", "2": "to morrow"}


def test_a_template_without_words_is_none() -> None:
    assert render(post(" \n", purpose="template")) == ()
