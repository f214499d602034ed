"""Watch: one reader's cursors over the log, each without gap and without double, then live.

A cursor subscribes first and holds live events back, reads what was missed from the log, joins the two by `seq`, gives
one snapshot per open text, and only then passes live frames through. What cannot be recovered whole is not recovered.
"""

from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, Protocol

from msgspec import Struct

from throughline.conversation.events import Entry
from throughline.conversation.faults import UNKNOWN_CONVERSATION, Fault
from throughline.conversation.frames import Batch, Frame, OpenText
from throughline.conversation.ids import ConversationId, Topic
from throughline.conversation.records import Caller
from throughline.ports import Live, Sink, Store, StoreDown, Tx

TOO_MANY = Fault("too_many_watches", 429, "This socket follows too many conversations.", "Unwatch some first.")


class Reader(Sink, Protocol):
    """Who watches: frames go out in the order of these calls."""

    def watching(self, conversation: ConversationId, head: int, after: int, *, recovered: bool) -> None:
        """What follows begins after `after`; not recovered: nothing follows."""

    def entry(self, entry: Entry) -> None:
        """An event out of the log."""

    def open_text(self, topic: Topic, text: OpenText) -> None:
        """A message that is being written."""

    async def room(self) -> None:
        """Return when what was given has left, or nobody is there any more."""

    def start_over(self) -> None:
        """The cursors cannot be kept true: let the reader come back and resume."""


class Position(Struct, frozen=True):
    """Where a returning reader stands."""

    conversation: ConversationId
    epoch: str
    seq: int


class Bounds(Struct, frozen=True):
    """Numbers of conversations, events and messages."""

    watches: int = 200
    #: Events of one read.
    page: int = 200
    #: Events of the first read of one take-up, over all its conversations.
    first: int = 2_000
    #: Events that are replayed to one cursor; who is further behind starts anew from the last messages.
    replay: int = 10_000
    #: Messages that a reader without a position gets.
    messages: int = 50
    #: Live events that are held back while the log is read; beyond, the log is read again.
    held: int = 256


class _Found(Struct, frozen=True):
    """What the log says about a cursor's place."""

    head: int
    after: int
    recovered: bool
    entries: Sequence[Entry] = ()


class _Cursor:
    """The Sink of one conversation: holds back until the log is joined on, then passes through by seq."""

    __slots__ = ("_all_on", "_on", "gap", "have", "held", "live", "missed", "room", "topic")

    def __init__(self, topic: Topic, reader: Reader, gap: Callable[["_Cursor"], None], room: int) -> None:
        self.topic, self.gap, self.room = topic, gap, room
        self._on, self._all_on = reader.offer, reader.offer_all
        self.have = 0
        self.live = False
        self.held: list[Frame] = []
        #: The newest event that there was no room for.
        self.missed = 0

    def offer(self, frame: Frame) -> None:
        seq = frame.seq
        if not self.live:
            self._hold(frame)
        elif seq == 0:
            self._on(frame)
        elif seq == self.have + 1:
            self.have = seq
            self._on(frame)
        elif seq > self.have:
            self.live = False
            self._hold(frame)
            self.gap(self)

    def offer_all(self, batch: Batch) -> None:
        first = batch.first
        if self.live and (first == self.have + 1 or first == 0):
            # Nearly always: the events are just the next ones, or there is provisional text only.
            if first:
                self.have = batch.last
            self._all_on(batch)
            return
        for frame in batch.frames:
            self.offer(frame)

    def join(self) -> int | None:
        """Pass on what was held, as far as it joins on. None: live now; else the log has to be read up to there."""
        held, self.held = self.held, []
        missed, self.missed = self.missed, 0
        for frame in held:
            if frame.seq == self.have + 1:
                self.have = frame.seq
                self._on(frame)
            elif frame.seq > self.have:
                return held[-1].seq
        self.live = missed <= self.have
        return None if self.live else missed

    def _hold(self, frame: Frame) -> None:
        # Provisional text is not held: a snapshot follows.
        if not frame.seq:
            return
        if self.missed or len(self.held) >= self.room:
            self.held, self.missed = [], frame.seq
        else:
            self.held.append(frame)


class Watch:
    """All cursors of one reader. `spawn` runs a coroutine in the background and keeps it."""

    def __init__(
        self,
        caller: Caller,
        store: Store,
        live: Live,
        reader: Reader,
        spawn: Callable[[Coroutine[Any, Any, None], str], object],
        bounds: Bounds,
    ) -> None:
        self._caller, self._store, self._live, self._reader = caller, store, live, reader
        self._spawn, self._bounds = spawn, bounds
        self._cursors: dict[ConversationId, _Cursor] = {}

    async def follow(self, conversation: ConversationId, after: int | None) -> Fault | None:
        """Follow from `after` (None: the last messages and all since). Raises StoreDown; then nothing is followed."""
        cursor = self._open(conversation)
        if cursor is None:
            return TOO_MANY
        try:
            found = await self._store.read(lambda tx: self._find(tx, conversation, after, self._bounds.page))
            return await self._begin(cursor, found)
        except BaseException:
            self._drop(cursor)
            raise

    async def take_up(self, positions: Sequence[Position]) -> list[tuple[ConversationId, Fault]]:
        """Resume all of them, with one read to start with; what is refused comes back. Raises StoreDown."""
        cursors = {p.conversation: self._open(p.conversation) for p in positions}
        asked = {p.conversation: p for p in positions}
        refused: list[tuple[ConversationId, Fault]] = []
        try:
            found = await self._store.read(lambda tx: self._find_all(tx, tuple(asked.values())))
            for conversation, cursor in cursors.items():
                fault = TOO_MANY if cursor is None else await self._begin(cursor, found[conversation])
                if fault is not None:
                    refused.append((conversation, fault))
        except BaseException:
            for cursor in cursors.values():
                if cursor is not None:
                    self._drop(cursor)
            raise
        return refused

    def leave(self, conversation: ConversationId) -> None:
        """Stop following."""
        cursor = self._cursors.get(conversation)
        if cursor is not None:
            self._drop(cursor)

    def sink(self, conversation: ConversationId) -> Sink | None:
        """The reader's place on a conversation's topic, if it follows it and may."""
        cursor = self._cursors.get(conversation)
        return cursor if cursor is not None and cursor.live else None

    def close(self) -> None:
        """Stop following everything."""
        for cursor in tuple(self._cursors.values()):
            self._drop(cursor)

    def _open(self, conversation: ConversationId) -> _Cursor | None:
        self.leave(conversation)
        if len(self._cursors) >= self._bounds.watches:
            return None
        topic = (self._caller.tenant, conversation)
        cursor = _Cursor(topic, self._reader, self._close_gap, self._bounds.held)
        self._cursors[conversation] = cursor
        self._live.subscribe(topic, self._caller.viewer, cursor)
        return cursor

    def _drop(self, cursor: _Cursor) -> None:
        cursor.live = False
        self._live.unsubscribe(cursor.topic, cursor)
        if self._cursors.get(cursor.topic[1]) is cursor:
            del self._cursors[cursor.topic[1]]

    def _page(self, topic: Topic, after: int, tx: Tx) -> list[Entry]:
        return tx.log.entries(*topic, after, self._bounds.page)

    def _find(self, tx: Tx, conversation: ConversationId, after: int | None, limit: int) -> _Found | None:
        """The first page after a place, or why there is none. None: no such conversation for this caller."""
        tenant, person = self._caller.tenant, self._caller.person
        row = tx.log.conversation(tenant, conversation)
        if row is None or (person is not None and row.person != person):
            return None
        if after is None:
            after = tx.log.place_of(tenant, conversation, self._bounds.messages)
            turn = tx.turns.current(tenant, conversation)
            if turn is not None and turn.pos:
                # Who does not know that it began cannot show what it writes.
                after = min(after, turn.pos - 1)
        if not 0 <= after <= row.head or row.head - after > self._bounds.replay:
            return _Found(row.head, row.head, recovered=False)
        entries = tx.log.entries(tenant, conversation, after, limit) if limit and after < row.head else []
        if entries and entries[0].seq != after + 1:
            # Below the retention floor.
            return _Found(row.head, row.head, recovered=False)
        return _Found(row.head, after, recovered=True, entries=entries)

    def _find_all(self, tx: Tx, positions: Sequence[Position]) -> dict[ConversationId, _Found | None]:
        left = self._bounds.first
        found: dict[ConversationId, _Found | None] = {}
        for position in positions:
            # From another epoch: the seq means nothing here.
            after = position.seq if position.epoch == self._store.epoch else -1
            one = self._find(tx, position.conversation, after, min(left, self._bounds.page))
            left -= 0 if one is None else len(one.entries)
            found[position.conversation] = one
        return found

    async def _begin(self, cursor: _Cursor, found: _Found | None) -> Fault | None:
        conversation = cursor.topic[1]
        if self._cursors.get(conversation) is not cursor:
            # Watched anew or left in the meantime.
            return None
        if found is None or not found.recovered:
            self._drop(cursor)
            if found is None:
                return UNKNOWN_CONVERSATION
            self._reader.watching(conversation, found.head, found.after, recovered=False)
            return None
        cursor.have = found.after
        self._reader.watching(conversation, found.head, found.after, recovered=True)
        self._give(cursor, found.entries)
        await self._catch_up(cursor, complete=cursor.have >= found.head)
        return None

    async def _catch_up(self, cursor: _Cursor, *, complete: bool) -> None:
        """Read on until the log and what is held join. `complete`: all there was has been given already."""
        conversation = cursor.topic[1]
        while self._cursors.get(conversation) is cursor:
            wanted = cursor.join() if complete else 0
            if wanted is None:
                for text in self._live.open_texts(cursor.topic):
                    self._reader.open_text(cursor.topic, text)
                return
            await self._reader.room()
            entries = await self._store.read(partial(self._page, cursor.topic, cursor.have))
            if self._cursors.get(conversation) is not cursor:
                return
            self._give(cursor, entries)
            complete = len(entries) < self._bounds.page
            if complete and cursor.have < wanted:
                # Live knows of an event that the log does not have: no reading can close this.
                self._drop(cursor)
                self._reader.start_over()
                return

    def _give(self, cursor: _Cursor, entries: Sequence[Entry]) -> None:
        for entry in entries:
            if entry.seq == cursor.have + 1:
                cursor.have = entry.seq
                self._reader.entry(entry)

    def _close_gap(self, cursor: _Cursor) -> None:
        self._spawn(self._close_gap_of(cursor), "watch.gap")

    async def _close_gap_of(self, cursor: _Cursor) -> None:
        try:
            await self._catch_up(cursor, complete=False)
        except StoreDown:
            self._drop(cursor)
            self._reader.start_over()
