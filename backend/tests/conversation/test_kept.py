"""What is kept of a request that nobody understood: enough to read it again, nothing that lets anybody in."""

from hypothesis import given
from hypothesis import strategies as st

from throughline.conversation.channel import RawRequest
from throughline.conversation.kept import again, around

SIGNED = {"x-hub-signature-256": "sha256=1", "content-type": "application/json", "x-twilio-signature": "x"}
SECRET = {
    "authorization": "Bearer x", "cookie": "x", "set-cookie": "x", "proxy-authorization": "x", "x-api-key": "x",
    "x-telegram-bot-api-secret-token": "x", "x-amz-security-token": "x",
}  # fmt: skip


def test_it_comes_back_with_its_signature_and_without_secrets() -> None:
    request = RawRequest("POST", "/hook", "a=1", SIGNED | SECRET, b"body")

    assert again(around(request), b"body") == RawRequest("POST", "/hook", "a=1", SIGNED, b"body")


def test_what_was_no_request_is_none() -> None:
    assert again(None, b"body") is None
    assert again(b"{", b"body") is None
    assert again(b'{"method":1}', b"body") is None


text = st.text(st.characters(codec="latin-1"), max_size=3_000)


@given(query=text, headers=st.dictionaries(text, text, max_size=80))
def test_it_is_bounded_whatever_came(query: str, headers: dict[str, str]) -> None:
    kept = around(RawRequest("POST", "/hook", query, headers, b"x" * 10))

    found = again(kept, b"")
    assert found is not None
    assert len(found.headers) <= 64
    assert all(len(value) <= 2_048 for value in found.headers.values())
