"""Turns in any order of words, stops, lost leases, wrong clocks and crashes: one reply is committed, no ack is lost.

Run after run over the real store; the pure fold of every client reads the same log beside it and has to agree.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.store.lives import Lives
from throughline.conversation.answer import Brief, Broken, Done, Piece, SegmentDone, Words
from throughline.conversation.events import Entry, Message, TurnEnded, TurnStarted
from throughline.conversation.ids import IdentityId
from throughline.conversation.records import Acked, Conversation, Tenant, Turn
from throughline.conversation.state import View, on_event
from throughline.flow.lease import EARLY, LEASE
from throughline.flow.receive import Receive
from throughline.flow.turn import Run
from throughline.ports import Tx

from .stage import ADA, POLICY, TENANT, HandClock, Heard, Numbers

PIECES = st.sampled_from(["words", "words", "segment", "done", "broken"])


class Puppet:
    """An agent that says what it is told to, when it is told to."""

    label = "puppet"
    demo = True

    def __init__(self) -> None:
        self.given: asyncio.Queue[Piece] = asyncio.Queue()
        self.asked = asyncio.Event()

    async def reply(self, brief: Brief) -> AsyncIterator[Piece]:
        while True:
            self.asked.set()
            piece = await self.given.get()
            self.asked.clear()
            yield piece

    async def close(self) -> None: ...


class Owner:
    """A run under way, its agent, and the fence it was claimed under."""

    def __init__(self, run: Run, puppet: Puppet) -> None:
        self.run, self.puppet = run, puppet
        self.task = asyncio.get_running_loop().create_task(run.go())

    async def settled(self) -> None:
        """It waits for its agent, or is over."""
        asked = asyncio.ensure_future(self.puppet.asked.wait())
        await asyncio.wait({asked, self.task}, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        assert self.task.done() or self.puppet.asked.is_set(), "a run hangs"
        if self.task.done():
            self.task.result()


class Turns(RuleBasedStateMachine):
    """One conversation. Owners claim its turns, write, stall past their leases, are stopped, and die."""

    @initialize()
    def open(self) -> None:
        self.clock, self.ids = HandClock(), Numbers()
        self.log: list[Entry] = []
        self.lives = Lives(self.log.extend, self.clock)
        self.owners: list[Owner] = []
        self.acked: dict[str, int] = {}
        self.view, self.folded = View(), 0

        def people(tx: Tx) -> None:
            assert ADA.person is not None
            tx.people.add_tenant(Tenant(TENANT, "demo", "Demo", POLICY), 1)
            tx.people.add_person(TENANT, ADA.person, "Ada", IdentityId("web:ada"), 1)

        self.lives.write(people)
        made = self.lives.run(self.entrance.start(ADA))
        assert isinstance(made, Conversation)
        self.where = made.id

    @property
    def entrance(self) -> Receive:
        return Receive(self.lives.store, self.clock, self.ids, "Guide", lambda: None)

    def teardown(self) -> None:
        if not hasattr(self, "lives"):
            return
        try:
            self._come_to_an_end()
        finally:
            self.lives.run(self._kill(self.owners))
            self.lives.close()

    @rule(name=st.integers(1, 9))
    def say(self, name: int) -> None:
        """A person says something; the same again is the same `ack` (G1, G2)."""
        said = self.lives.run(self.entrance.say(ADA, self.where, f"m{name}", f"text {name}"))
        assert isinstance(said, Acked)
        assert self.acked.setdefault(said.id, said.seq) == said.seq

    @rule(fast=st.sampled_from([0, 0, 16_000]))
    def claim(self, fast: int) -> None:
        """Somebody looks for a turn that is due, or whose lease ran out; by a clock that may be fast (ms).

        Then only the fence tells the two owners apart: each is sure that its lease holds.
        """
        self._claim(fast)

    def _claim(self, fast: int = 0) -> bool:
        now, safe = self.clock.now() + fast, self.clock.monotonic() + LEASE / 1000 - EARLY
        turn = self.lives.write(lambda tx: tx.turns.claim("owner", now, now + LEASE))
        if turn is not None:
            self.owners.append(self.lives.run(self._begin(turn, safe)))
        return turn is not None

    async def _begin(self, turn: Turn, safe: float) -> Owner:
        puppet = Puppet()
        owner = Owner(Run(self.lives.store, Heard(lambda: None), puppet, self.clock, turn, safe), puppet)
        await owner.settled()
        return owner

    @property
    def running(self) -> list[Owner]:
        return [owner for owner in self.owners if not owner.task.done()]

    @precondition(lambda self: self.running)
    @rule(data=st.data(), what=PIECES)
    def write(self, data: st.DataObject, what: str) -> None:
        """An agent goes on; also one whose run is long nobody's."""
        self._write(data.draw(st.sampled_from(range(len(self.running)))), what)

    def _write(self, which: int, what: str) -> None:
        owner = self.running[which]
        pieces: dict[str, Piece] = {
            "words": Words(f"by {owner.run.turn.fence}. "), "segment": SegmentDone(), "done": Done(None),
            "broken": Broken("unreachable", "no engine", again=True),
        }  # fmt: skip

        async def write() -> None:
            owner.puppet.asked.clear()
            owner.puppet.given.put_nowait(pieces[what])
            await owner.settled()

        self.lives.run(write())

    @rule(heard=st.booleans())
    def stop(self, heard: bool) -> None:
        """Somebody presses stop. It is kept; whoever runs it hears of it now, or not at all."""
        turn = self.lives.read(lambda tx: tx.turns.current(TENANT, self.where))
        if turn is None:
            return
        assert self.lives.write(lambda tx: tx.turns.ask_stop(TENANT, self.where, turn.id))

        async def halt() -> None:
            for owner in self.running:
                if owner.run.turn.id == turn.id:
                    owner.run.stop()
                    await asyncio.wait({owner.task}, timeout=10)

        if heard:
            self.lives.run(halt())

    @precondition(lambda self: self.running)
    @rule(data=st.data())
    def renew(self, data: st.DataObject) -> None:
        """As the keeper of leases does: longer, or it gives up."""
        owner = data.draw(st.sampled_from(self.running))
        turn, until = owner.run.turn, self.clock.now() + LEASE
        safe = self.clock.monotonic() + LEASE / 1000 - EARLY
        if self.lives.write(lambda tx: tx.turns.renew(turn.id, turn.fence, until)):
            owner.run.safe_until = safe

    @rule(seconds=st.sampled_from([1, 4, 11, 16]))
    def time_passes(self, seconds: int) -> None:
        """Also beyond what a run may still write in, and beyond its lease."""
        self.clock.move(seconds)

    @precondition(lambda self: self.running)
    @rule(data=st.data())
    def an_owner_dies(self, data: st.DataObject) -> None:
        """It writes nothing any more; its lease goes on until it runs out."""
        self.lives.run(self._kill([data.draw(st.sampled_from(self.running))]))

    @rule()
    def crash(self) -> None:
        """The process, with everybody in it. The next one voids all leases."""
        self.lives.run(self._kill(self.owners))
        self.owners = []
        self.lives.crash()
        self.lives.write(lambda tx: tx.turns.void())

    async def _kill(self, owners: Sequence[Owner]) -> None:
        for owner in owners:
            owner.task.cancel()
        if owners:
            await asyncio.wait({owner.task for owner in owners})

    def _come_to_an_end(self) -> None:
        """Left alone, the store and a healthy owner bring every turn to its end: nothing disappears (G5)."""
        for _ in range(20):
            self.clock.move(2 * LEASE / 1000 + 2)
            if not self._claim():
                break
            if self.running and self.owners[-1] in self.running:
                self._write(len(self.running) - 1, "words")
                self._write(len(self.running) - 1, "done")
        assert self.lives.read(lambda tx: tx.turns.current(TENANT, self.where)) is None
        self.what_was_acked_is_there_once()
        self.g3_a_turn_ends_once_with_one_reply()
        self.g4_every_client_folds_the_same_dense_log()
        started = {e.body().turn for e in self.log if e.kind == "turn_started"}  # type: ignore[attr-defined]
        ended = {e.body().turn for e in self.log if e.kind == "turn_ended"}  # type: ignore[attr-defined]
        assert started <= ended
        assert bool(self.acked) == bool(ended), "somebody who spoke was answered"

    @invariant()
    def what_was_acked_is_there_once(self) -> None:
        """G1 and G2."""
        if hasattr(self, "lives"):
            there = [(b.id, e.seq) for e, b in self._messages() if b.author.kind == "person"]
            assert there == sorted(self.acked.items(), key=lambda item: item[1])

    @invariant()
    def g3_a_turn_ends_once_with_one_reply(self) -> None:
        if not hasattr(self, "lives"):
            return
        starts, running, replied = Counter[str](), "", set[str]()
        for entry in self.log:
            match entry.body():
                case TurnStarted() as started:
                    starts[started.turn] += 1
                    assert running in {"", started.turn}, "one at a time"
                    assert started.attempt == starts[started.turn]
                    running = started.turn
                case Message() as reply if reply.author.kind == "agent":
                    assert reply.turn == running or not running
                    assert reply.turn not in replied
                    replied.add(str(reply.turn))
                case TurnEnded() as ended:
                    assert running in {"", ended.turn}
                    assert (ended.turn in replied) == (ended.message is not None and bool(ended.message))
                    running = ""
        ends = Counter(e.body().turn for e in self.log if e.kind == "turn_ended")  # type: ignore[attr-defined]
        assert not ends or max(ends.values()) == 1

    @invariant()
    def g4_every_client_folds_the_same_dense_log(self) -> None:
        if not hasattr(self, "lives"):
            return
        for entry in self.log[self.folded :]:
            self.view = on_event(self.view, entry.seq, str(entry.at), entry.body())
            assert not self.view.gap
        self.folded = len(self.log)
        assert [e.seq for e in self.log] == [*range(1, len(self.log) + 1)]
        assert [m.id for m in self.view.messages if m.author == "agent"] == [
            b.id for _, b in self._messages() if b.author.kind == "agent"
        ]

    @invariant()
    def g5_every_reply_is_owed_where_the_person_is(self) -> None:
        if hasattr(self, "lives"):
            rows = self.lives.read(lambda tx: tx.bindings.deliveries(TENANT, self.where))
            assert {r.message for r in rows if r.owed} == {
                b.id for _, b in self._messages() if b.author.kind == "agent"
            }

    def _messages(self) -> list[tuple[Entry, Message]]:
        return [(e, b) for e in self.log if isinstance(b := e.body(), Message)]


TestTurns = Turns.TestCase
TestTurns.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
