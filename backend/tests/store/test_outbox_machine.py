"""Couriers against a model that is plain to read: rows come and change, leases end, the process goes."""

from collections.abc import Callable
from typing import TypeVar

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from throughline.conversation.events import DeliveryState
from throughline.conversation.ids import ConversationId
from throughline.conversation.records import DeliveryRow, Errand, Rung
from throughline.ports import Tx

from .given import ACME, C1, C2, account, connected, conversation, leaves, slack
from .lives import Lives

T = TypeVar("T")
PLACES = st.sampled_from([C1, C2])
STATES: list[DeliveryState] = [
    "pending", "not_sent", "sending", "streaming", "ambiguous", "accepted", "dead", "held", "passed",
]  # fmt: skip
REMOTES = st.sampled_from([(), ("1.1",), ("1.1", "1.2")])
LEASE = 15


def is_open(row: DeliveryRow) -> bool:
    if row.state == "ambiguous":
        return row.due > 0
    return row.state in {"pending", "not_sent", "sending", "streaming"}


def holds_up(row: DeliveryRow, now: int) -> bool:
    """As the port has it, which is not how the store works it out."""
    if row.state == "streaming" and row.remote:
        return False
    return is_open(row) and not (row.state == "ambiguous" and row.due <= now)


class Model(msgspec.Struct):
    """One binding as it should be: its rows in log order, and its lease."""

    rows: list[DeliveryRow] = []
    fence: int = 0
    until: int = 0
    #: Let go, to be looked at from then on; until a row is written.
    rest: int = 0

    def free(self, now: int) -> list[DeliveryRow]:
        """Open rows that no earlier one holds up."""
        found = []
        for row in self.rows:
            if is_open(row):
                found.append(row)
            if holds_up(row, now):
                break
        return found

    def ready(self, now: int) -> bool:
        return max(self.until, self.rest) <= now and any(row.due <= now for row in self.free(now))


class OutboxMachine(RuleBasedStateMachine):
    """Two bindings of two conversations on one account; time only passes."""

    @initialize()
    def open(self) -> None:
        self.lives = Lives()
        self.now = 100
        self.enabled = True
        self.model = {C1: Model(), C2: Model()}
        #: Every errand there ever was, newest last: the last few are of now and of long ago.
        self.errands: list[Errand] = []

        def begin(tx: Tx) -> None:
            connected(tx)
            tx.log.start(conversation(ACME, C2))
            tx.bindings.bind(slack(where=C2))

        self.write(begin)

    def write(self, fn: Callable[[Tx], T]) -> T:
        return self.lives.write(fn)

    def teardown(self) -> None:
        if hasattr(self, "lives"):
            self.lives.close()

    @rule(seconds=st.integers(1, 20))
    def passes(self, seconds: int) -> None:
        self.now += seconds

    @rule(where=PLACES, wait=st.integers(-5, 30))
    def owe(self, where: ConversationId, wait: int) -> None:
        model = self.model[where]
        seq = len(model.rows) + 1
        row = leaves(f"m{seq}", seq, due=self.now + wait, where=where)
        self.write(lambda tx: tx.bindings.owe(row))
        model.rows.append(row)
        model.rest = 0

    @rule(limit=st.integers(1, 3))
    def claim(self, limit: int) -> None:
        until = self.now + LEASE
        got = self.write(lambda tx: tx.outbox.claim("w", self.now, until, limit))
        ready = {where for where, model in self.model.items() if self.enabled and model.ready(self.now)}
        taken = {errand.binding.conversation for errand in got}
        assert len(got) == len(taken) == min(limit, len(ready))
        assert taken <= ready
        for errand in got:
            model = self.model[errand.binding.conversation]
            assert (errand.fence, errand.until) == (model.fence + 1, until)
            model.fence, model.until, model.rest = errand.fence, until, 0
        self.errands += got

    def _write(self, model: Model, at: int, row: DeliveryRow) -> None:
        was = model.rows[at]
        more = () if was.state == row.state else (Rung(row.state, row.at, row.reason),)
        model.rows[at] = msgspec.structs.replace(row, rungs=was.rungs + more)
        model.rest = 0

    def _row(
        self, data: st.DataObject, where: ConversationId, state: DeliveryState, remote: tuple[str, ...], wait: int
    ) -> tuple[int, DeliveryRow]:
        at = data.draw(st.integers(0, len(self.model[where].rows) - 1))
        due = 0 if wait < 0 else self.now + wait
        row = msgspec.structs.replace(
            self.model[where].rows[at], state=state, at=self.now, due=due, remote=remote, attempts=at
        )
        return at, row

    @rule(data=st.data(), state=st.sampled_from(STATES), remote=REMOTES, wait=st.integers(-10, 30))
    def change(self, data: st.DataObject, state: DeliveryState, remote: tuple[str, ...], wait: int) -> None:
        """A courier, of now or of long ago, writes what became of a row."""
        if not self.errands:
            return
        errand = data.draw(st.sampled_from(self.errands[-4:]))
        where = errand.binding.conversation
        at, row = self._row(data, where, state, remote, wait)
        ours = errand.fence == self.model[where].fence
        assert self.write(lambda tx: tx.outbox.change(errand, row)) == ours
        if ours:
            self._write(self.model[where], at, row)

    @rule(data=st.data(), where=PLACES, state=st.sampled_from(STATES), wait=st.integers(-10, 30))
    def settle(self, data: st.DataObject, where: ConversationId, state: DeliveryState, wait: int) -> None:
        """A move or a receipt does."""
        if not self.model[where].rows:
            return
        at, row = self._row(data, where, state, (), wait)
        free = self.model[where].rows[at].state not in {"sending", "streaming"}
        assert self.write(lambda tx: tx.bindings.settle(row, but_in=("sending", "streaming"))) == free
        if free:
            self._write(self.model[where], at, row)

    @rule(data=st.data(), wait=st.integers(-20, 30))
    def renew(self, data: st.DataObject, wait: int) -> None:
        """Held longer, unless it was let go."""
        if not self.errands:
            return
        errand = data.draw(st.sampled_from(self.errands[-4:]))
        model = self.model[errand.binding.conversation]
        until = self.now + wait
        ours = errand.fence == model.fence and model.until > 0
        assert self.write(lambda tx: tx.outbox.renew(errand, until)) == ours
        if ours:
            model.until, model.rest = until, 0

    @rule(data=st.data(), wait=st.sampled_from([None, 1, 7, 30]))
    def let_go(self, data: st.DataObject, wait: int | None) -> None:
        """Anybody may have it, from some moment on."""
        if not self.errands:
            return
        errand = data.draw(st.sampled_from(self.errands[-4:]))
        model = self.model[errand.binding.conversation]
        rest = 0 if wait is None else self.now + wait
        ours = errand.fence == model.fence
        assert self.write(lambda tx: tx.outbox.let_go(errand, rest)) == ours
        if ours:
            model.until, model.rest = 0, rest

    @rule()
    def expire(self) -> None:
        """All that were leased have been for too long."""
        self.now = max(self.now, *(model.until for model in self.model.values()))

    @rule(enabled=st.booleans())
    def switch(self, enabled: bool) -> None:
        self.write(lambda tx: tx.accounts.change(msgspec.structs.replace(account(), enabled=enabled)))
        self.enabled = enabled

    @rule()
    def crash(self) -> None:
        """The files as they are at that moment, opened elsewhere; then every lease ends."""
        self.lives.crash()
        leased = [model for model in self.model.values() if model.until > 0]
        assert self.write(lambda tx: tx.outbox.void()) == len(leased)
        for model in leased:
            model.fence, model.until = model.fence + 1, 0

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "lives"):
            return

        def look(tx: Tx) -> tuple[int | None, dict[ConversationId, list[DeliveryRow]], list[list[DeliveryRow]]]:
            rows = {where: tx.bindings.deliveries(ACME, where) for where in self.model}
            open_rows = [
                tx.outbox.open_rows(Errand(slack(where=where), fence=0, until=0), 10_000) for where in self.model
            ]
            return tx.outbox.next_due(), rows, open_rows

        due, rows, open_rows = self.lives.read(look)
        assert rows == {where: model.rows for where, model in self.model.items()}
        assert open_rows == [[row for row in model.rows if is_open(row)] for model in self.model.values()]
        # From the model's own words: the first moment at which something could be claimed, and none before it.
        ends = (max(m.until, m.rest) for m in self.model.values())
        moments = sorted({0, *ends, *(r.due for m in rows.values() for r in m)})
        ready = [at for at in moments if any(model.ready(at) for model in self.model.values())]
        assert due == (ready[0] if self.enabled and ready else None)


TestOutbox = OutboxMachine.TestCase
TestOutbox.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
