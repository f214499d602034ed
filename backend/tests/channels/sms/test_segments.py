"""What a text costs."""

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from throughline.channels.sms.segments import Segments, plainer, segments


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count"),
    [
        ("", "GSM-7", 0, 0), ("Hello", "GSM-7", 5, 1), ("a" * 160, "GSM-7", 160, 1), ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2), ("a" * 307, "GSM-7", 307, 3), ("é" * 160, "GSM-7", 160, 1),
        ("€" * 80, "GSM-7", 160, 1), ("€" * 81, "GSM-7", 162, 2), ("[x]", "GSM-7", 5, 1),
        # 153 is odd: the last septet stays empty, because a sign of two is not cut.
        ("€" * 152, "GSM-7", 304, 2), ("€" * 153, "GSM-7", 306, 3), ("a" * 152 + "€" + "a" * 10, "GSM-7", 164, 2),
        ("ê", "UCS-2", 1, 1), ("’" * 70, "UCS-2", 70, 1), ("’" * 71, "UCS-2", 71, 2), ("’" * 134, "UCS-2", 134, 2),
        ("’" * 135, "UCS-2", 135, 3), ("👋", "UCS-2", 2, 1), ("👋" * 35, "UCS-2", 70, 1), ("👋" * 36, "UCS-2", 72, 2),
        # 67 is odd: a surrogate pair is not cut.
        ("👋" * 66, "UCS-2", 132, 2), ("👋" * 67, "UCS-2", 134, 3), ("a" * 159 + "👋", "UCS-2", 161, 3),
        ("Привет", "UCS-2", 6, 1), ("`", "UCS-2", 1, 1), ("\t", "UCS-2", 1, 1),
    ],
)  # fmt: skip
def test_segments_are_counted_as_the_carrier_does(text: str, encoding: str, units: int, count: int) -> None:
    assert segments(text) == Segments(encoding, units, count)  # type: ignore[arg-type]


@over(st.text(max_size=400))
def test_one_more_sign_never_costs_less(text: str) -> None:
    whole, before = segments(text), segments(text[:-1])

    assert whole.count >= before.count
    # Units of two alphabets are not of the same size.
    assert whole.units > before.units or whole.encoding != before.encoding or not text


@over(st.text(alphabet="ab€[👋’é \n", max_size=400))
def test_segments_hold_what_they_are_said_to_hold(text: str) -> None:
    found = segments(text)
    most, part = (160, 153) if found.encoding == "GSM-7" else (70, 67)

    assert found.count == (0 if not text else 1) if found.units <= most else found.count * part >= found.units
    assert (found.count - 1) * (part - 1) <= found.units


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("“It’s here” – at 5…" * 5, '"It\'s here" - at 5...' * 5),
        ("a\u00a0b" * 40, "a b" * 40),
    ],
)
def test_smart_signs_are_plain_where_that_saves_a_segment(text: str, plain: str) -> None:
    assert plainer(text) == plain
    assert segments(plain).count < segments(text).count


@pytest.mark.parametrize("text", ["It’s fine.", "“Short”", "It’s 👋 " * 30, "plain " * 90])
def test_signs_stay_where_nothing_is_saved(text: str) -> None:
    assert plainer(text) == text


@over(st.text(max_size=300))
def test_plainer_never_costs_more(text: str) -> None:
    assert segments(plainer(text)).count <= segments(text).count
