"""Pushes: Google's are a hint, everybody else's are nothing."""

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given as over
from hypothesis import strategies as st

from throughline.channels.gmail import push
from throughline.conversation.channel import RawRequest, Reading, Unverified

from .parcels import MAILBOX, NOW

URL = "https://talk.example.org/api/v1/channels/gmail/webhook/a-1"
ACCOUNT = "push@project-1.iam.gserviceaccount.com"
OPTIONS = {"mailbox": MAILBOX, "push_account": ACCOUNT}
KEY: RSAPrivateKey = generate_private_key(65537, 2048)
OTHER: RSAPrivateKey = generate_private_key(65537, 2048)
KEYS = {"k1": KEY.public_key()}
CLAIMS = {
    "aud": URL, "azp": "1", "email": ACCOUNT, "email_verified": True, "exp": NOW // 1000 + 3_600, "iat": NOW // 1000,
    "iss": "https://accounts.google.com", "sub": "1",
}  # fmt: skip


def news(**more: Any) -> bytes:
    data = json.dumps({"emailAddress": MAILBOX, "historyId": 4711} | more).encode()
    message = {"data": base64.urlsafe_b64encode(data).decode(), "messageId": "1", "publishTime": "2026-11-21T10:00:00Z"}
    return json.dumps({"message": message, "subscription": "projects/p/subscriptions/s"}).encode()


def token(key: Any = KEY, kid: str = "k1", algorithm: str = "RS256", drop: str = "", **claims: Any) -> str:
    given = {name: value for name, value in (CLAIMS | claims).items() if name != drop}
    return jwt.encode(given, key, algorithm=algorithm, headers={"kid": kid})


def hint(
    authorization: str | None = None, body: bytes | None = None, options: dict[str, str] | None = None, url: str = URL
) -> Reading | Unverified:
    headers = {"authorization": f"Bearer {token()}" if authorization is None else authorization}
    request = RawRequest("POST", "/", "", headers, news() if body is None else body)
    return push.hint(request, OPTIONS if options is None else options, KEYS, NOW, url)


def test_a_push_of_google_is_a_hint() -> None:
    assert hint() == Reading(nudge=True)
    assert hint(f"bearer {token(iss='accounts.google.com')}") == Reading(nudge=True)
    assert hint(f"Bearer {token(aud='own')}", options=OPTIONS | {"push_audience": "own"}) == Reading(nudge=True)
    assert hint(f"Bearer {token(email=ACCOUNT.upper())}") == Reading(nudge=True)


@pytest.mark.parametrize("history", [1, "1", 2**63, str(2**63)])
def test_a_history_id_may_be_a_number_or_a_string(history: int | str) -> None:
    assert hint(body=news(historyId=history)) == Reading(nudge=True)


def test_data_in_either_base64_with_or_without_padding_is_read() -> None:
    data = json.dumps({"emailAddress": MAILBOX.upper(), "historyId": 1, "x": "ÿ?>~"}).encode()
    for letters in (
        base64.b64encode(data),
        base64.urlsafe_b64encode(data),
        base64.urlsafe_b64encode(data).rstrip(b"="),
    ):
        assert hint(body=b'{"message":{"data":"' + letters + b'"}}') == Reading(nudge=True)


def hs256() -> str:
    """The public key as an HMAC's secret: the old confusion. PyJWT refuses to make it, so by hand."""
    secret = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT","kid":"k1"}').rstrip(b"=")
    body = base64.urlsafe_b64encode(json.dumps(CLAIMS).encode()).rstrip(b"=")
    signature = hmac.new(secret, head + b"." + body, hashlib.sha256).digest()
    return (head + b"." + body + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


FORGED = {
    "no token": ("", "unsigned"),
    "another scheme": ("Basic YTpi", "unsigned"),
    "an empty token": ("Bearer ", "unsigned"),
    "no JWT": ("Bearer abc", "bad_token"),
    "no ASCII": ("Bearer ÿ.ÿ.ÿ", "bad_token"),
    "much too long": ("Bearer " + "a" * 9_000, "bad_token"),
    "deep": ("Bearer " + base64.urlsafe_b64encode(b"[" * 6_000).decode() + ".e30.x", "bad_token"),
    "unsigned": (f"Bearer {jwt.encode(CLAIMS, '', algorithm='none', headers={'kid': 'k1'})}", "bad_token"),
    "an HMAC with the public key": (f"Bearer {hs256()}", "bad_token"),
    "an unknown key": (f"Bearer {token(kid='k2')}", "unknown_key"),
    "another key": (f"Bearer {token(key=OTHER)}", "bad_token"),
    "another signature": (f"Bearer {token()[:-8]}AAAAAAAA", "bad_token"),
    "another audience": (f"Bearer {token(aud='https://evil.net')}", "bad_token"),
    "no audience": (f"Bearer {token(drop='aud')}", "bad_token"),
    "another issuer": (f"Bearer {token(iss='https://evil.net')}", "bad_token"),
    "no issuer": (f"Bearer {token(drop='iss')}", "bad_token"),
    "another account": (f"Bearer {token(email='evil@project-2.iam.gserviceaccount.com')}", "other_account"),
    "no account": (f"Bearer {token(drop='email')}", "other_account"),
    "an unverified account": (f"Bearer {token(email_verified=False)}", "other_account"),
    "verified in words": (f"Bearer {token(email_verified='true')}", "other_account"),
    "expired": (f"Bearer {token(exp=NOW // 1000 - 31)}", "expired"),
    "never expiring": (f"Bearer {token(drop='exp')}", "bad_token"),
    "expiring at no time": (f"Bearer {token(exp='soon')}", "bad_token"),
    "from the future": (f"Bearer {token(iat=NOW // 1000 + 31)}", "too_early"),
}


@pytest.mark.parametrize("name", FORGED)
def test_what_google_did_not_sign_for_us_is_refused(name: str) -> None:
    authorization, reason = FORGED[name]

    assert hint(authorization) == Unverified(reason, 401)


def test_clocks_may_differ_by_thirty_seconds() -> None:
    assert hint(f"Bearer {token(exp=NOW // 1000 - 29)}") == Reading(nudge=True)
    assert hint(f"Bearer {token(iat=NOW // 1000 + 29)}") == Reading(nudge=True)


def test_an_account_without_a_signer_or_an_audience_takes_no_push() -> None:
    assert hint(options={"mailbox": MAILBOX}) == Unverified("no_push_account")
    assert hint(url="") == Unverified("no_audience")


def test_an_audience_that_is_set_replaces_the_address() -> None:
    assert hint(options=OPTIONS | {"push_audience": "own"}) == Unverified("bad_token")


def test_a_key_of_another_kind_verifies_nothing() -> None:
    request = RawRequest("POST", "/", "", {"authorization": f"Bearer {token()}"}, news())

    for key in (b"secret", "secret", 7, object()):
        assert push.hint(request, OPTIONS, {"k1": key}, NOW, URL) == Unverified("bad_token")


def test_a_body_without_measure_is_refused_before_it_is_read() -> None:
    assert hint(body=b" " * 70_000) == Unverified("too_big")


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"\xff", b'{"message":null}', b'{"message":{"data":"%%%"}}', b'{"message":{"data":"e30"}}',
     b'{"message":' * 3_000, news(historyId=None), news(historyId="x"), news(historyId=1.5), news(emailAddress=7)],
)  # fmt: skip
def test_what_is_signed_and_not_understood_is_set_aside(body: bytes) -> None:
    assert hint(body=body) == Reading(quarantine="unreadable")


def test_another_mailboxs_push_is_set_aside() -> None:
    assert hint(body=news(emailAddress="other@example.org")) == Reading(quarantine="other_mailbox")


def test_a_token_that_was_good_once_is_held_against_key_audience_account_and_clock_again() -> None:
    known, given = push.Known(), {"authorization": f"Bearer {token()}"}

    def again(keys: Any = KEYS, now: int = NOW, url: str = URL, **options: str) -> Reading | Unverified:
        request = RawRequest("POST", "/", "", given, news())
        return push.hint(request, OPTIONS | options, keys, now, url, known)

    assert again() == again() == Reading(nudge=True)
    assert known.claims(token(), URL, KEYS) is not None
    assert again({"k1": OTHER.public_key()}) == Unverified("bad_token")
    assert again({}) == Unverified("unknown_key")
    assert again(url=f"{URL}2") == Unverified("bad_token")
    assert again(now=NOW + 3_700_000) == Unverified("expired")
    assert again(push_account="other@project-1.iam.gserviceaccount.com") == Unverified("other_account")
    assert again() == Reading(nudge=True)


def test_few_tokens_are_remembered_and_none_that_was_bad() -> None:
    known, request = push.Known(most=2), RawRequest("POST", "/", "", {}, news())
    tokens = [token(sub=str(n)) for n in range(3)]
    for one in (*tokens, token(OTHER, sub="bad")):
        headers = {"authorization": f"Bearer {one}"}
        push.hint(RawRequest("POST", "/", "", headers, request.body), OPTIONS, KEYS, NOW, URL, known)

    kept = [known.claims(one, URL, KEYS) is not None for one in (*tokens, token(OTHER, sub="bad"))]
    assert kept == [False, True, True, False]


@over(st.text(max_size=60), st.binary(max_size=200))
def test_no_header_and_no_body_breaks_it(authorization: str, body: bytes) -> None:
    assert isinstance(hint(authorization, body), Unverified)
    assert isinstance(hint("Bearer " + authorization, body), Unverified)
    reading = hint(body=body)
    assert isinstance(reading, Reading)
    assert reading.quarantine == "unreadable"
