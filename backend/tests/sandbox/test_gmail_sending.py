"""What Gmail makes of a mail that is sent: its Message-ID, its thread, its drafts, and what it refuses."""

import base64
from collections.abc import AsyncIterator

import pytest

from sandbox.gmail.published import MAX_MAIL

from .gmail_stage import ANA, BOX, Stage, methods, raw, stage


@pytest.fixture
async def gmail() -> AsyncIterator[Stage]:
    async with stage() as found:
        await found.put("/_ctl/quota", scale=0)
        yield found


async def test_a_sent_mail_gets_gmails_own_message_id(gmail: Stage) -> None:
    sent = await gmail.sent(Message_ID="<ours@throughline>", X_Throughline_Msg="c.m.1")
    headers = await gmail.headers(sent["id"])
    names = [name for name, _ in headers]

    assert sent["labelIds"] == ["SENT"]
    assert dict(headers)["Message-ID"].endswith("@mail.gmail.com>")
    assert dict(headers)["X-Google-Original-Message-ID"] == "<ours@throughline>"
    assert dict(headers)["X-Throughline-Msg"] == "c.m.1"
    assert (names.count("Message-ID"), names.count("Date"), names[0]) == (1, 1, "Received")
    assert (await gmail.call("messages.list", q="rfc822msgid:ours@throughline"))["resultSizeEstimate"] == 0
    found = await gmail.call("messages.list", q=f"in:sent rfc822msgid:{dict(headers)['Message-ID']}")
    assert [mail["id"] for mail in found["messages"]] == [sent["id"]]


async def test_nobody_writes_as_somebody_else(gmail: Stage) -> None:
    sent = await gmail.sent(From="The Boss <boss@example.com>")

    assert await gmail.header(sent["id"], "From") == f"The Boss <{BOX}>"


@pytest.mark.parametrize(
    ("subject", "referred", "named", "joins"),
    [
        ("Re: Hello there", True, True, True),
        ("AW: RE: hello  there", True, True, True),
        ("Hello there", True, True, True),
        ("Re: Something else", True, True, False),
        ("Re: Hello there", False, True, False),
        ("Re: Hello there", True, False, False),
    ],
)
async def test_a_reply_joins_its_thread_only_where_all_three_hold(
    gmail: Stage, subject: str, referred: bool, named: bool, joins: bool
) -> None:
    theirs = await gmail.write(subject="Hello there")
    reference = await gmail.header(theirs["id"], "Message-ID") if referred else "<another@example.org>"
    more = {"thread": theirs["thread"]} if named else {}
    sent = await gmail.sent(Subject=subject, In_Reply_To=reference, **more)

    assert (sent["threadId"] == theirs["thread"]) is joins
    thread = await gmail.call("threads.get", id=theirs["thread"], format="minimal")
    assert len(thread["messages"]) == 1 + joins


async def test_a_thread_that_is_not_there_is_not_found(gmail: Stage) -> None:
    assert await gmail.refused("messages.send", body={"raw": raw(), "threadId": "19aa"}) == (404, "notFound")
    assert await gmail.refused("messages.send", body={"raw": raw(), "threadId": "x!"}) == (400, "invalidArgument")


@pytest.mark.parametrize(
    "headers", [{"To": ""}, {"To": "nobody"}, {"To": "a@b@c"}, {"To": "undisclosed-recipients:;"}], ids=str
)
async def test_a_mail_needs_somebody_to_go_to(gmail: Stage, headers: dict[str, str]) -> None:
    broken = base64.urlsafe_b64encode(f"To: {headers['To']}\r\nSubject: x\r\n\r\nx".encode()).decode()
    assert await gmail.refused("messages.send", body={"raw": broken}) == (400, "invalidArgument")
    assert await gmail.mails() == []


async def test_a_mail_has_a_largest_size(gmail: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(MAX_MAIL) == methods()["messages.send"]["mediaUpload"]["maxSize"]
    most = 2_000
    monkeypatch.setattr("sandbox.gmail.call.MAX_MAIL", most)
    head = f"To: {ANA}\r\nSubject: x\r\n\r\n".encode()
    headers = {"authorization": f"Bearer {gmail.token}", "content-type": "message/rfc822"}
    url = "/api/upload/gmail/v1/users/me/messages/send?uploadType=media"
    fits = await gmail.http.post(url, content=head + b"x" * (most - len(head)), headers=headers)
    more = await gmail.http.post(url, content=head + b"x" * (most - len(head) + 1), headers=headers)

    assert fits.status_code == 200
    assert (more.status_code, more.json()["error"]["errors"][0]["reason"]) == (413, "uploadTooLarge")


async def test_base64_comes_in_either_alphabet(gmail: Stage) -> None:
    text = raw("Übergröße ÿÿÿ???>>>")
    for given in (text, text.rstrip("="), text.replace("-", "+").replace("_", "/")):
        await gmail.call("messages.send", body={"raw": given})

    assert len({mail["text"] for mail in await gmail.mails()}) == 1


async def test_mailboxes_here_reach_each_other(gmail: Stage) -> None:
    await gmail.put("/_ctl/ends/sales@example.com", client_id="c", client_secret="s", refresh_token="r")
    await gmail.sent(To=f"sales+tag@example.com, {ANA}", Bcc="hidden@example.org")
    ours, theirs = await gmail.mails()

    assert (ours["mailbox"], theirs["mailbox"], theirs["labels"][-1]) == (BOX, "sales@example.com", "INBOX")
    names = dict(map(tuple, theirs["headers"]))
    assert "Bcc" not in names
    assert "dmarc=pass" in names["Authentication-Results"]
    own = await gmail.sent(To=BOX)
    assert own["labelIds"] == ["SENT", "UNREAD", "INBOX"]


async def test_a_draft_keeps_its_id_and_is_sent_once(gmail: Stage) -> None:
    draft = await gmail.call("drafts.create", body={"message": {"raw": raw("First")}})
    again = await gmail.call("drafts.update", id=draft["id"], body={"message": {"raw": raw("Second")}})
    whole = await gmail.call("drafts.get", id=draft["id"], format="raw")
    sent = await gmail.call("drafts.send", body={"id": draft["id"]})

    assert again["id"] == draft["id"]
    assert again["message"]["id"] != draft["message"]["id"]
    assert b"Second" in base64.urlsafe_b64decode(whole["message"]["raw"])
    assert sent["labelIds"] == ["SENT"]
    assert sent["threadId"] == again["message"]["threadId"]
    assert await gmail.refused("drafts.send", body={"id": draft["id"]}) == (404, "notFound")
    assert await gmail.refused("drafts.get", id=draft["id"]) == (404, "notFound")
    assert await gmail.refused("drafts.send", body={"id": "r-0"}) == (404, "notFound")
    assert [(mail["text"].strip(), mail["draft"]) for mail in await gmail.mails()] == [("Second", "")]


async def test_a_draft_that_answers_is_in_its_thread_and_stays_there(gmail: Stage) -> None:
    theirs = await gmail.write(subject="Hello")
    named = await gmail.header(theirs["id"], "Message-ID")
    reply = {"raw": raw(Subject="Re: Hello", References=named, In_Reply_To=named), "threadId": theirs["thread"]}
    draft = await gmail.call("drafts.create", body={"message": reply})
    sent = await gmail.call("drafts.send", body={"id": draft["id"]})

    assert draft["message"]["threadId"] == sent["threadId"] == theirs["thread"]


async def test_drafts_that_were_taken_away_are_gone(gmail: Stage) -> None:
    draft = await gmail.call("drafts.create", body={"message": {"raw": raw()}})
    await gmail.call("drafts.delete", id=draft["id"])

    assert await gmail.refused("drafts.send", body={"id": draft["id"]}) == (404, "notFound")
    assert "drafts" not in await gmail.call("drafts.list")


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("messages.modify", {"addLabelIds": ["Label_99"]}),
        ("messages.modify", {"removeLabelIds": ["SENT"]}),
        ("messages.modify", {}),
        ("messages.modify", {"addLabelIds": [f"Label_{n}" for n in range(101)]}),
    ],
)
async def test_labels_that_cannot_be_put_on(gmail: Stage, method: str, body: dict[str, list[str]]) -> None:
    name = (await gmail.sent())["id"]
    assert await gmail.refused(method, id=name, body=body) == (400, "invalidArgument")


async def test_labels_of_the_same_name_conflict(gmail: Stage) -> None:
    await gmail.call("labels.create", body={"name": "Ours"})
    assert await gmail.refused("labels.create", body={"name": "ours"}) == (409, "aborted")
    assert await gmail.refused("labels.delete", id="INBOX") == (400, "invalidArgument")
    assert await gmail.refused("labels.get", id="Label_9") == (404, "notFound")
