"""What comes in from WhatsApp by Twilio, one recorded form after the other, and what is not one."""

from urllib.parse import urlencode

import pytest

from throughline.channels.whatsapp_twilio import wire
from throughline.channels.whatsapp_twilio.webhook import NOTHING, Ours
from throughline.conversation.channel import Address, Inbound, Media, Reading, Receipt

from .given import ACCOUNT, KEY, OPTIONS, PUBLIC, SECRETS, THEM, US, fixture, form, signed

OURS = Ours(SECRETS, OPTIONS, KEY, PUBLIC)
ANA = Address(f"{US}/{THEM}", "Ana Lindqvist")


def said(name: str) -> Inbound:
    reading = wire.read(signed(fixture(name)), OURS)
    assert isinstance(reading, Reading)
    assert reading == Reading(reply=NOTHING, inbound=reading.inbound)
    (inbound,) = reading.inbound
    return inbound


def read(**fields: str) -> Reading:
    reading = wire.read(signed(form(**fields)), OURS)
    assert isinstance(reading, Reading)
    return reading


def sid(number: int, kind: str = "SM") -> str:
    return f"{kind}{number:032x}"


def kept(number: int) -> str:
    return f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid(number, 'MM')}/Media/ME{0:032x}"


@pytest.mark.parametrize(
    ("name", "inbound"),
    [
        ("text", Inbound(sid(1), ANA, "Where is my order 1042?", ref=sid(1))),
        ("emoji_and_lines", Inbound(sid(2), ANA, "Grüße 👋🏽\nund danke + 50% & mehr", ref=sid(2))),
        (
            "image",
            Inbound(sid(3, "MM"), ANA, "", ref=sid(3, "MM"), media=(Media(kept(3), "image", "image/jpeg"),)),
        ),
        (
            "voice_note",
            Inbound(
                sid(4, "MM"), ANA, "", ref=sid(4, "MM"),
                media=(Media(kept(4), "audio", "audio/ogg", voice=True),)
            ),
        ),
        (
            "document_with_caption",
            Inbound(
                sid(5, "MM"), ANA, "invoice.pdf", ref=sid(5, "MM"),
                media=(Media(kept(5), "file", "application/pdf"),),
            ),
        ),
        (
            "location",
            Inbound(sid(6), ANA, "[location: Big Ben, London SW1A 0AA (51.5007292, -0.1246254)]", ref=sid(6)),
        ),
        ("button", Inbound(sid(7), ANA, "Yes, please", ref=sid(7), pressed="approve:17")),
        ("list_choice", Inbound(sid(8), ANA, "Evening", ref=sid(8), pressed="slot-3")),
        ("reply_to_ours", Inbound(sid(9), ANA, "That one.", ref=sid(9))),
        (
            "scoped_user",
            Inbound(sid(10), Address(f"{US}/US.13491208655302741918"), "Hello from a username", ref=sid(10)),
        ),
    ],
)  # fmt: skip
def test_a_recorded_message_is_read(name: str, inbound: Inbound) -> None:
    assert said(name) == inbound


def test_a_reaction_says_nothing() -> None:
    assert wire.read(signed(fixture("reaction")), OURS) == Reading(reply=NOTHING)


@pytest.mark.parametrize(
    ("name", "receipt"),
    [
        ("status_sent", Receipt("accepted", remote=sid(0x14))),
        ("status_delivered", Receipt("delivered", remote=sid(0x14))),
        ("status_read", Receipt("read", remote=sid(0x14))),
        ("status_window_closed", Receipt("refused", remote=sid(0x15), reason="window_closed")),
    ],
)
def test_a_recorded_status_is_a_receipt(name: str, receipt: Receipt) -> None:
    assert wire.read(signed(fixture(name)), OURS) == Reading(reply=NOTHING, receipts=(receipt,))


def test_every_answer_is_twiml_that_says_nothing() -> None:
    for reading in (read(), read(To="whatsapp:+19995550000"), read(Body="")):
        assert reading.reply.body == b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
        assert (reading.reply.status, reading.reply.media_type) == (200, "text/xml")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"To": "whatsapp:+19995550000"}, "unknown_number"),
        ({"To": US}, "other_channel"),
        ({"From": THEM}, "other_channel"),
        ({"From": f"rcs:{THEM}"}, "other_channel"),
        ({"From": "whatsapp:"}, "bad_sender"),
        ({"From": "whatsapp:+0447700900123"}, "bad_sender"),
        ({"From": "whatsapp:+44/7700900123"}, "bad_sender"),
        ({"From": "whatsapp:+٤٤٧٧٠٠٩٠٠١٢٣"}, "bad_sender"),
        ({"From": f"whatsapp:{THEM}\n"}, "bad_sender"),
        ({"From": "whatsapp:us.123"}, "bad_sender"),
        ({"From": "whatsapp:US." + "1" * 129}, "bad_sender"),
        ({"From": "whatsapp:US.1/2"}, "bad_sender"),
        ({"MessageSid": ""}, "bad_sid"),
        ({"MessageSid": "SM1"}, "bad_sid"),
        ({"MessageSid": "XX" + "ab" * 16}, "bad_sid"),
        ({"MessageSid": "SM" + "ab" * 16 + "\n"}, "bad_sid"),
        ({"AccountSid": ""}, "no_account"),
        ({"MessageStatus": "teleported"}, "unknown_status"),
        ({"MessageStatus": "read", "MessageSid": "SM1"}, "bad_sid"),
    ],
)
def test_what_is_signed_and_not_understood_is_set_aside(fields: dict[str, str], code: str) -> None:
    assert read(**fields) == Reading(reply=NOTHING, quarantine=code)


def test_an_account_without_numbers_takes_nothing() -> None:
    nobody = Ours(SECRETS, OPTIONS | {"numbers": " , "}, KEY, PUBLIC)
    reading = wire.read(signed(form()), nobody)

    assert isinstance(reading, Reading)
    assert reading.quarantine == "unknown_number"


@pytest.mark.parametrize("fields", [{"Body": ""}, {"Body": " \n\t "}, {"Body": "\x00\x07"}])
def test_an_empty_message_says_nothing(fields: dict[str, str]) -> None:
    assert read(**fields) == Reading(reply=NOTHING)


@pytest.mark.parametrize("claim", ["0", "1", "99", "-1", "", "many", "1e9"])
def test_what_is_attached_counts_and_not_what_nummedia_says(claim: str) -> None:
    (inbound,) = read(NumMedia=claim, MediaUrl0="https://api.twilio.com/a", MediaContentType0="image/png").inbound

    assert inbound.media == (Media("https://api.twilio.com/a", "image", "image/png"),)


def test_ten_files_are_kept_and_the_eleventh_is_not() -> None:
    fields = {f"MediaUrl{n}": f"https://api.twilio.com/{n}" for n in range(12)}
    (inbound,) = read(NumMedia="12", **fields).inbound

    assert [media.remote for media in inbound.media] == [f"https://api.twilio.com/{n}" for n in range(10)]


@pytest.mark.parametrize("url", ["", "https://api.twilio.com/" + "x" * 2_000, "https://api.twilio.com/é"])
def test_an_address_that_cannot_be_one_is_no_file(url: str) -> None:
    (inbound,) = read(MediaUrl0=url).inbound

    assert inbound.media == ()


@pytest.mark.parametrize(
    ("given", "kind", "media_type"),
    [
        ("IMAGE/JPEG; charset=x", "image", "image/jpeg"),
        ("video/mp4", "video", "video/mp4"),
        ("text/vcard", "file", "text/vcard"),
        ("", "file", "application/octet-stream"),
        ("image", "file", "application/octet-stream"),
        ("image/\nx", "file", "application/octet-stream"),
        ("image/" + "x" * 500, "file", "application/octet-stream"),
    ],
)
def test_a_media_type_is_checked(given: str, kind: str, media_type: str) -> None:
    (inbound,) = read(MediaUrl0="https://api.twilio.com/a", MediaContentType0=given).inbound

    assert (inbound.media[0].kind, inbound.media[0].media_type) == (kind, media_type)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [("", "1.0"), ("nan", "1"), ("1e5", "1"), ("51.5; DROP", "0"), ("٥١", "0")]
)
def test_a_place_without_numbers_is_none(latitude: str, longitude: str) -> None:
    assert read(Body="", Latitude=latitude, Longitude=longitude) == Reading(reply=NOTHING)


def test_a_name_is_one_short_line_without_controls() -> None:
    (inbound,) = read(ProfileName="Ana\x00\n\u2028 Lind\x1b[31m" + "x" * 500).inbound

    assert inbound.sender.name.startswith("Ana Lind[31m")
    assert len(inbound.sender.name) == 200


def test_fields_that_we_do_not_know_are_left_alone() -> None:
    (inbound,) = read(ReferralHeadline="Ad", NewThing="x" * 9_000, Body="Hi").inbound

    assert inbound.text == "Hi"


def test_bytes_that_are_no_utf_8_are_read() -> None:
    body = form(Body="X").replace(b"Body=X", b"Body=%ff%fe\xff")
    reading = wire.read(signed(body), OURS)

    assert isinstance(reading, Reading)
    assert reading.inbound[0].text == "��ÿ"


def test_the_same_message_has_the_same_key_however_often_it_comes() -> None:
    first, again = said("text"), wire.read(signed(fixture("text")), OURS)

    assert isinstance(again, Reading)
    assert again.inbound == (first,)
    assert first.key == first.ref == sid(1)


def test_the_second_of_our_numbers_is_ours_too() -> None:
    (inbound,) = read(To="whatsapp:+442079460000").inbound

    assert inbound.sender.address == f"+442079460000/{THEM}"


def test_a_form_that_is_neither_is_set_aside() -> None:
    body = urlencode({"AccountSid": ACCOUNT, "CallSid": "CA1", "CallStatus": "ringing"}).encode()

    assert wire.read(signed(body), OURS) == Reading(reply=NOTHING, quarantine="bad_sid")
