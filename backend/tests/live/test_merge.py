from hypothesis import given
from hypothesis import strategies as st

from tests.live.stage import TOPIC
from throughline.conversation import utf16
from throughline.conversation.events import TurnStarted
from throughline.conversation.ids import MessageId, TurnId
from throughline.conversation.state import View, on_delta, on_event
from throughline.live.framing import delta_frame, frame
from throughline.live.merge import merged, without_deltas

A, B = MessageId("a"), MessageId("b")


def test_a_run_becomes_one_delta_at_its_first_place() -> None:
    event = frame(b"{}", TOPIC, 4)
    waiting = [
        delta_frame(TOPIC, A, 1, 0, "He"), delta_frame(TOPIC, B, 1, 5, "x"), event,
        delta_frame(TOPIC, A, 1, 2, "l😀"), delta_frame(TOPIC, A, 1, 5, "!"),
    ]  # fmt: skip
    assert [m.delta or m.seq for m in merged(waiting)] == [("a", 1, 0, "Hel😀!"), ("b", 1, 5, "x"), 4]


def test_another_attempt_or_a_jump_breaks_the_run() -> None:
    waiting = [
        delta_frame(TOPIC, A, 1, 0, "one"), delta_frame(TOPIC, A, 2, 3, "two"), delta_frame(TOPIC, A, 2, 9, "three"),
    ]  # fmt: skip
    assert [m.delta for m in merged(waiting)] == [m.delta for m in waiting]


def test_a_lone_delta_is_the_same_object_for_everybody() -> None:
    only = delta_frame(TOPIC, A, 1, 0, "one")
    assert merged([only])[0] is only


def test_dropped_deltas_are_owed_as_one_snapshot_a_message() -> None:
    event = frame(b"{}", TOPIC, 4)
    kept, owed = without_deltas([delta_frame(TOPIC, A, 1, 0, "x"), event, delta_frame(TOPIC, A, 1, 1, "y")])
    assert kept == [event]
    assert owed == [(TOPIC, A)]


@given(st.lists(st.tuples(st.sampled_from([A, B]), st.text(min_size=1, max_size=4)), max_size=30))
def test_merged_deltas_fold_to_the_same_text(said: list[tuple[MessageId, str]]) -> None:
    lengths: dict[MessageId, int] = {}
    frames = []
    for message, text in said:
        at = lengths.get(message, 0)
        frames.append(delta_frame(TOPIC, message, 1, at, text))
        lengths[message] = at + utf16.length(text)
    for message in (A, B):
        start = TurnStarted(TurnId("turn"), message, "agent", 1)
        plain = short = on_event(View(), 1, "", start)
        for item in frames:
            assert item.delta is not None
            plain = on_delta(plain, *item.delta)
        for item in merged(frames):
            assert item.delta is not None
            short = on_delta(short, *item.delta)
        assert short.open is not None
        assert plain.open is not None
        assert short.open.text == plain.open.text == "".join(t for m, t in said if m == message)
        assert not short.open.snap
