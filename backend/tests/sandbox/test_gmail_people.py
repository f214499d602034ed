"""What people write, as it arrives: real headers, quoted the way their programs quote, and hostile mail as it is."""

import base64
import email
from collections.abc import AsyncIterator
from email import policy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mailparser_reply import EmailReplyParser  # type: ignore[import-untyped] # it has none

from sandbox.gmail import joining, mime
from sandbox.gmail.fields import Fields
from sandbox.gmail.quoting import STYLES

from .gmail_stage import ANA, BOX, Stage, stage
from .slack_stage import NOW

TAGGED = "support+c_c1.abc@example.com"


@pytest.fixture
async def gmail() -> AsyncIterator[Stage]:
    async with stage() as found:
        await found.put("/_ctl/quota", scale=0)
        yield found


async def parsed(gmail: Stage, name: str) -> Any:
    """A mail as the standard library reads it."""
    found = await gmail.call("messages.get", id=name, format="raw")
    return email.message_from_bytes(base64.urlsafe_b64decode(found["raw"]), policy=policy.default)


async def test_a_mail_arrives_with_googles_word_on_top(gmail: Stage) -> None:
    written = await gmail.write("Hello", subject="A question — with a dash")
    mail = await parsed(gmail, written["id"])

    assert mail["From"] == f"Ana Example <{ANA}>"
    assert (mail["To"], mail["Delivered-To"], mail["Return-Path"]) == (BOX, BOX, f"<{ANA}>")
    assert mail["Subject"] == "A question — with a dash"
    assert [str(found).partition(";")[0] for found in mail.get_all("Authentication-Results")] == ["mx.google.com"]
    assert "dmarc=pass" in mail["Authentication-Results"]
    assert mail["Date"].datetime.timestamp() == NOW
    assert mail["Message-ID"]
    assert mail.get_body(("plain",)).get_content().strip() == "Hello"
    whole = await gmail.call("messages.get", id=written["id"])
    assert whole["labelIds"] == ["UNREAD", "CATEGORY_PERSONAL", "INBOX"]
    assert (whole["internalDate"], whole["snippet"]) == (str(int(NOW * 1000)), "Hello")


@pytest.mark.parametrize("style", sorted(STYLES))
async def test_a_reply_goes_where_reply_to_says_and_quotes_below(gmail: Stage, style: str) -> None:
    sent = await gmail.sent(Reply_To=f"Support <{TAGGED}>", Message_ID="<ours@x>")
    written = await gmail.write("My answer", thread=sent["threadId"], style=style)
    mail = await parsed(gmail, written["id"])
    named = await gmail.header(sent["id"], "Message-ID")
    plain = mail.get_body(("plain",)).get_content()

    assert written["thread"] == sent["threadId"]
    assert (mail["To"], mail["In-Reply-To"], mail["References"].split()[-1]) == (TAGGED, named, named)
    assert mail["Subject"] == "Re: Your question"
    assert plain.startswith("My answer")
    assert ("Hello Ana" in plain) is (style != "bare")
    html = mail.get_body(("html",))
    marks = {"outlook": "divRplyFwdMsg", "apple": 'blockquote type="cite"', "plain": None, "bare": None}
    if (mark := marks.get(style, "gmail_quote")) is None:
        assert html is None
    else:
        assert mark in html.get_content()


@pytest.mark.parametrize("style", ["gmail", "outlook", "plain", "gmail_de"])
async def test_a_parser_of_somebody_else_finds_the_new_text(gmail: Stage, style: str) -> None:
    sent = await gmail.sent()
    written = await gmail.write("My answer", thread=sent["threadId"], style=style)
    plain = (await parsed(gmail, written["id"])).get_body(("plain",)).get_content()
    found = EmailReplyParser(languages=["en", "de"]).read(plain.replace("\r\n", "\n"))

    assert found.latest_reply == "My answer"


async def test_a_lie_about_the_sender_is_seen(gmail: Stage) -> None:
    await gmail.switch(end=BOX, method="mail", spoofed=True)
    mail = await parsed(gmail, (await gmail.write())["id"])
    first, second = mail.get_all("Authentication-Results")

    assert "dmarc=fail" in first
    assert "dmarc=pass" in second
    assert mail["From"] == f"Ana Example <{ANA}>"


async def test_who_is_away_answers_by_itself(gmail: Stage) -> None:
    await gmail.switch(end=BOX, method="mail", away=True)
    sent = await gmail.sent()
    [answer] = [mail for mail in await gmail.mails() if mail["id"] != sent["id"]]
    mail = await parsed(gmail, answer["id"])

    assert (mail["Auto-Submitted"], mail["Return-Path"]) == ("auto-replied", "<>")
    assert mail["In-Reply-To"] == await gmail.header(sent["id"], "Message-ID")
    assert mail["Subject"] == "Automatic reply: Your question"


async def test_what_cannot_be_delivered_comes_back(gmail: Stage) -> None:
    await gmail.switch(end=BOX, method="mail", bounce=True)
    sent = await gmail.sent()
    [answer] = [mail for mail in await gmail.mails() if mail["id"] != sent["id"]]
    mail = await parsed(gmail, answer["id"])

    assert (answer["thread"], mail["X-Failed-Recipients"], mail["Return-Path"]) == (sent["threadId"], ANA, "<>")
    assert (mail.get_content_type(), mail.get_param("report-type")) == ("multipart/report", "delivery-status")
    assert [part.get_content_type() for part in mail.iter_parts()] == [
        "text/plain", "message/delivery-status", "message/rfc822",
    ]  # fmt: skip


async def test_lists_spam_and_missing_references_by_switch(gmail: Stage) -> None:
    sent = await gmail.sent()
    await gmail.switch(end=BOX, method="mail", lists=True, spam=True, no_references=True)
    written = await gmail.write("x", thread=sent["threadId"])
    mail = await parsed(gmail, written["id"])

    assert (mail["Precedence"], mail["List-Id"], mail["References"]) == ("list", "<news.example.org>", None)
    assert written["thread"] != sent["threadId"]
    assert "messages" not in await gmail.call("messages.list", labelIds=["INBOX"])
    assert len((await gmail.call("messages.list", q="in:spam"))["messages"]) == 1


async def test_the_mark_of_a_mail_of_ours_can_be_read(gmail: Stage) -> None:
    await gmail.sent(X_Throughline_Msg="c1.m1.1")
    [mail] = await gmail.mails()

    assert ["X-Throughline-Msg", "c1.m1.1"] in mail["headers"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"person": "who@example.org"}, "person_not_found"), ({"mailbox": "x@example.com"}, "mailbox_not_found"),
        ({"text": " "}, "no_text"), ({"thread": "1"}, "thread_not_found"), ({"to": "nobody"}, "invalid_to"),
        ({"text": "x" * 200_001}, "too_long"),
        ({"text": "x", "files": [{"name": "a", "media_type": "a/b", "data": "%"}]}, "cannot_be_written"),
    ],
)  # fmt: skip
async def test_what_cannot_be_written(gmail: Stage, given: dict[str, Any], code: str) -> None:
    response = await gmail.http.post("/_lab/write", json={"mailbox": BOX, "person": ANA, "text": "x"} | given)

    assert (response.status_code, response.json()["error"]) == (400, code)
    assert await gmail.mails() == []


HOSTILE = {
    "nothing": b"",
    "a line": b"just some words",
    "no header": b"\r\n\r\nbody",
    "bytes": bytes(range(256)),
    "unknown charset": b"Content-Type: text/plain; charset=x-nope\r\n\r\nh\xe9",
    "broken words": b"Subject: =?utf-8?B?%%%?= =?nope?Q?x?=\r\nFrom: =?utf-8?Q?=FF?= <a@b.c>\r\n\r\nx",
    "raw bytes in the header": "Subject: Grüße\r\n\r\nx".encode(),
    "broken base64": b"Content-Transfer-Encoding: base64\r\n\r\n%%%%",
    "no end": b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>hi',
    "deep": b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(1_500)
    ) + b"\r\nend",
    "wide": b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n' + b"--x\r\n\r\nhi\r\n" * 2_000 + b"--x--",
    "many headers": b"X-A: b\r\n" * 5_000 + b"\r\nx",
    "two senders": b"From: a@b.c\r\nFrom: d@e.f\r\nMessage-ID: \r\nReferences: <\r\n\r\nx",
    "a name out of its folder": b'Content-Type: a/b; name="../../x"\r\nContent-Disposition: attachment; '
    b"filename*=utf-8''..%2F%00x\r\n\r\nx",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_mail_arrives_byte_for_byte_and_is_shown(gmail: Stage, name: str) -> None:
    given = {"mailbox": BOX, "raw": base64.b64encode(HOSTILE[name]).decode(), "text": ""}
    arrived = await gmail.post("/_ctl/mail", **given)
    found = await gmail.call("messages.get", id=arrived["id"], format="raw")

    assert base64.urlsafe_b64decode(found["raw"]) == HOSTILE[name]
    for shape in ("full", "metadata", "minimal"):
        assert (await gmail.call("messages.get", id=arrived["id"], format=shape))["id"] == arrived["id"]
    assert (await gmail.call("threads.get", id=arrived["thread"]))["messages"]
    assert len((await gmail.get("/_lab/state"))["threads"]) == 1
    await gmail.call("messages.list", q="newer_than:1d has:attachment subject:x -from:y rfc822msgid:z words")


@given(st.binary(max_size=2_000))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    letter = mime.letter(data)

    assert isinstance(letter.snippet, str)
    assert all(isinstance(value, str) for _, value in letter.root.headers)
    Fields(data).raw().decode("latin-1")
    joining.references(letter)


@given(st.text(max_size=200), st.sampled_from(["Re: ", "RE:", "Fwd: Re: ", "AW: ", "re[2]: "]))
def test_a_prefix_does_not_make_another_subject(subject: str, prefix: str) -> None:
    assert joining.base(prefix + subject) == joining.base(subject)


@given(st.lists(st.sampled_from(["A: b", "B:c", "Subject: x\r\n folded", "a: d"]), max_size=6), st.binary(max_size=50))
def test_fields_keep_what_they_do_not_touch(lines: list[str], body: bytes) -> None:
    whole = "\r\n".join(lines).encode() + b"\r\n\r\n" + body if lines else b"\r\n" + body
    fields = Fields(whole)
    assert fields.raw().removeprefix(b"\r\n" if not lines else b"") == whole

    fields.put("New", "1")
    assert fields.get("new") == "1"
    fields.drop("NEW")
    assert fields.raw().removeprefix(b"\r\n" if not lines else b"") == whole
