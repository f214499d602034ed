"""Anything at all, signed or not: `read` answers, and never with what it did not understand."""

import json
from typing import Any

from hypothesis import given as over
from hypothesis import strategies as st

from throughline.channels.slack import wire
from throughline.conversation.channel import RawRequest, Reading, Unverified

from .given import NOW, OPTIONS, SECRET, callback, fixture, signed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["type", "subtype", "channel", "channel_type", "user", "bot_id", "text", "ts", "thread_ts", "hidden", "files",
     "metadata", "user_profile", "tokens", "channel_id", "message_ts", "event_type", "team_id", "container", "actions"]
)  # fmt: skip
TYPES = st.sampled_from(
    ["message", "app_mention", "message_metadata_posted", "agent_session_stopped", "tokens_revoked", "app_uninstalled"]
)
LIKELY = st.sampled_from(["U0ANA", "U0BOT", "D0ANA", "C0GENERAL", "1732199999.000100", "im", "T0TEAM", "B0BOT"])
RECORDED = ["message_im", "app_mention", "message_metadata_posted", "agent_session_stopped", "block_actions_stop"]


@over(st.binary(max_size=400), st.dictionaries(st.text(max_size=30), st.text(max_size=80), max_size=4))
def test_strangers_are_unverified_whatever_they_send(body: bytes, headers: dict[str, str]) -> None:
    assert isinstance(wire.read(RawRequest("POST", "/", "", headers, body), SECRET, OPTIONS, NOW), Unverified)


@over(st.text(max_size=40), st.text(max_size=90), st.binary(max_size=40))
def test_no_signature_header_breaks_it(timestamp: str, signature: str, body: bytes) -> None:
    headers = {"x-slack-request-timestamp": timestamp, "x-slack-signature": signature}

    assert isinstance(wire.read(RawRequest("POST", "/", "", headers, body), SECRET, OPTIONS, NOW), Unverified)


@over(st.binary(max_size=400), st.sampled_from(["application/json", "application/x-www-form-urlencoded", "x", ""]))
def test_signed_bytes_are_read_or_set_aside(body: bytes, kind: str) -> None:
    reading = wire.read(signed(body, content_type=kind), SECRET, OPTIONS, NOW)

    assert isinstance(reading, Reading)
    assert reading.quarantine


@over(JSON)
def test_signed_json_is_read_or_set_aside(value: Any) -> None:
    assert isinstance(wire.read(signed(json.dumps(value).encode()), SECRET, OPTIONS, NOW), Reading)


@over(TYPES, st.dictionaries(NAMES, LIKELY | JSON, max_size=10))
def test_events_of_known_types_with_any_fields_are_read(kind: str, fields: dict[str, Any]) -> None:
    reading = wire.read(signed(callback(fields | {"type": kind})), SECRET, OPTIONS, NOW)

    assert isinstance(reading, Reading)
    for inbound in reading.inbound:
        assert inbound.text.strip()
        assert inbound.sender.address.startswith("T0TEAM/")
        assert inbound.thread is not None
        assert "\0" not in inbound.text + inbound.sender.name


@over(st.sampled_from(RECORDED), st.data())
def test_a_recorded_payload_with_a_hole_or_a_surprise_is_read(name: str, data: st.DataObject) -> None:
    payload = json.loads(fixture(name))
    place = payload["event"] if "event" in payload and data.draw(st.booleans()) else payload
    field = data.draw(st.sampled_from(sorted(place)))
    if data.draw(st.booleans()):
        del place[field]
    else:
        place[field] = data.draw(JSON)

    assert isinstance(wire.read(signed(json.dumps(payload).encode()), SECRET, OPTIONS, NOW), Reading)
