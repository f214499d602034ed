"""Couriers, crashes, echoes and lost leases in any order: no piece of a message reaches anybody twice."""

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from throughline.conversation import courier
from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Outcome, Receipt
from throughline.conversation.ids import BindingId, ConversationId, MessageId, TenantId
from throughline.conversation.receipts import raised
from throughline.conversation.records import DeliveryRow, Rung

PIECES = 3
ECHO = 10.0


class Owner:
    """A courier: what it believes, and what it is about to write."""

    def __init__(self, fence: int, row: DeliveryRow) -> None:
        self.fence, self.row = fence, row
        self.armed = False
        self.answer: Outcome | None = None


class Couriers(RuleBasedStateMachine):
    """One message of three pieces; owners come, stall and die; the provider answers, or loses the answer."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000_000
        self.row = DeliveryRow(
            TenantId("t"), ConversationId("c"), MessageId("m"), BindingId("b"), "slack", 1, True, "pending", self.now,
            rungs=(Rung("pending", self.now),),
        )  # fmt: skip
        self.fence = 0
        self.owners: list[Owner] = []
        #: What reached people: the number of the piece of each copy, by the provider's id.
        self.there: dict[str, int] = {}
        self.doubted = 0

    def write(self, owner: Owner, wanted: DeliveryRow) -> bool:
        """The store: nothing under an old fence, and never over what somebody else settled."""
        if owner.fence != self.fence:
            return False
        before = self.row
        self.row = owner.row = courier.joined(before, owner.row, wanted)
        self.doubted += self.row.state == "ambiguous" and before.state != "ambiguous"
        return True

    @rule()
    def claim(self) -> None:
        """A lease ran out, or its owner died: somebody else takes it up."""
        self.fence += 1
        owner = Owner(self.fence, self.row)
        self.owners = [*self.owners[-2:], owner]
        self.write(owner, courier.waited(courier.found(self.row, self.now, ECHO), self.now))

    @precondition(lambda self: self.owners)
    @rule(which=st.integers(0, 2))
    def begin(self, which: int) -> None:
        """An owner is about to send the next piece."""
        owner = self.owners[which % len(self.owners)]
        if owner.answer is not None or owner.armed or owner.row.due > self.now:
            return
        if owner.row.state in {"pending", "not_sent"}:
            wrote = self.write(owner, courier.began(owner.row, "sending", self.now))
            owner.armed = wrote and self.row.state == "sending"

    @precondition(lambda self: any(o.armed for o in self.owners))
    @rule(fate=st.sampled_from(["taken", "lost", "refused for now", "never left"]))
    def send(self, fate: str) -> None:
        """The request is made, by an owner whose lease surely holds."""
        owner = next(o for o in self.owners if o.armed)
        owner.armed = False
        if owner.fence != self.fence:
            return
        piece = len(owner.row.remote)
        if fate in {"taken", "lost"}:
            remote = f"r{len(self.there)}"
            self.there[remote] = piece
            owner.answer = Accepted(remote) if fate == "taken" else Ambiguous("timeout")
        else:
            owner.answer = NotSent("connect", 3.0 if fate == "refused for now" else None)

    @precondition(lambda self: any(o.answer for o in self.owners))
    @rule()
    def learn(self) -> None:
        """An owner writes down what came of it."""
        owner = next(o for o in self.owners if o.answer)
        outcome, owner.answer = owner.answer, None
        assert outcome is not None
        last = len(owner.row.remote) + 1 >= PIECES
        self.write(owner, courier.after(owner.row, outcome, self.now, 0.5, echo_wait=ECHO, last=last))

    @precondition(lambda self: self.owners)
    @rule(which=st.integers(0, 2))
    def crash(self, which: int) -> None:
        """An owner is gone with all it knew."""
        del self.owners[which % len(self.owners)]

    @precondition(lambda self: self.there)
    @rule(which=st.integers(0, 20))
    def echo(self, which: int) -> None:
        """The provider tells that a piece stands there; as often and as late as it likes."""
        remote = sorted(self.there)[which % len(self.there)]
        receipt = Receipt("accepted", self.row.conversation, self.row.message, remote)
        self.row = raised(self.row, receipt, PIECES, self.now) or self.row

    @rule(seconds=st.integers(1, 20))
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.now += seconds * 1000

    @invariant()
    def no_piece_is_there_twice_without_doubt(self) -> None:
        copies = Counter(self.there.values())

        assert sum(n - 1 for n in copies.values()) <= self.doubted
        assert not copies or max(copies.values()) == 1

    @invariant()
    def what_is_accepted_is_there_whole(self) -> None:
        if self.row.state == "accepted":
            assert sorted(self.there[remote] for remote in self.row.remote) == list(range(PIECES))

    @invariant()
    def no_name_of_a_piece_is_kept_twice(self) -> None:
        assert len(set(self.row.remote)) == len(self.row.remote)
        assert replace(self.row, rungs=()).state in {*courier.OPEN, "accepted"}


TestCouriers = Couriers.TestCase
TestCouriers.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
