"""Where a message without a thread belongs, and who gets what is said, held to the rules for any values."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from throughline.conversation.channel import WEB, Capabilities
from throughline.conversation.events import ChannelName
from throughline.conversation.ids import BindingId, ConversationId, IdentityId, TenantId
from throughline.conversation.places import HOUR, goes_on, one_place, showing
from throughline.conversation.records import Binding, Conversation, Identity, Mode

T, C = TenantId("t"), ConversationId("c")
ROW = Conversation(C, T, None, "Guide", "active", "", 3, 1_000, 1_000)
MODES: tuple[Mode, ...] = ("active", "mirror", "standby", "off")
times = st.integers(0, 10**13)


def table(channel: ChannelName) -> Capabilities:
    return WEB if channel == "web" else Capabilities(channel, channel, threads=channel in {"slack", "gmail"})


@given(last=times, later=st.integers(0, 10**10), hours=st.floats(0.01, 1_000))
def test_a_talk_goes_on_for_exactly_the_idle_time(last: int, later: int, hours: float) -> None:
    assert goes_on(ROW, last, last + later, hours) == (later < hours * HOUR)


@given(now=times, last=st.none() | times, hours=st.floats(-1, 1_000))
def test_what_ended_or_is_not_there_never_goes_on(now: int, last: int | None, hours: float) -> None:
    assert not goes_on(replace(ROW, status="ended"), last, now, hours)
    assert not goes_on(None, last, now, hours)


@given(now=times, last=times)
def test_without_an_idle_time_it_never_runs_out(now: int, last: int) -> None:
    assert goes_on(ROW, last, now, 0)


def test_a_talk_in_which_nothing_was_said_counts_from_its_beginning() -> None:
    assert goes_on(ROW, None, 1_000 + HOUR - 1, 1)
    assert not goes_on(ROW, None, 1_000 + HOUR, 1)


bindings = st.lists(
    st.builds(
        lambda n, channel, mode: Binding(BindingId(f"b{n}"), T, C, IdentityId(f"i{n}"), channel, mode),
        st.integers(0, 20),
        st.sampled_from(["web", "slack", "gmail", "whatsapp", "telegram", "sms"]),
        st.sampled_from(MODES),
    ),
    unique_by=lambda b: b.id,
)


@given(there=bindings, talks=st.lists(st.sampled_from([C, ConversationId("other"), None]), min_size=21, max_size=21),
       off=st.sets(st.integers(0, 20)))  # fmt: skip
def test_only_the_talk_that_a_place_is_in_mirrors_there_and_who_left_gets_nothing(
    there: list[Binding], talks: list[ConversationId | None], off: set[int]
) -> None:
    known = {
        b.identity: Identity(
            b.identity, T, None, None, b.channel, "x", "verified", 1, talks_in=talks[int(b.id[1:])],
            off_at=1 if int(b.id[1:]) in off else None,
        )
        for b in there
    }  # fmt: skip
    shown = showing(there, C, known, table)

    assert [b for b in there if b in shown] == list(shown)
    for binding in there:
        identity = known[binding.identity]
        if not one_place(table(binding.channel)):
            assert binding in shown
        elif identity.off_at is not None:
            assert binding not in shown
        elif binding.mode == "mirror":
            assert (binding in shown) == (identity.talks_in == C)
        else:
            assert binding in shown


def test_the_web_has_room_for_every_talk() -> None:
    assert not one_place(WEB)
    assert one_place(Capabilities("sms", "SMS"))
    assert not one_place(Capabilities("slack", "Slack", threads=True))
