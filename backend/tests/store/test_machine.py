"""The real store against a model that is plain to read: log, message ids, turns; failures and crashes between."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from throughline.conversation.events import ConversationEnded, ConversationReopened, Entry
from throughline.conversation.ids import ConversationId, MessageId
from throughline.conversation.records import Turn
from throughline.ports import Conflict, Tx

from .given import ACME, C1, C2, begun, conversation, say, turn
from .lives import Lives

T = TypeVar("T")
PLACES = st.sampled_from([C1, C2])
NAMES = st.sampled_from([f"m{n}" for n in range(12)])


class Model(msgspec.Struct):
    """One conversation as it should be."""

    kinds: list[str] = []
    said: dict[str, int] = {}
    ended: bool = False
    due: Turn | None = None
    running: Turn | None = None


class NoError(Exception):
    """Thrown on purpose, at the end of a transaction that must leave nothing."""


class StoreMachine(RuleBasedStateMachine):
    """Rules do to the store and to the model the same; the invariant compares all that can be read."""

    @initialize()
    def open(self) -> None:
        self.turns = 0
        self.told: list[Entry] = []
        self.model: dict[ConversationId, Model] = {C1: Model(), C2: Model()}
        self.lives = Lives(self.told.extend)
        self.write(begun)
        self.write(lambda tx: tx.log.start(conversation(ACME, C2)))

    def write(self, fn: Callable[[Tx], T]) -> T:
        return self.lives.write(fn)

    def teardown(self) -> None:
        if hasattr(self, "lives"):
            self.lives.close()

    @rule(where=PLACES, end=st.booleans())
    def append(self, where: ConversationId, end: bool) -> None:
        body = ConversationEnded("closed") if end else ConversationReopened()
        entry = self.write(lambda tx: tx.log.append(ACME, where, 20, body))
        model = self.model[where]
        model.kinds.append(entry.kind)
        model.ended = end
        assert entry.seq == len(model.kinds)

    @rule(where=PLACES, name=NAMES)
    def say(self, where: ConversationId, name: str) -> None:
        model = self.model[where]
        if name in model.said:
            with pytest.raises(Conflict):
                self.write(lambda tx: say(tx, name, where=where))
            return
        self._said(where, name, self.write(lambda tx: say(tx, name, where=where)))

    def _said(self, where: ConversationId, name: str, entry: Entry) -> None:
        model = self.model[where]
        model.kinds.append("message")
        model.said[name] = entry.seq

    @rule(where=PLACES, name=NAMES)
    def fail(self, where: ConversationId, name: str) -> None:
        def doomed(tx: Tx) -> None:
            tx.log.append(ACME, where, 20, ConversationEnded("closed"))
            tx.turns.due(turn("doomed", where=where))
            raise NoError

        with pytest.raises(NoError):
            self.write(doomed)

    @rule(names=st.lists(st.tuples(PLACES, NAMES, st.booleans()), min_size=2, max_size=8))
    def many(self, names: list[tuple[ConversationId, str, bool]]) -> None:
        """At the same moment, so in one group or few; in the order they were asked."""

        def one(where: ConversationId, name: str, fails: bool, tx: Tx) -> Entry:
            entry = say(tx, name, where=where)
            if fails:
                raise NoError
            return entry

        async def all_of_them() -> list[Entry | BaseException]:
            asked = [
                self.lives.store.write(lambda tx, where=where, name=name, fails=fails: one(where, name, fails, tx))  # type: ignore[misc]
                for where, name, fails in names
            ]
            return await asyncio.gather(*asked, return_exceptions=True)

        for (where, name, fails), result in zip(names, self.lives.run(all_of_them()), strict=True):
            if name in self.model[where].said:
                assert isinstance(result, Conflict)
            elif fails:
                assert isinstance(result, NoError)
            else:
                assert isinstance(result, Entry)
                self._said(where, name, result)

    @rule(where=PLACES)
    def due(self, where: ConversationId) -> None:
        self.turns += 1
        fresh = turn(f"t{self.turns:04d}", where=where, due_at=self.turns)
        model = self.model[where]
        assert self.write(lambda tx: tx.turns.due(fresh)) == (model.due is None)
        model.due = model.due or fresh

    @rule(now=st.integers(100, 130), owner=st.sampled_from(["w1", "w2"]))
    def claim(self, now: int, owner: str) -> None:
        free = [
            candidate
            for model in self.model.values()
            if (candidate := model.running if model.running and model.running.until <= now else None)
            or (candidate := model.due if model.running is None else None)
        ]
        got = self.write(lambda tx: tx.turns.claim(owner, now, now + 15))
        if not free:
            assert got is None
            return
        oldest = min(free, key=lambda candidate: (candidate.due_at, candidate.id))
        expected = msgspec.structs.replace(
            oldest, status="running", owner=owner, until=now + 15, fence=oldest.fence + 1
        )
        assert got == expected
        model = self.model[expected.conversation]
        model.running = expected
        if model.due is not None and model.due.id == expected.id:
            model.due = None

    @rule(where=PLACES, behind=st.integers(0, 1), end=st.booleans(), until=st.integers(100, 150))
    def change(self, where: ConversationId, behind: int, end: bool, until: int) -> None:
        model = self.model[where]
        held = model.running or model.due
        if held is None:
            return
        fence, ours = held.fence - behind, behind == 0 and model.running is not None
        assert self.write(lambda tx: tx.turns.renew(held.id, fence, until)) == ours
        text = f"text {until}"
        assert self.write(lambda tx: tx.turns.change(held.id, fence, checkpoint=text, pos=3)) == ours
        if ours and model.running is not None:
            model.running = msgspec.structs.replace(model.running, until=until, checkpoint=text, pos=3)
        if end:
            assert self.write(lambda tx: tx.turns.change(held.id, fence, status="completed", at=9)) == ours
            if ours:
                model.running = None

    @rule(where=PLACES)
    def stop(self, where: ConversationId) -> None:
        model = self.model[where]
        held = model.running or model.due
        asked = turn("t0000").id if held is None else held.id
        assert self.write(lambda tx: tx.turns.ask_stop(ACME, where, asked)) == (held is not None)
        if model.running is not None:
            model.running = msgspec.structs.replace(model.running, stop_asked=True)
        elif model.due is not None:
            model.due = msgspec.structs.replace(model.due, stop_asked=True)

    @rule()
    def crash(self) -> None:
        self.lives.crash()
        running = [model for model in self.model.values() if model.running is not None]
        assert self.write(lambda tx: tx.turns.void()) == len(running)
        for model in running:
            assert model.running is not None
            model.running = msgspec.structs.replace(model.running, until=0, owner=None, fence=model.running.fence + 1)

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "lives"):
            return

        def look(tx: Tx) -> dict[ConversationId, tuple[object, ...]]:
            return {
                where: (
                    tx.log.conversation(ACME, where),
                    tx.log.entries(ACME, where, 0, 10_000),
                    [tx.messages.logged(ACME, where, MessageId(f"m{n}")) for n in range(12)],
                    tx.turns.current(ACME, where),
                )
                for where in self.model
            }

        for where, (row, entries, logged, current) in self.lives.read(look).items():
            model = self.model[where]
            assert (row.head, row.status) == (len(model.kinds), "ended" if model.ended else "active")  # type: ignore[attr-defined]
            assert [(e.seq, e.kind) for e in entries] == list(enumerate(model.kinds, 1))  # type: ignore[attr-defined]
            assert entries == [told for told in self.told if told.conversation == where]
            seqs = [None if item is None else item.seq for item in logged]  # type: ignore[attr-defined]
            assert seqs == [model.said.get(f"m{n}") for n in range(12)]
            assert current == (model.running or model.due)


TestStore = StoreMachine.TestCase
TestStore.settings = settings(
    max_examples=30, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
