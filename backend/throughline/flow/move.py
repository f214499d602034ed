"""Move: the talk goes on elsewhere. Modes, what was owed, the opening there and `bound`, in one transaction."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from throughline.conversation.bindings import By, Table, active_of, chosen, moved
from throughline.conversation.channel import web_alone
from throughline.conversation.commands import channel_named
from throughline.conversation.delivery import shut
from throughline.conversation.events import Author
from throughline.conversation.faults import (
    BUSY,
    ID_REUSED,
    NO_GROUP_MOVES,
    UNKNOWN_BINDING,
    UNKNOWN_CHANNEL,
    UNKNOWN_CONVERSATION,
    Fault,
)
from throughline.conversation.ids import BindingId, ConversationId, MessageId
from throughline.conversation.policy import check_id
from throughline.conversation.records import Acked, Binding, Caller, Conversation, Follow, Logged, Mode
from throughline.flow.steps.owe import attach
from throughline.flow.steps.say import may_see
from throughline.flow.steps.switch import Switched, follow, found, notice, reachable, switch, taken
from throughline.ports import Clock, Ids, Store, StoreDown, Tx

__all__ = ["Move", "Switched", "attach", "follow", "notice", "switch"]


class _Moved(Struct, frozen=True):
    acked: Acked
    leaves: bool = False


class _Chosen(Struct, frozen=True):
    bindings: list[Binding]
    leaves: bool = False


class Move:
    """The verb behind the `bind` frame and the bindings of the API.

    `deliver` is called after a commit that made something for a courier.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: Ids,
        capabilities_of: Table = web_alone,
        deliver: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._capabilities_of = capabilities_of
        self._deliver = deliver

    async def bind(
        self,
        caller: Caller,
        conversation: str,
        channel: str,
        identity: str | None = None,
        id: str | None = None,  # noqa: A002 - the frame's field
    ) -> Acked | Fault:
        """Go on on `channel`; durable when it returns, and acked where `bound` stands.

        The same id with the same wish is acked again. Active there already: acked at the head, nothing is written.
        Faults: bad id, unknown conversation or channel, id reused, not linked, off, a group, store busy.
        """
        if check_id(conversation) is not None:
            return UNKNOWN_CONVERSATION
        wrong = None if id is None else check_id(id)
        if wrong is not None:
            return wrong
        where, now = ConversationId(conversation), self._clock.now()
        opening, spare = MessageId(id or self._ids.new()), BindingId(self._ids.new())
        wish = msgspec.json.encode(("bind", caller.user, channel, identity))
        digest = hashlib.blake2b(wish, digest_size=16).digest()

        def go(tx: Tx) -> _Moved | Fault:
            row = tx.log.conversation(caller.tenant, where)
            if row is None or not may_see(caller, row):
                return UNKNOWN_CONVERSATION
            before = tx.messages.logged(caller.tenant, where, opening)
            if before is not None:
                return _Moved(Acked(opening, where, before.seq)) if before.digest == digest else ID_REUSED
            to = channel_named(channel)
            if to is None:
                return UNKNOWN_CHANNEL
            bindings = tx.bindings.bindings(caller.tenant, where)
            place = found(tx, row, bindings, to, identity, spare, now, self._capabilities_of)
            if isinstance(place, Fault):
                return place
            if place.mode == "active":
                return _Moved(Acked(opening, where, row.head))
            changes = moved([*(b for b in bindings if b.id != place.id), place], place.id, self._capabilities_of)
            done = switch(tx, row, bindings, changes, _author(caller), "asked", now, self._capabilities_of, opening)
            tx.messages.keep(caller.tenant, where, opening, Logged(done.seq, digest), now, None)
            return _Moved(Acked(opening, where, done.seq), done.leaves)

        try:
            made = await self._store.write(go)
        except StoreDown:
            return BUSY
        if isinstance(made, Fault):
            return made
        if made.leaves:
            self._deliver()
        return made.acked

    async def choose(
        self, caller: Caller, conversation: str, modes: Mapping[str, Mode], follow: Follow | None = None
    ) -> list[Binding] | Fault:
        """Set modes, and whether the active channel follows the person; all bindings as they are then.

        Faults: unknown conversation or binding, two active, lifting the person's `off`, no fallback, a group, busy.
        """
        if check_id(conversation) is not None:
            return UNKNOWN_CONVERSATION
        if any(check_id(binding) is not None for binding in modes):
            return UNKNOWN_BINDING
        where, now = ConversationId(conversation), self._clock.now()
        opening = MessageId(self._ids.new())
        asked = {BindingId(binding): mode for binding, mode in modes.items()}

        def set_modes(tx: Tx) -> _Chosen | Fault:
            row = tx.log.conversation(caller.tenant, where)
            if row is None or not may_see(caller, row):
                return UNKNOWN_CONVERSATION
            if row.person is None:
                return NO_GROUP_MOVES
            bindings = tx.bindings.bindings(caller.tenant, where)
            able = {i.id for i in tx.people.identities(caller.tenant, row.person) if reachable(tx, i)}
            verified = {b.id for b in bindings if b.identity in able}
            by: By = "member" if caller.person is None else "person"
            changes = chosen(bindings, asked, by, self._capabilities_of, verified)
            if isinstance(changes, Fault):
                return changes
            leaves = self._write(tx, row, bindings, changes, asked, caller, opening, now)
            if follow is not None and follow != row.follow:
                tx.bindings.follow(caller.tenant, where, follow)
            return _Chosen(tx.bindings.bindings(caller.tenant, where), leaves)

        try:
            made = await self._store.write(set_modes)
        except StoreDown:
            return BUSY
        if isinstance(made, Fault):
            return made
        if made.leaves:
            self._deliver()
        return made.bindings

    def _write(
        self,
        tx: Tx,
        row: Conversation,
        bindings: Sequence[Binding],
        changes: tuple[Binding, ...],
        asked: Mapping[BindingId, Mode],
        caller: Caller,
        opening: MessageId,
        now: int,
    ) -> bool:
        leaves = False
        why: Literal["asked", "off"] = "asked"
        if any(b.mode == "active" for b in changes):
            before = active_of(bindings)
            if before is not None and asked.get(before.id) == "off" and "active" not in asked.values():
                why = "off"
            done = switch(tx, row, bindings, changes, _author(caller), why, now, self._capabilities_of, opening)
            taken(tx, row, opening, done.seq, now)
            leaves = done.leaves
        else:
            for binding in changes:
                tx.bindings.bind(binding)
        gone = [b.id for b in changes if b.mode == "off"]
        if gone:
            rows = tx.bindings.deliveries(row.tenant, row.id)
            for ended in (r for off in gone for r in shut(rows, off, now)):
                tx.bindings.settle(ended)
        return leaves


def _author(caller: Caller) -> Author:
    return Author("member" if caller.person is None else "person", caller.name)
