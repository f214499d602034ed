"""UTF-16 offsets, as a browser counts them."""

from hypothesis import given
from hypothesis import strategies as st

from throughline.conversation import utf16


def test_an_emoji_counts_two() -> None:
    assert utf16.length("a😀b") == 4
    assert utf16.after("a😀b", 3) == "b"


@given(st.text(), st.data())
def test_length_and_after_agree_on_every_cut(text: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(text)))

    assert utf16.after(text, utf16.length(text[:cut])) == text[cut:]
