"""What Meta sends: every recorded payload, and what a stranger could make of it."""

import json

import pytest

from throughline.channels.whatsapp_meta import wire
from throughline.conversation.channel import (
    Address,
    Inbound,
    Media,
    RawRequest,
    Reading,
    Receipt,
    Renamed,
    Reply,
    Unverified,
)
from throughline.conversation.ids import ConversationId, MessageId

from .given import (
    FIXTURES,
    NUMBER,
    OPTIONS,
    OTHER,
    PARENT,
    PHONE,
    SCOPED,
    SECRETS,
    WAMID,
    enveloped,
    fixture,
    heard,
    posted,
    read,
    seal,
    signed,
    spoken,
    value,
)

SHEENA = Address(f"{NUMBER}/{PHONE}", "Sheena Nelson")
NEW = "US.24817305912873645029"


def wam(number: int) -> str:
    return f"wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0{number:02X}A="


def sent(number: int) -> str:
    return f"wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI3MTE5MjVBOTE3MDk5QUVFM0{number:02X}"


def said(number: int, text: str, media: Media | None = None, pressed: str | None = None) -> Reading:
    """One message of Sheena's."""
    at = (1_749_416_383 + number) * 1_000
    attached = (media,) if media else ()
    return Reading(
        inbound=(Inbound(wam(number), SHEENA, text, at=at, ref=wam(number), media=attached, pressed=pressed),)
    )


def told(number: int, state: str, message: str = "m-1", reason: str | None = None) -> Reading:
    """One status of a message of ours."""
    receipt = Receipt(state, ConversationId("c-1"), MessageId(message), sent(number), reason=reason)  # type: ignore[arg-type]
    return Reading(receipts=(receipt,))


READINGS: dict[str, Reading] = {
    "text": said(1, "Does it come in another color? é 🙂"),
    "text_with_scoped_id": Reading(
        inbound=(
            Inbound(
                wam(2), Address(SHEENA.address, "Sheena Nelson", (f"{NUMBER}/{SCOPED}", f"{NUMBER}/{PARENT}")),
                "Is it in stock?", at=1_749_416_385_000, ref=wam(2),
            ),
        )
    ),
    "text_username_only": Reading(
        inbound=(
            Inbound(
                wam(3), Address(f"{NUMBER}/{SCOPED}", "Sheena Nelson"), "I have a username now.", at=1_749_416_386_000,
                ref=wam(3),
            ),
        )
    ),
    "text_reply": said(4, "That one."),
    "image": said(5, "The dent is on the left", Media("1003383421387256", "image", "image/jpeg")),
    "voice": said(6, "[voice message]", Media("1908647269898587", "audio", "audio/ogg", voice=True)),
    "document": said(
        7, "[file: warranty — 2026.pdf]", Media("1376223850470843", "file", "application/pdf", "warranty — 2026.pdf")
    ),
    "sticker": said(8, "[sticker]", Media("1376223850470999", "image", "image/webp")),
    "button_reply": said(9, "Yes, please", pressed="yes:f-1"),
    "list_reply": said(10, "Express", pressed="row-2"),
    "template_button": said(11, "Continue here", pressed="continue"),
    "reaction": Reading(),
    "location": said(
        13, "[location: Philz Coffee, 101 Forest Ave, Palo Alto, CA 94301 · 37.442163, -122.161536]"
    ),
    "contacts": said(14, "[contact: Barbara J. Johnson +1 (650) 555-0000]"),
    "order": said(15, "[order: 2 × di9ozbzfi4, 1 × nqryix03ez]\nLove these!"),
    "unsupported": said(16, "[unsupported message]"),
    "system_number_changed": Reading(
        renamed=(
            Renamed(f"{NUMBER}/{PHONE}", f"{NUMBER}/12195555358"),
            Renamed(f"{NUMBER}/{SCOPED}", f"{NUMBER}/{NEW}"),
        )
    ),
    "system_user_id_changed": Reading(renamed=(Renamed(f"{NUMBER}/{SCOPED}", f"{NUMBER}/{NEW}"),)),
    "user_id_update": Reading(
        renamed=(
            Renamed(f"{NUMBER}/{SCOPED}", f"{NUMBER}/{NEW}"),
            Renamed(f"{NUMBER}/{PARENT}", f"{NUMBER}/US.ENT.90815799212886844831"),
        )
    ),
    "status_sent": told(1, "accepted"),
    "status_delivered": told(1, "delivered"),
    "status_read": told(1, "read"),
    "status_failed": told(2, "refused", "m-2", "window_closed"),
    "status_of_another_app": Reading(receipts=(Receipt("delivered", remote=sent(3)),)),
    "number_error": Reading(quarantine="told_130429"),
    "template_status": Reading(),
    "other_number": Reading(quarantine="other_number"),
    "batch_with_bad_ones": Reading(
        inbound=tuple(
            Inbound(
                wam(n), SHEENA, f"Number {n}", at=(1_749_416_383 + n) * 1_000, ref=wam(n),
            )
            for n in range(20, 40)
            if n != 27
        ),
        receipts=told(9, "delivered", "m-9").receipts,
        quarantine="bad_message",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", READINGS)
def test_a_recorded_payload_is_read_as(name: str) -> None:
    assert read(fixture(name)) == READINGS[name]


def test_every_recorded_payload_has_its_reading() -> None:
    assert {path.stem for path in FIXTURES.glob("*.json")} == set(READINGS)


# ---------------------------------------------------------------------------------------------------------- who knocks


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({}, "unsigned"),
        ({"x_hub_signature_256": ""}, "unsigned"),
        ({"x_hub_signature": "sha1=" + "0" * 40}, "unsigned"),
        ({"x_hub_signature_256": "sha1=" + "0" * 40}, "bad_signature"),
        ({"x_hub_signature_256": "sha256=" + "0" * 64}, "bad_signature"),
        ({"x_hub_signature_256": seal(fixture("text"))[:-1]}, "bad_signature"),
        ({"x_hub_signature_256": seal(fixture("text")) + "0"}, "bad_signature"),
        ({"x_hub_signature_256": seal(fixture("text")).upper()}, "bad_signature"),
        ({"x_hub_signature_256": "sha256=" + seal(fixture("text"))[7:].upper()}, "bad_signature"),
        ({"x_hub_signature_256": seal(fixture("text"))[7:]}, "bad_signature"),
        ({"x_hub_signature_256": f"{seal(fixture('text'))}, {seal(fixture('text'))}"}, "bad_signature"),
        ({"x_hub_signature_256": seal(fixture("text"), "0" * 32)}, "bad_signature"),
        ({"x_hub_signature_256": "sha256=" + "é" * 64}, "bad_signature"),
        ({"x_hub_signature_256": "sha256=" + "０" * 64}, "bad_signature"),
    ],
)
def test_what_meta_did_not_sign_is_refused_with_403(headers: dict[str, str], why: str) -> None:
    assert wire.read(posted(fixture("text"), **headers), SECRETS, OPTIONS) == Unverified(why, 403)


def test_without_a_secret_nothing_is_signed() -> None:
    assert wire.read(posted(b"{}", x_hub_signature_256=seal(b"{}", "")), {}, OPTIONS) == Unverified("no_secret", 403)


def test_the_same_words_in_other_bytes_do_not_fit() -> None:
    """Meta signs what is not ASCII as the escapes that it sends."""
    body = fixture("text")
    again = json.dumps(json.loads(body), ensure_ascii=False).encode()
    stolen = posted(again, x_hub_signature_256=seal(body))

    assert wire.read(stolen, SECRETS, OPTIONS) == Unverified("bad_signature", 403)


def test_a_body_without_end_is_refused_before_it_is_hashed() -> None:
    assert wire.read(signed(b" " * (wire.MOST + 1)), SECRETS, OPTIONS) == Unverified("too_big", 403)


def asked(query: str, **secrets: str) -> Reading | Unverified:
    return wire.read(RawRequest("GET", "/", query, {}, b""), SECRETS | secrets, OPTIONS)


TOKEN = SECRETS["verify_token"]


def test_metas_question_is_answered_with_its_challenge() -> None:
    reading = asked(f"hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={TOKEN}")

    assert reading == Reading(reply=Reply(200, b"1158201444", "text/plain"))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong",
        f"hub.mode=subscribe&hub.challenge=1&hub.verify_token={TOKEN}x",
        f"hub.mode=subscribe&hub.challenge=1&hub.verify_token={TOKEN.upper()}",
        f"hub.mode=unsubscribe&hub.challenge=1&hub.verify_token={TOKEN}",
        f"hub.challenge=1&hub.verify_token={TOKEN}",
        f"hub.mode=subscribe&hub.verify_token={TOKEN}",
        f"hub.mode=subscribe&hub.challenge=&hub.verify_token={TOKEN}",
        f"hub.mode=subscribe&hub.challenge=1&hub.challenge=2&hub.verify_token={TOKEN}",
        f"hub.mode=subscribe&hub.challenge=1&hub.verify_token={TOKEN}&hub.verify_token=x",
        f"hub.mode=subscribe&hub.challenge=%3Cscript%3E&hub.verify_token={TOKEN}",
        f"hub.mode=subscribe&hub.challenge=1%0d%0aX: y&hub.verify_token={TOKEN}",
        f"hub.mode=subscribe&hub.challenge={'1' * 201}&hub.verify_token={TOKEN}",
        f"hub.mode=subscribe&hub.challenge=1&hub.verify_token={TOKEN}&" + "a=1&" * 50,
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=%FF%00",
        "&" * 5_000,
    ],
)
def test_a_question_that_does_not_know_our_token_is_refused_with_403(query: str) -> None:
    assert asked(query) == Unverified("bad_verify_token", 403)


def test_an_account_without_a_token_answers_no_question() -> None:
    for token in ("", "  "):
        query = f"hub.mode=subscribe&hub.challenge=1&hub.verify_token={token}"
        assert asked(query, verify_token=token) == Unverified("bad_verify_token", 403)


# ---------------------------------------------------------------------------------------------- what was not understood

HOSTILE = {
    "empty": b"",
    "null": b"null",
    "list": b"[]",
    "number": b"1e400",
    "not_json": b"<html>",
    "not_utf8": b'{"object": "\xff"}',
    "object_is_a_page": b'{"object": "page", "entry": []}',
    "no_entry": b'{"object": "whatsapp_business_account", "entry": []}',
    "entry_is_an_object": b'{"object": "whatsapp_business_account", "entry": {}}',
    "deep": b'{"object": "whatsapp_business_account", "entry": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "deep_unknown": b'{"object": "whatsapp_business_account", "z": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}",
    "no_value": b'{"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages"}]}]}',
    "no_metadata": enveloped({"messages": [spoken()]}),
    "number_with_a_slash": enveloped(value(metadata={"phone_number_id": f"{NUMBER}/x"}, messages=[spoken()])),
    "lone_surrogate": enveloped(value(messages=[spoken("\ud800")])),
    "from_is_an_object": enveloped(value(messages=[spoken(**{"from": {"wa_id": PHONE}})])),
    "from_with_a_plus": enveloped(value(messages=[spoken(**{"from": "+16505551234"})])),
    "from_with_a_slash": enveloped(value(messages=[spoken(**{"from": f"{PHONE}/1"})])),
    "from_in_other_digits": enveloped(value(messages=[spoken(**{"from": "１６５０５５５１２３４"})])),
    "nobody": enveloped(value(messages=[spoken(**{"from": None})])),
    "scoped_id_that_is_none": enveloped(value(messages=[spoken(**{"from": None}, from_user_id="us.1/2")])),
    "no_id": enveloped(value(messages=[spoken(id="")])),
    "id_with_a_blank": enveloped(value(messages=[spoken(id="wamid. x")])),
    "text_is_a_list": enveloped(value(messages=[spoken(text=["Hello"])])),
    "status_without_id": enveloped(value(statuses=[{"status": "sent"}])),
    "status_code_is_a_word": enveloped(value(statuses=[{"id": WAMID, "status": "failed", "errors": [{"code": "x"}]}])),
    "update_is_text": enveloped(value(user_id_update=["x"]), field="user_id_update"),
    "error_is_text": enveloped(value(errors=["x"])),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_signed_and_not_understood_is_set_aside_and_answered_200(name: str) -> None:
    reading = read(HOSTILE[name])

    assert reading.quarantine
    assert reading == Reading(quarantine=reading.quarantine)


#: Those that are whole JSON, and so can stand beside others in one request.
BESIDE = [n for n, body in HOSTILE.items() if b'_account", "entry": [{' in body and n != "lone_surrogate"]


@pytest.mark.parametrize("name", BESIDE)
def test_a_bad_one_takes_no_other_with_it(name: str) -> None:
    first, last = (json.loads(enveloped(value(messages=[spoken(id=f"wamid.{n}")])))["entry"][0] for n in (1, 2))
    body = json.loads(HOSTILE[name])
    body["entry"] = [first, *body["entry"], last]
    reading = read(json.dumps(body).encode())

    assert [one.key for one in reading.inbound] == ["wamid.1", "wamid.2"]
    assert reading.quarantine


def test_a_hundred_entries_with_one_bad_are_ninety_nine_messages() -> None:
    values = [value(messages=[spoken(f"n{n}", id=f"wamid.{n}", timestamp=str(n))]) for n in range(100)]
    values[41]["messages"][0]["from"] = 7
    reading = read(enveloped(*values))

    assert [one.text for one in reading.inbound] == [f"n{n}" for n in range(100) if n != 41]
    assert reading.quarantine == "bad_message"


def test_messages_of_one_request_are_in_the_order_in_which_they_were_written() -> None:
    late, early = spoken("late", id="wamid.2", timestamp="1749416390"), spoken("early", id="wamid.1")
    assert [one.text for one in read(enveloped(value(messages=[late, early]))).inbound] == ["early", "late"]
    early["timestamp"] = "soon"
    reading = read(enveloped(value(messages=[late, early])))
    assert [(one.text, one.at) for one in reading.inbound] == [("late", 1_749_416_390_000), ("early", None)]


def test_each_of_our_numbers_is_an_end_of_its_own() -> None:
    other = value(messages=[spoken(id="wamid.2")], metadata={"phone_number_id": OTHER})
    reading = read(enveloped(value(messages=[spoken()]), other))

    assert [one.sender.address for one in reading.inbound] == [f"{NUMBER}/{PHONE}", f"{OTHER}/{PHONE}"]


def test_an_account_without_numbers_hears_nobody() -> None:
    assert read(fixture("text"), numbers="") == Reading(quarantine="other_number")


# ------------------------------------------------------------------------------------------------------------ messages


def message(**more: object) -> bytes:
    return enveloped(value(messages=[spoken() | more]))


@pytest.mark.parametrize(
    "more",
    [
        {"type": "reaction", "reaction": {"message_id": WAMID, "emoji": ""}},
        {"type": "request_welcome"},
        {"type": "edit"},
        {"type": "revoke"},
        {"type": "system", "system": {"type": "customer_identity_changed"}},
        {"type": "system"},
        {"type": "interactive", "interactive": {"type": "call_permission_reply"}},
        {"type": "button"},
        {"text": {"body": ""}},
        {"text": {"body": " \n"}},
        {"text": None},
        {"group_id": "120363"},
    ],
)
def test_what_nobody_waits_for_an_answer_to_is_no_message_and_no_trouble(more: dict[str, object]) -> None:
    assert read(message(**more)) == Reading()


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"type": "poll_of_tomorrow"}, "[unsupported message]"),
        ({"type": "image"}, "[image]"),
        ({"type": "video", "video": {"id": "1", "mime_type": "video/mp4", "caption": " See "}}, "See"),
        ({"type": "audio", "audio": {"id": "1", "mime_type": "audio/mpeg"}}, "[audio]"),
        ({"type": "document", "document": {"id": "1", "filename": "a\u202eb\n c.pdf"}}, "[file: a b c.pdf]"),
        ({"type": "location", "location": {}}, "[location]"),
        ({"type": "location", "location": {"latitude": 1, "longitude": -2.5}}, "[location: 1.000000, -2.500000]"),
        ({"type": "location"}, "[location]"),
        ({"type": "contacts", "contacts": []}, "[contact]"),
        ({"type": "contacts", "contacts": [{"phones": [{"wa_id": "1"}]}, {}]}, "[contact: 1]\n[contact]"),
        ({"type": "order"}, "[order]"),
        ({"type": "interactive", "interactive": {"nfm_reply": {"name": "flow", "body": "Sent"}}}, "[form: flow]"),
        ({"type": "interactive", "interactive": {"list_reply": {"id": "", "title": "Two"}}}, "Two"),
    ],
)
def test_what_has_no_words_is_said_in_words(more: dict[str, object], text: str) -> None:
    assert heard(message(**more)).text == text


@pytest.mark.parametrize(
    ("given", "media"),
    [
        ({"id": "../1", "mime_type": "image/png"}, ()),
        ({"id": "1/2?x=y", "mime_type": "image/png"}, ()),
        ({"id": "1", "mime_type": "text/html\r\nX: y"}, (Media("1", "image", "application/octet-stream"),)),
        ({"id": "1"}, (Media("1", "image", "application/octet-stream"),)),
        ({"id": "1", "mime_type": "IMAGE/PNG; x=1"}, (Media("1", "image", "image/png"),)),
    ],
)
def test_a_files_id_and_type_are_looked_at_before_they_are_used(given: dict[str, str], media: tuple[Media]) -> None:
    assert heard(message(type="image", image=given)).media == media


def test_a_thousand_contacts_and_products_are_ten_lines() -> None:
    cards = [{"name": {"formatted_name": "n" * 500}, "phones": [{"phone": "1" * 50}] * 20}] * 500
    assert len(heard(message(type="contacts", contacts=cards)).text) < 2_500
    items = [{"product_retailer_id": "p" * 500, "quantity": 1}] * 1_000
    assert len(heard(message(type="order", order={"product_items": items, "text": "t" * 9_000})).text) < 3_500


def test_a_contact_lends_its_name_only_to_whom_it_is_about() -> None:
    contacts = [{"profile": {"name": "Bo"}, "wa_id": "4915"}, 7, {"profile": {"name": "Ana"}, "wa_id": PHONE}]

    assert heard(enveloped(value(contacts=contacts, messages=[spoken()]))).sender.name == "Ana"
    assert heard(enveloped(value(contacts=contacts[:2], messages=[spoken()]))).sender.name == ""


def test_a_phone_that_only_the_contact_tells_is_the_address_and_the_scoped_id_its_alias() -> None:
    contact = {"profile": {"username": "@ana"}, "wa_id": PHONE, "user_id": SCOPED}
    body = enveloped(value(contacts=[contact], messages=[spoken(**{"from": None}, from_user_id=SCOPED)]))

    assert heard(body).sender == Address(f"{NUMBER}/{PHONE}", "@ana", (f"{NUMBER}/{SCOPED}",))


def test_a_username_alone_keeps_its_parent_as_an_alias() -> None:
    body = message(**{"from": None}, from_user_id=SCOPED, from_parent_user_id=PARENT)

    assert heard(body).sender == Address(f"{NUMBER}/{SCOPED}", "", (f"{NUMBER}/{PARENT}",))


def test_an_old_id_that_only_the_message_tells_is_renamed_too() -> None:
    """As it came before August 2026."""
    system = {"type": "user_changed_user_id", "user_id": NEW}
    body = message(type="system", system=system, from_user_id=SCOPED, **{"from": None})

    assert read(body).renamed == (Renamed(f"{NUMBER}/{SCOPED}", f"{NUMBER}/{NEW}"),)


@pytest.mark.parametrize(
    "system",
    [
        {"type": "user_changed_number", "wa_id": PHONE},
        {"type": "user_changed_number", "wa_id": "1/2"},
        {"type": "user_changed_number", "wa_id": SCOPED},
        {"type": "user_changed_number"},
        {"type": "user_changed_user_id", "wa_id": "4915", "user_id": SCOPED, "previous_user_id": PHONE},
        {"type": "something_else", "wa_id": "491512345678"},
    ],
)
def test_a_change_that_names_no_two_ids_of_one_kind_renames_nobody(system: dict[str, str]) -> None:
    assert read(message(type="system", system=system)) == Reading()


# ------------------------------------------------------------------------------------------------------------- statuses


def status(**more: object) -> Reading:
    return read(enveloped(value(statuses=[{"id": WAMID, "status": "sent"} | more])))


@pytest.mark.parametrize(
    "mark", ["", "c-1", "c-1/m-1", "c-1/m-1/x", "c-1/m-1/-1", "c-1/m-1/0/1", "//0", "c-1//0", "c" * 520 + "/m/0", None]
)
def test_a_mark_that_is_not_ours_names_no_message(mark: str | None) -> None:
    assert status(biz_opaque_callback_data=mark).receipts == (Receipt("accepted", remote=WAMID),)


@pytest.mark.parametrize("word", ["deleted", "warning", "pending", "", "SENT"])
def test_a_status_that_says_nothing_of_where_it_is_is_no_receipt(word: str) -> None:
    assert status(status=word) == Reading()


def test_a_voice_message_that_was_played_was_read() -> None:
    assert status(status="played").receipts[0].state == "read"


@pytest.mark.parametrize(
    ("errors", "reason"),
    [
        ([{"code": 131026, "title": "Message undeliverable", "message": "secret words"}], "undeliverable_131026"),
        ([{"code": 131049}], "undeliverable_131049"),
        ([{"code": 131056}], "pair_rate"),
        ([{"code": 190}], "token_expired"),
        ([{"code": 999999}], "meta_999999"),
        ([{"code": -1}], "meta"),
        ([{}], "invalid_auth"),
        ([], "failed"),
        (None, "failed"),
    ],
)
def test_a_failed_message_says_why_in_a_code_of_ours(errors: object, reason: str) -> None:
    (receipt,) = status(status="failed", errors=errors).receipts

    assert (receipt.state, receipt.reason) == ("refused", reason)
