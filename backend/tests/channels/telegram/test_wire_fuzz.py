"""Anything at all, with the secret token or not: `read` answers, and never with what it did not understand."""

import json
from typing import Any

from hypothesis import given as over
from hypothesis import strategies as st

from throughline.channels.telegram import wire
from throughline.conversation.channel import RawRequest, Reading, Unverified

from .given import BOT, FIXTURES, OPTIONS, SECRETS, fixture, signed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
RECORDED = sorted(path.stem for path in FIXTURES.glob("*.json"))


def sane(reading: object) -> None:
    assert isinstance(reading, Reading)
    for inbound in reading.inbound:
        assert inbound.text.strip() or inbound.media
        assert inbound.sender.address.isdecimal()
        assert "\0" not in inbound.text + inbound.sender.name + inbound.group_name


@over(st.binary(max_size=400), st.dictionaries(st.text(max_size=30), st.text(max_size=80), max_size=4))
def test_strangers_are_unverified_whatever_they_send(body: bytes, headers: dict[str, str]) -> None:
    assert isinstance(wire.read(RawRequest("POST", "/", "", headers, body), SECRETS, OPTIONS), Unverified)


@over(JSON)
def test_any_json_is_read_or_set_aside(value: Any) -> None:
    sane(wire.read(signed(json.dumps(value).encode()), SECRETS, OPTIONS))
    wire.read_batch(json.dumps(value).encode(), BOT, OPTIONS)


@over(st.sampled_from(RECORDED), st.data())
def test_a_recorded_payload_with_a_hole_or_a_surprise_is_read(name: str, data: st.DataObject) -> None:
    payload = json.loads(fixture(name))
    place = payload
    while data.draw(st.booleans()):
        inner = [value for value in place.values() if isinstance(value, dict)]
        if not inner:
            break
        place = data.draw(st.sampled_from(inner))
    field = data.draw(st.sampled_from(sorted(place)))
    if data.draw(st.booleans()):
        del place[field]
    else:
        place[field] = data.draw(JSON)

    sane(wire.read(signed(json.dumps(payload).encode()), SECRETS, OPTIONS))
