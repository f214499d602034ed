"""The plan: who is owed what, made with the message."""

from throughline.conversation.delivery import plan
from throughline.conversation.events import Author, AuthorKind, Delivery, Message
from throughline.conversation.ids import BindingId, ConversationId, IdentityId, MessageId, TenantId
from throughline.conversation.records import Binding, Mode

T, C = TenantId("t"), ConversationId("c")


def binding(mode: Mode) -> Binding:
    return Binding(BindingId("b-" + mode), T, C, IdentityId("i"), "web", mode)


def message(kind: AuthorKind) -> Message:
    return Message(id=MessageId("m"), author=Author(kind, "x"), channel="web", text="hi")


def test_the_agents_words_are_owed_on_the_active_binding_and_there_at_once() -> None:
    made = plan(T, C, message("agent"), 4, 99, [binding("active")])

    assert [(row.binding, row.owed, row.state, row.seq, row.at) for row in made.rows] == [
        ("b-active", True, "accepted", 4, 99)
    ]
    assert made.events == (
        Delivery(messages=(MessageId("m"),), binding=BindingId("b-active"), channel="web", state="accepted"),
    )


def test_the_persons_own_words_are_owed_nowhere() -> None:
    assert plan(T, C, message("person"), 4, 99, [binding("active")]).rows == ()


def test_a_binding_that_is_off_or_standing_by_is_owed_nothing() -> None:
    assert plan(T, C, message("member"), 4, 99, [binding("off"), binding("standby")]).rows == ()
