from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode

from tests.live.stage import TOPIC
from throughline.channels.web import wire
from throughline.conversation import utf16
from throughline.conversation.ids import MessageId
from throughline.live.framing import delta_frame, frame, framed, snapshot_frame


def _reference(payload: bytes) -> bytes:
    return WireFrame(Opcode.TEXT, payload).serialize(mask=False)


def test_frames_are_what_the_websockets_library_makes_at_every_size_of_header() -> None:
    for size in (0, 1, 125, 126, 127, 65_535, 65_536, 70_000):
        assert framed(b"x" * size) == _reference(b"x" * size)


@given(st.text(), st.integers(1, 9), st.integers(0, 2**40))
def test_delta_is_what_the_wire_types_say(text: str, attempt: int, at: int) -> None:
    made = delta_frame(TOPIC, MessageId("m1"), attempt, at, text)
    assert made.text == wire.write(wire.Delta("c", "m1", attempt, at, text))
    assert made.wire == _reference(made.text)
    assert made.delta == ("m1", attempt, at, text)


@given(st.text())
def test_snapshot_is_what_the_wire_types_say(text: str) -> None:
    made = snapshot_frame(TOPIC, MessageId("m1"), 2, text)
    assert made.text == wire.write(wire.Snapshot("c", "m1", 2, utf16.length(text), text))
    assert made.delta is None


def test_an_event_frame_carries_its_seq() -> None:
    made = frame(b"{}", TOPIC, 7)
    assert (made.seq, made.topic, made.wire) == (7, TOPIC, b"\x81\x02{}")
