"""Slack's signature: the official vector, the SDK's own verifier as a second opinion, and what must not pass."""

import hashlib
import hmac

import pytest
from hypothesis import given as over
from hypothesis import strategies as st
from slack_sdk.signature import Clock, SignatureVerifier

from throughline.channels.slack.signature import LEEWAY, signature, unverified

from .given import NOW, SECRET

#: From tests/slack_sdk/signature/test_signature_verifier.py of python-slack-sdk, as Slack's documentation has it.
BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
TIMESTAMP = "1531420618"
SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


class _Then(Clock):
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def now(self) -> float:
        return self._seconds


def headers(timestamp: str = TIMESTAMP, given: str = SIGNATURE) -> dict[str, str]:
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": given}


def test_slacks_own_example_verifies() -> None:
    assert signature(TIMESTAMP, BODY, SECRET) == SIGNATURE
    assert unverified(headers(), BODY, SECRET, int(TIMESTAMP) * 1000) is None


@over(st.text(max_size=300), st.integers(-600, 600))
def test_the_sdks_verifier_says_the_same(body: str, late: int) -> None:
    raw = body.encode("utf-8", "ignore")
    given = headers(given=signature(TIMESTAMP, raw, SECRET))
    now = int(TIMESTAMP) + late

    theirs = SignatureVerifier(SECRET, _Then(now)).is_valid_request(raw, given)

    assert (unverified(given, raw, SECRET, now * 1000) is None) == theirs


@pytest.mark.parametrize(
    ("timestamp", "given", "why"),
    [
        ("", SIGNATURE, "unsigned"),
        (TIMESTAMP, "", "unsigned"),
        ("abc", SIGNATURE, "bad_timestamp"),
        ("-1531420618", SIGNATURE, "bad_timestamp"),
        ("1531420618.0", SIGNATURE, "bad_timestamp"),
        ("１５３１４２０６１８", SIGNATURE, "bad_timestamp"),
        ("9" * 5_000, SIGNATURE, "bad_timestamp"),
        ("1e999", SIGNATURE, "bad_timestamp"),
        (TIMESTAMP + "\n", SIGNATURE, "bad_timestamp"),
        (TIMESTAMP, "v0=ü" + "a" * 63, "bad_signature"),
        (TIMESTAMP, "\ud800", "bad_signature"),
        (TIMESTAMP, SIGNATURE.upper(), "bad_signature"),
        (TIMESTAMP, SIGNATURE[:-1], "bad_signature"),
        (TIMESTAMP, SIGNATURE + ", " + SIGNATURE, "bad_signature"),
        (TIMESTAMP, "v1=" + SIGNATURE[3:], "bad_signature"),
        (TIMESTAMP, "v0=" + "0" * 64, "bad_signature"),
        ("1531420619", SIGNATURE, "bad_signature"),
    ],
)
def test_what_is_not_slacks_is_refused_without_a_crash(timestamp: str, given: str, why: str) -> None:
    assert unverified(headers(timestamp, given), BODY, SECRET, 1531420618 * 1000) == why


def test_a_body_that_was_changed_after_signing_is_refused() -> None:
    assert unverified(headers(), BODY + b"&x=1", SECRET, int(TIMESTAMP) * 1000) == "bad_signature"


@pytest.mark.parametrize("late", [LEEWAY + 1, -LEEWAY - 1, 360, 86_400])
def test_a_request_of_another_time_is_refused(late: int) -> None:
    assert unverified(headers(), BODY, SECRET, (int(TIMESTAMP) + late) * 1000) == "too_old"


@pytest.mark.parametrize("secret", ["", " ", "\t\n"])
def test_without_a_secret_nobody_is_slack(secret: str) -> None:
    """An empty HMAC key is a key that everybody has."""
    forged = "v0=" + hmac.new(secret.encode(), b"v0:%s:%s" % (TIMESTAMP.encode(), BODY), hashlib.sha256).hexdigest()

    assert unverified(headers(given=forged), BODY, secret, int(TIMESTAMP) * 1000) == "no_secret"


def test_bytes_that_are_no_text_verify_like_any() -> None:
    raw = b"\xff\x00\xfe"

    assert unverified(headers(str(NOW // 1000), signature(str(NOW // 1000), raw, SECRET)), raw, SECRET, NOW) is None
