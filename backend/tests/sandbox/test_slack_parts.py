"""The stand-in's pure parts under any input: methods never break, and a state is always its own changes."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.slack import methods, people
from sandbox.slack.call import Call, Done, Refused
from sandbox.slack.facts import (
    Added,
    App,
    AppKnown,
    Asked,
    Change,
    Channel,
    ChannelKnown,
    Delivery,
    Message,
    Moved,
    Owed,
    Person,
    PersonKnown,
    Posted,
    Received,
    Session,
    SessionSet,
    Team,
    Tried,
    Wiped,
)  # fmt: skip
from sandbox.slack.published import METHODS
from sandbox.slack.workspace import Workspace

TEAM = Team("T1", "Team One")
APP = App("A1", TEAM, "UBOT", "B1", "xoxb", "secret", "xapp")
TS = ("1.000001", "1.000002", "1.000003")

_json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99) | st.text(max_size=8) | st.sampled_from(TS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_chunk = st.fixed_dictionaries(
    {"type": st.sampled_from(["markdown_text", "task_update", "plan_update", "blocks", "song"])},
    optional={"text": _json, "id": _json, "title": _json, "status": st.just("pending") | _json, "blocks": _json},
)
_args = st.fixed_dictionaries(
    {},
    optional={
        "channel": st.sampled_from(["C1", "D1", "U1", "UBOT"]) | _json,
        "channel_id": st.sampled_from(["C1", "D1"]) | _json,
        "ts": st.sampled_from(TS) | _json,
        "thread_ts": st.sampled_from(TS) | _json,
        "text": st.text(max_size=9) | _json,
        "markdown_text": st.text(max_size=9) | _json,
        "chunks": st.lists(_chunk, max_size=3) | _json,
        "blocks": st.lists(st.fixed_dictionaries({"type": st.just("section")}), max_size=3) | _json,
        "metadata": st.just({"event_type": "e", "event_payload": {}}) | _json,
        "status": st.sampled_from(["active", "processing"]) | _json,
        "session_status": st.sampled_from(["closed", "asleep"]) | _json,
        "prompts": st.lists(st.just({"title": "t", "message": "m"}), max_size=5) | _json,
        "loading_messages": _json,
        "users": st.sampled_from(["U1", "U1,U2", ""]) | _json,
        "user": st.sampled_from(["U1", "UBOT"]) | _json,
        "limit": _json,
        "cursor": _json,
        "recipient_team_id": st.just("T1") | _json,
        "recipient_user_id": st.just("U1") | _json,
    },
)


def state(streaming: str = "in_progress") -> Workspace:
    found = Workspace("E")
    stream: Any = streaming
    for change in (
        AppKnown(APP),
        PersonKnown(Person("U1", "Ada", "T1")),
        ChannelKnown(Channel("C1", "channel", "T1", "general", ("U1", "UBOT"))),
        ChannelKnown(Channel("D1", "im", "T1", members=("U1", "UBOT"))),
        Posted(Message("D1", TS[0], "U1", "question")),
        Posted(Message("D1", TS[1], "UBOT", "one", thread_ts=TS[0], app="A1")),
        Posted(Message("D1", TS[2], "UBOT", "two", thread_ts=TS[0], app="A1", streaming=stream)),
    ):
        found.apply(change)
    return found


@pytest.mark.parametrize("method", sorted(set(METHODS) - {"apps.connections.open"}))
@given(args=_args, as_text=st.booleans())
def test_any_arguments_have_an_answer(method: str, args: dict[str, Any], *, as_text: bool) -> None:
    if as_text:
        args = {k: v if isinstance(v, str) else json.dumps(v) for k, v in args.items()}
    there = state()
    before = msgspec.to_builtins(list(there.changes()))
    found = methods.answer(method, Call(there, APP, args, 10.0, 10.0))

    assert msgspec.to_builtins(list(there.changes())) == before
    if isinstance(found, Refused):
        assert found.code
    else:
        assert found.body["ok"] is True
        for change in found.changes:
            there.apply(change)
        msgspec.json.encode([found.body, [told.event for told in found.told]])


_ts = st.sampled_from(TS)
_event = st.sampled_from(["Ev1", "Ev2", "Ev3"])
_change: st.SearchStrategy[Change] = st.one_of(
    st.builds(Posted, st.builds(Message, st.just("D1"), _ts, st.just("U1"), st.text(max_size=5))),
    st.builds(Added, st.just("D1"), _ts, st.text(max_size=5)),
    st.builds(SessionSet, st.builds(Session, st.just("D1"), _ts, st.just("A1"), st.text(max_size=5))),
    st.builds(Owed, st.builds(Delivery, _event, st.just("A1"), st.just({}), st.floats(0, 9))),
    st.builds(Tried, _event, st.integers(0, 3), st.just("http_error"), st.none() | st.floats(0, 9)),
    st.builds(
        Received,
        st.builds(
            Asked,
            number=st.integers(1, 9), at=st.just(0.0), app=st.just("A1"), method=st.just("m"), body=st.none(),
            done=st.booleans(), status=st.just(200),
        ),
    ),
    st.builds(Moved, st.floats(0, 9)),
    st.builds(Wiped, st.sampled_from(["E1", "E2"])),
)  # fmt: skip


@given(st.lists(_change, max_size=30))
def test_a_state_is_its_own_changes(changes: list[Change]) -> None:
    there, again = state(), Workspace("other")
    for change in changes:
        there.apply(change)
    kept = msgspec.json.encode(list(there.changes()))
    for change in msgspec.json.decode(kept, type=list[Change]):
        again.apply(change)

    assert msgspec.json.encode(list(again.changes())) == kept


@given(st.lists(st.floats(0, 2e9), min_size=1, max_size=20))
def test_no_two_messages_have_one_ts(walls: list[float]) -> None:
    there, seen = state(), list[str]()
    for wall in walls:
        seen.append(there.next_ts(wall))
        there.apply(Posted(Message("D1", seen[-1], "U1", "x")))

    micros = [int(ts.replace(".", "")) for ts in seen]
    assert micros == sorted(set(micros))


@given(st.text(min_size=1, max_size=50).filter(str.strip))
def test_what_a_person_types_is_what_the_pane_shows(text: str) -> None:
    said = people.say(state(), "U1", text, 10.0, mention=True, channel="C1")

    assert isinstance(said, Done)
    posted = next(change.message for change in said.changes if isinstance(change, Posted))
    assert people.plain(posted.text, state()) == f"@throughline {text}"
