"""Anything at all from Gmail: `message` answers, quickly, and never with what it did not understand."""

import json
import time
from typing import Any

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from throughline.channels.gmail import wire
from throughline.channels.gmail.shapes import Quarantined
from throughline.conversation.channel import Inbound, Receipt

from . import hostile
from .parcels import ALIASES, KEY, MAILBOX, NOW, fixture, mail, part

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["From", "To", "Cc", "Subject", "Message-ID", "References", "In-Reply-To", "Authentication-Results", "Received",
     "Return-Path", "Auto-Submitted", "Content-Type", "Content-Disposition", "X-Throughline-Message", "Delivered-To"]
)  # fmt: skip
VALUES = st.text(max_size=80) | st.sampled_from(
    ["ana@example.com", "Ana <ana@example.com>", "=?utf-8?q?a?=", "<a@b>",
     "mx.google.com; dmarc=pass header.from=example.com",
     "text/plain; charset=utf-16", "support+c_uaaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaa@example.org", "c/m/0",
     "((((\"<"]
)  # fmt: skip
TYPES = st.sampled_from(
    ["text/plain", "text/html", "multipart/mixed", "multipart/alternative", "multipart/related", "message/rfc822",
     "image/png", "multipart/report", "", "x"]
)  # fmt: skip
LINES = st.lists(st.tuples(NAMES, VALUES), max_size=6)
LEAVES = st.builds(part, TYPES, st.text(max_size=200) | st.binary(max_size=200), LINES)
TREES = st.recursive(
    LEAVES, lambda inner: st.builds(part, TYPES, st.just(""), LINES, st.lists(inner, max_size=4)), max_leaves=8
)
RECORDED = ["first_mail", "reply_in_thread", "photos_from_a_phone", "sent_by_us", "bounce"]


def check(raw: bytes) -> None:
    """The one promise about whatever there is in it."""
    found = wire.message(raw, MAILBOX, ALIASES, KEY, NOW)

    assert found is None or isinstance(found, Inbound | Receipt | Quarantined)
    if isinstance(found, Inbound):
        assert found.text.strip()
        assert found.key.startswith(f"{MAILBOX}:")
        assert found.sender.address.count("@") == 1
        assert found.sender.address == found.sender.address.lower()
        assert len(found.ref or "") <= 1_000
        for kept in (
            found.text,
            found.sender.name,
            found.sender.address,
            found.ref or "",
            *(m.name for m in found.media),
        ):
            kept.encode()
            assert "\x00" not in kept
            assert "\u202e" not in kept
            assert "\U000e0041" not in kept


@over(st.binary(max_size=400))
def test_any_bytes_are_read(raw: bytes) -> None:
    check(raw)


@over(JSON)
def test_any_json_is_read(value: Any) -> None:
    check(json.dumps(value).encode())


@over(TREES, LINES, st.lists(st.sampled_from(["INBOX", "SENT", "DRAFT", "SPAM"]), max_size=2))
def test_any_tree_is_read(payload: dict[str, Any], lines: list[tuple[str, str]], labels: list[str]) -> None:
    check(mail(payload, [("From", "Ana <ana@example.com>"), *lines], labelIds=labels))


@over(st.text(st.characters(), max_size=300), st.sampled_from(["text/plain", "text/html"]))
def test_any_words_are_read(words: str, kind: str) -> None:
    check(mail(part(kind, words.encode("utf-8", "surrogatepass"))))


@over(st.sampled_from(RECORDED), st.data())
def test_a_recorded_mail_with_a_hole_or_a_surprise_is_read(name: str, data: st.DataObject) -> None:
    content = json.loads(fixture(name))
    place = content["payload"] if data.draw(st.booleans()) else content
    field = data.draw(st.sampled_from(sorted(place)))
    if data.draw(st.booleans()):
        del place[field]
    else:
        place[field] = data.draw(JSON)

    check(json.dumps(content).encode())


@pytest.mark.parametrize("kind", sorted(hostile.KINDS))
def test_a_hostile_mail_takes_no_time(kind: str) -> None:
    """Counted in this thread's own time, the best of three: what is worse than linear takes seconds.

    The benchmark holds the 20 ms; here is room for a machine that is ten times slower.
    """
    raw = hostile.written(kind)
    spent = []
    for _ in range(3):
        begun = time.thread_time()
        check(raw)
        spent.append(time.thread_time() - begun)

    assert min(spent) < 0.2


def test_the_hostile_mails_are_many_and_the_same_again() -> None:
    first = dict(hostile.mails(len(hostile.KINDS)))

    assert set(first) == set(hostile.KINDS)
    assert list(hostile.mails(3)) == list(hostile.mails(3))
