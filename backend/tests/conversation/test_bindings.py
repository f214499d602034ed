"""The modes: exactly one active at every write, what the others become, and whose `off` it is."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from throughline.conversation.bindings import By, active_of, chosen, followed, joins, left, moved
from throughline.conversation.events import ChannelName
from throughline.conversation.faults import (
    NO_FALLBACK,
    NOT_VERIFIED,
    STAYS_OFF,
    TWO_ACTIVE,
    UNKNOWN_BINDING,
    Fault,
)
from throughline.conversation.ids import BindingId
from throughline.conversation.records import Binding, Follow, Mode

from .talks import CHANNELS, MODES, binding, bound, capabilities_of

ASKED = st.dictionaries(st.sampled_from([BindingId(f"b-{c}") for c in CHANNELS]), st.sampled_from(MODES), max_size=5)


def written(bindings: Sequence[Binding], changes: Sequence[Binding]) -> list[list[Binding]]:
    """The bindings after each write."""
    steps = [list(bindings)]
    for change in changes:
        steps.append([change if b.id == change.id else b for b in steps[-1]])
    return steps


def modes(bindings: Sequence[Binding]) -> dict[ChannelName, Mode]:
    return {b.channel: b.mode for b in bindings}


@pytest.mark.parametrize(
    ("channel", "mode"),
    [("web", "mirror"), ("slack", "mirror"), ("telegram", "mirror"), ("whatsapp", "standby"), ("gmail", "standby")],
)
def test_a_channel_that_can_show_text_being_written_stays_live_when_the_talk_leaves_it(
    channel: ChannelName, mode: Mode
) -> None:
    assert left(capabilities_of(channel)) == mode


def test_a_conversation_begins_live_elsewhere_in_the_demo_only() -> None:
    assert [joins(capabilities_of(c), demo=True) for c in ("web", "slack", "gmail")] == ["mirror", "mirror", "standby"]
    assert [joins(capabilities_of(c), demo=False) for c in ("web", "slack", "gmail")] == [
        "mirror",
        "standby",
        "standby",
    ]


@given(bound(), st.data())
def test_a_move_leaves_exactly_one_active_and_never_two_on_the_way(
    bindings: tuple[Binding, ...], data: st.DataObject
) -> None:
    to = data.draw(st.sampled_from(bindings))
    steps = written(bindings, moved(bindings, to.id, capabilities_of))

    assert all(sum(b.mode == "active" for b in step) <= 1 for step in steps)
    assert [b.id for b in steps[-1] if b.mode == "active"] == [to.id]


@given(bound(), st.data())
def test_a_move_touches_nothing_but_the_two_ends(bindings: tuple[Binding, ...], data: st.DataObject) -> None:
    to = data.draw(st.sampled_from(bindings))
    before = active_of(bindings)
    assert before is not None

    assert {b.id for b in moved(bindings, to.id, capabilities_of)} == (
        {before.id, to.id} if before.id != to.id else set()
    )


def test_moving_to_a_binding_of_another_conversation_changes_nothing() -> None:
    assert moved([binding("web", "active")], BindingId("elsewhere"), capabilities_of) == ()


@given(bound(), st.sampled_from(["follow", "pin"]), st.data())
def test_only_a_conversation_that_follows_follows_and_never_into_off(
    bindings: tuple[Binding, ...], follow: Follow, data: st.DataObject
) -> None:
    spoke = data.draw(st.sampled_from(bindings))
    to = followed(follow, bindings, spoke.id)

    assert to == (spoke if follow == "follow" and spoke.mode in ("mirror", "standby") else None)


def test_even_a_pinned_conversation_without_an_active_channel_goes_where_the_person_speaks() -> None:
    slack = binding("slack", "standby")
    assert followed("pin", [slack], slack.id) == slack


@given(bound(), ASKED, st.sampled_from(["person", "member"]), st.data())
def test_whatever_is_chosen_one_is_active_and_no_member_lifts_off(
    bindings: tuple[Binding, ...], asked: dict[BindingId, Mode], by: By, data: st.DataObject
) -> None:
    verified = data.draw(st.sets(st.sampled_from([b.id for b in bindings])))
    changes = chosen(bindings, asked, by, capabilities_of, verified)
    if isinstance(changes, Fault):
        return
    steps = written(bindings, changes)

    assert all(sum(b.mode == "active" for b in step) <= 1 for step in steps)
    after = {b.id: b for b in steps[-1]}
    assert sum(b.mode == "active" for b in after.values()) == 1
    for was in bindings:
        mode = after[was.id].mode
        if was.mode == "off" and by == "member":
            assert mode == "off"
        if was.id in asked and mode != "active":
            assert mode == asked[was.id]
        if was.mode == "off" and asked.get(was.id, "off") == "off":
            assert mode == "off"
        if mode == "active" and was.mode != "active":
            assert was.id in verified


@given(bound(), ASKED, st.sampled_from(["person", "member"]))
def test_what_is_set_already_is_no_change(bindings: tuple[Binding, ...], asked: dict[BindingId, Mode], by: By) -> None:
    everybody = {b.id for b in bindings}
    changes = chosen(bindings, asked, by, capabilities_of, everybody)
    if isinstance(changes, Fault):
        return
    after = written(bindings, changes)[-1]

    assert all(b not in bindings for b in changes)
    same = {b.id: b.mode for b in after}
    assert chosen(after, same, by, capabilities_of, everybody) == ()


def test_a_second_active_one_is_a_move() -> None:
    bindings = [binding("slack", "active"), binding("web", "mirror"), binding("gmail", "standby")]
    changes = chosen(bindings, {BindingId("b-web"): "active"}, "member", capabilities_of, {BindingId("b-web")})

    assert not isinstance(changes, Fault)
    assert [(b.channel, b.mode) for b in changes] == [("slack", "mirror"), ("web", "active")]


@pytest.mark.parametrize("mode", ["off", "standby", "mirror"])
def test_taking_the_active_one_down_moves_to_the_web_first(mode: Mode) -> None:
    bindings = [binding("slack", "active"), binding("telegram", "mirror"), binding("web", "mirror")]
    everybody = {b.id for b in bindings}
    changes = chosen(bindings, {BindingId("b-slack"): mode}, "person", capabilities_of, everybody)

    assert not isinstance(changes, Fault)
    assert [(b.channel, b.mode) for b in changes] == [("slack", mode), ("web", "active")]


def test_without_the_web_it_moves_to_the_first_verified_one_that_is_not_off() -> None:
    bindings = [
        binding("slack", "active"), binding("gmail", "standby"), binding("whatsapp", "off"),
        binding("telegram", "mirror"),
    ]  # fmt: skip
    verified = {BindingId("b-whatsapp"), BindingId("b-telegram")}
    changes = chosen(bindings, {BindingId("b-slack"): "off"}, "person", capabilities_of, verified)

    assert not isinstance(changes, Fault)
    assert modes(written(bindings, changes)[-1]) == {
        "slack": "off", "gmail": "standby", "whatsapp": "off", "telegram": "active",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "by", "fault"),
    [
        ({"b-elsewhere": "active"}, "person", UNKNOWN_BINDING),
        ({"b-web": "active", "b-gmail": "active"}, "person", TWO_ACTIVE),
        ({"b-gmail": "standby"}, "member", STAYS_OFF),
        ({"b-gmail": "active"}, "member", STAYS_OFF),
        ({"b-web": "off", "b-slack": "off"}, "person", NO_FALLBACK),
        ({"b-slack": "active"}, "person", NOT_VERIFIED),
    ],
)
def test_what_cannot_be_chosen_is_refused(asked: dict[BindingId, Mode], by: By, fault: Fault) -> None:
    bindings = [binding("web", "active"), binding("slack", "mirror"), binding("gmail", "off")]

    assert chosen(bindings, asked, by, capabilities_of, {BindingId("b-web"), BindingId("b-gmail")}) == fault


def test_the_person_lifts_their_own_off() -> None:
    bindings = [binding("web", "active"), binding("slack", "off")]
    changes = chosen(bindings, {BindingId("b-slack"): "mirror"}, "person", capabilities_of, set())

    assert changes == (binding("slack", "mirror"),)
