"""Tags in plus-addresses: only we make them, and they survive what mail programs do to an address."""

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from throughline.channels.gmail import tag
from throughline.conversation.ids import ConversationId

KEY = bytes(range(32))
TALK = ConversationId("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b")
IDS = st.uuids().map(lambda value: ConversationId(str(value))) | st.from_regex(
    r"[A-Za-z0-9_-]{1,64}", fullmatch=True
).map(ConversationId)


@over(IDS)
def test_a_tag_proves_its_conversation_in_any_case(conversation: ConversationId) -> None:
    made = f"support+{tag.made(KEY, conversation)}@example.org"

    assert tag.proved(KEY, [made]) == conversation
    assert tag.proved(KEY, ["Bob <bob@example.com>, Support <" + made.upper() + ">"]) == conversation
    assert tag.proved(bytes(32), [made]) is None


@over(st.uuids())
def test_a_uuids_tag_fits_into_an_address(value: object) -> None:
    made = tag.address("customer.support@example.org", KEY, ConversationId(str(value)))

    assert made is not None
    assert made == made.lower()
    assert len(made.partition("@")[0]) <= 64
    assert made.endswith("@example.org")


def test_an_address_that_would_be_too_long_has_no_tag() -> None:
    assert tag.address("the-whole-customer.support@example.org", KEY, TALK) is None
    assert tag.address("support@example.org", KEY, ConversationId("x" * 64)) is None


@over(st.integers(0, 200), st.sampled_from("abcxyz234567"))
def test_one_changed_letter_proves_nothing(place: int, letter: str) -> None:
    made = tag.made(KEY, TALK)
    place = 2 + place % (len(made) - 2)
    changed = made[:place] + letter + made[place + 1 :]

    # The last letter of a UUID's 26 carries three bits only; the others name the same conversation.
    assert tag.proved(KEY, [f"a+{changed}@b.c"]) in ({None, TALK} if place == 28 or changed == made else {None})


def test_a_mac_has_eighty_bits_and_depends_on_the_conversation() -> None:
    macs = {tag.made(KEY, ConversationId(f"c-{n}")).rpartition(".")[2] for n in range(200)}

    assert len(macs) == 200
    assert {len(mac) for mac in macs} == {16}


@pytest.mark.parametrize(
    "line",
    ["", "support@example.org", "support+c_@example.org", "support+c_u.aaaaaaaaaaaaaaaa@x",
     "a+c_x" + "a" * 5_000 + "@b",
     "+c_uaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaa@b", "+c_x77777777.aaaaaaaaaaaaaaaa@b", "\ud800+c_xa.b@c",
     "+c_İ@"],
)  # fmt: skip
def test_what_is_no_tag_proves_nothing(line: str) -> None:
    assert tag.proved(KEY, [line]) is None


def test_only_a_few_tags_of_a_mail_are_tried() -> None:
    wrong = "a+" + tag.made(bytes(32), TALK) + "@b "
    right = "a+" + tag.made(KEY, TALK) + "@b"

    assert tag.proved(KEY, [wrong * 19 + right]) == TALK
    assert tag.proved(KEY, [wrong * 20 + right]) is None
