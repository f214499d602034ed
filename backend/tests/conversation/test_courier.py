"""What becomes of a delivery, as rules: outcomes, doubt, what others settled, code fences over two segments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace

from throughline.conversation import courier
from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Refused
from throughline.conversation.events import Author, DeliveryState, Message
from throughline.conversation.ids import BindingId, ConversationId, MessageId, TenantId, TurnId
from throughline.conversation.policy import Policy
from throughline.conversation.records import DeliveryRow, Rung

NOW = 1_790_000_000_000
ROW = DeliveryRow(
    tenant=TenantId("t"), conversation=ConversationId("c"), message=MessageId("m"), binding=BindingId("b"),
    channel="slack", seq=4, owed=True, state="sending", at=NOW - 100, rungs=(Rung("pending", NOW - 500),),
)  # fmt: skip
MIRROR = replace(ROW, owed=False)


def test_last_piece_that_is_taken_ends_the_row() -> None:
    row = courier.after(ROW, Accepted("1.2"), NOW, 0.5)

    assert (row.state, row.remote, row.attempts, row.at) == ("accepted", ("1.2",), 1, NOW)


def test_between_two_pieces_nothing_is_in_flight() -> None:
    row = courier.after(ROW, Accepted("1.2"), NOW, 0.5, last=False)

    assert (row.state, row.remote) == ("pending", ("1.2",))


@pytest.mark.parametrize(("attempts", "wait"), [(0, 1), (1, 2), (2, 4), (3, 8), (4, 16), (5, 30), (60, 30)])
def test_what_was_not_sent_is_tried_again_ever_later(attempts: int, wait: float) -> None:
    row = courier.after(replace(ROW, attempts=attempts), NotSent("connect"), NOW, 0.5)

    assert (row.state, row.reason, row.attempts, row.due) == ("not_sent", "connect", attempts + 1, NOW + wait * 1000)


@given(st.integers(1, 50), st.floats(0, 1))
def test_jitter_is_a_quarter_at_most(attempts: int, chance: float) -> None:
    middle = courier.pause(attempts, 0.5)

    assert 0.75 * middle <= courier.pause(attempts, chance) <= 1.25 * middle


def test_retry_after_is_taken_at_its_word() -> None:
    assert courier.after(ROW, NotSent("ratelimited", 17.0), NOW, 0.9).due == NOW + 17_000


def test_an_owed_row_counts_as_failing_after_three_tries_and_goes_on() -> None:
    rows = [courier.after(replace(ROW, attempts=tried), NotSent("connect"), NOW, 0.5) for tried in range(4)]

    assert [courier.failing(row) for row in rows] == [False, False, True, True]
    assert {row.state for row in rows} == {"not_sent"}


def test_a_tenant_sets_the_first_pause_and_how_many_tries_count_as_failing() -> None:
    retry = courier.retry_of(Policy(retries=5, retry_ms=250))
    rows = [courier.after(replace(ROW, attempts=n), NotSent("connect"), NOW, 0.5, retry=retry) for n in range(6)]

    assert [row.due - NOW for row in rows] == [250, 500, 1_000, 2_000, 4_000, 8_000]
    assert [courier.failing(row, retry) for row in rows] == [False, False, False, False, True, True]
    assert courier.after(ROW, NotSent("ratelimited", 17.0), NOW, 0.9, retry=retry).due == NOW + 17_000


def test_what_a_tenant_may_set_has_an_end_on_both_sides() -> None:
    assert courier.retry_of(Policy()) == courier.USUAL
    assert courier.retry_of(Policy(retries=-1, retry_ms=0)) == courier.Retry(1, 0.05)
    assert courier.retry_of(Policy(retry_ms=10**9)) == courier.Retry(3, courier.LONGEST)


def test_a_mirror_is_given_up_after_ten_minutes_and_nobody_is_told() -> None:
    late = NOW - 500 + courier.MIRROR_LIFE
    given_up, owed = (courier.after(row, NotSent("connect"), late, 0.5) for row in (MIRROR, ROW))

    assert given_up.state == "dead"
    assert courier.event(given_up) is None
    assert owed.state == "not_sent"
    assert courier.after(MIRROR, NotSent("connect"), late - 1, 0.5).state == "not_sent"


def test_a_refusal_ends_the_row_with_its_reason() -> None:
    row = courier.after(ROW, Refused("channel_not_found"), NOW, 0.5)
    event = courier.event(row)

    assert (row.state, row.reason) == ("refused", "channel_not_found")
    assert event is not None
    assert (event.state, event.reason) == ("refused", "channel_not_found")


def test_doubt_waits_for_its_echo_and_then_holds_nobody_up() -> None:
    row = courier.after(ROW, Ambiguous("timeout"), NOW, 0.5, echo_wait=10.0)

    assert (row.state, row.due) == ("ambiguous", NOW + 10_000)
    assert courier.held_up(row, NOW + 9_999)
    assert not courier.held_up(row, NOW + 10_000)
    assert courier.waited(row, NOW + 9_999) == row
    over = courier.waited(row, NOW + 10_000)
    assert (over.state, over.due) == ("ambiguous", 0)
    assert not courier.held_up(over, NOW)


def test_doubt_without_an_echo_waits_for_nothing() -> None:
    assert courier.after(ROW, Ambiguous("timeout"), NOW, 0.5).due == 0


@pytest.mark.parametrize("state", ["pending", "not_sent", "streaming", "ambiguous", "accepted"])
def test_a_new_owner_doubts_only_what_was_being_sent(state: DeliveryState) -> None:
    row = replace(ROW, state=state)

    assert courier.found(row, NOW, 10.0) is row
    assert courier.found(ROW, NOW, 10.0).state == "ambiguous"
    assert courier.found(ROW, NOW, 10.0).reason == "interrupted"


@pytest.mark.parametrize(
    ("row", "holds"),
    [
        (replace(ROW, state="pending"), True),
        (replace(ROW, state="not_sent", due=NOW - 1), True),
        (replace(ROW, state="sending"), True),
        (replace(ROW, state="streaming"), True),
        (replace(ROW, state="streaming", remote=("1.1",)), False),
        (replace(ROW, state="accepted"), False),
        (replace(ROW, state="refused"), False),
    ],
)
def test_a_row_holds_up_later_ones_while_something_of_it_is_in_flight(row: DeliveryRow, *, holds: bool) -> None:
    assert courier.held_up(row, NOW) is holds


@pytest.mark.parametrize("state", sorted(courier.LOGGED))
def test_ends_of_owed_rows_are_told_by_the_log(state: DeliveryState) -> None:
    event = courier.event(replace(ROW, state=state))

    assert event is not None
    assert (event.messages, event.binding, event.channel, event.state) == (("m",), "b", "slack", state)
    assert event.reason is UNSET
    assert courier.event(replace(MIRROR, state=state)) is None


@pytest.mark.parametrize("state", ["pending", "sending", "streaming", "not_sent"])
def test_what_goes_on_is_told_by_the_row_alone(state: DeliveryState) -> None:
    assert courier.event(replace(ROW, state=state)) is None


class TestOthersSettleToo:
    def test_a_row_nobody_touched_is_written_as_wanted(self) -> None:
        wanted = courier.after(ROW, Accepted("1.2"), NOW, 0.5)

        assert courier.joined(ROW, ROW, wanted) == wanted

    def test_whether_it_is_owed_is_taken_from_the_store(self) -> None:
        wanted = courier.after(MIRROR, Accepted("1.2"), NOW, 0.5)

        assert courier.joined(ROW, MIRROR, wanted).owed

    def test_an_echo_before_the_answer_stays_and_gets_the_id(self) -> None:
        there = replace(ROW, state="accepted")
        wanted = courier.after(ROW, Accepted("1.2"), NOW, 0.5)

        assert courier.joined(there, ROW, wanted) == replace(there, remote=("1.2",))

    def test_an_echo_before_a_timeout_is_not_doubted(self) -> None:
        there = replace(ROW, state="accepted", remote=("1.2",))

        assert courier.joined(there, ROW, courier.after(ROW, Ambiguous("timeout"), NOW, 0.5)) is there

    def test_the_echo_of_one_piece_of_several_lets_the_others_go(self) -> None:
        there = replace(ROW, remote=("1.2",))
        row = courier.joined(there, ROW, courier.after(ROW, Ambiguous("timeout"), NOW, 0.5, echo_wait=10.0))

        assert (row.state, row.remote, row.due) == ("pending", ("1.2",), NOW)

    @pytest.mark.parametrize("state", ["passed", "superseded"])
    def test_a_row_that_was_passed_on_is_not_begun(self, state: DeliveryState) -> None:
        was = replace(ROW, state="pending")
        there = replace(was, state=state)

        assert courier.joined(there, was, courier.began(was, "sending", NOW)) is there

    def test_a_late_success_is_recorded_where_it_was_passed_on(self) -> None:
        there = replace(ROW, state="passed")

        assert courier.joined(there, ROW, courier.after(ROW, Accepted("9"), NOW, 0.5)) == replace(there, remote=("9",))


class TestPosts:
    message = Message(
        id=MessageId("m"), author=Author("person", "Ada"), channel="web", text="Hi", turn=TurnId("x")
    )  # fmt: skip

    def test_a_persons_words_from_elsewhere_carry_where_they_were_written(self) -> None:
        post = courier.post(ROW.conversation, self.message, "slack", "Web")

        assert (post.origin, post.author, post.name, post.text, post.turn) == ("Web", "person", "Ada", "Hi", "x")

    def test_nobody_elses_words_carry_a_label(self) -> None:
        answer = replace(self.message, author=Author("agent", "Guide"))

        assert courier.post(ROW.conversation, answer, "slack", "Web").origin is None
        assert courier.post(ROW.conversation, self.message, "web", "Web").origin is None


class TestFences:
    @pytest.mark.parametrize(
        ("text", "opened"),
        [
            ("", ""),
            ("plain", ""),
            ("```\nx = 1", "```"),
            ("```python title\nx = 1\n", "```python"),
            ("  ~~~~sh\nls", "~~~~sh"),
            ("```\nx\n```\nafter", ""),
            ("```\nx\n~~~\n", "```"),
            ("````\n```\n", "````"),
            ("```\nx\n``` not the end\n", "```"),
            ("``` a ` b\n", ""),
            ("    ```\nindented", ""),
            ("```\na\n```\n```js\nb", "```js"),
        ],
    )
    def test_the_open_fence_is_found(self, text: str, opened: str) -> None:
        assert courier.fence(text) == opened

    def test_a_rotation_closes_and_opens_the_fence(self) -> None:
        assert courier.closing("```py\nx = 1") == "\n```"
        assert courier.closing("```py\nx = 1\n") == "```"
        assert courier.closing("done") == ""
        assert courier.reopening("```py\nx = 1") == "```py\n"
        assert courier.reopening("done") == ""

    @given(st.text(alphabet="`~ab \n", max_size=200), st.text(alphabet="`~ab \n", max_size=50))
    def test_each_segment_closes_what_it_opened(self, before: str, more: str) -> None:
        segment = courier.reopening(before) + more

        assert courier.fence(segment + courier.closing(segment)) == ""

    def test_a_hostile_fence_makes_no_long_opening(self) -> None:
        assert len(courier.reopening("```" + "x" * 5_000 + "\ncode")) < 50
        assert len(courier.closing("`" * 5_000 + "\ncode")) < 20


class TestCutting:
    @given(st.text(max_size=300), st.integers(0, 80))
    def test_what_fits_is_a_beginning_that_fits(self, text: str, room: int) -> None:
        def shown(part: str) -> str:
            return part.replace("&", "&amp;").replace("<", "&lt;")

        taken = courier.fitting(text, room, shown)

        assert text.startswith(taken)
        assert len(shown(taken)) <= room
        assert taken == text if len(shown(text)) <= room else taken != text

    def test_a_cut_is_made_at_a_lines_end_else_at_a_words(self) -> None:
        assert courier.cut("one two\nthree four", 14) == len("one two\n")
        assert courier.cut("one two three", 9) == len("one two ")
        assert courier.cut("abcdefgh", 3) == 3
        assert courier.whole_lines("a\nb\nc") == "a\nb\n"
        assert courier.whole_lines("abc") == "abc"
