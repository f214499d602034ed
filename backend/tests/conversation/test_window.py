"""The time in which we may write freely, and the link that opens the talk from the other side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughline.conversation.channel import Capabilities, Piece
from throughline.conversation.ids import BindingId, ConversationId, IdentityId, MessageId, TenantId
from throughline.conversation.records import DeliveryRow, Identity
from throughline.conversation.window import TEMPLATE, barred, deep_link, is_open, may_leave, shut_out

CHAT = Capabilities("whatsapp", "WhatsApp", window=86_400.0, link="https://wa.me/{number}")
FREE = Capabilities("telegram", "Telegram")
WORDS, APPROVED = Piece("hello"), Piece("hello", TEMPLATE)
times = st.integers(0, 10**13)


@given(last=times, later=st.integers(0, 10**9))
def test_it_is_open_for_exactly_its_time(last: int, later: int) -> None:
    assert is_open(CHAT, last, last + later) == (later < 86_400_000)


@given(last=st.none() | times, now=times)
def test_a_channel_without_one_is_always_open_and_a_template_always_leaves(last: int | None, now: int) -> None:
    assert is_open(FREE, last, now)
    assert may_leave(CHAT, last, APPROVED, now)
    assert may_leave(CHAT, last, WORDS, now) == is_open(CHAT, last, now)


def test_who_never_wrote_has_none() -> None:
    assert not is_open(CHAT, None, 1)


@given(last=st.none() | times, now=times, off=st.none() | times)
def test_a_carriers_word_is_over_everything(last: int | None, now: int, off: int | None) -> None:
    to = Identity(
        IdentityId("i"), TenantId("t"), None, None, "whatsapp", "x", "verified", 1, last_in=last, off_at=off
    )  # fmt: skip
    for piece in (WORDS, APPROVED):
        why = barred(CHAT, to, piece, now)
        assert (why == "off") == (off is not None)
        assert (why is None) == (off is None and may_leave(CHAT, last, piece, now))


@pytest.mark.parametrize(
    ("owed", "why", "state"),
    [(True, "off", "superseded"), (False, "off", "superseded"), (True, "window_closed", "refused"),
     (False, "window_closed", "dead")],
)  # fmt: skip
def test_what_may_not_leave_ends_and_says_why(owed: bool, why: str, state: str) -> None:
    row = DeliveryRow(
        TenantId("t"), ConversationId("c"), MessageId("m"), BindingId("b"), "whatsapp", 1, owed, "pending", 1, due=1
    )
    ended = shut_out(row, why, 9)  # type: ignore[arg-type]

    assert (ended.state, ended.reason, ended.at, ended.due) == (state, why, 9, 0)


@pytest.mark.parametrize(
    ("options", "address", "link"),
    [
        ({}, "+44 7700 900/+1", "https://wa.me/447700900"),
        ({"number": "+1 555-0100"}, "106540/447700", "https://wa.me/15550100"),
        ({"number": "+1 555-0100", "number_106540": "+1 555 0101"}, "106540/447700", "https://wa.me/15550101"),
        ({}, "106540/447700", None),
        ({"number": "none"}, "106540/447700", None),
    ],
)
def test_the_link_has_our_number_where_it_is_known(options: dict[str, str], address: str, link: str | None) -> None:
    assert deep_link(CHAT, options, address) == link


def test_other_places_in_a_link_are_options() -> None:
    bot = Capabilities("telegram", "Telegram", link="https://t.me/{username}")

    assert deep_link(bot, {"username": "our_bot"}, "99") == "https://t.me/our_bot"
    assert deep_link(bot, {}, "99") is None
    assert deep_link(FREE, {"username": "our_bot"}, "99") is None


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=4), st.text(max_size=20))
def test_no_options_break_it(options: dict[str, str], address: str) -> None:
    found = deep_link(CHAT, options, address)

    assert found is None or found.removeprefix("https://wa.me/").isdigit()
