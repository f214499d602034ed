"""Receipts of a provider in any order, any number of times: two rows that heard the same stand at the same (G2, G5).

One row is a value, moved by the pure rule alone; the other is in the store, which crashes. Each hears everything, in
orders of their own. What was delivered is not taken back; what was refused is not made good by an older report.
"""

from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from throughline.conversation.channel import Receipt
from throughline.conversation.events import DeliveryState
from throughline.conversation.receipts import raised
from throughline.conversation.records import DeliveryRow
from throughline.ports import Tx

from .given import ACME, C1, SLACK, connected, leaves
from .lives import Lives

T = TypeVar("T")
BEGINS: st.SearchStrategy[DeliveryState] = st.sampled_from(["sending", "ambiguous", "not_sent", "accepted"])
GOOD: dict[DeliveryState, int] = {"accepted": 1, "delivered": 2, "read": 3}


class Receipts(RuleBasedStateMachine):
    """A message of one piece or two; what the provider says of it lies in a heap that two readers draw from."""

    @initialize(state=BEGINS, pieces=st.integers(1, 2))
    def open(self, state: DeliveryState, pieces: int) -> None:
        self.lives = Lives()
        self.now, self.pieces = 100, pieces
        known = tuple(f"r{n}" for n in range(pieces)) if state == "accepted" else ()
        self.value = leaves("m", 1, state, remote=known)

        def begin(tx: Tx) -> None:
            connected(tx)
            tx.bindings.owe(self.value)
            tx.bindings.settle(self.value)

        self.write(begin)
        self.heap: list[Receipt] = []
        #: What each has heard so far, by the place in the heap.
        self.heard: tuple[set[int], set[int]] = (set(), set())
        self.best = [GOOD.get(state, 0)] * 2

    def write(self, fn: Callable[[Tx], T]) -> T:
        return self.lives.write(fn)

    @property
    def stored(self) -> DeliveryRow:
        row = self.lives.read(lambda tx: tx.bindings.delivery(ACME, C1, self.value.message, SLACK))
        assert row is not None
        return row

    def teardown(self) -> None:
        if not hasattr(self, "lives"):
            return
        try:
            self._all_is_told()
        finally:
            self.lives.close()

    @rule(state=st.sampled_from(["accepted", "delivered", "read", "refused"]), piece=st.integers(0, 1))
    def says(self, state: DeliveryState, piece: int) -> None:
        """Something happened at the provider. Of a message in pieces only good news: which one failed is not known."""
        if self.pieces == 1 or state != "refused":
            reason = "no" if state == "refused" else None
            self.heap.append(Receipt(state, C1, self.value.message, f"r{piece % self.pieces}", reason=reason))

    @precondition(lambda self: self.heap)
    @rule(data=st.data(), which=st.integers(0, 1))
    def hears(self, data: st.DataObject, which: int) -> None:
        """One of them hears one of these, now or again."""
        self._hear(which, data.draw(st.sampled_from(range(len(self.heap)))))

    @rule()
    def crash(self) -> None:
        self.lives.crash()

    def _hear(self, which: int, at: int) -> bool:
        self.now += 1
        self.heard[which].add(at)
        if which == 0:
            new = raised(self.value, self.heap[at], self.pieces, self.now)
            self.value = new or self.value
            return new is not None

        def hear(tx: Tx) -> bool:
            row = tx.bindings.delivery(ACME, C1, self.value.message, SLACK)
            assert row is not None
            new = raised(row, self.heap[at], self.pieces, self.now)
            return new is not None and tx.bindings.settle(new)

        return self.write(hear)

    def _all_is_told(self) -> None:
        """Each hears what it has not; of a message in pieces again, until it is no news."""
        for which in (0, 1):
            for at in range(len(self.heap)):
                if at not in self.heard[which]:
                    self._hear(which, at)
            while self.pieces > 1 and any(self._hear(which, at) for at in range(len(self.heap))):
                pass
        stored, said = self.stored, {receipt.state for receipt in self.heap}
        assert (self.value.state, sorted(self.value.remote)) == (stored.state, sorted(stored.remote))
        if self.pieces == 1:
            told = [state for state in ("read", "delivered", "refused") if state in said]
            assert not told or self.value.state == told[0]

    @invariant()
    def g5_what_was_delivered_is_not_taken_back(self) -> None:
        if not hasattr(self, "heap"):
            return
        for which, row in enumerate((self.value, self.stored)):
            rank = GOOD.get(row.state, 0)
            assert rank >= self.best[which] or (row.state == "refused" and self.best[which] < GOOD["delivered"])
            self.best[which] = rank

    @invariant()
    def g2_no_piece_is_known_twice(self) -> None:
        if hasattr(self, "heap"):
            for row in (self.value, self.stored):
                assert len(set(row.remote)) == len(row.remote) <= self.pieces


TestReceipts = Receipts.TestCase
TestReceipts.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
