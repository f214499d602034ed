"""Credentials by their look."""

import pytest

from throughline.channels.whatsapp_twilio.credentials import complete, numbers, wrong

from .given import ACCOUNT, OPTIONS, SHARED, TOKEN


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("account_sid", ACCOUNT), ("auth_token", TOKEN), ("shared_key", SHARED),
        ("shared_key_id", "webhooks_sharedkey_01"),
        ("numbers", "+14155238886"), ("numbers", "+14155238886, +442079460000"),
        ("messaging_service", "MG" + "0a" * 16),
        ("content_template", "HX" + "0a" * 16), ("signature", "sha1"), ("signature", "sha256"), ("answers", "final"),
        ("answers", "sentences"), ("welcome", "Hello!"), ("allow", "+44*"),
    ],
)  # fmt: skip
def test_what_fits_is_not_wrong(name: str, value: str) -> None:
    assert wrong(name, value) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("account_sid", ""), ("account_sid", "SK" + "0" * 32), ("account_sid", ACCOUNT + "\n"), ("account_sid", "AC1"),
        ("account_sid", "AC" + "٣" * 32), ("auth_token", ""), ("auth_token", TOKEN[:-1]), ("auth_token", TOKEN + " "),
        ("auth_token", "SK" + "0" * 30), ("shared_key", "short"), ("shared_key", "with a blank in the middle"),
        ("shared_key_id", "a,b,c"), ("numbers", ""), ("numbers", ","), ("numbers", "4155238886"), ("numbers", "+1"),
        ("numbers", "+14155238886;+442079460000"), ("numbers", "whatsapp:+14155238886"), ("numbers", "+1 415 523 8886"),
        ("messaging_service", ACCOUNT), ("content_template", "hello"), ("signature", "md5"), ("answers", "words"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_in_words(name: str, value: str) -> None:
    said = wrong(name, value)

    assert said
    assert said.endswith(".") or name == "numbers"
    assert name != "auth_token" or not value or value not in said


def test_numbers_are_a_list_with_the_first_one_first() -> None:
    assert numbers({"numbers": " +14155238886 ,,+442079460000"}) == ("+14155238886", "+442079460000")
    assert numbers({}) == ()


@pytest.mark.parametrize(
    ("options", "secrets", "enough"),
    [
        (OPTIONS, {"auth_token"}, True),
        (OPTIONS, set(), False),
        (OPTIONS, {"shared_key"}, False),
        ({"account_sid": ACCOUNT}, {"auth_token"}, False),
        ({"numbers": "+14155238886"}, {"auth_token"}, False),
        (OPTIONS | {"signature": "sha256"}, {"auth_token"}, False),
        (OPTIONS | {"signature": "sha256"}, {"auth_token", "shared_key"}, False),
        (OPTIONS | {"signature": "sha256", "shared_key_id": "k1234"}, {"auth_token", "shared_key"}, True),
    ],
)
def test_complete_is_what_hears_and_sends(options: dict[str, str], secrets: set[str], enough: bool) -> None:
    assert complete(options, secrets) is enough
