"""Protocol.md §3 as dialogues."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.channels.web.playbook import USER, Dialogue
from throughline.channels.web import wire
from throughline.channels.web.session import Bounds, Close, Do, Renew, Send, Session, SignIn, TakeUp
from throughline.conversation.faults import BUSY, UNKNOWN_CONVERSATION

WELCOME = Send(wire.Welcome(USER, 20))
SAY = {"t": "say", "c": "c1", "id": "i1", "text": "hello"}


def test_hello_by_ticket_is_welcomed() -> None:
    d = Dialogue()
    d >> {"t": "hello", "ticket": "T"} << SignIn("T", None)
    d.out += d.session.signed_in(USER, None)
    d << WELCOME
    assert d.session.deadline is None


def test_hello_by_token_takes_up_what_it_resumes() -> None:
    d = Dialogue()
    d >> {"t": "hello", "token": "J", "resume": [{"c": "c1", "epoch": "e", "seq": 4}]} << SignIn(None, "J")
    d.out += d.session.signed_in(USER, d.now + 300)
    d << [WELCOME, TakeUp((wire.Resume("c1", "e", 4),))]


def test_no_hello_in_five_seconds_closes_4502() -> None:
    d = Dialogue().passes(4.9) << []
    assert d.passes(0.2).close() == 4502


def test_bad_ticket_closes_4500_and_nothing_follows() -> None:
    d = Dialogue() >> {"t": "hello", "ticket": "T"} << SignIn("T", None)
    d.out += d.session.turned_away()
    assert d.close() == 4500
    assert (d >> SAY).passes(100).out == []


def test_another_subprotocol_closes_4503() -> None:
    assert Dialogue(subprotocols=()).close() == 4503
    assert Dialogue(subprotocols=("graphql-ws",)).close() == 4503
    assert Dialogue(subprotocols=("x", "throughline.v1")).out == []


@pytest.mark.parametrize("hello", [{}, {"ticket": "a", "token": "b"}])
def test_hello_needs_exactly_one_proof(hello: dict[str, str]) -> None:
    d = Dialogue() >> ({"t": "hello"} | hello)
    assert d.nacks() == [("bad_frame", None)]
    assert d.passes(6).close() == 4502


def test_frames_before_hello_are_refused_and_not_carried_out() -> None:
    d = Dialogue() >> SAY >> {"t": "auth", "token": "x"}
    assert d.nacks() == [("no_hello", "i1"), ("no_hello", None)]


def test_frames_while_signing_in_are_refused() -> None:
    d = Dialogue() >> {"t": "hello", "ticket": "T"} << SignIn("T", None)
    assert (d >> SAY).nacks() == [("no_hello", "i1")]


def test_a_second_hello_is_refused() -> None:
    d = Dialogue().live() << WELCOME
    assert (d >> {"t": "hello", "ticket": "T2"}).nacks() == [("bad_frame", None)]


def test_the_token_ends_and_4003_follows_unless_it_is_renewed() -> None:
    d = Dialogue().live(ends=1300.0, token="J") << WELCOME
    d.passes(299)
    d >> {"t": "auth", "token": "J2"} << Renew("J2")
    d.out += d.session.renewed(1600.0)
    d.passes(299) << []
    assert d.passes(3).close() == 4003


def test_a_token_that_is_not_ours_closes_4500() -> None:
    d = Dialogue().live(ends=1300.0, token="J") << WELCOME
    d >> {"t": "auth", "token": "bad"} << Renew("bad")
    d.out += d.session.turned_away()
    assert d.close() == 4500


def test_a_socket_by_ticket_needs_no_auth() -> None:
    d = Dialogue().live() << WELCOME
    assert (d >> {"t": "auth", "token": "x"}).nacks() == [("bad_frame", None)]


@pytest.mark.parametrize(
    "frame",
    [
        {"t": "watch", "c": "c1"}, {"t": "watch", "c": "c1", "after": 0}, {"t": "unwatch", "c": "c1"}, SAY,
        {"t": "stop", "c": "c1", "id": "i1", "turn": "t1"}, {"t": "snap", "c": "c1", "message": "m1"},
        {"t": "typing", "c": "c1"}, {"t": "got", "c": "c1", "seq": 4}, {"t": "seen", "c": "c1", "seq": 4},
    ],
)  # fmt: skip
def test_frames_of_a_live_socket_are_carried_out_unknown_fields_ignored(frame: dict[str, Any]) -> None:
    d = Dialogue().live() << WELCOME
    d >> (frame | {"extra": {"deep": [1]}})
    d << Do(wire.read(json.dumps(frame)))  # type: ignore[arg-type]


def test_answers_are_acks_and_nacks() -> None:
    d = Dialogue().live() << WELCOME
    d.out += d.session.acked("i1", "c1", 7)
    d << Send(wire.Ack("i1", "c1", 7))
    d.out += d.session.refused(wire.Say("c1", "i1", "x"), BUSY, d.now)
    (effect,) = d.out
    assert isinstance(effect, Send)
    assert isinstance(effect.frame, wire.Nack)
    assert (effect.frame.id, effect.frame.code, effect.frame.retry_after) == ("i1", "busy", 2)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "bad_json"), ("{", "bad_json"), ("nonsense", "bad_json"), ('"\\ud800"', "bad_json"),
        ("[" * 5_000 + "]" * 5_000, "bad_frame"), ('{"t":"say","x":' + "[" * 5_000 + "]" * 5_000 + "}", "bad_json"),
        ("[]", "bad_frame"), ("null", "bad_frame"), ("{}", "bad_frame"), ('{"t":1}', "bad_frame"),
        ('{"t":"say"}', "bad_frame"), ('{"t":"say","c":1,"id":"a","text":"b"}', "bad_frame"),
        ('{"t":"got","c":"c1","seq":1e400}', "bad_frame"), ('{"t":"got","c":"c1","seq":1.5}', "bad_frame"),
        ('{"t":"got","c":"c1","seq":-1}', "bad_frame"), ('{"t":"seen","c":"c1","seq":9007199254740992}', "bad_frame"),
        ('{"t":"got","c":"c1","seq":9223372036854775808999}', "bad_frame"),
        ('{"t":"nope"}', "unknown_type"), ('{"t":"answer","c":"c1"}', "unknown_type"),
        ('{"t":"\\u0000"}', "unknown_type"),
        ('{"t":"watch","c":"../../etc"}', "unknown_conversation"), ('{"t":"watch","c":""}', "unknown_conversation"),
        ('{"t":"watch","c":"\\u0000"}', "unknown_conversation"),
    ],
)  # fmt: skip
def test_bad_frames_are_refused_and_the_socket_stays(data: str, code: str) -> None:
    d = Dialogue().live() << WELCOME
    assert [c for c, _ in (d >> data).nacks()] == [code]
    d >> SAY << Do(wire.Say("c1", "i1", "hello"))


@pytest.mark.parametrize(
    ("text", "code"),
    [('"\\u0000"', "bad_text"), ('"a\\ud800b"', "bad_text"), ('"\\uDFFF"', "bad_text"), ('"  "', "empty_message")],
)
def test_text_that_cannot_be_kept_is_refused_under_its_id(text: str, code: str) -> None:
    d = Dialogue().live() << WELCOME
    d >> f'{{"t":"say","c":"c1","id":"i1","text":{text}}}'
    assert d.nacks() == [(code, "i1")]


def test_files_need_no_words_beside_them() -> None:
    d = Dialogue().live() << WELCOME
    d >> (SAY | {"text": "", "attachments": ["f1"]}) << Do(wire.Say("c1", "i1", "", ["f1"]))


@pytest.mark.parametrize("bad", ["", "x" * 65, "a b", "é", "a\n"])
def test_ids_that_cannot_be_kept_are_refused_and_not_given_back(bad: str) -> None:
    d = Dialogue().live() << WELCOME
    d >> (SAY | {"id": bad})
    assert d.nacks() == [("bad_id", None)]


def test_nothing_of_a_bad_frame_comes_back() -> None:
    d = Dialogue().live() << WELCOME
    for data in (
        '{"t":"SECRETWORD"}',
        '{"t":"say","c":"SECRETWORD<>"}',
        "SECRETWORD",
        '{"t":"watch","c":"SECRETWORD!"}',
    ):
        d >> data
    assert b"SECRETWORD" not in b"".join(wire.write(e.frame) for e in d.out if isinstance(e, Send))


def test_binary_closes_1003() -> None:
    d = Dialogue().live() << WELCOME
    d.out += d.session.binary(d.now)
    assert d.close() == 1003


def test_a_frame_over_64_kib_closes_1009_however_its_bytes_are_counted() -> None:
    d = Dialogue().live() << WELCOME
    assert (d >> ("é" * 33_000)).close() == 1009
    d = Dialogue().live() << WELCOME
    assert (d >> ("x" * 65_537)).close() == 1009


def test_a_flood_of_bad_frames_closes_1008_but_a_trickle_does_not() -> None:
    d = Dialogue().live() << WELCOME
    for _ in range(200):
        d >> "{"
        d.passes(0.6)
    assert len(d.nacks()) == 200
    for _ in range(40):
        d >> "{"
    assert d.close() == 1008


def test_asking_again_and_again_for_what_is_not_there_is_a_flood() -> None:
    d = Dialogue().live() << WELCOME
    for _ in range(21):
        d.out += d.session.refused(wire.Watch("c1"), UNKNOWN_CONVERSATION, d.now)
    assert d.close() == 1008


def test_more_than_a_hundred_frames_a_second_for_long_closes_1008() -> None:
    d = Dialogue().live() << WELCOME
    for _ in range(1_000):
        d >> {"t": "typing", "c": "c1"}
        d.passes(0.011)
    assert all(isinstance(e, Do) for e in d.out)
    for _ in range(400):
        d >> {"t": "typing", "c": "c1"}
    assert d.close() == 1008


def test_too_many_to_resume_are_refused() -> None:
    d = Dialogue(Bounds(resumes=2)) >> {"t": "hello", "ticket": "T", "resume": [{"c": "c", "epoch": "e", "seq": 1}] * 3}
    assert d.nacks() == [("bad_frame", None)]


def test_closed_from_elsewhere_nothing_comes_out() -> None:
    d = Dialogue().live(ends=1300.0, token="J") << WELCOME
    d.session.ended()
    assert (d >> SAY).passes(1000).out == []
    assert d.session.acked("i1", "c1", 1) == d.session.turned_away() == d.session.renewed(1.0) == []
    assert d.session.deadline is None


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
_kinds = st.sampled_from(
    ["hello", "watch", "unwatch", "say", "stop", "snap", "typing", "got", "seen", "auth", "answer", "ping"]
)
_ids = st.sampled_from(["c1", "i1", "", "x y", "\ud800"]) | st.text(max_size=5)
_frames = st.fixed_dictionaries(
    {"t": _kinds | _values},
    optional={
        "c": _ids | _values, "id": _ids | _values, "text": st.text() | _values, "seq": st.integers() | _values,
        "after": st.integers() | _values, "ticket": st.text(), "token": st.text(), "turn": _ids, "message": _ids,
        "resume": st.lists(st.fixed_dictionaries({"c": _ids, "epoch": st.text(), "seq": st.integers()})) | _values,
    },
)  # fmt: skip
_steps = st.one_of(
    _frames.map(json.dumps), st.text(max_size=30), st.sampled_from(["binary", "yes", "no", "renewed", "busy", "ended"]),
    st.floats(0, 400),
)  # fmt: skip


@given(st.lists(_steps, max_size=60), st.booleans())
def test_whatever_comes_nothing_raises_one_close_at_most_and_nothing_after_it(steps: list[Any], speaks: bool) -> None:
    now, out = 0.0, []
    session = Session(("throughline.v1",) if speaks else (), now, Bounds(bad=5))
    out += session.opened()
    for step in steps:
        match step:
            case "binary":
                out += session.binary(now)
            case "yes":
                out += session.signed_in(USER, now + 100)
            case "no":
                out += session.turned_away()
            case "renewed":
                out += session.renewed(now + 100)
            case "busy":
                out += session.refused(wire.Say("c1", "i1", "x"), BUSY, now)
            case str():
                out += session.text(step, now)
            case _:
                now += step
                out += session.tick(now)
    closes = [n for n, effect in enumerate(out) if isinstance(effect, Close)]
    assert len(closes) <= 1
    assert not closes or closes[0] == len(out) - 1
    for effect in out:
        if isinstance(effect, Send):
            wire.write(effect.frame)
