"""The fold by property: it may be cut anywhere, repeats change nothing, order of arrival decides nothing."""

from hypothesis import given
from hypothesis import strategies as st

from throughline.conversation import utf16
from throughline.conversation.events import (
    Author,
    Body,
    Bound,
    ConversationStarted,
    Delivery,
    Message,
    TurnEnded,
    TurnStarted,
)
from throughline.conversation.ids import BindingId, MessageId, TurnId
from throughline.conversation.state import View, furthest, on_delta, on_event, on_snapshot

AT = "2026-01-01T00:00:00.000Z"
PERSON, AGENT = Author("person", "Ada"), Author("agent", "Agent")


def talk(rounds: int) -> list[Body]:
    """A log: a person asks, the agent answers, `rounds` times; a question comes in the middle of each answer."""
    log: list[Body] = [ConversationStarted(channel="web"), Bound(by=PERSON, to="web", why="started")]
    for n in range(rounds):
        turn, reply = TurnId(f"t{n}"), MessageId(f"r{n}")
        log.append(Message(id=MessageId(f"q{n}"), author=PERSON, channel="web", text=f"question {n}"))
        log.append(TurnStarted(turn=turn, message=reply, agent="agent", attempt=1))
        pos = len(log)
        log.append(Message(id=MessageId(f"late{n}"), author=PERSON, channel="web", text="and also"))
        log.append(Message(id=reply, author=AGENT, channel="web", text="answer", pos=pos, turn=turn))
        log.append(TurnEnded(turn=turn, outcome="completed", message=reply))
        log.append(Delivery(messages=(reply,), binding=BindingId("b"), channel="web", state="accepted"))
    return log


def fold(log: list[Body], view: View = View(), after: int = 0) -> View:  # noqa: B008 - frozen
    for n, body in enumerate(log, after + 1):
        view = on_event(view, n, AT, body)
    return view


@given(st.integers(0, 5), st.data())
def test_folding_in_two_parts_is_folding_at_once(rounds: int, data: st.DataObject) -> None:
    log = talk(rounds)
    cut = data.draw(st.integers(0, len(log)))

    assert fold(log[cut:], fold(log[:cut]), cut) == fold(log)


@given(st.integers(1, 4), st.data())
def test_a_repeated_event_changes_nothing(rounds: int, data: st.DataObject) -> None:
    log = talk(rounds)
    seq = data.draw(st.integers(1, len(log)))
    whole = fold(log)

    assert on_event(whole, seq, AT, log[seq - 1]) == whole


def test_a_missing_event_is_noticed_and_not_guessed() -> None:
    log = talk(1)
    view = on_event(fold(log[:2]), 4, AT, log[3])

    assert view.gap
    assert view.seq == 2
    assert not on_event(view, 3, AT, log[2]).gap


def test_a_streamed_message_stands_where_its_turn_began() -> None:
    assert [m.id for m in fold(talk(1)).messages] == ["q0", "r0", "late0"]


def opened() -> View:
    return fold(talk(1)[:4])


@given(st.text(max_size=60), st.data())
def test_any_cutting_repeating_and_overlapping_of_deltas_gives_the_text(text: str, data: st.DataObject) -> None:
    text = text.encode("utf-8", "ignore").decode()
    view = opened()
    place = 0
    while place < len(text):
        start = data.draw(st.integers(0, place))
        end = data.draw(st.integers(place + 1, len(text)))
        view = on_delta(view, "r0", 1, utf16.length(text[:start]), text[start:end])
        place = end

    assert view.open is not None
    assert view.open.text == text
    assert not view.open.snap


def test_a_delta_ahead_of_the_text_asks_for_a_snapshot_and_takes_it() -> None:
    view = on_delta(opened(), "r0", 1, 5, "late")
    assert view.open is not None
    assert view.open.snap

    whole = on_snapshot(view, "r0", 1, "on time, late")

    assert whole.open is not None
    assert (whole.open.text, whole.open.snap, whole.agent) == ("on time, late", False, "streaming")


def test_a_higher_attempt_starts_the_text_anew_and_a_lower_one_is_ignored() -> None:
    view = on_delta(opened(), "r0", 1, 0, "first try")
    view = on_delta(view, "r0", 2, 0, "second")
    view = on_delta(view, "r0", 1, 9, " goes on")

    assert view.open is not None
    assert (view.open.attempt, view.open.text) == (2, "second")


def test_an_older_snapshot_takes_nothing_back() -> None:
    view = on_delta(opened(), "r0", 1, 0, "all of it")

    assert on_snapshot(view, "r0", 1, "all") == view


def test_the_final_message_beats_whatever_was_streamed() -> None:
    log = talk(1)
    view = on_delta(fold(log[:5]), "r0", 1, 0, "something else")
    view = fold(log[5:], view, 5)

    assert view.open is None
    assert [m.text for m in view.messages if m.id == "r0"] == ["answer"]
    assert view.agent == "idle"


def test_receipts_out_of_order_never_go_down_and_failures_count() -> None:
    assert furthest("read", "delivered") == "read"
    assert furthest("accepted", "delivered") == "delivered"
    assert furthest("delivered", "refused") == "refused"
    assert furthest(None, "accepted") == "accepted"


def test_a_failed_turn_is_said_and_the_next_one_heals_it() -> None:
    log = talk(1)[:4]
    failed = fold([*log, TurnEnded(turn=TurnId("t0"), outcome="failed", reason="timeout")])
    assert failed.agent == "failed"

    again = on_event(failed, 6, AT, TurnStarted(turn=TurnId("t1"), message=MessageId("r1"), agent="a", attempt=1))

    assert again.agent == "thinking"
