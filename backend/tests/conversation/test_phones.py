"""Phone numbers in their one written form."""

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from throughline.conversation.phones import phone


@pytest.mark.parametrize(
    ("written", "region", "number"),
    [
        ("+447700900123", None, "+447700900123"),
        ("+44 7700 900123", None, "+447700900123"),
        ("+44 (0)7700-900.123", None, "+447700900123"),
        ("whatsapp:+447700900123", None, "+447700900123"),
        ("tel:+44-7700-900123", None, "+447700900123"),
        ("00 44 7700 900123", "DE", "+447700900123"),
        ("07700 900123", "GB", "+447700900123"),
        ("(415) 523-8886", "US", "+14155238886"),
        ("+1 555 010 0200", None, "+15550100200"),
        ("+３９ 02 3661 8300", None, "+390236618300"),
    ],
)
def test_a_number_has_one_form(written: str, region: str | None, number: str) -> None:
    assert phone(written, region) == number


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("", None), ("+", None), ("hello", None), ("07700 900123", None), ("+1", None), ("+44770090", None),
        ("+4477009001234567", None), ("+999123456789", None), ("12345", "US"), ("523-8886", "US"),
        ("+" + "4" * 70, None),
        ("07700 900123", "ZZ"), ("+44 7700 900123 ext. 9", None), ("ana@example.com", "GB"), ("\ud800", "GB"),
        ("whatsapp:US.134912", None),
    ],
)  # fmt: skip
def test_what_cannot_be_a_number_is_none(written: str, region: str | None) -> None:
    assert phone(written, region) is None


@over(st.text(max_size=80), st.sampled_from([None, "GB", "US", "XX", ""]))
def test_what_is_one_stays_the_same(text: str, region: str | None) -> None:
    found = phone(text, region)

    assert found is None or (phone(found) == found and found.startswith("+") and found[1:].isdecimal())
