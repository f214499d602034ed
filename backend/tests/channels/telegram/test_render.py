"""What leaves for Telegram: HTML of its subset within its limit, files by their address."""

import json

import pytest

from throughline.channels.telegram.render import keyboard, render
from throughline.conversation.channel import Enclosed, Piece
from throughline.markup.telegram import units

from .given import MARK, piece, post

PHOTO = Enclosed("f1", "image", "image/png", "map <1>.png", 1_000, "https://files.example/f1?sig=a&b=2")
PDF = Enclosed("f2", "file", "application/pdf", "plan.pdf", 1_000, "https://files.example/f2")
VOICE = Enclosed("f3", "audio", "audio/ogg", "note.ogg", 1_000, "https://files.example/f3")


def test_our_own_words_go_as_telegrams_html() -> None:
    assert render(post("# Hi\n\n**1** < 2 & [so](https://e.example)")) == (
        Piece('<b>Hi</b>\n\n<b>1</b> &lt; 2 &amp; <a href="https://e.example">so</a>', "html", MARK),
    )


def test_a_persons_words_from_elsewhere_stand_as_typed_under_their_name() -> None:
    (mirrored,) = render(post("Is **1** < 2?", "person", "Maya <b>", "web"))

    assert mirrored.text == "<b>Maya &lt;b&gt;</b> · web\nIs **1** &lt; 2?"


@pytest.mark.parametrize("text", ["😀" * 9_000, "<" * 9_000, "& " * 6_000])
@pytest.mark.parametrize("origin", [None, "web"])
def test_pieces_are_counted_in_utf_16_with_their_escapes(text: str, origin: str | None) -> None:
    pieces = render(post(text, "person" if origin else "agent", "Maya", origin))

    assert len(pieces) > 1
    assert all(units(one.text) <= 4_096 for one in pieces)


def test_files_follow_the_words_each_by_its_own_way() -> None:
    pieces = render(post("See", "agent", "Agent", None, PHOTO, PDF, VOICE))

    assert [(one.format, one.text) for one in pieces] == [
        ("html", "See"), ("photo", "map &lt;1&gt;.png"), ("document", "plan.pdf"), ("voice", "note.ogg"),
    ]  # fmt: skip
    assert [one.mark and one.mark[2] for one in pieces] == [0, 1, 2, 3]
    assert [one.files for one in pieces[1:]] == [(PHOTO,), (PDF,), (VOICE,)]


@pytest.mark.parametrize(
    "file",
    [
        Enclosed("f", "image", "image/png", "big.png", 5_000_001, "https://files.example/f?a=1&b=2"),
        Enclosed("f", "file", "text/csv", "big.png", 10, "https://files.example/f?a=1&b=2"),
    ],
)
def test_a_file_that_telegram_does_not_fetch_is_named_with_its_link(file: Enclosed) -> None:
    (named,) = render(post("", "agent", "Agent", None, file))

    assert named.text == '<a href="https://files.example/f?a=1&amp;b=2">big.png</a>'


def test_buttons_stand_one_a_row() -> None:
    given = piece("Which day?", buttons=json.dumps([{"id": "day:5", "title": "Friday"}, {"id": "7", "title": "Sun"}]))

    assert keyboard(given) == {
        "reply_markup": {
            "inline_keyboard": [
                [{"text": "Friday", "callback_data": "day:5"}],
                [{"text": "Sun", "callback_data": "7"}],
            ]
        }
    }
    assert keyboard(piece("x")) == keyboard(piece("x", buttons="{")) == {}
