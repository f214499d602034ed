"""Leases of turns and of couriers, two owners at a time: late renewals, words from the dead, voids at a start (G3, G4).

The model is the owners' own: each believes in its lease until a margin before its end, by its own clock. What they
believe, the rule that one alone may, and the store's fences, have to agree whatever the order.
"""

from collections.abc import Callable
from typing import TypeVar

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from throughline.conversation.records import DeliveryRow, Errand, Turn
from throughline.ports import Tx

from .given import ACME, C1, connected, leaves, turn
from .lives import Lives

T = TypeVar("T")
#: Of a lease, and how much earlier its owner stops.
LEASE, EARLY = 15, 5
OWNERS = st.sampled_from(["one", "two"])


class Held(msgspec.Struct):
    """A lease as its owner has it. `errand` or `turn` is what was claimed."""

    owner: str
    fence: int
    safe_until: int
    errand: Errand | None = None
    turn: Turn | None = None


class Leases(RuleBasedStateMachine):
    """One turn and one binding's errand; each is claimed, held, lost, and written under, by whoever thinks it may."""

    @initialize()
    def open(self) -> None:
        self.lives = Lives()
        self.now, self.words = 100, 0
        #: By kind, everybody who ever had it, newest last; and where its lease really ends, as the newest knows.
        self.held: dict[str, list[Held]] = {"turn": [], "errand": []}
        self.until = {"turn": 0, "errand": 0}
        #: Fences of the writes that counted, in order; and fences that a start has made void.
        self.wrote: dict[str, list[int]] = {"turn": [], "errand": []}
        self.row: DeliveryRow = leaves("m", 1)

        def begin(tx: Tx) -> None:
            connected(tx)
            tx.turns.due(turn("t"))
            tx.bindings.owe(self.row)

        self.write(begin)

    def write(self, fn: Callable[[Tx], T]) -> T:
        return self.lives.write(fn)

    def teardown(self) -> None:
        if hasattr(self, "lives"):
            self.lives.close()

    def newest(self, kind: str) -> Held | None:
        return self.held[kind][-1] if self.held[kind] else None

    @rule(seconds=st.integers(1, 12))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds

    @rule()
    def all_leases_expire(self) -> None:
        self.now = max(self.now, *self.until.values())

    @rule(owner=OWNERS)
    def claim_turn(self, owner: str) -> None:
        got = self.write(lambda tx: tx.turns.claim(owner, self.now, self.now + LEASE))
        assert (got is not None) == (self.until["turn"] <= self.now), "free exactly when nobody's lease holds"
        if got is not None:
            self._claimed("turn", Held(owner, got.fence, self.now + LEASE - EARLY, turn=got))

    @rule(owner=OWNERS)
    def claim_errand(self, owner: str) -> None:
        got = self.write(lambda tx: tx.outbox.claim(owner, self.now, self.now + LEASE, 1))
        assert bool(got) == (self.until["errand"] <= self.now), "free exactly when nobody's lease holds"
        for errand in got:
            self._claimed("errand", Held(owner, errand.fence, self.now + LEASE - EARLY, errand=errand))

    def _claimed(self, kind: str, held: Held) -> None:
        before = self.newest(kind)
        assert before is None or held.fence > before.fence
        self.held[kind].append(held)
        self.until[kind] = self.now + LEASE

    @precondition(lambda self: any(self.held.values()))
    @rule(data=st.data(), delay=st.integers(0, 20))
    def renew(self, data: st.DataObject, delay: int) -> None:
        """Asked for at one moment, carried out later: at the store's end it may be somebody else's by then."""
        kind, held = self._somebody(data)
        asked = self.now
        self.now += delay
        until, which, errand = asked + LEASE, held.turn, held.errand
        if which is not None:
            done = self.write(lambda tx: tx.turns.renew(which.id, held.fence, until))
        else:
            assert errand is not None
            done = self.write(lambda tx: tx.outbox.renew(errand, until))
        assert done == self._ours(kind, held)
        if done:
            self.until[kind], held.safe_until = until, until - EARLY

    @precondition(lambda self: any(self.held.values()))
    @rule(data=st.data())
    def write_under_it(self, data: st.DataObject) -> None:
        """Whoever ever had it writes; one who does not know that it is lost, too."""
        kind, held = self._somebody(data)
        self.words += 1
        text = f"w{self.words}"
        if held.turn is not None:
            which = held.turn.id
            done = self.write(lambda tx: tx.turns.change(which, held.fence, checkpoint=text))
        else:
            assert held.errand is not None
            errand, row = held.errand, msgspec.structs.replace(self.row, attempts=self.words, rungs=())
            done = self.write(lambda tx: tx.outbox.change(errand, row))
        assert done == self._ours(kind, held)
        if done:
            self.wrote[kind].append(held.fence)

    @rule()
    def crash(self) -> None:
        """The process is gone, the next one voids what was leased. What the dead one still had under way comes late."""
        self.lives.crash()
        self.write(lambda tx: (tx.turns.void(), tx.outbox.void()))
        # A running turn's fence dies at every start; a binding's where it was leased.
        void = [kind for kind, until in self.until.items() if until > 0 or (kind == "turn" and self.held[kind])]
        for kind in void:
            self.until[kind] = 0
            for held in self.held[kind]:
                held.safe_until = 0
            self.held[kind].append(Held("nobody", self.held[kind][-1].fence + 1, 0))

    def _somebody(self, data: st.DataObject) -> tuple[str, Held]:
        kind = data.draw(st.sampled_from([kind for kind, held in self.held.items() if held]))
        held = data.draw(st.sampled_from(self.held[kind][-3:]))
        if held.turn is None and held.errand is None:
            held = [h for h in self.held[kind] if h.owner != "nobody"][-1]
        return kind, held

    def _ours(self, kind: str, held: Held) -> bool:
        return held is self.newest(kind)

    @invariant()
    def g3_one_owner_at_most_believes_in_its_lease(self) -> None:
        if hasattr(self, "lives"):
            for kind, held in self.held.items():
                believers = [h for h in held if self.now < h.safe_until]
                assert len(believers) <= 1
                assert not believers or believers[0] is self.newest(kind)
                assert not believers or self.now < self.until[kind] - EARLY + 1

    @invariant()
    def g4_nothing_is_written_behind_the_back_of_a_newer_owner(self) -> None:
        if hasattr(self, "lives"):
            assert all(fences == sorted(fences) for fences in self.wrote.values())

    @invariant()
    def the_store_knows_the_newest(self) -> None:
        if not hasattr(self, "lives"):
            return
        there = self.lives.read(lambda tx: tx.turns.current(ACME, C1))
        newest = self.newest("turn")
        assert there is not None
        assert (there.fence, there.until) == (0 if newest is None else newest.fence, self.until["turn"])


TestLeases = Leases.TestCase
TestLeases.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
