"""A stream of chunks, taken apart however it was cut."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughline.agent.sse import MAX_LINE, Reader, said
from throughline.conversation.events import Usage


def chunk(text: str, **more: object) -> bytes:
    return (
        b"data: "
        + json.dumps({"id": "x", "model": "m", "choices": [{"index": 0, "delta": {"content": text}, **more}]}).encode()
        + b"\n\n"
    )


USAGE = b'data: {"model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}\n\n'
DONE = b"data: [DONE]\n\n"


@given(
    texts=st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=8),
    places=st.lists(st.integers(0, 1500), max_size=20),
)
def test_cutting_never_changes_the_text(texts: list[str], places: list[int]) -> None:
    whole = b": a comment\n\n" + b"".join(map(chunk, texts)) + chunk("", finish_reason="stop") + USAGE + DONE
    marks = sorted({min(p, len(whole)) for p in places})
    reader = Reader()
    got = [reader.feed(whole[a:b]) for a, b in zip([0, *marks], [*marks, len(whole)], strict=True)]

    assert "".join(got) == "".join(texts)
    assert (reader.reason, reader.done, reader.broken) == ("stop", True, None)
    assert reader.usage == Usage("m", 3, 2)


def test_carriage_returns_and_missing_spaces_are_fine() -> None:
    reader = Reader()
    data = (chunk("a") + chunk("b") + DONE).replace(b"\n", b"\r\n").replace(b"data: ", b"data:")

    assert reader.feed(data) == "ab"
    assert reader.done


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'data: {"error": {"message": "overloaded", "code": 503}}\n\n', "cut_off"),
        (b'data: {"error": "overloaded"}\n\n', "cut_off"),
        (b'data: {"choices": [{"delta"\n\n', "bad_answer"),
        (b'data: {"choices": 7}\n\n', "bad_answer"),
        (b'data: "\xff"\n\n', "bad_answer"),
        (b"data: " + b"[" * 5000 + b"\n\n", "bad_answer"),
        (b"data: " + b"x" * (MAX_LINE + 1), "bad_answer"),
    ],
)
def test_broken_stream_is_a_value(data: bytes, code: str) -> None:
    reader = Reader()

    assert reader.feed(data) == ""
    assert reader.broken is not None
    assert reader.broken.code == code


def test_null_error_and_empty_choices_are_no_trouble() -> None:
    reader = Reader()

    assert (
        reader.feed(b'data: {"error": null, "choices": []}\n\ndata: {"choices": [{"delta": {"content": null}}]}\n\n')
        == ""
    )
    assert reader.broken is None


def test_what_a_provider_says_is_short() -> None:
    assert len(said(json.dumps({"message": "x" * 5000}).encode())) == 300
    assert said(b"17") == "no reason given"


def test_text_before_a_broken_line_of_the_same_read_is_kept() -> None:
    reader = Reader()

    assert reader.feed(chunk("a") + chunk("b") + b'data: {"choices": [{"delta"\n\n' + chunk("c")) == "ab"
    assert reader.broken is not None
    assert Reader().feed(chunk("a") + b'data: {"error": "x"}\n\n' + chunk("c")) == "a"
