"""The checker sees every promise that is broken, and nothing where none is: made-up histories, one flaw each."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from chaos.history import Effect, Entry, History, Row, Said, check

TALK = "c"


def good() -> History:
    """A person asks twice, is answered once on Slack, with two pieces; somebody watches."""
    log = [
        Entry(1, "conversation_started"), Entry(2, "message", "q1"), Entry(3, "turn_started"),
        Entry(4, "message", "a1", outgoing=True, turn="t1"), Entry(5, "turn_ended", turn="t1"),
        Entry(6, "message", "q2"), Entry(7, "message", "a2", outgoing=True),
    ]  # fmt: skip
    rows = [
        Row(TALK, "a1", "b-slack", "slack", 4, owed=True, state="accepted", rungs=("pending", "sending", "accepted")),
        Row(TALK, "a2", "b-slack", "slack", 7, owed=True, state="delivered", rungs=("pending", "sending", "delivered")),
        Row(TALK, "a1", "b-web", "web", 4, owed=False, state="accepted"),
    ]
    effects = [
        Effect(TALK, "a1", "slack", 0, 1.0), Effect(TALK, "a1", "slack", 1, 2.0), Effect(TALK, "a2", "slack", 0, 3.0)
    ]  # fmt: skip
    said = [Said(TALK, "q1", 0.0, 0.5, 2), Said(TALK, "q2", 1.0, 1.5, 6), Said(TALK, "q3", 2.0)]
    seen = [(TALK, [(e.seq, e.message or e.kind) for e in log[:5]])]
    return History(said, {TALK: log}, seen, rows, effects, pieces={"a1": 2, "a2": 1})


def with_row(message: str, **changed: object) -> Callable[[History], History]:
    return lambda h: replace(h, rows=[replace(r, **changed) if r.message == message else r for r in h.rows])


def without_effect(*which: int) -> Callable[[History], History]:
    return lambda h: replace(h, effects=[e for n, e in enumerate(h.effects) if n not in which])


def with_log(*entries: Entry) -> Callable[[History], History]:
    return lambda h: replace(h, logs={TALK: [*h.logs[TALK], *entries]})


FLAWS: dict[str, tuple[str, Callable[[History], History]]] = {
    "acknowledged and gone": ("lost", lambda h: replace(h, said=[*h.said, Said(TALK, "q9", 3.0, 3.1, 8)])),
    "acknowledged elsewhere": ("moved", lambda h: replace(h, said=[Said(TALK, "q1", 0.0, 0.5, 5), *h.said[1:]])),
    "twice in the log": ("doubled", with_log(Entry(8, "message", "q2"))),
    "a hole in the log": ("holes", with_log(Entry(9, "conversation_ended"))),
    "acks out of order": (
        "order", lambda h: replace(h, said=[Said(TALK, "q2", 0.0, 0.1, 6), Said(TALK, "q1", 0.2, 0.3, 2)])
    ),
    "a reader's hole": (
        "view", lambda h: replace(h, seen=[(TALK, [(1, "conversation_started"), (3, "turn_started")])])
    ),
    "a reader's own version": ("view", lambda h: replace(h, seen=[(TALK, [(1, "message")])])),
    "a reader saw more than there is": (
        "view", lambda h: replace(h, seen=[(TALK, [*((e.seq, e.message or e.kind) for e in h.logs[TALK]), (8, "x")])])
    ),
    "two replies": ("turn", with_log(Entry(8, "message", "a9", outgoing=True, turn="t1"))),
    "two ends of a turn": ("turn", with_log(Entry(8, "turn_ended", turn="t1"))),
    "owed nowhere": ("nowhere", with_row("a2", owed=False, state="refused")),
    "still open": ("open", with_row("a2", state="not_sent")),
    "a mirror still open": ("open", lambda h: replace(h, rows=[*h.rows[:2], replace(h.rows[2], state="sending")])),
    "accepted and never there": ("lost", without_effect(2)),
    "half of it there": ("lost", without_effect(1)),
    "there twice": ("doubled", lambda h: replace(h, effects=[*h.effects, Effect(TALK, "a2", "slack", 0, 4.0)])),
    "out of order on a channel": (
        "order", lambda h: replace(h, effects=[replace(e, at=-1.0) if e.message == "a2" else e for e in h.effects])
    ),
}  # fmt: skip


def test_a_good_history_holds() -> None:
    verdict = check(good())

    assert verdict.broken == ()
    assert (verdict.lost, verdict.doubled, verdict.ambiguous) == (0, 0, 0)


@pytest.mark.parametrize("flaw", FLAWS)
def test_each_flaw_is_seen(flaw: str) -> None:
    word, spoil = FLAWS[flaw]

    verdict = check(spoil(good()))

    assert verdict.broken
    assert all(one.startswith(word) for one in verdict.broken), verdict.broken
    assert (verdict.lost > 0) == (word in {"lost", "moved", "nowhere"})


def test_what_its_row_calls_in_doubt_is_counted_and_not_an_error() -> None:
    rungs = ("pending", "sending", "ambiguous", "accepted")
    doubtful = with_row("a2", rungs=rungs)(good())

    twice = check(replace(doubtful, effects=[*doubtful.effects, Effect(TALK, "a2", "slack", 0, 4.0)]))
    never = check(without_effect(2)(doubtful))

    assert (twice.broken, twice.ambiguous) == ((), 1)
    assert (never.broken, never.ambiguous) == ((), 1)


def test_a_message_that_was_taken_over_from_another_channel_may_come_late() -> None:
    spoiled = FLAWS["out of order on a channel"][1](good())

    assert check(with_row("a1", late=True)(spoiled)).holds


def test_before_all_has_come_to_rest_a_delivery_may_be_open() -> None:
    assert check(replace(with_row("a2", state="not_sent")(without_effect(2)(good())), settled=False)).holds


def test_what_was_never_acknowledged_may_be_there_or_not() -> None:
    assert check(with_log(Entry(8, "message", "q3"))(good())).holds
