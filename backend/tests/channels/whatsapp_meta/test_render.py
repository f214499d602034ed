"""What people see: WhatsApp's own marks, pieces within the limits, a label over what was written elsewhere."""

import json

import pytest
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st
from msgspec.structs import replace

from throughline.channels.whatsapp_meta.capabilities import ASKED, CAPTION, TEXT, WHATSAPP
from throughline.channels.whatsapp_meta.render import ask, form, render
from throughline.conversation.events import Template

from .given import MARK, file, post

_MB = 1_048_576


def test_our_own_words_go_in_whatsapps_marks() -> None:
    (one,) = render(post("# Hello\n\n**bold**, *soft*, ~~gone~~ and [docs](https://a.example)"))

    assert one.text == "*Hello*\n\n*bold*, _soft_, ~gone~ and docs (https://a.example)"
    assert (one.format, one.mark) == ("text", MARK)


def test_a_persons_words_from_elsewhere_stand_as_they_are_under_their_name_and_channel() -> None:
    (one,) = render(post("Is **1** < 2?\n# yes", "person", "web"))

    assert one.text == "*Maya Lindqvist* · web\nIs **1** < 2?\n# yes"


@pytest.mark.parametrize("name", ["*Maya*", "_Maya_", "  Maya\n", "`Maya`~"])
def test_a_name_is_one_line_without_marks(name: str) -> None:
    (one,) = render(replace(post("hi", "person", "web"), name=name))

    assert one.text == "*Maya* · web\nhi"


@pytest.mark.parametrize("name", ["", "***", " \n"])
def test_without_a_name_the_channel_is_the_label(name: str) -> None:
    (one,) = render(replace(post("hi", "person", "web"), name=name))

    assert one.text == "web\nhi"


def test_what_is_for_outside_of_the_window_is_one_template_on_one_line() -> None:
    (one,) = render(replace(post("Your **parcel**\n\n- is here " + "x" * 5_000), purpose="template"))

    assert (one.format, one.mark) == ("template", MARK)
    assert one.text.startswith("Your *parcel* - is here xxx")
    assert len(one.text) == CAPTION
    assert render(replace(post(" "), purpose="template")) == ()


def test_a_template_that_was_chosen_is_named_and_filled_one_line_each() -> None:
    chosen = Template("order_update", "de", ("4711", "to\n\tmorrow"))
    (one,) = render(replace(post("Your parcel"), purpose="template", template=chosen))

    body = [{"type": "body", "parameters": [{"type": "text", "text": w} for w in ("4711", "to morrow")]}]
    assert {**one.more, "components": json.loads(one.more["components"])} == {
        "name": "order_update", "language": "de", "components": body,
    }  # fmt: skip
    (bare,) = render(replace(post("Your parcel"), purpose="template", template=Template("hello_world")))
    assert bare.more == {"name": "hello_world", "language": "", "components": "[]"}


def test_each_file_is_a_message_of_its_own_after_the_words() -> None:
    photo, paper = file("image/jpeg"), file("application/pdf", name="a.pdf")
    texts = render(post("See these", "agent", None, photo, paper))

    assert [(one.format, one.text, one.files) for one in texts] == [
        ("text", "See these", ()),
        ("image", "photo.jpg", (photo,)),
        ("document", "a.pdf", (paper,)),
    ]
    assert [one.mark for one in texts] == [(*MARK[:2], n) for n in range(3)]


@pytest.mark.parametrize("media_type", ["audio/ogg", "image/webp"])
def test_nothing_stands_under_a_voice_or_a_sticker(media_type: str) -> None:
    assert [one.format for one in render(post("Words", "agent", None, file(media_type)))] == [
        "text",
        "audio" if media_type.startswith("audio") else "sticker",
    ]


def test_words_too_long_for_a_caption_go_before_the_file() -> None:
    assert len(render(post("w" * CAPTION, "agent", None, file("image/png")))) == 1
    assert [one.format for one in render(post("w" * (CAPTION + 1), "agent", None, file("image/png")))] == [
        "text", "image",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("media_type", "size", "kind"),
    [
        ("image/jpeg", 5 * _MB, "image"),
        ("image/jpeg", 5 * _MB + 1, "document"),
        ("image/webp", 100 * 1_024 + 1, "document"),
        ("video/mp4", 16 * _MB, "video"),
        ("video/mp4", 16 * _MB + 1, "document"),
        ("application/zip", 100 * _MB, "document"),
        ("application/zip", 100 * _MB + 1, None),
        ("image/jpeg", 100 * _MB + 1, None),
    ],
)
def test_a_file_too_large_for_its_kind_is_a_document_and_beyond_that_a_link(
    media_type: str, size: int, kind: str | None
) -> None:
    assert form(file(media_type, size)) == kind


def test_what_cannot_go_along_is_named_with_its_link() -> None:
    many = [file("image/png", name=f"{n}.png") for n in range(WHATSAPP.files_count + 1)]
    huge = file("video/mp4", 200 * _MB, "film.mp4")
    texts = render(post("Look", "agent", None, *many, huge))

    assert texts[0].text == (
        f"Look\n\n{WHATSAPP.files_count}.png: https://talk.example.org/f/{WHATSAPP.files_count}.png?sig=1\n"
        "film.mp4: https://talk.example.org/f/film.mp4?sig=1"
    )
    assert len(texts) == 1 + WHATSAPP.files_count


def test_a_file_alone_that_cannot_go_along_is_its_link() -> None:
    (one,) = render(post("", "agent", None, file("video/mp4", 200 * _MB, "film.mp4")))

    assert one.text == "film.mp4: https://talk.example.org/f/film.mp4?sig=1"


def test_long_words_go_before_those_that_ask() -> None:
    choices = [("a", "Yes"), ("b", "No")]
    text = "A sentence of some words. " * 250 + "Shall we?"
    pieces = ask(post(text), choices)

    assert [one.format for one in pieces] == ["text"] * (len(pieces) - 1) + ["buttons"]
    assert len(pieces[-1].text) <= ASKED
    assert pieces[-1].text.endswith("Shall we?")
    assert " ".join(one.text for one in pieces).split() == text.split()
    assert [one.mark for one in pieces] == [(*MARK[:2], n) for n in range(len(pieces))]


def test_more_choices_than_buttons_are_words_alone() -> None:
    assert [one.format for one in ask(post("Which?"), [(str(n), str(n)) for n in range(4)])] == ["text"]
    assert [one.format for one in ask(post("Which?"), [])] == ["text"]
    assert ask(post(" "), [("a", "A")]) == ()


@settings(deadline=None)
@over(st.text(st.sampled_from("ab *_~`\n>-1|#[]()."), max_size=200), st.integers(0, 3))
def test_any_markdown_is_within_the_limits(text: str, files: int) -> None:
    along = [file("image/png", name=f"{n}.png") for n in range(files)]
    for one in render(post(text * 40, "agent", None, *along)):
        assert 0 < len(one.text) <= TEXT
        assert one.text.strip()
