"""A mail in the API's formats, against what the standard library reads in the same bytes."""

import base64
import email
from collections.abc import AsyncIterator
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.gmail import mime

from .gmail_stage import BOX, Stage, stage


@pytest.fixture
async def gmail() -> AsyncIterator[Stage]:
    async with stage() as found:
        yield found


def leaves(part: dict[str, Any]) -> list[dict[str, Any]]:
    """Parts without parts, in order."""
    return [leaf for child in part["parts"] for leaf in leaves(child)] if "parts" in part else [part]


def written() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Zoë <zoe@example.org>", BOX, "Grüße – 你好"
    message.set_content("Grüße, plain", charset="iso-8859-1", cte="quoted-printable")
    message.add_alternative("<p>Grüße</p>", subtype="html")
    message.add_attachment(b"\x00\x01\xff" * 100, maintype="image", subtype="png", filename="bild ü.png")
    message.add_attachment("a,b\n", subtype="csv", filename="table.csv")
    return message


async def test_the_tree_holds_what_the_bytes_hold(gmail: Stage) -> None:
    message = written()
    arrived = await gmail.post("/_ctl/mail", mailbox=BOX, raw=base64.b64encode(message.as_bytes()).decode())
    whole = await gmail.call("messages.get", id=arrived["id"], format="full")
    payload = whole["payload"]
    parts = leaves(payload)

    assert [(part["partId"], part["mimeType"], part["filename"]) for part in parts] == [
        ("0.0", "text/plain", ""), ("0.1", "text/html", ""), ("1", "image/png", "bild ü.png"),
        ("2", "text/csv", "table.csv"),
    ]  # fmt: skip
    plain, html = (base64.urlsafe_b64decode(part["body"]["data"]).decode().strip() for part in parts[:2])
    assert (plain, html) == ("Grüße, plain", "<p>Grüße</p>")
    for part, theirs in zip(parts[2:], message.iter_attachments(), strict=True):
        assert "data" not in part["body"]
        name = part["body"]["attachmentId"]
        found = await gmail.call("messages.attachments.get", messageId=arrived["id"], id=name)
        content = theirs.get_payload(decode=True)
        assert isinstance(content, bytes)
        assert base64.urlsafe_b64decode(found["data"]) == content
        assert found["size"] == part["body"]["size"] == len(content)
    headers = {pair["name"]: pair["value"] for pair in payload["headers"]}
    assert (headers["Subject"], headers["From"]) == ("Grüße – 你好", "Zoë <zoe@example.org>")
    assert whole["sizeEstimate"] == len(message.as_bytes())


async def test_metadata_shows_the_headers_that_are_asked_for(gmail: Stage) -> None:
    name = (await gmail.sent(X_Throughline_Msg="m"))["id"]
    found = await gmail.call(
        "messages.get", id=name, format="metadata", metadataHeaders=["message-id", "X-Throughline-Msg"]
    )
    assert sorted(pair["name"] for pair in found["payload"]["headers"]) == ["Message-ID", "X-Throughline-Msg"]
    assert "parts" not in found["payload"]
    minimal = await gmail.call("messages.get", id=name, format="minimal")
    assert {"payload", "raw"} & set(minimal) == set()
    assert await gmail.refused("messages.attachments.get", messageId=name, id="ANGjdJx") == (400, "invalidArgument")


async def test_a_format_that_is_none_is_refused(gmail: Stage) -> None:
    name = (await gmail.sent())["id"]
    headers = {"authorization": f"Bearer {gmail.token}"}
    response = await gmail.http.get(f"/api/gmail/v1/users/me/messages/{name}?format=nice", headers=headers)
    assert (response.status_code, response.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=80)


@given(_WORDS, _WORDS)
def test_the_library_and_the_stand_in_read_the_same(subject: str, text: str) -> None:
    message = EmailMessage()
    message["Subject"] = subject
    message.set_content(text)
    raw = message.as_bytes()
    theirs = email.message_from_bytes(raw, policy=policy.default)
    found = mime.letter(raw)

    assert found.text == theirs.get_content()
    assert found.header("Subject").split() == str(theirs["Subject"]).split()
