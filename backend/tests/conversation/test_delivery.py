"""The plan: who is owed what, made with the message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from throughline.conversation.delivery import plan, shut, streams, superseded, told
from throughline.conversation.events import AuthorKind, ChannelName, Delivery
from throughline.conversation.ids import BindingId, MessageId, TurnId
from throughline.conversation.records import Binding, DeliveryRow, Turn

from .talks import CHANNELS, C, T, binding, bound, capabilities_of, message

TURN = Turn(
    TurnId("turn"), T, C, MessageId("m"), "running", "Guide", attempt=1, fence=1, owner="x", until=0, pos=7,
    checkpoint="", stop_asked=False, due_at=0,
)  # fmt: skip


def row(channel: ChannelName, **more: object) -> DeliveryRow:
    fresh = DeliveryRow(T, C, MessageId("m"), BindingId(f"b-{channel}"), channel, 4, True, "pending", 99)
    return replace(fresh, **more)


def test_the_agents_words_are_owed_on_the_active_binding_and_there_at_once() -> None:
    made = plan(T, C, message("agent"), 4, 99, [binding("web", "active")])

    assert [(r.binding, r.owed, r.state, r.seq, r.at) for r in made.rows] == [("b-web", True, "accepted", 4, 99)]
    assert made.events == (
        Delivery(messages=(MessageId("m"),), binding=BindingId("b-web"), channel="web", state="accepted"),
    )
    assert not made.leaves


def test_where_the_active_one_has_a_courier_it_waits_for_it_and_the_log_says_nothing_yet() -> None:
    made = plan(T, C, message("agent"), 4, 99, [binding("web", "mirror"), binding("slack", "active")])

    assert [(r.channel, r.owed, r.state, r.due) for r in made.rows] == [
        ("web", False, "accepted", 0), ("slack", True, "pending", 99),
    ]  # fmt: skip
    assert made.events == ()
    assert made.leaves


@given(bound(), st.sampled_from(["agent", "member", "system"]))
def test_others_words_go_to_active_and_mirrors_and_are_owed_once(
    bindings: tuple[Binding, ...], kind: AuthorKind
) -> None:
    made = plan(T, C, message(kind), 4, 99, bindings)

    assert {r.binding for r in made.rows} == {b.id for b in bindings if b.mode in ("active", "mirror")}
    assert [r.binding for r in made.rows if r.owed] == [b.id for b in bindings if b.mode == "active"]


@given(bound(), st.data())
def test_the_persons_own_words_go_to_mirrors_elsewhere_and_are_owed_nowhere(
    bindings: tuple[Binding, ...], data: st.DataObject
) -> None:
    here = data.draw(st.sampled_from(bindings))
    made = plan(T, C, message("person", here.channel), 4, 99, bindings, written_on=here.id)

    elsewhere = {b.id for b in bindings if b.mode == "mirror" and b.channel != "web"} - {here.id}
    assert {r.binding for r in made.rows} == elsewhere
    assert not any(r.owed for r in made.rows)
    assert made.events == ()


def test_without_a_binding_the_persons_words_stay_on_their_channel() -> None:
    bindings = [binding("web", "active"), binding("slack", "mirror"), binding("telegram", "mirror")]

    assert [r.channel for r in plan(T, C, message("person", "slack"), 4, 99, bindings).rows] == ["telegram"]


@given(bound(), st.data())
def test_what_is_for_one_binding_goes_there_alone_unless_it_is_off(
    bindings: tuple[Binding, ...], data: st.DataObject
) -> None:
    to = data.draw(st.sampled_from(bindings))
    made = plan(T, C, message("system", to.channel, only=to.id), 4, 99, bindings)

    assert [(r.binding, r.owed) for r in made.rows] == ([] if to.mode == "off" else [(to.id, True)])


@given(bound(), st.data())
def test_what_streamed_somewhere_gets_no_second_row_there(bindings: tuple[Binding, ...], data: st.DataObject) -> None:
    had = streams(TURN, 7, 50, bindings, capabilities_of)
    made = plan(T, C, message("agent"), 9, 99, bindings, already={r.binding for r in had})

    everywhere = [r.binding for r in (*had, *made.rows)]
    assert len(everywhere) == len(set(everywhere))
    assert set(everywhere) == {b.id for b in bindings if b.mode in ("active", "mirror")}


def test_a_message_that_is_being_written_has_rows_where_it_shows() -> None:
    bindings = [
        binding("web", "active"), binding("slack", "mirror"), binding("telegram", "standby"),
        binding("gmail", "mirror"),
    ]  # fmt: skip

    assert [
        (r.channel, r.seq, r.message, r.owed, r.state) for r in streams(TURN, 7, 50, bindings, capabilities_of)
    ] == [("slack", 7, "m", False, "pending")]


@pytest.mark.parametrize("channel", CHANNELS)
def test_only_channels_that_show_text_being_written_get_it_early(channel: ChannelName) -> None:
    made = streams(TURN, 7, 50, [binding(channel, "active")], capabilities_of)

    assert [r.owed for r in made] == ([True] if channel in ("slack", "telegram") else [])


def test_a_message_that_will_never_be_ends_where_nothing_is_under_way() -> None:
    rows = [
        row("slack"), row("telegram", state="not_sent"), row("gmail", state="streaming"),
        row("whatsapp", state="sending"), row("web", remote=("1.1",)),
    ]  # fmt: skip

    assert [(r.channel, r.state, r.at) for r in superseded(rows, 120)] == [
        ("slack", "superseded", 120), ("telegram", "superseded", 120),
    ]  # fmt: skip


def test_what_waits_on_a_binding_that_was_switched_off_does_not_leave() -> None:
    rows = [row("slack"), row("gmail"), row("slack", state="streaming"), row("slack", state="accepted")]

    assert [(r.state, r.reason) for r in shut(rows, BindingId("b-slack"), 120)] == [("superseded", "off")]


def test_the_log_tells_of_owed_rows_only_and_runs_in_one_event() -> None:
    rows = [
        row("slack", state="accepted", message=MessageId("a")), row("slack", state="accepted", message=MessageId("b")),
        row("slack", state="not_sent", message=MessageId("c")), row("slack", state="dead", owed=False),
        row("slack", state="refused", message=MessageId("d"), reason="no_text"),
    ]  # fmt: skip

    assert [(e.messages, e.state) for e in told(rows)] == [(("a", "b"), "accepted"), (("d",), "refused")]
