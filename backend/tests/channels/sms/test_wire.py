"""What comes in by SMS, one recorded form after the other, and the carrier's own words."""

import pytest

from tests.channels.whatsapp_twilio.given import ACCOUNT, KEY, OPTIONS, PUBLIC, SECRETS, US, marked
from throughline.channels.sms import wire
from throughline.channels.whatsapp_twilio.webhook import NOTHING, Ours
from throughline.conversation.channel import Address, Consent, Inbound, Media, Reading, Receipt, Unverified

from .given import THEM, fixture, form, signed

OURS = Ours(SECRETS, OPTIONS, KEY, PUBLIC)
ANA = f"{US}/{THEM}"
SID = "SM" + "ab" * 16
KEPT = "https://api.twilio.com/2010-04-01"


def sid(number: int, kind: str = "SM") -> str:
    return f"{kind}{number:032x}"


def read(**fields: str) -> Reading:
    reading = wire.read(signed(form(**fields)), OURS)
    assert isinstance(reading, Reading)
    return reading


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("text", Reading(inbound=(Inbound(sid(1), Address(ANA), "When do you open tomorrow?", ref=sid(1)),))),
        ("blank_fields", Reading(inbound=(Inbound(sid(2), Address(ANA), "Hi", ref=sid(2)),))),
        ("two_segments", Reading(inbound=(Inbound(sid(3), Address(ANA), "long " * 50 + "end", ref=sid(3)),))),
        (
            "picture",
            Reading(
                inbound=(
                    Inbound(
                        sid(4, "MM"), Address(ANA), "", ref=sid(4, "MM"),
                        media=(
                            Media(
                                f"{KEPT}/Accounts/{ACCOUNT}/Messages/{sid(4, 'MM')}/Media/ME{0:032x}",
                                "image", "image/jpeg",
                            ),
                        ),
                    ),
                )
            ),
        ),
        ("stop", Reading(consents=(Consent(f"{sid(5)}:consent", ANA, off=True),))),
        ("stop_by_service", Reading(consents=(Consent(f"{sid(6)}:consent", ANA, off=True),))),
        ("start", Reading(consents=(Consent(f"{sid(7)}:consent", ANA, off=False),))),
        ("help", Reading()),
        ("status_delivered", Reading(receipts=(Receipt("delivered", remote=sid(0x14)),))),
        ("status_opted_out", Reading(receipts=(Receipt("refused", remote=sid(0x15), reason="opted_out"),))),
        ("status_filtered", Reading(receipts=(Receipt("refused", remote=sid(0x16), reason="filtered"),))),
    ],
)  # fmt: skip
def test_a_recorded_form_is_read(name: str, reading: Reading) -> None:
    found = wire.read(signed(fixture(name)), OURS)

    assert found == Reading(NOTHING, reading.inbound, reading.receipts, consents=reading.consents)


@pytest.mark.parametrize(
    "word", ["STOP", "stop", " Stop \n", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"]
)
def test_the_carriers_words_for_leaving_are_nothing_else(word: str) -> None:
    reading = read(Body=word)

    assert reading.consents == (Consent(f"{SID}:consent", ANA, off=True),)
    assert reading.inbound == ()


@pytest.mark.parametrize("text", ["Please stop", "STOP it", "!stop", "/stop", "stop.", "ST OP", "The end"])
def test_a_sentence_with_such_a_word_is_a_message(text: str) -> None:
    reading = read(Body=text)

    assert reading.consents == ()
    assert [inbound.text for inbound in reading.inbound] == [text]


@pytest.mark.parametrize("word", ["START", "unstop"])
def test_coming_back_is_no_message(word: str) -> None:
    assert read(Body=word) == Reading(NOTHING, consents=(Consent(f"{SID}:consent", ANA, off=False),))


@pytest.mark.parametrize("told", ["", "START"])
def test_yes_opens_the_number_again_and_is_an_answer_too(told: str) -> None:
    """The carrier takes it for START; to an open question it is what it says."""
    reading = read(Body="Yes", OptOutType=told)

    assert reading.consents == (Consent(f"{SID}:consent", ANA, off=False),)
    assert [inbound.text for inbound in reading.inbound] == ["Yes"]


@pytest.mark.parametrize("fields", [{"Body": "HELP"}, {"Body": "info"}, {"Body": "Ayuda", "OptOutType": "HELP"}])
def test_help_is_left_to_the_carrier(fields: dict[str, str]) -> None:
    assert read(**fields) == Reading(NOTHING)


def test_twilios_word_for_it_counts_before_the_text() -> None:
    assert read(Body="END", OptOutType="START").consents[0].off is False
    assert read(Body="hola", OptOutType="STOP").inbound == ()


def test_a_stranger_cannot_opt_somebody_out() -> None:
    body = fixture("stop")
    request = signed(body)
    forged = type(request)("POST", request.path, "", {**request.headers, "x-twilio-signature": "x" * 28}, body)

    assert wire.read(forged, OURS) == Unverified("bad_signature", 403)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"From": f"whatsapp:{THEM}"}, "other_channel"),
        ({"To": f"whatsapp:{US}"}, "other_channel"),
        ({"From": "rcs:brand"}, "other_channel"),
        ({"From": "BANK"}, "bad_sender"),
        ({"From": "83475"}, "bad_sender"),
        ({"From": "US.123"}, "bad_sender"),
        ({"From": ""}, "bad_sender"),
        ({"To": "+19995550000"}, "unknown_number"),
        ({"To": ""}, "unknown_number"),
        ({"MessageSid": "1"}, "bad_sid"),
    ],
)
def test_what_is_signed_and_not_understood_is_set_aside(fields: dict[str, str], code: str) -> None:
    assert read(**fields) == Reading(NOTHING, quarantine=code)


def test_whatsapps_signature_is_over_whatsapps_address() -> None:
    from tests.channels.whatsapp_twilio.given import signed as for_whatsapp

    request = for_whatsapp(form())
    moved = type(request)("POST", request.path.replace("whatsapp", "sms"), "", request.headers, request.body)

    assert wire.read(moved, OURS) == Unverified("bad_signature", 403)


def test_nothing_said_is_nothing() -> None:
    assert read(Body=" ") == Reading(NOTHING)


def test_a_callback_carries_our_mark() -> None:
    reading = wire.read(signed(fixture("status_delivered"), query=marked()), OURS)

    assert isinstance(reading, Reading)
    assert (reading.receipts[0].conversation, reading.receipts[0].message) == ("c-1", "m-1")
