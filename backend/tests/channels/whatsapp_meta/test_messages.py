"""One message, one status: what is said in words, who said it, what is nobody's message."""

import pytest

from throughline.conversation.channel import Address, Media, Reading, Receipt, Renamed

from .given import NEW, NUMBER, PARENT, PHONE, SCOPED, WAMID, enveloped, heard, read, spoken, value


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
        ({"type": "audio", "audio": {"id": "1", "mime_type": "audio/mpeg"}}, ""),
        ({"type": "document", "document": {"id": "1", "filename": "a\u202eb\n c.pdf"}}, ""),
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
