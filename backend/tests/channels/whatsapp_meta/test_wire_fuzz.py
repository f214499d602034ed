"""Anything at all, signed or not: `read` answers, and never with what it did not understand."""

import json
from typing import Any

from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from throughline.channels.whatsapp_meta import marks, wire
from throughline.channels.whatsapp_meta.addresses import parted
from throughline.conversation.channel import RawRequest, Reading, Unverified
from throughline.conversation.ids import ConversationId, MessageId

from .given import FIXTURES, NUMBER, OPTIONS, PHONE, SCOPED, SECRETS, WAMID, enveloped, fixture, signed, value

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["from", "from_user_id", "id", "timestamp", "type", "text", "image", "audio", "document", "interactive", "button",
     "location", "contacts", "order", "system", "group_id", "status", "errors", "biz_opaque_callback_data", "user_id"]
)  # fmt: skip
TYPES = st.sampled_from(
    ["text", "image", "audio", "interactive", "button", "location", "contacts", "order", "system", "reaction", "x"]
)
LIKELY = st.sampled_from(
    [PHONE, SCOPED, WAMID, "1749416383", "sent", "failed", "c-1/m-1/0", {"body": "Hello"}, {"id": "1", "caption": "x"}]
)


@settings(deadline=None)
@over(st.binary(max_size=400), st.dictionaries(st.text(max_size=30), st.text(max_size=80), max_size=4))
def test_strangers_are_unverified_whatever_they_send(body: bytes, headers: dict[str, str]) -> None:
    assert isinstance(wire.read(RawRequest("POST", "/", "", headers, body), SECRETS, OPTIONS), Unverified)


@settings(deadline=None)
@over(st.sampled_from(["GET", "HEAD"]), st.text(st.characters(max_codepoint=255), max_size=200))
def test_no_question_breaks_it(method: str, query: str) -> None:
    reading = wire.read(RawRequest(method, "/", f"hub.mode=subscribe&{query}", {}, b""), SECRETS, OPTIONS)

    assert reading == Unverified("bad_verify_token", 403)


@settings(deadline=None)
@over(st.text(max_size=90), st.binary(max_size=40))
def test_no_signature_header_breaks_it(signature: str, body: bytes) -> None:
    request = RawRequest("POST", "/", "", {"x-hub-signature-256": signature}, body)

    assert isinstance(wire.read(request, SECRETS, OPTIONS), Unverified)


@settings(deadline=None)
@over(JSON)
def test_signed_json_is_read_or_set_aside(anything: Any) -> None:
    assert isinstance(wire.read(signed(json.dumps(anything).encode()), SECRETS, OPTIONS), Reading)


@settings(deadline=None)
@over(TYPES, st.lists(st.dictionaries(NAMES, LIKELY | JSON, max_size=10), max_size=3))
def test_messages_and_statuses_with_any_fields_are_read(kind: str, items: list[dict[str, Any]]) -> None:
    messages = [{"from": PHONE, "id": WAMID, "type": kind} | one for one in items]
    body = enveloped(value(messages=messages, statuses=items, user_id_update=items, contacts=items))
    reading = wire.read(signed(body), SECRETS, OPTIONS)

    assert isinstance(reading, Reading)
    for inbound in reading.inbound:
        assert inbound.text.strip()
        assert all(parted(name) is not None for name in (inbound.sender.address, *inbound.sender.aliases))
        assert inbound.ref == inbound.key
    for renamed in reading.renamed:
        assert renamed.old.startswith(f"{NUMBER}/")
        assert parted(renamed.new) is not None


@settings(deadline=None)
@over(st.sampled_from(sorted(path.stem for path in FIXTURES.glob("*.json"))), st.data())
def test_a_recorded_payload_with_a_hole_or_a_surprise_is_read(name: str, data: st.DataObject) -> None:
    payload = json.loads(fixture(name))
    place: Any = payload
    while isinstance(place, dict | list) and place and data.draw(st.integers(0, 3)):
        steps = sorted(place) if isinstance(place, dict) else range(len(place))
        step = data.draw(st.sampled_from(steps))
        if not isinstance(place[step], dict | list) or not place[step] or not data.draw(st.integers(0, 4)):
            place[step] = data.draw(JSON)
            break
        place = place[step]

    assert isinstance(wire.read(signed(json.dumps(payload).encode()), SECRETS, OPTIONS), Reading)


WORD = st.text(st.characters(codec="ascii", exclude_characters="/", min_codepoint=33), min_size=1, max_size=64)


@settings(deadline=None)
@over(WORD, WORD, st.integers(0, 9_999))
def test_a_mark_comes_back_as_it_was_written(conversation: str, message: str, piece: int) -> None:
    mark = (ConversationId(conversation), MessageId(message), piece)
    text = marks.written(mark)

    assert text is not None
    assert marks.read(text) == mark


@settings(deadline=None)
@over(st.text(max_size=40), st.text(max_size=600), st.integers(-5, 10**9))
def test_a_mark_that_would_not_come_back_is_not_written(conversation: str, message: str, piece: int) -> None:
    mark = (ConversationId(conversation), MessageId(message), piece)
    text = marks.written(mark)

    assert text is None or marks.read(text) == mark
