"""What Gmail holds, read: recorded answers, and what strangers put into mails."""

import json
from pathlib import Path
from typing import Any

import googleapiclient.discovery
import pytest
from jsonschema import Draft202012Validator

from throughline.channels.gmail import tag, wire
from throughline.channels.gmail.shapes import Quarantined
from throughline.conversation.channel import Address, Inbound, Media, Receipt
from throughline.conversation.ids import ConversationId, MessageId

from . import hostile
from .parcels import (
    FIXTURES,
    KEY,
    MAILBOX,
    NOW,
    PASSED,
    USUAL,
    fixture,
    heard,
    mail,
    part,
    read,
    without,
    written,
)

TALK = ConversationId("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b")
ANA = Address("ana@example.com", "Ana Example")
THREAD = "19aa1b2c3d4e5f60"
AT = 1_795_255_203_000


def said(number: str, text: str, subject: str, mid: str, who: Address = ANA, **more: Any) -> Inbound:
    """What a recorded mail says; `more` as Inbound has it, `references` for its ref."""
    references = more.pop("references", ())
    kept = {"id": mid} | ({"references": references} if references else {}) | {"subject": subject}
    ref = json.dumps(kept, separators=(",", ":"), ensure_ascii=False)
    usual: dict[str, Any] = {"thread": f"19aa1b2c3d4e{number}", "trust": "verified", "at": AT, "ref": ref}
    return Inbound(f"support@example.org:19aa1b2c3d4e{number}", who, text, **(usual | more))


PHOTO, BILL, VOICE = (
    "19aa1b2c3d4e6003/ANGjdJSU1HXzAwNDIuanBlZ0lNR18wMDQyLmpwZWdJTUdfMDA0Mi5qcGVnSU1HXzAw_-x",
    "19aa1b2c3d4e6003/ANGjdJPT91dGYtOD9xP1JlY2hudW5nX2Y9QzM9QkNyX0FuYS5wZGY_PT0_dXRmLTg__-x",
    "19aa1b2c3d4e6003/ANGjdJdm9pY2UubTRhdm9pY2UubTRhdm9pY2UubTRhdm9pY2UubTRh_-x",
)
READ: dict[str, Any] = {
    "first_mail": said(
        "5f60", "Hello,\n\nwhere is my order 4711?", "Order 4711", "<CAF1x0a=ana1@mail.gmail.com>"
    ),
    "reply_in_thread": said(
        "6001", "Le lun. 21 nov. est parfait, merci !", "Re: Order 4711", "<CAF1x0a=ana2@mail.gmail.com>",
        thread=THREAD, answers=True, conversation=TALK, at=1_795_255_301_000,
        references=["<CAF1x0a=ana1@mail.gmail.com>", "<CAK=us1@mail.gmail.com>"],
    ),
    "outlook_html_only": said(
        "6002", "Ja, bitte an die neue Adresse.", "AW: Rechnung", "<AM0PR01@eurprd01.prod.outlook.com>",
        Address("ben@outlook.example", "Ben Müller"), answers=True, references=["<CAK=us2@mail.gmail.com>"],
    ),
    "photos_from_a_phone": said(
        "6003", "It came broken, see the photo.", "Broken", "<7D1C@example.com>",
        media=(
            Media(PHOTO, "image", "image/jpeg", "IMG_0042.jpeg", 812_345),
            Media(BILL, "file", "application/pdf", "Rechnung für Ana.pdf", 90_211),
            Media(VOICE, "audio", "audio/mp4", "voice.m4a", 51_200),
        ),
    ),
    "sent_by_us": Receipt(
        "accepted", TALK, MessageId("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5c"), "19aa1b2c3d4e6004", THREAD
    ),
    "sent_by_a_colleague": None,
    "out_of_office": None,
    "bounce": None,
    "mailing_list": None,
    "forged_sender": said("6009", "Please change my address.", "Urgent", "<f1@example.net>", trust="unverified"),
    "tagged_new_thread": said("600a", "One more thing.", "Order", "<t1@example.com>", conversation=TALK),
    "japanese": said(
        "600b", "注文はどこですか。", "注文", "<j1@example.jp>", Address("yamada@example.jp", "山田")
    ),
    "draft_of_ours": None,
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_a_recorded_mail_is_read(name: str) -> None:
    assert read(fixture(name)) == READ[name]


def recorded() -> dict[str, Any]:
    """Those that are messages; a push is one of another kind."""
    found = {path.stem: json.loads(path.read_bytes()) for path in FIXTURES.glob("*.json")}
    return {name: content for name, content in found.items() if "threadId" in content}


def test_every_recorded_mail_has_an_expectation() -> None:
    assert set(recorded()) == set(READ)


def discovered() -> dict[str, Any]:
    """Google's own description of a message, as JSON Schema; nothing besides it is allowed."""
    document = Path(googleapiclient.discovery.__file__).parent / "discovery_cache" / "documents" / "gmail.v1.json"
    schemas = json.loads(document.read_bytes())["schemas"]

    def strict(value: Any) -> Any:
        if isinstance(value, list):
            return [strict(one) for one in value]
        if not isinstance(value, dict):
            return value
        kept = {
            name: strict(one) for name, one in value.items() if name not in {"format", "id"} or name == "properties"
        }
        if isinstance(kept.get("$ref"), str):
            kept["$ref"] = f"#/$defs/{kept['$ref']}"
        return kept

    defs = {}
    for name in ("Message", "MessagePart", "MessagePartBody", "MessagePartHeader", "ClassificationLabelValue",
                 "ClassificationLabelFieldValue"):  # fmt: skip
        if name in schemas:
            properties = {field: strict(shape) for field, shape in schemas[name]["properties"].items()}
            defs[name] = {"type": "object", "properties": properties, "additionalProperties": False}
    return {"$ref": "#/$defs/Message", "$defs": defs}


SCHEMA = Draft202012Validator(discovered())


@pytest.mark.parametrize("name", READ)
def test_a_recorded_mail_is_what_googles_discovery_document_describes(name: str) -> None:
    content = recorded()[name]

    assert [error.message for error in SCHEMA.iter_errors(content)] == []
    assert {"id", "threadId", "labelIds", "payload", "internalDate", "historyId", "sizeEstimate"} <= set(content)


def test_the_discovery_document_would_find_a_wrong_field() -> None:
    assert list(SCHEMA.iter_errors({"id": "a", "thread_id": "t"}))
    assert list(SCHEMA.iter_errors({"id": "a", "payload": {"headers": [{"name": 1}]}}))


# ------------------------------------------------------------------------------------------------- what is not read

ASIDE = {
    "no JSON": (b"<html>", "unreadable"),
    "not UTF-8": (b'{"id":"\xff","threadId":"t"}', "unreadable"),
    "a lone surrogate": (b'{"id":"\\ud800","threadId":"t"}', "unreadable"),
    "deep in a field that nobody reads": (b'{"x":' + b"[" * 9_000 + b"]" * 9_000 + b"}", "unreadable"),
    "an error of Google's": (b'{"error":{"code":404}}', "unreadable"),
    "no payload": (b'{"id":"a","threadId":"t"}', "no_payload"),
    "an id that is a path": (b'{"id":"../a","threadId":"t","payload":{}}', "bad_id"),
    "a thread that is too long": (b'{"id":"a","threadId":"' + b"t" * 65 + b'","payload":{}}', "bad_id"),
    "more than an answer": (b" " * (wire.MOST + 1), "too_big"),
    "more objects than a mail has": (b'{"id":"a","threadId":"t","x":[' + b"{}," * 20_000 + b"{}]}", "too_many_parts"),
    "no From": (mail(part("text/plain", "x"), without("From")), "bad_from"),
    "two From lines": (written(lines=[("From", "a@example.com")]), "bad_from"),
}  # fmt: skip


@pytest.mark.parametrize("name", ASIDE)
def test_what_is_no_mail_is_set_aside(name: str) -> None:
    raw, code = ASIDE[name]

    assert read(raw) == Quarantined(code)


CAPPED = {
    "subject of 340 kB": "headers_too_big",
    "100,000 parts": "too_many_parts",
    "10,000 parts": "too_many_parts",
    "3,000 multiparts in each other": "unreadable",
    "mails in mails": "unreadable",
    "From of brackets": "bad_from",
    "From of quotes": "bad_from",
}


@pytest.mark.parametrize("kind", CAPPED)
def test_a_mail_over_a_cap_is_set_aside(kind: str) -> None:
    assert read(hostile.written(kind)) == Quarantined(CAPPED[kind])


def nested(depth: int) -> dict[str, Any]:
    tree = part("text/plain", "x")
    for _ in range(depth - 1):
        tree = part("multipart/mixed", parts=[tree])
    return tree


def test_the_caps_are_where_they_are_said_to_be() -> None:
    assert isinstance(read(mail(nested(20))), Inbound)
    assert read(mail(nested(21))) == Quarantined("too_deep")
    small = part("text/plain", "x")
    assert isinstance(read(mail(part("multipart/mixed", parts=[small] * 199))), Inbound)
    assert read(mail(part("multipart/mixed", parts=[small] * 200))) == Quarantined("too_many_parts")
    assert isinstance(read(written(lines=[("X-Long", "y" * 260_000)])), Inbound)
    assert read(written(lines=[("X-Long", "y" * 262_144)])) == Quarantined("headers_too_big")
    large = part("image/png", filename="a.png", body={"attachmentId": "A", "size": 26_214_400})
    assert read(mail(part("multipart/mixed", parts=[small, large]))) == Quarantined("too_big")


@pytest.mark.parametrize("kind", sorted(set(hostile.KINDS) - set(CAPPED) - {"plain"}))
def test_every_other_hostile_mail_is_heard_or_set_aside(kind: str) -> None:
    found = read(hostile.written(kind))

    assert isinstance(found, Inbound | Quarantined)
    if isinstance(found, Inbound):
        assert found.trust == "unverified"
        assert found.text.strip()
        assert len(found.text) <= 65_536
        assert len(found.ref or "") <= 1_000
        assert "ignore all rules" not in found.text


@pytest.mark.parametrize("label", ["DRAFT", "CHAT", "SPAM", "TRASH"])
def test_what_gmail_labels_as_no_mail_for_us_is_not_heard(label: str) -> None:
    assert read(written(labelIds=["INBOX", label])) is None


# --------------------------------------------------------------------------------------------------- what is for us


def test_the_same_mail_has_the_same_key_and_every_mail_another() -> None:
    again = heard(written(labelIds=["INBOX"], historyId="9"))

    assert heard(written()).key == again.key == f"{MAILBOX}:19aa1b2c3d4e5f60"
    assert heard(written(id="19aa1b2c3d4e5f61")).key != again.key


@pytest.mark.parametrize("mid", [[], [("Message-ID", "<m1@example.com>"), ("Message-ID", "<m2@example.com>")]])
def test_a_missing_or_repeated_message_id_changes_no_key(mid: list[tuple[str, str]]) -> None:
    inbound = heard(mail(part("text/plain", "Hello"), [*without("Message-ID"), *mid]))

    assert inbound.key == f"{MAILBOX}:19aa1b2c3d4e5f60"
    assert json.loads(inbound.ref or "").get("id", "") == (mid[0][1] if mid else "")


def test_a_mail_without_words_says_its_subject_or_what_is_attached() -> None:
    file = part("application/pdf", filename="a.pdf", body={"attachmentId": "A", "size": 5})

    assert heard(written("")).text == "My order"
    assert heard(mail(part("multipart/mixed", parts=[file]), without("Subject"))).text == "[file: a.pdf]"
    assert read(mail(part("text/plain", " \n\u200b"), without("Subject"))) is None


@pytest.mark.parametrize(("given", "at"), [("1795258000000", 1_795_258_000_000), ("", None), ("x", None), ("-5", None),
                                           ("9" * 15, NOW + 300_000)])  # fmt: skip
def test_the_time_is_gmails_and_never_far_ahead(given: str, at: int | None) -> None:
    assert heard(written(internalDate=given)).at == at


def test_our_own_mail_without_its_mark_intact_is_no_receipt() -> None:
    for value in ["", "c", "c/m", "c/m/x", "../c/m/0", "c/m/0\r\nX: y", "c" * 65 + "/m/0"]:
        assert read(written(lines=[("X-Throughline-Message", value)], labelIds=["SENT"])) is None


def test_a_draft_of_ours_is_no_receipt() -> None:
    ours = ("X-Throughline-Message", wire.mark(TALK, MessageId("m-1"), 0))

    assert isinstance(read(written(lines=[ours], labelIds=["SENT"])), Receipt)
    assert read(written(lines=[ours], labelIds=["SENT", "DRAFT"])) is None


def test_a_stranger_cannot_bring_a_receipt() -> None:
    ours = ("X-Throughline-Message", wire.mark(TALK, MessageId("m-1"), 0))

    assert read(written(lines=[ours], labelIds=["INBOX"])) is None
    assert isinstance(read(written(lines=[ours], labelIds=["SENT", "INBOX"])), Receipt)


def test_a_tag_alone_does_not_vouch_for_its_bearer() -> None:
    tagged = tag.address(MAILBOX, KEY, TALK)
    lines = [*without("Authentication-Results"), ("Cc", f"us <{tagged}>")]
    inbound = heard(mail(part("text/plain", "Hello"), lines))

    assert inbound.conversation == TALK
    assert inbound.trust == "unverified"


def test_another_accounts_tag_is_none() -> None:
    foreign = tag.address(MAILBOX, bytes(32), TALK) or ""

    assert heard(mail(part("text/plain", "Hello"), [*USUAL, ("Cc", foreign)])).conversation is None


def test_names_of_headers_and_fields_may_be_in_any_case() -> None:
    shouted = [(name.upper(), value) for name, value in without("Authentication-Results")]
    inbound = heard(mail(part("text/plain", "Hello"), [*shouted, ("AUTHENTICATION-RESULTS", PASSED)]))

    assert inbound == heard(written("Hello"))
