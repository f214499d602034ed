"""Gmail's search, word by word."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.gmail import search
from sandbox.gmail.facts import Mail

from .gmail_stage import ANA, BOX, Stage, stage
from .slack_stage import NOW

RAW = (
    b"From: Ana Example <ana@example.org>\r\nTo: support+tag@example.com\r\nSubject: Late parcel\r\n"
    b"Message-ID: <One@x>\r\n\r\nWhere is it?"
)
DAY = 86_400


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True), ("newer_than:1d", True), ("newer_than:1h", False), ("older_than:1h", True),
        ("newer_than:x", False), ("in:inbox", True), ("in:sent", False), ("in:anywhere", True), ("-in:sent", True),
        ("is:unread", True), ("is:read", False), ("rfc822msgid:one@x", True), ("rfc822msgid:<One@x>", True),
        ("rfc822msgid:two@x", False), ("from:ana", True), ("from:bob", False), ("to:support+tag@example.com", True),
        ("subject:parcel", True), ('subject:"late parcel"', True), ('"where is"', True), ("where nowhere", False),
        ("label:ours", True), (f"after:{int(NOW) - DAY}", True), (f"before:{int(NOW) - DAY}", False),
        ("after:2026/09/20", True), ("before:2020-01-01", False), ("has:attachment", False),
        ("unheard:of", False), ("in:sent newer_than:1d", False), ("from:ana subject:late in:inbox", True),
    ],
)  # fmt: skip
def test_a_query_finds(query: str, found: bool) -> None:
    mail = Mail("1", "1", BOX, ("INBOX", "UNREAD", "Label_1"), int((NOW - 7_200) * 1000), 1, RAW)
    assert search.fits(query, mail, NOW, {"ours": "Label_1"}) is found


@given(st.text(max_size=300))
def test_no_query_breaks_the_search(query: str) -> None:
    mail = Mail("1", "1", BOX, ("INBOX",), 0, 1, RAW)
    assert search.fits(query, mail, NOW, {}) in {True, False}


@pytest.fixture
async def gmail() -> AsyncIterator[Stage]:
    async with stage() as found:
        yield found


async def test_spam_and_trash_are_left_out_unless_asked_for(gmail: Stage) -> None:
    name = (await gmail.write())["id"]
    await gmail.call("messages.trash", id=name)

    assert "messages" not in await gmail.call("messages.list")
    for args in ({"includeSpamTrash": True}, {"q": "in:trash"}, {"labelIds": ["TRASH"]}, {"q": "in:anywhere"}):
        assert [mail["id"] for mail in (await gmail.call("messages.list", **args))["messages"]] == [name]


async def test_a_recent_search_finds_what_a_lost_history_hid(gmail: Stage) -> None:
    names = [(await gmail.write(f"{n}"))["id"] for n in range(3)]
    found = await gmail.call("messages.list", q=f"newer_than:7d from:{ANA}", labelIds=["INBOX"])

    assert [mail["id"] for mail in found["messages"]] == names[::-1]
