"""The courier as a reader: whatever is missed, doubled or late, the text is the text."""

from hypothesis import given
from hypothesis import strategies as st

from throughline.conversation.events import Author, Message, TurnEnded, entry
from throughline.conversation.frames import Batch, Frame
from throughline.conversation.ids import MessageId, TurnId
from throughline.flow.courier.overhear import Overhear, Telling
from throughline.live.framing import delta_frame, frame

from .courier_stage import C1, TENANT, Rooms

TOPIC = (TENANT, C1)
M, T = MessageId("m"), TurnId("t")


def hearing() -> tuple[Rooms, Overhear, Telling]:
    rooms = Rooms()
    rooms.begin(TOPIC, M, 1, "")
    heard = Overhear(rooms, TOPIC)
    return rooms, heard, heard.follow(M, T)


@given(st.lists(st.text(alphabet="aé😀\n", max_size=5), max_size=20), st.data())
def test_text_is_whole_whatever_deltas_come_twice_or_not_at_all(parts: list[str], data: st.DataObject) -> None:
    rooms, heard, telling = hearing()
    said = ""
    for part in parts:
        at = len(said.encode("utf-16-le")) // 2
        said += part
        rooms.texts[TOPIC, M] = (1, said)
        for _ in range(data.draw(st.integers(0, 2))):
            heard.offer(delta_frame(TOPIC, M, 1, at, part))
        assert said.startswith(telling.text)
    last = said[len(telling.text) :]
    heard.offer(delta_frame(TOPIC, M, 1, len(telling.text.encode("utf-16-le")) // 2, last))

    assert telling.text == said


def test_a_higher_attempt_begins_anew_and_the_old_one_is_not_heard() -> None:
    rooms, heard, telling = hearing()
    rooms.add(TOPIC, M, "old words")
    rooms.begin(TOPIC, M, 2, "kept ")
    heard.offer(delta_frame(TOPIC, M, 1, 9, " and more"))
    rooms.add(TOPIC, M, "new")

    assert (telling.attempt, telling.text) == (2, "kept new")


def test_the_end_is_heard_with_its_words_or_without() -> None:
    rooms, heard, telling = hearing()
    silent = heard.follow(MessageId("m2"), TurnId("t2"))
    message = Message(id=M, author=Author("agent", "Guide"), channel="web", text="Whole", turn=T)
    rooms.publish([entry(TENANT, C1, 2, 1, message), entry(TENANT, C1, 3, 1, TurnEnded(T, "completed", M))])
    rooms.publish([entry(TENANT, C1, 4, 1, TurnEnded(TurnId("t2"), "stopped"))])

    assert telling.final is not None
    assert (telling.final.text, telling.over) == ("Whole", False)
    assert (silent.final, silent.over) == (None, True)
    assert heard.nudge.is_set()


def test_what_is_for_others_or_of_no_kind_we_know_is_passed_over() -> None:
    _, heard, telling = hearing()
    frames: list[Frame] = [
        frame(b'{"t":"typing","c":"c1"}', TOPIC),
        frame(b'{"t":"event","c":"c1","seq":9,"at":"x","kind":"hidden","body":{}}', TOPIC, 9),
        delta_frame(TOPIC, MessageId("other"), 1, 0, "not mine"),
    ]
    heard.offer_all(Batch(frames, b"", 9, 9))

    assert (telling.text, telling.ended) == ("", False)


def test_who_left_hears_nothing() -> None:
    rooms, heard, telling = hearing()
    heard.forget(M)
    rooms.add(TOPIC, M, "words")
    heard.close()

    assert telling.text == ""
    assert rooms.sinks[TOPIC] == []
