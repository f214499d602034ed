"""Whatever moves happen in between, nothing that is owed is lost, doubled or out of order."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from throughline.conversation.bindings import active_of, moved
from throughline.conversation.delivery import IN_HAND, WAITING, claimed, passed_on, plan
from throughline.conversation.events import DeliveryState
from throughline.conversation.ids import BindingId, MessageId
from throughline.conversation.records import Binding, DeliveryRow, Mode, Rung

from .talks import C, T, binding, bound, capabilities_of, message

Key = tuple[MessageId, BindingId]


def waiting(name: str, seq: int, on: Binding, state: DeliveryState = "pending", *, owed: bool = True) -> DeliveryRow:
    return DeliveryRow(T, C, MessageId(name), on.id, on.channel, seq, owed, state, 1)


class Talk(RuleBasedStateMachine):
    """A conversation that people move about while couriers are at work."""

    def __init__(self) -> None:
        super().__init__()
        self.bindings: tuple[Binding, ...] = ()
        self.rows: dict[Key, DeliveryRow] = {}
        self.seq = 0

    @initialize(bindings=bound(least=2))
    def begin(self, bindings: tuple[Binding, ...]) -> None:
        self.bindings = bindings

    @rule()
    def answer(self) -> None:
        self.seq += 1
        made = plan(T, C, message("agent", name=f"m{self.seq}"), self.seq, self.seq, self.bindings)
        for row in made.rows:
            self.rows[row.message, row.binding] = row

    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        to = data.draw(st.sampled_from([b for b in self.bindings if b.mode != "off"]))
        before = active_of(self.bindings)
        changes = {b.id: b for b in moved(self.bindings, to.id, capabilities_of)}
        self.bindings = tuple(changes.get(b.id, b) for b in self.bindings)
        if before is None or not changes:
            return
        handed = passed_on(list(self.rows.values()), changes[before.id], changes[to.id], self.seq)
        assert [h.gives.seq for h in handed] == sorted(h.gives.seq for h in handed)
        for hand in handed:
            self.rows[hand.gives.message, hand.gives.binding] = hand.gives
            assert hand.takes is not None
            key = (hand.takes.message, hand.takes.binding)
            assert hand.fresh == (key not in self.rows)
            self.rows[key] = hand.takes

    @precondition(lambda self: any(r.channel != "web" for r in self.rows.values()))
    @rule(
        data=st.data(), state=st.sampled_from(["sending", "streaming", "ambiguous", "not_sent", "accepted", "refused"])
    )
    def courier(self, data: st.DataObject, state: DeliveryState) -> None:
        able = [k for k, r in self.rows.items() if r.channel != "web" and r.state in (*WAITING, *IN_HAND)]
        if able:
            key = data.draw(st.sampled_from(able))
            self.rows[key] = replace(self.rows[key], state=state)

    @invariant()
    def one_is_active(self) -> None:
        assert not self.bindings or sum(b.mode == "active" for b in self.bindings) == 1

    @invariant()
    def every_answer_is_owed_exactly_once(self) -> None:
        for number in range(1, self.seq + 1):
            owed = [r for (m, _), r in self.rows.items() if m == f"m{number}" and r.owed]
            assert len(owed) == 1
            assert owed[0].state not in ("passed", "superseded", "dead")

    @invariant()
    def what_is_owed_and_never_touched_waits_on_the_active_binding(self) -> None:
        active = active_of(self.bindings)
        for row in self.rows.values():
            if row.owed and row.state == "pending":
                assert active is not None
                assert row.binding == active.id

    @invariant()
    def the_web_has_everything_that_is_owed_there(self) -> None:
        assert all(r.state == "accepted" for r in self.rows.values() if r.channel == "web")


TestTalk = Talk.TestCase
TestTalk.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@given(st.sampled_from(["sending", "streaming", "ambiguous", "accepted", "delivered", "refused", "dead", "passed"]))
def test_what_is_under_way_or_over_stays_where_it_is(state: DeliveryState) -> None:
    slack, gmail = binding("slack", "mirror"), binding("gmail", "active")

    assert passed_on([waiting("a", 1, slack, state)], slack, gmail, 9) == ()


def test_what_has_begun_to_arrive_stays_where_it_is() -> None:
    slack, gmail = binding("slack", "mirror"), binding("gmail", "active")
    half = replace(waiting("a", 1, slack), remote=("1.1",))

    assert passed_on([half], slack, gmail, 9) == ()


def test_a_channel_that_goes_quiet_ends_what_waits_there_and_the_log_says_so() -> None:
    gmail, web = binding("gmail", "standby"), binding("web", "active")
    (hand,) = passed_on([waiting("a", 1, gmail, "not_sent")], gmail, web, 9)

    assert (hand.gives.state, hand.gives.reason, hand.gives.owed) == ("passed", "move", False)
    assert hand.takes is not None
    assert (hand.takes.state, hand.takes.owed, hand.takes.binding, hand.fresh) == ("accepted", True, "b-web", True)
    assert [(e.channel, e.state) for e in hand.events] == [("gmail", "passed"), ("web", "accepted")]


def test_a_channel_that_mirrors_from_now_on_still_gets_it_but_owes_nothing() -> None:
    slack, web = binding("slack", "mirror"), binding("web", "active")
    (hand,) = passed_on([waiting("a", 1, slack)], slack, web, 9)

    assert (hand.gives.state, hand.gives.owed) == ("pending", False)
    assert [(e.channel, e.state) for e in hand.events] == [("web", "accepted")]


def test_a_row_that_is_there_already_just_becomes_owed() -> None:
    slack, web = binding("slack", "mirror"), binding("web", "active")
    there = replace(waiting("a", 1, web, "read", owed=False), at=5)
    (hand,) = passed_on([waiting("a", 1, slack), there], slack, web, 9)

    assert hand.takes == replace(there, owed=True)
    assert not hand.fresh
    assert [(e.channel, e.state) for e in hand.events] == [("web", "read")]


def test_a_row_that_had_ended_there_starts_again() -> None:
    telegram = binding("telegram", "active")
    again = claimed(waiting("a", 1, telegram, "dead", owed=False), 9)

    assert (again.state, again.owed, again.due, again.reason) == ("pending", True, 9, None)


LEFT: tuple[DeliveryState, ...] = ("pending", "sending", "ambiguous", "passed")


def lived(row: DeliveryRow, *states: DeliveryState) -> DeliveryRow:
    return replace(row, rungs=tuple(Rung(state, at) for at, state in enumerate(states)))


@pytest.mark.parametrize("mode", ["standby", "mirror"])
def test_what_may_be_there_already_is_not_sent_there_again(mode: Mode) -> None:
    slack, sms = binding("slack", "active"), binding("sms", mode)
    left = lived(waiting("a", 1, slack, "passed", owed=False), *LEFT)
    doubt = waiting("a", 1, slack, "ambiguous", owed=False)

    for there in (left, doubt):
        assert passed_on([waiting("a", 1, sms, "not_sent"), there], sms, slack, 9) == ()


@pytest.mark.parametrize(
    "there",
    [
        replace(lived(waiting("a", 1, binding("slack", "active"), "passed", owed=False), *LEFT), draft="d-1"),
        replace(waiting("a", 1, binding("slack", "active"), "ambiguous", owed=False), due=99),
    ],
    ids=["a draft can be released again", "an echo may come"],
)
def test_doubt_that_can_end_goes_along(there: DeliveryRow) -> None:
    (hand,) = passed_on([waiting("a", 1, binding("sms", "standby")), there], binding("sms", "standby"),
                        binding("slack", "active"), 9)  # fmt: skip

    assert hand.takes is not None
    assert (hand.takes.state, hand.takes.owed, hand.takes.draft) == ("ambiguous", True, there.draft)


def test_from_a_channel_that_is_off_doubt_is_owed_as_doubt() -> None:
    slack, sms = binding("slack", "active"), binding("sms", "off")
    left = lived(waiting("a", 1, slack, "passed", owed=False), *LEFT)
    (hand,) = passed_on([waiting("a", 1, sms), left], sms, slack, 9)

    assert hand.takes is not None
    assert (hand.takes.state, hand.takes.owed, hand.takes.due) == ("ambiguous", True, 9)


@pytest.mark.parametrize(
    "life",
    [
        ("pending", "not_sent", "passed"),
        ("pending", "sending", "ambiguous", "not_sent", "passed"),
        ("pending", "sending", "ambiguous", "refused", "passed"),
    ],
)
def test_what_is_surely_not_there_is_sent_there_after_a_move_back(life: tuple[DeliveryState, ...]) -> None:
    slack, sms = binding("slack", "active"), binding("sms", "standby")
    left = lived(waiting("a", 1, slack, "passed", owed=False), *life)
    (hand,) = passed_on([waiting("a", 1, sms), left], sms, slack, 9)

    assert hand.takes is not None
    assert (hand.takes.state, hand.takes.owed) == ("pending", True)


def test_a_message_that_is_not_written_yet_is_owed_anew_by_the_end_of_its_turn() -> None:
    slack, web = binding("slack", "mirror"), binding("web", "active")
    (hand,) = passed_on([waiting("open", 3, slack)], slack, web, 9, unsaid=MessageId("open"))

    assert (hand.gives.owed, hand.gives.state, hand.takes) == (False, "pending", None)


def test_what_was_for_the_old_channel_alone_stays_there() -> None:
    slack, web = binding("slack", "mirror"), binding("web", "active")

    assert passed_on([waiting("note", 3, slack)], slack, web, 9, stays={MessageId("note")}) == ()
