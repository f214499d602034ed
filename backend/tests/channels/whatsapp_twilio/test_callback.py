"""What becomes of a message: told by Twilio, marked by us."""

import pytest

from throughline.channels.whatsapp_twilio import wire
from throughline.channels.whatsapp_twilio.callback import callback_url, reachable
from throughline.channels.whatsapp_twilio.webhook import NOTHING, Ours
from throughline.conversation.channel import Reading, Receipt
from throughline.conversation.ids import ConversationId, MessageId

from .given import KEY, MARK, OPTIONS, PUBLIC, SECRETS, form, marked, signed, status

OURS = Ours(SECRETS, OPTIONS, KEY, PUBLIC)
SID = "SM" + "cd" * 16


def told(state: str, query: str, **fields: str) -> tuple[Receipt, ...]:
    reading = wire.read(signed(status(state, **fields), query=query), OURS)
    assert isinstance(reading, Reading)
    assert reading == Reading(reply=NOTHING, receipts=reading.receipts)
    return reading.receipts


@pytest.mark.parametrize(
    ("state", "becomes"),
    [("sent", "accepted"), ("delivered", "delivered"), ("partially_delivered", "delivered"), ("read", "read")],
)
def test_a_callback_finds_the_message_by_our_mark(state: str, becomes: str) -> None:
    (receipt,) = told(state, marked())

    assert receipt == Receipt(becomes, MARK[0], MARK[1], SID)  # type: ignore[arg-type]


@pytest.mark.parametrize("state", ["queued", "accepted", "scheduled", "sending"])
def test_on_its_way_says_nothing(state: str) -> None:
    assert told(state, marked()) == ()


@pytest.mark.parametrize(
    ("state", "code", "reason"),
    [
        ("undelivered", "63016", "window_closed"),
        ("failed", "21610", "opted_out"),
        ("undelivered", "30003", "unreachable"),
        ("undelivered", "30007", "filtered"),
        ("undelivered", "30034", "unregistered_10dlc"),
        ("failed", "63018", "ratelimited"),
        ("failed", "63024", "bad_address"),
        ("failed", "63038", "daily_cap"),
        ("failed", "30036", "expired"),
        ("failed", "99999", "twilio_99999"),
        ("failed", "", "failed"),
        ("undelivered", "0", "undelivered"),
        ("failed", "<script>", "failed"),
        ("failed", "9" * 40, "failed"),
        ("failed", "٣", "failed"),
        ("canceled", "", "canceled"),
    ],
)
def test_a_failure_is_a_refusal_with_its_reason(state: str, code: str, reason: str) -> None:
    (receipt,) = told(state, marked(), ErrorCode=code)

    assert receipt == Receipt("refused", MARK[0], MARK[1], SID, reason=reason)


@pytest.mark.parametrize(
    "query",
    [
        marked(key=b"x" * 32),
        marked().replace("c-1", "c-2"),
        marked().replace("m-1.0", "m-1.1"),
        marked() + "0",
        marked().partition("&")[0],
        marked().partition("&")[2],
        "mid=&sig=",
        marked() + "&" + marked(),
        "mid=c-1.m-1.0&sig=é",
        "mid=%00&sig=%ff",
    ],
)
def test_a_forged_mark_moves_nothing(query: str) -> None:
    """Signed by Twilio all the same: a stranger may have given it that address."""
    assert told("read", query) == ()


def test_a_callback_without_a_mark_goes_by_twilios_own_id() -> None:
    """Told to the address that is set at the number."""
    assert told("delivered", "") == (Receipt("delivered", remote=SID),)


def test_a_mark_names_ids_and_nothing_else() -> None:
    url = callback_url("https://talk.example.org/hook", (ConversationId("c_1"), MessageId("m-9"), 12), KEY)

    assert url.startswith("https://talk.example.org/hook?mid=c_1.m-9.12&sig=")
    assert url.isascii()
    assert KEY.hex() not in url


def test_a_message_that_comes_in_is_no_callback() -> None:
    for state in ("received", "receiving"):
        reading = wire.read(signed(form(MessageStatus=state)), OURS)
        assert isinstance(reading, Reading)
        assert len(reading.inbound) == 1


@pytest.mark.parametrize(
    ("url", "can"),
    [
        ("https://talk.example.org", True), ("https://talk.example.org:8443/x", True), ("http://127.0.0.1:8000", False),
        ("http://localhost:8000", False), ("http://a.localhost", False), ("http://[::1]:80", False), ("", False),
    ],
)  # fmt: skip
def test_twilio_is_not_told_an_address_on_our_own_machine(url: str, can: bool) -> None:
    assert reachable(url) is can
