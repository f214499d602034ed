"""The stand-in against the discovery document: paths, scopes, uploads, and the shape of every answer."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.gmail.published import FULL, METHODS

from .gmail_stage import BOX, TOPIC, Stage, check, methods, raw, stage


@pytest.fixture
async def gmail() -> AsyncIterator[Stage]:
    async with stage(scopes=[FULL]) as found:
        yield found


def test_paths_verbs_scopes_and_uploads_are_the_documents() -> None:
    published = methods()
    for name, method in METHODS.items():
        known = published[name]
        assert f"gmail/v1/users/{{userId}}/{method.path}" == known["path"], name
        assert (method.verb, method.scopes) == (known["httpMethod"], frozenset(known["scopes"])), name
        assert method.upload == ("mediaUpload" in known), name
    assert set(published) - set(METHODS) == {"messages.import"}


async def test_every_method_answers_the_real_client_in_the_documents_shape(gmail: Stage) -> None:
    used = []

    async def call(method: str, **args: Any) -> dict[str, Any]:
        used.append(method)
        return await gmail.call(method, **args)

    first = await call("messages.send", body={"raw": raw()})
    theirs = await gmail.write("And this?", files=[{"name": "a.bin", "media_type": "image/png", "data": "AAEC"}])
    whole = await call("messages.get", id=theirs["id"])
    [file] = [part for part in whole["payload"]["parts"] if part["filename"]]
    await call("messages.attachments.get", messageId=theirs["id"], id=file["body"]["attachmentId"])
    for shape in ("minimal", "raw", "metadata"):
        await call("messages.get", id=theirs["id"], format=shape)
    await call("messages.list")
    await call("messages.insert", body={"raw": raw(), "labelIds": ["INBOX"]})
    label = (await call("labels.create", body={"name": "Ours"}))["id"]
    await call("labels.list")
    await call("labels.update", id=label, body={"name": "Ours too", "labelListVisibility": "labelHide"})
    await call("labels.patch", id=label, body={"messageListVisibility": "hide"})
    await call("messages.modify", id=theirs["id"], body={"addLabelIds": [label], "removeLabelIds": ["UNREAD"]})
    await call("labels.get", id=label)
    await call("messages.trash", id=theirs["id"])
    await call("messages.untrash", id=theirs["id"])
    await call("messages.batchModify", body={"ids": [theirs["id"]], "addLabelIds": ["STARRED"]})
    await call("threads.list")
    await call("threads.get", id=theirs["thread"])
    await call("threads.modify", id=theirs["thread"], body={"addLabelIds": ["INBOX"]})
    await call("threads.trash", id=theirs["thread"])
    await call("threads.untrash", id=theirs["thread"])
    draft = (await call("drafts.create", body={"message": {"raw": raw()}}))["id"]
    await call("drafts.list")
    await call("drafts.get", id=draft)
    await call("drafts.update", id=draft, body={"message": {"raw": raw("Better")}})
    await call("drafts.send", body={"id": draft})
    await call("drafts.delete", id=(await gmail.call("drafts.create", body={"message": {"raw": raw()}}))["id"])
    start = (await call("getProfile"))["historyId"]
    await call("watch", body={"topicName": TOPIC})
    await call("labels.delete", id=label)
    await call("messages.delete", id=first["id"])
    await call("messages.batchDelete", body={"ids": [theirs["id"]]})
    await call("threads.delete", id=(await gmail.sent())["threadId"])
    assert (await call("history.list", startHistoryId=start))["history"]
    await call("stop")

    assert set(used) == set(METHODS)
    assert {asked["status"] for asked in await gmail.requests()} == {200, 204}


async def test_a_mail_can_be_uploaded_with_and_without_json(gmail: Stage) -> None:
    first = await gmail.sent(Message_ID="<one@ours>")
    named = await gmail.header(first["id"], "Message-ID")
    eight_bits = base64.urlsafe_b64decode(raw("Bytes: äöü", Subject="Re: Your question", References=named))
    alone = await gmail.call("messages.send", media=eight_bits)
    # The client's own multipart writer takes no more than ASCII.
    reply = base64.urlsafe_b64decode(raw("Plain", Subject="Re: Your question", References=named))
    joined = await gmail.call("messages.send", media=reply, body={"threadId": first["threadId"]})

    assert alone["threadId"] != first["threadId"] == joined["threadId"]
    texts = [mail["text"].strip() for mail in await gmail.mails()]
    assert texts == ["Hello Ana", "Bytes: äöü", "Plain"]


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"id": 5}, r"\$\.id"), ({"nonsense": 1}, "nonsense"), ({"historyId": "x"}, "historyId"),
        ({"raw": "a+b/"}, "raw"), ({"labelIds": "INBOX"}, "labelIds"), ({"payload": {"parts": [{"size": 1}]}}, "size"),
    ],
)  # fmt: skip
def test_the_check_itself_fails_what_is_not_published(value: Any, where: str) -> None:
    with pytest.raises((AssertionError, ValueError), match=where):
        check({"$ref": "Message"}, value)


async def test_who_may_not_is_told_so(gmail: Stage) -> None:
    token, gmail.token = gmail.token, "ya29.nobodys"
    assert await gmail.refused("getProfile") == (401, "authError")
    gmail.token = token
    elsewhere = await gmail.http.get(
        "/api/gmail/v1/users/other@example.com/profile", headers={"authorization": f"Bearer {token}"}
    )
    assert elsewhere.json()["error"]["errors"][0]["reason"] == "forbidden"
    own = await gmail.http.get(f"/api/gmail/v1/users/{BOX}/profile", headers={"authorization": f"Bearer {token}"})
    assert own.json()["emailAddress"] == BOX
    assert (await gmail.http.get("/api/gmail/v1/users/me/profile")).status_code == 401


async def test_a_scope_opens_what_is_published_for_it() -> None:
    async with stage(scopes=["https://www.googleapis.com/auth/gmail.send"]) as gmail:
        sent = await gmail.sent()
        assert await gmail.refused("messages.get", id=sent["id"]) == (403, "insufficientPermissions")
        assert await gmail.refused("drafts.create", body={"message": {"raw": raw()}}) == (
            403,
            "insufficientPermissions",
        )
    async with stage(scopes=["https://www.googleapis.com/auth/gmail.metadata"]) as gmail:
        name = (await gmail.write())["id"]
        assert await gmail.refused("messages.get", id=name, format="raw") == (403, "forbidden")
        assert (await gmail.call("messages.get", id=name, format="metadata"))["id"] == name
    async with stage() as gmail:
        assert await gmail.refused("messages.delete", id="1") == (403, "insufficientPermissions")


async def test_units_are_counted_by_the_minute_and_the_mailbox(gmail: Stage) -> None:
    for _ in range(60):
        await gmail.sent()
    assert await gmail.refused("getProfile") == (403, "rateLimitExceeded")
    [last] = (await gmail.requests())[-1:]
    assert (last["status"], last["done"], last["error"]) == (403, False, "rateLimitExceeded")
    await gmail.advance(59)
    assert await gmail.refused("getProfile") == (403, "rateLimitExceeded")
    await gmail.advance(1)
    assert (await gmail.call("getProfile"))["messagesTotal"] == 60


@pytest.mark.parametrize("path", ["/api/gmail/v1/users/me/nothing", "/api/batch", "/elsewhere"])
async def test_what_is_not_there_is_not_found(gmail: Stage, path: str) -> None:
    assert (await gmail.http.get(path)).status_code == 404


@pytest.mark.parametrize(
    "content",
    [b"{", b"[" * 100_000, b"[]", b'"x"', b'{"raw": 5}', b'{"raw": "%%%"}', b'{"raw": "YQ"}', b"", b"\xff", b'{"raw":'
     + json.dumps("A" * 100).encode()],
)  # fmt: skip
async def test_what_cannot_be_sent_is_a_400(gmail: Stage, content: bytes) -> None:
    headers = {"authorization": f"Bearer {gmail.token}", "content-type": "application/json"}
    response = await gmail.http.post("/api/gmail/v1/users/me/messages/send", content=content, headers=headers)

    assert response.status_code == 400
    assert response.json()["error"]["status"] == "INVALID_ARGUMENT"
    assert await gmail.mails() == []
