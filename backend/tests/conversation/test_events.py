"""The two views of one log: what members see, what persons see, and that frames are assembled, not re-encoded."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughline.conversation.events import (
    KINDS,
    Author,
    ConversationStarted,
    EventFrame,
    Hidden,
    Message,
    TurnEnded,
    Usage,
    decode,
    entry,
    event_frame,
    iso,
    kind_of,
)
from throughline.conversation.ids import ConversationId, MessageId, TenantId, TurnId

T, C = TenantId("t"), ConversationId("c")
AGENT = Author("agent", "Agent")


def message(**more: object) -> Message:
    return Message(id=MessageId("m"), author=AGENT, channel="web", text="Hi", **more)  # type: ignore[arg-type]


def frame(raw: bytes) -> EventFrame:
    return msgspec.json.decode(raw, type=EventFrame)


def test_every_kind_has_one_name_and_one_struct() -> None:
    assert len(set(KINDS.values())) == len(KINDS)
    assert all(struct.__doc__ for struct in KINDS.values())


def test_confidence_and_cost_never_reach_a_person() -> None:
    kept = entry(T, C, 1, 0, message(confidence=0.82, cost_usd=0.01))

    assert b"confidence" in event_frame(kept, "member")
    assert b"0.82" not in event_frame(kept, "person")
    assert b"cost_usd" not in event_frame(kept, "person")


def test_provider_text_and_usage_of_a_turn_never_reach_a_person() -> None:
    ended = TurnEnded(
        turn=TurnId("u"), outcome="failed", reason="unreachable", detail="503 from upstream", usage=Usage("gpt-4o")
    )
    kept = entry(T, C, 2, 0, ended)

    seen = decode("turn_ended", bytes(frame(event_frame(kept, "person")).body))

    assert seen == TurnEnded(turn=TurnId("u"), outcome="failed", reason="unreachable")


def test_a_body_without_secrets_is_encoded_once_for_both() -> None:
    kept = entry(T, C, 1, 0, ConversationStarted(channel="web"))

    assert kept.person is kept.member


def test_what_persons_may_not_see_keeps_its_seq_as_hidden() -> None:
    seen = frame(event_frame(entry(T, C, 7, 0, Hidden()), "person"))

    assert (seen.seq, seen.kind, bytes(seen.body)) == (7, "hidden", b"{}")


@given(st.text(), st.integers(0, 4_102_444_800_000), st.integers(1, 2**53 - 1))
def test_a_frame_is_json_that_gives_the_body_back(text: str, at: int, seq: int) -> None:
    text = text.encode("utf-8", "ignore").decode()
    body = Message(id=MessageId("m"), author=AGENT, channel="web", text=text)

    seen = frame(event_frame(entry(T, C, seq, at, body), "member"))

    assert (seen.c, seen.seq, seen.at, seen.kind) == (C, seq, iso(at), "message")
    assert decode(seen.kind, bytes(seen.body)) == body


@pytest.mark.parametrize(("at", "text"), [(0, "1970-01-01T00:00:00.000Z"), (1730000000123, "2024-10-27T03:33:20.123Z")])
def test_times_are_utc_with_milliseconds(at: int, text: str) -> None:
    assert iso(at) == text


def test_kinds_round_trip_by_name() -> None:
    assert KINDS[kind_of(message())] is Message
