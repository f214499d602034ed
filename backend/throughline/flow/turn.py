"""One turn, from its claim to its end: at most one committed reply, whatever dies on the way.

Every write carries the fence of the claim; once a write is refused, or the lease could have run out, this run gives
up without a word, because somebody else may be writing already. Text that streams is provisional until the end's
transaction.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Literal, cast

from msgspec import UNSET, Struct

from throughline.conversation import delivery
from throughline.conversation.answer import Brief, Broken, Done, Piece, Said, SegmentDone, Sure, Words
from throughline.conversation.bindings import Table, active_of
from throughline.conversation.channel import web_alone
from throughline.conversation.events import Author, ChannelName, Message, TurnEnded, TurnStarted, Usage
from throughline.conversation.ids import Topic
from throughline.conversation.policy import Policy
from throughline.conversation.records import Binding, DeliveryRow, Logged, Turn
from throughline.flow.pictures import seen
from throughline.flow.saying import Saying, saying
from throughline.flow.steps.enclosed import attached
from throughline.flow.steps.failover import written
from throughline.flow.steps.owe import owe, shown_on, talks_there, tell
from throughline.flow.steps.said import after_what_was_said, in_parts
from throughline.observe import crash_point, failure, first_token, logger, spawn, tokens
from throughline.observe import message as sent
from throughline.observe import turn as counted
from throughline.ports import Agent, Blobs, Clock, Live, Store, StoreDown, Tx

#: Messages of history that an agent gets.
HISTORY = 40
#: A turn that was begun this often and never ended is ended as failed: its process dies of it.
MAX_ATTEMPTS = 20
#: Seconds between tries of the last write while the store is down.
PATIENCE = 0.5

_log = logger("flow.turn")


class _Opened(Struct, frozen=True):
    """What the start's transaction established."""

    brief: Brief
    pos: int
    saying: Saying | None


class _Started(Struct, frozen=True):
    """What the start's transaction wrote. `leaves`: there is something for a courier."""

    attempt: int
    pos: int
    leaves: bool = False


class _Closed(Struct, frozen=True):
    """What the end's transaction wrote: how it ended, and where the person was to read it."""

    outcome: Literal["completed", "stopped", "failed", "superseded"]
    channel: ChannelName
    leaves: bool = False


class _Ending(Struct, frozen=True):
    """How a turn ends, before it is written."""

    outcome: Literal["completed", "stopped", "failed", "superseded"]
    text: str = ""
    reason: str | None = None
    detail: str | None = None
    usage: Usage | None = None


class _Gone(Exception):  # noqa: N818 - it is no error: the turn is somebody else's, or the conversation was erased
    """The turn is not ours any more."""


class Run:
    """One claimed turn. `safe_until` (monotonic seconds) is when the owner stops itself unless the lease is renewed.

    `deliver` is called after a commit that made something for a courier. `blobs`: for a model that can see pictures.
    """

    def __init__(
        self,
        store: Store,
        live: Live,
        agent: Agent,
        clock: Clock,
        turn: Turn,
        safe_until: float,
        capabilities_of: Table = web_alone,
        deliver: Callable[[], None] = lambda: None,
        blobs: Blobs | None = None,
    ) -> None:
        self.turn = turn
        self.safe_until = safe_until
        self._store = store
        self._live = live
        self._agent = agent
        self._clock = clock
        self._capabilities_of = capabilities_of
        self._deliver = deliver
        self._blobs = blobs
        self._topic: Topic = (turn.tenant, turn.conversation)
        self._began = clock.monotonic()
        self._finished = turn.checkpoint
        self._open: list[str] = []
        self._sure: float | None = None
        self._writing: asyncio.Task[_Ending] | None = None
        self._halt: Literal["stopped", "given_up"] | None = "stopped" if turn.stop_asked else None

    def stop(self) -> None:
        """Somebody pressed stop, durably: freeze the text and end."""
        self._end_early("stopped")

    def renewed(self, safe_until: float) -> None:
        """The lease holds until then (monotonic seconds)."""
        self.safe_until = safe_until

    def give_up(self) -> None:
        """It is not ours any more, or the process ends: leave everything to the next owner."""
        self._end_early("given_up")

    async def go(self) -> None:
        """Run it. Never raises for what an agent, a provider or a lost lease does."""
        try:
            crash_point("reply.claimed")
            opened = await self._start()
            if isinstance(opened, _Opened):
                crash_point("reply.started")
                ending = await self._write(opened)
                crash_point("reply.before_end")
                await self._end(ending, opened)
            else:
                await self._end(opened, None)
            crash_point("reply.after_end")
        except (_Gone, StoreDown):
            _log.info("turn_left", turn=self.turn.id, tenant=self.turn.tenant, fence=self.turn.fence)
        finally:
            self._live.end(self._topic, self.turn.message)

    @property
    def _text(self) -> str:
        return _joined(self._finished, "".join(self._open))

    def _end_early(self, why: Literal["stopped", "given_up"]) -> None:
        if self._halt != "given_up":
            self._halt = why
        if self._writing is not None:
            self._writing.cancel()

    async def _start(self) -> _Opened | _Ending:
        turn, now = self.turn, self._clock.now()
        if turn.stop_asked:
            return _Ending("stopped", turn.checkpoint)
        if turn.attempt >= MAX_ATTEMPTS:
            return _Ending("failed", reason="given_up", detail=f"It was begun {turn.attempt} times and never ended.")

        started = await self._store.write(lambda tx: self._open_up(tx, now))
        if started is None:
            raise _Gone
        self._live.begin(self._topic, turn.message, started.attempt, turn.checkpoint)
        if started.leaves:
            # After `begin`: a courier that comes at once finds the text open.
            self._deliver()
        brief, saying = await self._store.read(lambda tx: (_brief(tx, turn, started.pos), self._aloud(tx, started.pos)))
        return _Opened(await seen(brief, self._blobs), started.pos, saying)

    def _open_up(self, tx: Tx, now: int) -> _Started | None:
        """The start's one transaction: that it began, and rows where the message shows while it is written."""
        turn = self.turn
        attempt = turn.attempt + 1
        if not tx.turns.change(turn.id, turn.fence, attempt=attempt, at=now):
            return None
        body = TurnStarted(turn=turn.id, message=turn.message, agent=turn.agent, attempt=attempt)
        entry = tx.log.append(turn.tenant, turn.conversation, now, body)
        if turn.pos:
            return _Started(attempt, turn.pos)
        tx.turns.change(turn.id, turn.fence, pos=entry.seq, at=now)
        # From here on readers know the reply's id: nobody else may take it.
        mark = Logged(entry.seq, hashlib.blake2b(turn.id.encode(), digest_size=16).digest())
        tx.messages.keep(turn.tenant, turn.conversation, turn.message, mark, now, None)
        bindings = tx.bindings.bindings(turn.tenant, turn.conversation)
        able = shown_on(tx, turn.tenant, turn.conversation, bindings, self._capabilities_of)
        parts = in_parts(tx, bindings, self._capabilities_of)
        rows = delivery.streams(turn, entry.seq, now, able, self._capabilities_of, parts)
        for row in rows:
            tx.bindings.owe(row)
        talks_there(tx, rows, bindings, self._capabilities_of)
        return _Started(attempt, entry.seq, bool(rows))

    def _aloud(self, tx: Tx, pos: int) -> Saying | None:
        return saying(tx, self._store, self._clock, self.turn, pos, self._capabilities_of)

    async def _write(self, opened: _Opened) -> _Ending:
        if self._halt is None:
            self._writing = spawn(self._follow(opened), f"turn {self.turn.id}")
            try:
                await asyncio.wait({self._writing})
            finally:
                self._writing.cancel()
            if not self._writing.cancelled():
                return self._writing.result()
        if self._halt == "given_up":
            raise _Gone
        return _Ending("stopped", self._text)

    async def _follow(self, opened: _Opened) -> _Ending:
        try:
            # The port promises that closing early ends the upstream request: it is a generator.
            async with aclosing(cast("AsyncGenerator[Piece, None]", self._agent.reply(opened.brief))) as pieces:
                return await self._take(pieces, opened.saying)
        except (_Gone, StoreDown):
            self._halt = "given_up"
            raise asyncio.CancelledError from None
        except Exception as error:
            # A bug in an agent ends its turn, not the others.
            _log.error("agent_failed", turn=self.turn.id, tenant=self.turn.tenant, **failure(error))
            return _Ending("failed", reason="bad_answer", detail=f"The agent failed ({type(error).__name__}).")

    async def _take(self, pieces: AsyncGenerator[Piece, None], saying: Saying | None) -> _Ending:
        add, topic, message = self._live.add, self._topic, self.turn.message
        first, segment_over = True, bool(self._finished)
        async for piece in pieces:
            if type(piece) is Words:
                text = piece.text
                if segment_over:
                    await self._checkpoint()
                    segment_over, text = False, f"\n\n{text}" if self._finished else text
                self._open.append(piece.text)
                add(topic, message, text)
                if self._clock.monotonic() > self.safe_until:
                    raise _Gone
                if first:
                    first = False
                    first_token(max(0.0, (self._clock.now() - self.turn.due_at) / 1000))
                    crash_point("reply.mid_stream")
                if saying is not None and not await saying.heard(text, lambda: self._text, len(self._finished)):
                    raise _Gone
                continue
            match piece:
                case Sure():
                    self._sure = piece.confidence
                case SegmentDone():
                    # Written down with the next words: a finished last segment must not be gone on with after a crash.
                    segment_over = True
                case Done():
                    return _Ending("completed", self._text, usage=piece.usage)
                case Broken():
                    return _Ending("failed", reason=piece.code, detail=piece.detail)
        return _Ending("failed", reason="cut_off", detail="The agent ended without an end.")

    async def _checkpoint(self) -> None:
        if not self._open:
            return
        text, turn, now = self._text, self.turn, self._clock.now()
        if not await self._store.write(lambda tx: tx.turns.change(turn.id, turn.fence, checkpoint=text, at=now)):
            raise _Gone
        self._finished, self._open = text, []

    async def _end(self, ending: _Ending, opened: _Opened | None) -> None:
        def close(tx: Tx) -> _Closed | None:
            return self._close(tx, ending, opened, now)

        while True:
            now = self._clock.now()
            if self._halt == "given_up" or self._clock.monotonic() > self.safe_until:
                raise _Gone
            try:
                closed = await self._store.write(close)
                break
            except StoreDown:
                await self._clock.sleep(PATIENCE)
        if closed is None:
            raise _Gone
        if closed.leaves:
            self._deliver()
        counted(closed.outcome, self._clock.monotonic() - self._began)
        if closed.outcome == "failed":
            sent(closed.channel, "out", ending.reason or closed.outcome)
        elif ending.text.strip():
            sent(closed.channel, "out", "ok")
        if ending.usage is not None:
            tokens(ending.usage.model, ending.usage.prompt_tokens, ending.usage.completion_tokens)

    def _close(self, tx: Tx, ending: _Ending, opened: _Opened | None, now: int) -> _Closed | None:
        """The end's one transaction: the message, what it owes, and that the turn is over."""
        turn, outcome = self.turn, ending.outcome
        open_turn = tx.turns.current(turn.tenant, turn.conversation)
        if outcome == "completed" and open_turn is not None and open_turn.id == turn.id and open_turn.stop_asked:
            outcome = "stopped"
        if not tx.turns.change(turn.id, turn.fence, status=outcome, at=now):
            return None
        pos, text = opened.pos if opened else turn.pos, ending.text
        if outcome == "failed":
            text = after_what_was_said(tx, turn, pos, _failure_text(tx, turn))
        said = bool(text.strip()) and outcome != "superseded"
        over = TurnEnded(
            turn=turn.id,
            outcome=outcome,
            message=turn.message if said else UNSET,
            reason=ending.reason or UNSET,
            detail=ending.detail or UNSET,
            usage=ending.usage or UNSET,
        )
        bindings = tx.bindings.bindings(turn.tenant, turn.conversation)
        active, rows = active_of(bindings), _rows(tx, turn, bindings)
        at = active.channel if active is not None else "web"
        if not said:
            tx.log.append(turn.tenant, turn.conversation, now, over)
            for row in delivery.superseded(rows, now):
                if tx.bindings.settle(row, but_in=delivery.IN_HAND):
                    tell(tx, turn.tenant, turn.conversation, delivery.told([row]), now)
            written(tx, turn, bindings, None, now)
            # What streams somewhere is taken away by its courier.
            return _Closed(outcome, at, bool(rows))
        message = Message(
            id=turn.message,
            author=Author("agent", turn.agent),
            channel=opened.brief.channel if opened else at,
            text=text,
            pos=pos or UNSET,
            turn=turn.id,
            stopped=outcome == "stopped",
            confidence=UNSET if self._sure is None or outcome == "failed" else self._sure,
        )
        entry = tx.log.append(turn.tenant, turn.conversation, now, message)
        tx.log.append(turn.tenant, turn.conversation, now, over)
        written(tx, turn, bindings, entry.seq, now)
        already = {row.binding for row in rows}
        leaves = owe(
            tx, turn.tenant, turn.conversation, message, entry.seq, now, bindings, self._capabilities_of,
            already=already,
        )  # fmt: skip
        return _Closed(outcome, at, leaves or bool(rows))


def _rows(tx: Tx, turn: Turn, bindings: Sequence[Binding]) -> list[DeliveryRow]:
    """The rows that the message has already, because it shows while it is written. Never on the web."""
    elsewhere = [b for b in bindings if b.channel != "web"]
    found = (tx.bindings.delivery(turn.tenant, turn.conversation, turn.message, b.id) for b in elsewhere)
    return [row for row in found if row is not None]


def _joined(finished: str, segment: str) -> str:
    return f"{finished}\n\n{segment}" if finished and segment else finished or segment


def _failure_text(tx: Tx, turn: Turn) -> str:
    tenant = tx.people.tenant(turn.tenant)
    return (tenant.policy if tenant else Policy()).failure_text


def _brief(tx: Tx, turn: Turn, pos: int) -> Brief:
    """What the agent is told: what stood in the log when the turn first started. Raises _Gone for what is erased."""
    row = tx.log.conversation(turn.tenant, turn.conversation)
    tenant = tx.people.tenant(turn.tenant)
    if row is None or tenant is None:
        raise _Gone
    active = active_of(tx.bindings.bindings(turn.tenant, turn.conversation))
    after = tx.log.place_of(turn.tenant, turn.conversation, HISTORY)
    said: list[tuple[int, Said]] = []
    for entry in tx.log.entries(turn.tenant, turn.conversation, after, HISTORY * 2, ("message",)):
        body = entry.body()
        # What was said on one binding alone (an opening, the answer to a command) is no part of the talk.
        if isinstance(body, Message) and entry.seq < pos and body.only is UNSET:
            files = attached(tx, turn.tenant, body)
            said.append((entry.seq if body.pos is UNSET else body.pos, Said(body.author.kind, body.text, files)))
    return Brief(
        tenant=turn.tenant,
        tenant_name=tenant.name,
        person_name=(row.person and tx.people.person_name(turn.tenant, row.person)) or "the person",
        agent=turn.agent,
        channel=active.channel if active is not None else "web",
        history=tuple(item for _, item in sorted(said, key=lambda pair: pair[0])),
        opening=turn.checkpoint,
        message_characters=tenant.policy.message_characters,
    )
