"""Refresh families, as a machine: whoever replays ends it, whoever repeats in time does not."""

import string

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from throughline.conversation.ids import SessionId, TenantId, UserId
from throughline.conversation.records import Session
from throughline.identity.refresh import LEEWAY_MS, LIFE_MS, Again, Ended, Families, Kill, Presented, Rotate, decide

SECRET = b"f" * 32
NEW = Session(SessionId("s"), TenantId("t"), UserId("u"), 0, 0, 0, LIFE_MS)


def test_a_token_says_its_family_and_number() -> None:
    assert Families(SECRET).read(Families(SECRET).token(SessionId("s"), 7)) == Presented(SessionId("s"), 7)


def test_the_same_number_gives_the_same_token_and_every_other_one_another() -> None:
    families = Families(SECRET)
    made = {families.token(SessionId(s), n) for s in ("a", "b") for n in range(50)}

    assert families.token(SessionId("a"), 3) in made
    assert len(made) == 100


def test_another_servers_token_is_not_ours() -> None:
    assert Families(SECRET).read(Families(b"g" * 32).token(SessionId("s"), 1)) is None


@given(st.integers(0, 60), st.sampled_from(string.printable))
def test_a_token_with_one_character_changed_is_not_ours(at: int, new: str) -> None:
    token = Families(SECRET).token(SessionId("session-1"), 12)
    at %= len(token)
    bent = token[:at] + new + token[at + 1 :]

    found = Families(SECRET).read(bent)

    assert (found is not None) == (bent == token)


@given(st.text(max_size=400))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert Families(SECRET).read(text) is None


def test_numbers_in_another_writing_are_not_ours() -> None:
    token = Families(SECRET).token(SessionId("s"), 1)

    for number in ("01", "+1", "１", "1_0", " 1", "-1"):
        assert Families(SECRET).read(token.replace(".1.", f".{number}.")) is None


class Family(RuleBasedStateMachine):
    """One session, its rightful browser with tabs, a thief, and a clock."""

    def __init__(self) -> None:
        super().__init__()
        self.session = NEW
        self.now = 0
        self.used_at: dict[int, int] = {}

    def present(self, number: int) -> Rotate | Again | Kill | Ended:
        step = decide(self.session, number, self.now)
        if isinstance(step, Rotate):
            self.session = replace(self.session, number=step.number, rotated_at=self.now)
            self.used_at[number] = self.now
        if isinstance(step, Kill):
            self.session = replace(self.session, revoked_at=self.now)
        return step

    @property
    def alive(self) -> bool:
        return self.session.revoked_at is None and self.now < LIFE_MS

    @rule(ms=st.integers(1, 20_000))
    def time_passes(self, ms: int) -> None:
        self.now += ms

    @rule()
    def days_pass(self) -> None:
        self.now += LIFE_MS // 3

    @precondition(lambda self: self.alive)
    @rule()
    def the_newest_one_rotates(self) -> None:
        before = self.session.number

        assert self.present(before) == Rotate(before + 1)

    @precondition(lambda self: self.alive and self.session.number > 0)
    @rule()
    def the_one_before_gets_its_successor_or_ends_the_family(self) -> None:
        number = self.session.number - 1
        in_time = self.now - self.used_at[number] <= LEEWAY_MS

        assert self.present(number) == (Again(number + 1) if in_time else Kill())

    @precondition(lambda self: self.alive and self.session.number > 1)
    @rule(data=st.data())
    def an_older_one_ends_the_family(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, self.session.number - 2))

        assert self.present(number) == Kill()
        assert self.session.revoked_at == self.now

    @precondition(lambda self: self.alive)
    @rule(ahead=st.integers(1, 5))
    def one_that_was_never_given_out_ends_the_family(self, ahead: int) -> None:
        assert self.present(self.session.number + ahead) == Kill()

    @precondition(lambda self: not self.alive)
    @rule(data=st.data())
    def nothing_brings_it_back(self, data: st.DataObject) -> None:
        before = self.session

        assert self.present(data.draw(st.integers(0, self.session.number + 2))) == Ended()
        assert self.session == before

    @invariant()
    def its_life_is_never_prolonged(self) -> None:
        assert self.session.expires_at == LIFE_MS


TestFamily = Family.TestCase
TestFamily.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)


def test_an_unknown_session_is_over() -> None:
    assert decide(None, 0, 0) == Ended()
