"""Who knocks: what Meta signed, what it did not, and its question whether a webhook is ours."""

import json

import pytest

from throughline.channels.whatsapp_meta import wire
from throughline.conversation.channel import RawRequest, Reading, Reply, Unverified

from .given import OPTIONS, SECRETS, fixture, posted, seal, signed


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({}, "unsigned"),
        ({"x_hub_signature_256": ""}, "unsigned"),
        ({"x_hub_signature": "sha1=" + "0" * 40}, "unsigned"),
        ({"x_hub_signature_256": "sha1=" + "0" * 40}, "bad_signature"),
        ({"x_hub_signature_256": "sha256=" + "0" * 64}, "bad_signature"),
        ({"x_hub_signature_256": seal(fixture("text"))[:-1]}, "bad_signature"),
        ({"x_hub_signature_256": seal(fixture("text")) + "0"}, "bad_signature"),
        ({"x_hub_signature_256": seal(fixture("text")).upper()}, "bad_signature"),
        ({"x_hub_signature_256": "sha256=" + seal(fixture("text"))[7:].upper()}, "bad_signature"),
        ({"x_hub_signature_256": seal(fixture("text"))[7:]}, "bad_signature"),
        ({"x_hub_signature_256": f"{seal(fixture('text'))}, {seal(fixture('text'))}"}, "bad_signature"),
        ({"x_hub_signature_256": seal(fixture("text"), "0" * 32)}, "bad_signature"),
        ({"x_hub_signature_256": "sha256=" + "é" * 64}, "bad_signature"),
        ({"x_hub_signature_256": "sha256=" + "０" * 64}, "bad_signature"),
    ],
)
def test_what_meta_did_not_sign_is_refused_with_403(headers: dict[str, str], why: str) -> None:
    assert wire.read(posted(fixture("text"), **headers), SECRETS, OPTIONS) == Unverified(why, 403)


def test_without_a_secret_nothing_is_signed() -> None:
    assert wire.read(posted(b"{}", x_hub_signature_256=seal(b"{}", "")), {}, OPTIONS) == Unverified("no_secret", 403)


def test_the_same_words_in_other_bytes_do_not_fit() -> None:
    """Meta signs what is not ASCII as the escapes that it sends."""
    body = fixture("text")
    again = json.dumps(json.loads(body), ensure_ascii=False).encode()
    stolen = posted(again, x_hub_signature_256=seal(body))

    assert wire.read(stolen, SECRETS, OPTIONS) == Unverified("bad_signature", 403)


def test_a_body_without_end_is_refused_before_it_is_hashed() -> None:
    assert wire.read(signed(b" " * (wire.MOST + 1)), SECRETS, OPTIONS) == Unverified("too_big", 403)


def asked(query: str, **secrets: str) -> Reading | Unverified:
    return wire.read(RawRequest("GET", "/", query, {}, b""), SECRETS | secrets, OPTIONS)


TOKEN = SECRETS["verify_token"]


def test_metas_question_is_answered_with_its_challenge() -> None:
    reading = asked(f"hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={TOKEN}")

    assert reading == Reading(reply=Reply(200, b"1158201444", "text/plain"))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong",
        f"hub.mode=subscribe&hub.challenge=1&hub.verify_token={TOKEN}x",
        f"hub.mode=subscribe&hub.challenge=1&hub.verify_token={TOKEN.upper()}",
        f"hub.mode=unsubscribe&hub.challenge=1&hub.verify_token={TOKEN}",
        f"hub.challenge=1&hub.verify_token={TOKEN}",
        f"hub.mode=subscribe&hub.verify_token={TOKEN}",
        f"hub.mode=subscribe&hub.challenge=&hub.verify_token={TOKEN}",
        f"hub.mode=subscribe&hub.challenge=1&hub.challenge=2&hub.verify_token={TOKEN}",
        f"hub.mode=subscribe&hub.challenge=1&hub.verify_token={TOKEN}&hub.verify_token=x",
        f"hub.mode=subscribe&hub.challenge=%3Cscript%3E&hub.verify_token={TOKEN}",
        f"hub.mode=subscribe&hub.challenge=1%0d%0aX: y&hub.verify_token={TOKEN}",
        f"hub.mode=subscribe&hub.challenge={'1' * 201}&hub.verify_token={TOKEN}",
        f"hub.mode=subscribe&hub.challenge=1&hub.verify_token={TOKEN}&" + "a=1&" * 50,
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=%FF%00",
        "&" * 5_000,
    ],
)
def test_a_question_that_does_not_know_our_token_is_refused_with_403(query: str) -> None:
    assert asked(query) == Unverified("bad_verify_token", 403)


def test_an_account_without_a_token_answers_no_question() -> None:
    for token in ("", "  "):
        query = f"hub.mode=subscribe&hub.challenge=1&hub.verify_token={token}"
        assert asked(query, verify_token=token) == Unverified("bad_verify_token", 403)
