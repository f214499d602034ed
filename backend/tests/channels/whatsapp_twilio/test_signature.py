"""The signature, held against Twilio's own library: forms are signed by it, and judged by both."""

import hashlib
from urllib.parse import urlencode

import pytest
from hypothesis import given as over
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from throughline.channels.whatsapp_twilio import wire
from throughline.channels.whatsapp_twilio.form import Form, parsed
from throughline.channels.whatsapp_twilio.signature import SHA1, SHA256, Signing, signature, unverified
from throughline.channels.whatsapp_twilio.webhook import MOST, Ours
from throughline.conversation.channel import RawRequest, Reading, Unverified

from .given import KEY, OPTIONS, PUBLIC, SECRETS, SHARED, TOKEN, form, multi, path, signed, signed_json, status

OURS = Ours(SECRETS, OPTIONS, KEY, PUBLIC)
SHA256_OURS = Ours(SECRETS, OPTIONS | {"signature": "sha256", "shared_key_id": "webhooks_sharedkey_1"}, KEY, PUBLIC)
SETTINGS = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"
URL = f"{PUBLIC}{path()}"
FIELDS = st.lists(st.tuples(st.text(min_size=1, max_size=8), st.text(max_size=20)), max_size=8)
URLS = st.sampled_from(
    [
        URL, f"{URL}?a=1&b=", "https://talk.example.org:443/x", "https://talk.example.org:8443/x?y=z",
        "http://talk.example.org/x/", "http://talk.example.org:8080/", "http://127.0.0.1:8000/api?mid=c.m.0&sig=1",
    ]
)  # fmt: skip


def test_the_published_vector() -> None:
    """twilio.com/docs/usage/security, and every one of Twilio's libraries."""
    fields = {
        "CallSid": ("CA1234567890ABCDE",), "Caller": ("+14158675309",), "Digits": ("1234",), "From": ("+14158675309",),
        "To": ("+18005551212",),
    }  # fmt: skip
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"

    assert signature(url, Form(fields), Signing(SHA1, "12345")) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@over(URLS, FIELDS, st.text(min_size=1, max_size=40), st.sampled_from([SHA1, SHA256]))
def test_any_form_is_signed_as_twilios_library_signs_it(
    url: str, pairs: list[tuple[str, str]], secret: str, algorithm: str
) -> None:
    body = urlencode(pairs).encode()
    by = Signing(SHA256 if algorithm == SHA256 else SHA1, secret, "k")

    assert signature(url, parsed(body), by) == RequestValidator(secret).compute_signature(url, multi(body), algorithm)


@over(URLS, FIELDS, FIELDS, st.sampled_from(["whole", "other fields", "other secret", "other path"]))
def test_both_judge_alike(url: str, pairs: list[tuple[str, str]], other: list[tuple[str, str]], how: str) -> None:
    body, signs = urlencode(pairs).encode(), RequestValidator(TOKEN if how != "other secret" else "x" * 32)
    given = signs.compute_signature(
        f"{url}/" if how == "other path" else url, multi(urlencode(other).encode() if how == "other fields" else body)
    )
    ours = unverified({"x-twilio-signature": given}, url, body, parsed(body), Signing(SHA1, TOKEN))

    assert (ours is None) == RequestValidator(TOKEN).validate(url, multi(body), given)


@pytest.mark.parametrize("signs", ["https://talk.example.org:443", "https://talk.example.org"])
def test_twilio_may_sign_with_the_port_or_without(signs: str) -> None:
    body = form()
    given = RequestValidator(TOKEN).compute_signature(f"{signs}{path()}", multi(body))
    request = RawRequest("POST", path(), "", signed(body).headers | {"x-twilio-signature": given}, body)  # type: ignore[operator]

    assert isinstance(wire.read(request, OURS), Reading)


def test_blank_fields_count() -> None:
    body = form(Body="", FromCity="", ToZip="")

    assert isinstance(wire.read(signed(body), OURS), Reading)
    assert wire.read(signed(body.replace(b"&ToZip=", b"")), OURS) == wire.read(signed(body), OURS)
    request = signed(body)
    without = RawRequest(request.method, request.path, "", request.headers, body.replace(b"&ToZip=", b""))
    assert wire.read(without, OURS) == Unverified("bad_signature", 403)


@pytest.mark.parametrize(
    "public",
    ["http://talk.example.org", "https://talk.example.com", "https://talk.example.org/", "https://evil.example"],
)
def test_another_public_address_is_another_signature(public: str) -> None:
    """http for https, another host, one slash more: what counts is the address that we told Twilio."""
    request = signed(form(), public=public)
    spoofed = RawRequest("POST", path(), "", {**request.headers, "host": public.partition("://")[2]}, request.body)

    assert wire.read(request, OURS) == Unverified("bad_signature", 403)
    assert wire.read(spoofed, OURS) == Unverified("bad_signature", 403)


def test_the_query_is_signed_too() -> None:
    request = signed(status("read"), query="mid=c-1.m-1.0&sig=00")
    changed = RawRequest("POST", path(), "mid=c-2.m-1.0&sig=00", request.headers, request.body)

    assert wire.read(changed, OURS) == Unverified("bad_signature", 403)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"x-twilio-signature": ""}, "unsigned"),
        ({"x-twilio-signature": "é" * 28}, "bad_signature"),
        ({"x-twilio-signature": "\ud800"}, "bad_signature"),
        ({"x-twilio-signature": "A" * 100_000}, "bad_signature"),
        ({"x-twilio-webhooks-signature-settings": SETTINGS}, "other_signature"),
        ({"x-twilio-webhooks-signature-settings": "algorithm=NONE"}, "other_signature"),
        ({"content-type": "application/json"}, "bad_body_hash"),
        ({"content-type": ""}, "bad_body_hash"),
    ],
)
def test_what_is_not_signed_as_it_must_be_is_refused(headers: dict[str, str], reason: str) -> None:
    request = signed(form())
    wrong = RawRequest("POST", path(), "", {**request.headers, **headers}, request.body)

    assert wire.read(wrong, OURS) == Unverified(reason, 403)


def test_an_account_without_a_secret_believes_nobody() -> None:
    request = signed(form(), token=" ")

    assert wire.read(request, Ours({"auth_token": " "}, OPTIONS, KEY, PUBLIC)) == Unverified("no_secret", 403)
    assert wire.read(request, Ours({}, OPTIONS, KEY, PUBLIC)) == Unverified("no_secret", 403)


# ------------------------------------------------------------------------------------------------------- shared keys


def test_a_shared_key_signs_with_sha256() -> None:
    request = signed(form(), token=SHARED, settings=SETTINGS)

    assert isinstance(wire.read(request, SHA256_OURS), Reading)
    assert wire.read(request, OURS) == Unverified("other_signature", 403)


@pytest.mark.parametrize(
    ("token", "settings"),
    [
        (TOKEN, ""),
        (SHARED, ""),
        (SHARED, "key=webhooks_sharedkey_1"),
        (SHARED, "key=webhooks_sharedkey_1,algorithm=HMAC_SHA1"),
        (SHARED, "key=webhooks_sharedkey_2,algorithm=HMAC_SHA256"),
        (SHARED, "algorithm=HMAC_SHA256"),
        (SHARED, f"key=other,{SETTINGS}"),
    ],
)
def test_nobody_can_ask_for_a_weaker_signature(token: str, settings: str) -> None:
    assert wire.read(signed(form(), token=token, settings=settings), SHA256_OURS) == Unverified("other_signature", 403)


def test_a_shared_key_needs_an_id() -> None:
    nameless = Ours(SECRETS, OPTIONS | {"signature": "sha256"}, KEY, PUBLIC)

    assert wire.read(signed(form(), token=SHARED, settings="key=,algorithm=HMAC_SHA256"), nameless) == Unverified(
        "no_secret", 403
    )


# ------------------------------------------------------------------------------------------------- what is no form


def test_json_is_verified_by_its_hash_and_set_aside() -> None:
    """Twilio's library judges the same: the hash stands in the signed address."""
    body = b'{"AccountSid": "AC1"}'
    request = signed_json(body)
    signed_by = request.headers["x-twilio-signature"]
    reading = wire.read(request, OURS)

    assert RequestValidator(TOKEN).validate(f"{URL}?{request.query}", body.decode(), signed_by)
    assert isinstance(reading, Reading)
    assert reading.quarantine == "no_form"


def test_json_with_another_hash_is_refused() -> None:
    body = b'{"AccountSid": "AC1"}'

    assert wire.read(signed_json(body, hashlib.sha256(b"x").hexdigest()), OURS) == Unverified("bad_body_hash", 403)
    assert wire.read(signed_json(body, "é"), OURS) == Unverified("bad_body_hash", 403)


@pytest.mark.parametrize(("body", "reason"), [(b"a=1&" * 500, "too_many_fields"), (b"Body=" + b"x" * MOST, "too_big")])
def test_a_body_without_measure_is_refused_before_it_is_looked_at(body: bytes, reason: str) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": "x"}

    assert wire.read(RawRequest("POST", path(), "", headers, body), OURS) == Unverified(reason, 403)


def test_another_account_is_refused_even_when_it_is_signed() -> None:
    """`A=1B2` and `A=1&B=2` have one signature: whose it is has to be said by a field of its own."""
    assert wire.read(signed(form(AccountSid="AC" + "f" * 32)), OURS) == Unverified("other_account", 403)


@pytest.mark.parametrize("name", ["Body", "From", "To", "AccountSid", "MessageSid", "MediaUrl0"])
def test_a_field_that_comes_twice_is_refused(name: str) -> None:
    body = form(MediaUrl0="") + f"&{name}=x".encode()

    assert wire.read(signed(body), OURS) == Unverified("doubled_field", 403)


def test_ours_tells_no_secret() -> None:
    assert TOKEN not in repr(OURS)
    assert SHARED not in repr(OURS)
