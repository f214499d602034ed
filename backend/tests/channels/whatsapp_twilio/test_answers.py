"""What Twilio's answers mean for a send."""

import json

import pytest

from throughline.channels.once import Told
from throughline.channels.whatsapp_twilio.answers import meant, taken
from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Outcome, Refused

SID = "SM" + "ab" * 16


def answered(status: int, body: object, **headers: str) -> Outcome:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return taken(meant(Told(status, headers, raw)))


def coded(code: object, status: int = 400) -> Outcome:
    return answered(status, {"code": code, "message": "x", "more_info": "y", "status": status})


@pytest.mark.parametrize("state", ["queued", "accepted", "sending", "sent", "scheduled"])
def test_what_is_queued_is_accepted_under_its_sid(state: str) -> None:
    assert answered(201, {"sid": SID, "status": state, "error_code": None}) == Accepted(SID)


def test_a_message_with_media_has_an_sid_of_its_own() -> None:
    assert answered(201, {"sid": "MM" + "ab" * 16, "status": "queued"}) == Accepted("MM" + "ab" * 16)


@pytest.mark.parametrize("sid", [None, 7, "", "SM1", "CA" + "ab" * 16, ["SM" + "ab" * 16], SID + "\n"])
def test_an_answer_without_an_sid_is_ambiguous(sid: object) -> None:
    assert answered(201, {"sid": sid, "status": "queued"}) == Ambiguous("no_sid")


def test_a_message_that_failed_at_once_is_refused() -> None:
    assert answered(201, {"sid": SID, "status": "failed", "error_code": 63016}) == Refused("window_closed")


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (21211, Refused("bad_address")), (21614, Refused("bad_address")), (63024, Refused("bad_address")),
        (21610, Refused("opted_out")), (21606, Refused("bad_sender")), (63007, Refused("bad_sender")),
        (21617, Refused("too_long")), (21658, Refused("too_long")), (21623, Refused("too_many_media")),
        (63016, Refused("window_closed")), (63038, Refused("daily_cap")), (30007, Refused("filtered")),
        (30034, Refused("unregistered_10dlc")), (21408, Refused("region_not_enabled")),
        (30005, Refused("unreachable")), (20003, Refused("bad_credential", auth=True)),
        (20005, Refused("account_inactive", auth=True)), (30002, Refused("account_suspended", auth=True)),
        (20429, NotSent("ratelimited")), (63018, NotSent("ratelimited")), (21611, NotSent("queue_full")),
        (99999, Refused("twilio_99999")), ("21610", Refused("opted_out")), (None, Refused("http_400")),
        (True, Refused("http_400")), (-5, Refused("http_400")), (10**9, Refused("http_400")),
        ({"a": 1}, Refused("http_400")), ("<b>", Refused("http_400")),
    ],
)  # fmt: skip
def test_an_error_is_known_by_its_code(code: object, outcome: Outcome) -> None:
    assert coded(code) == outcome


@pytest.mark.parametrize("status", [401])
def test_a_401_is_a_bad_credential_whatever_it_says(status: int) -> None:
    for outcome in (coded(70051, status), coded(None, status), answered(status, b"<html>")):
        assert isinstance(outcome, Refused)
        assert outcome.auth


def test_too_many_is_not_sent_and_waits_as_long_as_it_says() -> None:
    assert answered(429, {"code": 20429}, **{"retry-after": "12"}) == NotSent("ratelimited", 12.0)
    assert answered(429, {"code": 63038}) == NotSent("daily_cap")
    assert answered(429, {"code": 21611}) == NotSent("queue_full")
    assert answered(429, b"<html>") == NotSent("ratelimited")
    assert answered(400, {"code": 20429}, **{"retry-after": "3"}) == NotSent("ratelimited", 3.0)


@pytest.mark.parametrize("status", [100, 301, 302, 307, 408, 500, 502, 503, 504])
def test_what_may_have_been_done_is_ambiguous(status: int) -> None:
    assert isinstance(coded(21211, status), Ambiguous)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"null", b"\xff", b"[" * 100_000])
def test_an_answer_that_is_no_object_is_ambiguous_or_refused(body: bytes) -> None:
    assert answered(200, body) == Ambiguous("not_json")
    assert answered(400, body) == Refused("http_400")
