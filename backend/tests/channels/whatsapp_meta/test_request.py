"""What leaves for Meta, held against what Meta has published: `published.json` says from where."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from throughline.channels.whatsapp_meta import request
from throughline.channels.whatsapp_meta.addresses import parted
from throughline.channels.whatsapp_meta.capabilities import ASKED, BUTTON_ID, CAPTION, OPAQUE, TEXT, TITLE, WHATSAPP
from throughline.channels.whatsapp_meta.render import ask, render
from throughline.conversation.channel import Piece, Refused
from throughline.conversation.ids import ConversationId, MessageId

from .given import ANA, MARK, NUMBER, PHONE, SCOPED, WAMID, file, piece, post

PUBLISHED: dict[str, Any] = json.loads((Path(__file__).parent / "published.json").read_text(encoding="utf-8"))
TO = {"to": PHONE}
BASE = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": PHONE}
MARKED = BASE | {"biz_opaque_callback_data": "c-1/m-1/0"}
CHECKS = {
    name: Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": PUBLISHED["$defs"]}) for name in PUBLISHED["$defs"]
}
KINDS = ("text", "image", "audio", "video", "document", "sticker", "interactive", "template")


def fits(asked: dict[str, Any]) -> None:
    """As Meta has published it: the common part, the part of its type, and nothing besides."""
    CHECKS["base"].validate(asked)
    CHECKS[asked["type"]].validate(asked[asked["type"]])
    assert set(asked) <= {*PUBLISHED["$defs"]["base"]["properties"], asked["type"]}


def asked(given: Piece, **options: str) -> dict[str, Any]:
    found = request.message(TO, given, options)
    assert isinstance(found, dict)
    fits(found)
    return found


def test_the_lengths_are_those_that_are_published() -> None:
    known = PUBLISHED["$defs"]
    buttons = known["interactive"]["properties"]["action"]["properties"]["buttons"]
    reply = buttons["items"]["properties"]["reply"]["properties"]

    assert known["text"]["properties"]["body"]["maxLength"] == TEXT == WHATSAPP.text
    assert known["interactive"]["properties"]["body"]["properties"]["text"]["maxLength"] == ASKED
    assert known["media"]["properties"]["caption"]["maxLength"] == CAPTION
    assert buttons["maxItems"] == WHATSAPP.buttons
    assert (reply["id"]["maxLength"], reply["title"]["maxLength"]) == (BUTTON_ID, TITLE)
    assert known["base"]["properties"]["biz_opaque_callback_data"]["maxLength"] == OPAQUE


def test_a_text_says_whom_what_and_whose_and_shows_no_preview() -> None:
    assert asked(piece("https://a.example")) == MARKED | {
        "type": "text", "text": {"body": "https://a.example", "preview_url": False},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("address", "to"),
    [
        (f"{NUMBER}/{PHONE}", (NUMBER, {"to": PHONE})),
        (f"{NUMBER}/{SCOPED}", (NUMBER, {"recipient": SCOPED})),
        (f"{NUMBER}/US.ENT.1181", (NUMBER, {"recipient": "US.ENT.1181"})),
        (f"{NUMBER}/", None),
        (f"/{PHONE}", None),
        (PHONE, None),
        (f"{NUMBER}/+{PHONE}", None),
        (f"{NUMBER}/{PHONE}/x", None),
        (f"../{NUMBER}/{PHONE}", None),
        (f"{NUMBER}/us.1", None),
        ("", None),
    ],
)
def test_an_address_is_a_number_of_ours_and_a_phone_or_a_scoped_id(address: str, to: object) -> None:
    assert parted(address) == to


def test_a_quote_is_only_for_whoever_asks_for_it() -> None:
    assert "context" not in asked(piece())
    assert asked(piece(reply_to=WAMID))["context"] == {"message_id": WAMID}
    assert "context" not in asked(piece(reply_to="no id"))


def test_a_mark_that_would_not_come_back_is_left_out() -> None:
    long = replace(piece(), mark=(ConversationId("c" * 510), MessageId("m-1"), 0))
    strange = replace(piece(), mark=(ConversationId("c/1"), MessageId("m-1"), 0))

    assert all("biz_opaque_callback_data" not in asked(one) for one in (long, strange, replace(piece(), mark=None)))


def test_buttons_stand_under_the_words_that_ask() -> None:
    (asking,) = ask(post("Shall we ship it?"), [("yes:f-1", "Yes, please"), ("no:f-1", "No")])

    assert asked(asking) == MARKED | {
        "type": "interactive",
        "interactive": {
            "type": "button",
            "body": {"text": "Shall we ship it?"},
            "action": {
                "buttons": [
                    {"type": "reply", "reply": {"id": "yes:f-1", "title": "Yes, please"}},
                    {"type": "reply", "reply": {"id": "no:f-1", "title": "No"}},
                ]
            },
        },
    }


@pytest.mark.parametrize(
    "buttons",
    [
        "",
        "[]",
        "{",
        "7",
        '[{"id": "a"}]',
        '[{"id": "", "title": "A"}]',
        '[{"id": "a", "title": " "}]',
        '[{"id": "a", "title": "A"}, {"id": "a", "title": "B"}]',
        '[{"id": "a", "title": "A"}, {"id": "b", "title": "A"}]',
        json.dumps([{"id": str(n), "title": str(n)} for n in range(4)]),
        json.dumps([{"id": "x" * 257, "title": "A"}]),
        json.dumps([{"id": str(n), "title": "The same twenty letters and " + str(n)} for n in range(2)]),
    ],
)
def test_buttons_that_meta_would_not_take_leave_the_words(buttons: str) -> None:
    assert asked(piece("Well?", "buttons", buttons=buttons))["type"] == "text"


@settings(deadline=None)
@over(st.text(max_size=30), st.lists(st.tuples(st.text(max_size=300), st.text(max_size=40)), max_size=5))
def test_whatever_is_asked_fits_what_is_published(text: str, choices: list[tuple[str, str]]) -> None:
    """As buttons where Meta takes them, else as words."""
    for one in ask(post(f"x{text}"), choices):
        asked(one)


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("image/jpeg", "image"),
        ("image/png", "image"),
        ("image/webp", "sticker"),
        ("image/gif", "document"),
        ("audio/ogg", "audio"),
        ("audio/wav", "document"),
        ("video/mp4", "video"),
        ("application/pdf", "document"),
        ("text/plain", "document"),
    ],
)
def test_a_file_goes_by_its_link_as_what_meta_shows_it_as(media_type: str, kind: str) -> None:
    (one,) = render(post("", "agent", None, file(media_type)))
    named = {"filename": "photo.jpg"} if kind == "document" else {}

    assert asked(one) == MARKED | {
        "type": kind, kind: {"link": "https://talk.example.org/f/photo.jpg?sig=1", **named},
    }  # fmt: skip


def test_short_words_stand_under_the_only_file() -> None:
    (one,) = render(post("**Here** it is", "agent", None, file("image/png")))

    assert asked(one)["image"] == {"link": "https://talk.example.org/f/photo.jpg?sig=1", "caption": "*Here* it is"}


def test_a_template_is_named_with_its_language_and_its_parts() -> None:
    parts = [{"type": "body", "parameters": [{"type": "text", "text": "Maya"}]}]
    given = piece("", "template", name="resume_talk", language="pt_BR", components=json.dumps(parts))

    assert asked(given)["template"] == {"name": "resume_talk", "language": {"code": "pt_BR"}, "components": parts}


def test_the_accounts_template_takes_the_words_as_its_only_parameter_on_one_line() -> None:
    template = asked(piece("Your parcel\n\tis      here.", "template"), template="note", template_language="de")

    assert template["template"] == {
        "name": "note",
        "language": {"code": "de"},
        "components": [{"type": "body", "parameters": [{"type": "text", "text": "Your parcel is here."}]}],
    }


def test_a_template_without_a_language_is_english_and_without_words_has_no_parts() -> None:
    assert asked(piece(" ", "template", name="hello_world"))["template"] == {
        "name": "hello_world", "language": {"code": "en"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("more", "why"), [({}, "no_template"), ({"name": "x", "components": "{"}, "bad_template"),
                      ({"name": "x", "components": '"x"'}, "bad_template")]
)  # fmt: skip
def test_a_template_that_is_none_is_refused_before_anybody_is_asked(more: dict[str, str], why: str) -> None:
    assert request.message(TO, piece("Hello", "template", **more), {}) == Refused(why)


def test_the_dots_are_asked_for_as_published() -> None:
    asking = request.typing(WAMID)

    CHECKS["mark"].validate(asking)
    assert asking == {
        "messaging_product": "whatsapp", "status": "read", "message_id": WAMID, "typing_indicator": {"type": "text"},
    }  # fmt: skip


def test_every_kind_that_is_sent_is_one_that_is_published() -> None:
    assert set(KINDS) <= set(PUBLISHED["$defs"]["base"]["properties"]["type"]["enum"])
    assert parted(ANA.address) == (NUMBER, TO)
    assert MARK[0] == "c-1"
