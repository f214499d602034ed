"""What comes in, in any order: again, in heaps, unreadable, too early for its thread, and with crashes between.

The model is a set of keys. Whatever was answered with 2xx is in the log, or waits, or lies aside: once.
"""

import asyncio
from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from tests.store.lives import Lives
from throughline.conversation.channel import Address, Inbound, Reading, Reply
from throughline.conversation.events import Entry, Message
from throughline.conversation.ids import IdentityId
from throughline.conversation.records import Binding, Identity, Tenant
from throughline.ports import Tx

from .ear import ADA, DEMO, ECHO, FREE, OURS, Ear
from .stage import Flaky, HandClock, Numbers

#: The thread that our first post will turn out to have opened, and others.
THREADS = st.sampled_from(["D1:9", "D1:9", "D1:1", "D1:2"])


class Inbox(RuleBasedStateMachine):
    """Ada writes on Slack, into threads that are known, new, or not known yet because our own post is under way."""

    @initialize()
    def open(self) -> None:
        self.clock, self.ids = HandClock(), Numbers()
        self.log: list[Entry] = []
        self.lives = Lives(self.log.extend, self.clock)
        #: Everything that Slack ever had to tell; what of it got its 2xx; what was not understood and got one.
        self.sent: list[Inbound] = []
        self.acked: set[str] = set()
        self.aside = 0
        self.roots = 0
        self.root: Binding | None = None

        def people(tx: Tx) -> None:
            tx.people.add_tenant(Tenant(DEMO, "demo", "Demo", FREE), 1)
            tx.accounts.add(OURS)
            tx.people.add_person(DEMO, ADA, "Ada", IdentityId("i-ada-web"), 1)
            tx.people.add_identity(
                Identity(IdentityId("i-ada"), DEMO, ADA, OURS.id, "slack", "T1/UADA", "verified", 2, "ada.l")
            )

        self.lives.write(people)
        self._born()

    def _born(self) -> None:
        self.ear = Ear(
            self.lives.home / f"life{self.lives.past}", Flaky(self.lives.store), self.clock, self.log, "Guide", self.ids
        )

    def teardown(self) -> None:
        if not hasattr(self, "lives"):
            return
        try:
            self._come_to_an_end()
        finally:
            self.lives.close()

    @rule(thread=THREADS, answers=st.booleans(), lost=st.booleans())
    def say(self, thread: str, answers: bool, lost: bool) -> None:
        """Somebody writes; perhaps the webhook is lost and only a later one comes."""
        n = len(self.sent)
        self.sent.append(Inbound(f"T1:D1:{n}", Address("T1/UADA"), f"text {n}", thread, answers=answers))
        if not lost:
            self._take([n])

    @precondition(lambda self: self.sent)
    @rule(heap=st.lists(st.integers(0, 30), min_size=1, max_size=4), at_once=st.booleans())
    def again(self, heap: list[int], at_once: bool) -> None:
        """Slack comes again, with one or several, old before new, twice in one request or at the same moment."""
        which = [n % len(self.sent) for n in heap]
        if not at_once:
            self._take(which)
            return

        async def storm() -> None:
            answers = await asyncio.gather(*(self.ear.take(self.sent[n]) for n in which))
            assert all(answer == Reply() for answer in answers)

        self.lives.run(storm())
        self.acked |= {self.sent[n].key for n in which}

    def _take(self, which: list[int]) -> None:
        assert self.lives.run(self.ear.take(*(self.sent[n] for n in which))) == Reply()
        self.acked |= {self.sent[n].key for n in which}

    @rule(with_one=st.booleans())
    def nobody_understands(self, with_one: bool) -> None:
        """Signed, and not to be read: kept with its reason; what stands beside it is taken in all the same."""
        some = tuple(self.sent[:1]) if with_one else ()
        reading = Reading(inbound=some, quarantine="unknown_form")
        assert self.lives.run(self.ear.hear.take(OURS, reading, b"raw")) == Reply()
        self.acked |= {inbound.key for inbound in some}
        self.aside += 1

    @precondition(lambda self: self.root is None)
    @rule()
    def post_first(self) -> None:
        """A first post of ours is on its way: its thread is not known, answers to it wait."""
        if self.lives.read(lambda tx: tx.bindings.at_thread(DEMO, OURS.id, "D1:9")) is None:
            self.roots += 1
            where = self.lives.run(self.ear.root("sending", f"root{self.roots}"))
            self.root = self.lives.run(self.ear.bindings(where))["slack"]

    @precondition(lambda self: self.root is not None)
    @rule(settles=st.booleans(), told=st.booleans())
    def post_arrives(self, settles: bool, told: bool) -> None:
        """Its thread is known now, or it failed. Who waits is let in at once, or by the sweep if that was missed."""
        assert self.root is not None
        root, self.root = self.root, None
        row = self.lives.run(self.ear.delivery(root.conversation, f"{root.id.removesuffix('-slack')}-post"))
        gone = replace(row, state="accepted")
        if settles and self.lives.read(lambda tx: tx.bindings.at_thread(DEMO, OURS.id, "D1:9")) is None:
            known = self.lives.run(self.ear.rooted(root.conversation, "D1:9"))
            if told:
                self.lives.run(self.ear.hear.unpark(known))
        self.lives.write(lambda tx: tx.bindings.settle(gone))

    @rule(seconds=st.sampled_from([1, 6, 11]))
    def time_passes(self, seconds: int) -> None:
        self.clock.move(seconds)

    @rule()
    def sweep(self) -> None:
        self.lives.run(self.ear.hear.sweep())

    @rule()
    def crash(self) -> None:
        self.lives.crash()
        self._born()

    def _come_to_an_end(self) -> None:
        """Once the wait is over everything that was answered well is in the log: nothing disappears (G5)."""
        self.clock.move(ECHO + 1)
        self.sweep()
        assert self._parked() == set()
        assert self._logged() == Counter(inbound.text for inbound in self.sent if inbound.key in self.acked)

    def _parked(self) -> set[str]:
        return {p.key for p in self.lives.read(lambda tx: tx.inbox.parked_of(DEMO, OURS.id))}

    def _logged(self) -> Counter[str]:
        said = (e.body() for e in self.log if e.kind == "message")
        return Counter(b.text for b in said if isinstance(b, Message) and b.author.kind == "person")

    @invariant()
    def g1_what_was_answered_well_is_kept(self) -> None:
        if hasattr(self, "ear"):
            parked, logged = self._parked(), self._logged()
            for inbound in self.sent:
                here = (inbound.key in parked) + logged[inbound.text]
                assert here == (inbound.key in self.acked), "G2: there once, waiting or said"

    @invariant()
    def g4_every_log_is_dense(self) -> None:
        if hasattr(self, "ear"):
            for where in {e.conversation for e in self.log}:
                seqs = [e.seq for e in self.log if e.conversation == where]
                assert seqs == [*range(1, len(seqs) + 1)]

    @invariant()
    def what_nobody_understood_lies_aside_once(self) -> None:
        if hasattr(self, "ear"):
            rows = self.lives.read(lambda tx: tx.inbox.quarantined(DEMO, OURS.id, 100))
            assert [row.reason for row in rows] == ["unknown_form"] * self.aside


TestInbox = Inbox.TestCase
TestInbox.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
