"""What Meta sends: every recorded payload, and what a stranger could make of it."""

import json

import pytest

from throughline.channels.whatsapp_meta.wire import MOST
from throughline.conversation.channel import (
    Address,
    Inbound,
    Media,
    Reading,
    Receipt,
    Renamed,
)
from throughline.conversation.ids import ConversationId, MessageId

from .given import (
    FIXTURES,
    NEW,
    NUMBER,
    OTHER,
    PARENT,
    PHONE,
    SCOPED,
    WAMID,
    enveloped,
    fixture,
    read,
    spoken,
    value,
)

SHEENA = Address(f"{NUMBER}/{PHONE}", "Sheena Nelson")


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
    "voice": said(6, "", Media("1908647269898587", "audio", "audio/ogg", voice=True)),
    "document": said(
        7, "", Media("1376223850470843", "file", "application/pdf", "warranty — 2026.pdf")
    ),
    "sticker": said(8, "", Media("1376223850470999", "image", "image/webp")),
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


@pytest.mark.parametrize(
    "body",
    [
        b'{"object": "whatsapp_business_account", "entry": [' + b",".join([b"1"] * 1_500_000) + b"]}",
        enveloped(value(messages=[1] * 900_000)),
        enveloped(value(contacts=[{"wa_id": str(n)} for n in range(60_000)], messages=[spoken()] * 5_000)),
    ],
    ids=["entries", "messages", "contacts"],
)
def test_three_megabytes_of_noise_are_read_in_no_time(body: bytes) -> None:
    """The test's own time limit holds it: work grows with what is sent, and noise comes to its end."""
    assert len(body) < MOST
    read(body)


def test_noise_takes_nothing_of_what_was_heard_before_it() -> None:
    reading = read(enveloped(value(messages=[spoken(), *[1] * 2_000, spoken(id="wamid.late")])))

    assert ([one.key for one in reading.inbound], reading.quarantine) == ([WAMID], "bad_message")


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
