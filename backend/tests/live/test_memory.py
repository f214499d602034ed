from typing import Any

from tests.live.stage import TOPIC, Listener, Stage
from throughline.conversation.events import Author, Entry, Message, TurnEnded, Usage, entry
from throughline.conversation.frames import OpenText
from throughline.conversation.ids import ConversationId, MessageId, TenantId, TurnId

M = MessageId("m")


def _message(seq: int, name: str = "x", **more: Any) -> Entry:
    return entry(*TOPIC, seq, 0, Message(MessageId(name), Author("agent", "Agent"), "web", "words", **more))


def test_every_reader_gets_the_same_frame() -> None:
    stage, one, two = Stage(), Listener(), Listener()
    stage.live.subscribe(TOPIC, "person", one)
    stage.live.subscribe(TOPIC, "person", two)
    stage.live.publish([_message(1), _message(2)])
    stage.loop.turn()
    assert [f.seq for f in one.got] == [1, 2]
    assert all(a is b for a, b in zip(one.got, two.got, strict=True))


def test_persons_and_members_share_a_frame_only_where_both_see_the_same() -> None:
    stage, person, member = Stage(), Listener(), Listener()
    stage.live.subscribe(TOPIC, "person", person)
    stage.live.subscribe(TOPIC, "member", member)
    ended = entry(*TOPIC, 2, 0, TurnEnded(TurnId("t"), "failed", detail="provider said no", usage=Usage("m", 1, 2)))
    stage.live.publish([_message(1), ended, _message(3, confidence=0.4, cost_usd=0.1)])
    stage.loop.turn()
    assert person.got[0] is member.got[0]
    assert b"provider" in member.got[1].text
    assert b"provider" not in person.got[1].text
    assert b"confidence" in member.got[2].text
    assert b"confidence" not in person.got[2].text
    assert b"cost" not in person.got[2].text


def test_another_topic_of_another_tenant_hears_nothing() -> None:
    stage, other = Stage(), Listener()
    stage.live.subscribe((TenantId("rival"), TOPIC[1]), "person", other)
    stage.live.publish([_message(1)])
    stage.live.begin(TOPIC, M, 1, "text")
    stage.live.tell(TOPIC, b"{}")
    stage.loop.turn(1)
    assert other.got == []


def test_who_has_left_gets_no_more_and_who_comes_gets_nothing_from_before() -> None:
    stage, early, late = Stage(), Listener(), Listener()
    stage.live.subscribe(TOPIC, "person", early)
    stage.live.publish([_message(1)])
    stage.live.subscribe(TOPIC, "person", late)
    stage.live.unsubscribe(TOPIC, early)
    stage.live.unsubscribe(TOPIC, early)
    stage.live.publish([_message(2)])
    stage.loop.turn()
    assert [f.seq for f in early.got] == [1]
    assert [f.seq for f in late.got] == [2]


def test_first_words_leave_at_once_and_later_ones_once_a_window() -> None:
    stage, reader = Stage(), Listener()
    stage.live.subscribe(TOPIC, "person", reader)
    stage.live.begin(TOPIC, M, 1, "")
    stage.live.add(TOPIC, M, "Hi")
    stage.loop.turn()
    assert [f["text"] for f in reader.frames] == ["Hi"]
    for word in (" 😀", " there", "!"):
        stage.live.add(TOPIC, M, word)
        stage.loop.turn(0.004)
    assert len(reader.frames) == 1
    stage.loop.turn(0.05)
    assert [(f["at"], f["text"]) for f in reader.frames] == [(0, "Hi"), (2, " 😀 there!")]
    stage.loop.turn(1)
    stage.live.add(TOPIC, M, "?")
    stage.loop.turn()
    assert [(f["at"], f["text"]) for f in reader.frames][2:] == [(12, "?")]


def test_a_thousand_streams_share_one_timer() -> None:
    stage = Stage()
    for n in range(1000):
        topic = (TOPIC[0], ConversationId(f"c{n}"))
        stage.live.begin(topic, M, 1, "")
        stage.live.add(topic, M, "a")
        stage.live.add(topic, M, "b")
    assert stage.loop.timers == 1


def test_a_new_attempt_or_a_text_from_before_starts_with_a_snapshot() -> None:
    stage, reader = Stage(), Listener()
    stage.live.subscribe(TOPIC, "person", reader)
    stage.live.begin(TOPIC, M, 1, "")
    stage.live.add(TOPIC, M, "lost")
    stage.live.add(TOPIC, M, "held back for ever")
    stage.live.begin(TOPIC, M, 2, "kept 😀")
    stage.live.add(TOPIC, M, " and on")
    stage.loop.turn(1)
    assert [(f["t"], f["attempt"], f["at"], f["text"]) for f in reader.frames] == [
        ("delta", 1, 0, "lost"), ("snapshot", 2, 7, "kept 😀"), ("delta", 2, 7, " and on"),
    ]  # fmt: skip


def test_open_texts_are_what_has_left_and_deltas_go_on_from_there() -> None:
    stage, reader = Stage(), Listener()
    stage.live.begin(TOPIC, M, 1, "")
    stage.live.add(TOPIC, M, "one")
    stage.live.add(TOPIC, M, " two")
    assert stage.live.open_texts(TOPIC) == [OpenText(M, 1, "one")]
    stage.live.subscribe(TOPIC, "person", reader)
    stage.loop.turn(1)
    assert [(f["at"], f["text"]) for f in reader.frames] == [(3, " two")]
    assert stage.live.open_texts(TOPIC) == [OpenText(M, 1, "one two")]


def test_the_message_closes_its_open_text_and_nothing_held_back_follows() -> None:
    stage, reader = Stage(), Listener()
    stage.live.subscribe(TOPIC, "person", reader)
    stage.live.begin(TOPIC, M, 1, "")
    stage.live.add(TOPIC, M, "a")
    stage.live.add(TOPIC, M, "b")
    stage.live.publish([_message(1, "other"), _message(2, "m")])
    stage.live.add(TOPIC, M, "c")
    stage.loop.turn(1)
    assert [f["t"] for f in reader.frames] == ["delta", "event", "event"]
    assert stage.live.open_texts(TOPIC) == []


def test_what_is_told_reaches_all_but_one_in_order() -> None:
    stage, one, two = Stage(), Listener(), Listener()
    stage.live.subscribe(TOPIC, "person", one)
    stage.live.subscribe(TOPIC, "member", two)
    stage.live.publish([_message(1)])
    stage.live.tell(TOPIC, b'{"t":"typing"}', but=one)
    stage.live.publish([_message(2)])
    stage.loop.turn()
    assert [f["t"] for f in one.frames] == ["event", "event"]
    assert [f["t"] for f in two.frames] == ["event", "typing", "event"]


def test_an_empty_topic_is_forgotten() -> None:
    stage, reader = Stage(), Listener()
    stage.live.subscribe(TOPIC, "person", reader)
    stage.live.begin(TOPIC, M, 1, "")
    stage.live.end(TOPIC, M)
    stage.live.unsubscribe(TOPIC, reader)
    assert stage.live._rooms == {}
