"""Receive: take what somebody says into the log, once, in one transaction; only then is it acknowledged."""

import hashlib
from collections.abc import Callable, Sequence
from typing import cast

import msgspec
from msgspec import Struct

from throughline.conversation import delivery
from throughline.conversation.events import (
    Author,
    Bound,
    ConversationReopened,
    ConversationStarted,
    Delivery,
    DeliveryState,
    Message,
)
from throughline.conversation.faults import (
    BUSY,
    FORBIDDEN,
    ID_REUSED,
    UNKNOWN_CONVERSATION,
    UNSUPPORTED,
    Fault,
    slow_down,
)
from throughline.conversation.ids import BindingId, ConversationId, MessageId, PersonId, TenantId, TurnId
from throughline.conversation.policy import Policy, check_id, check_text, wait_for
from throughline.conversation.records import Acked, Binding, Caller, Conversation, Logged, Turn
from throughline.observe import crash_point, delivered, rate_limited
from throughline.observe import message as counted
from throughline.ports import Clock, Ids, Store, StoreDown, Tx

MINUTE, DAY = 60_000, 86_400_000
_TITLE = 60
#: Seconds for which a tenant's policy is taken as read.
_FRESH = 5.0
#: Messages of one receipt whose way is measured; the others of a long absence tell nothing about us.
_MEASURED = 50


class _Kept(Struct, frozen=True):
    """What became of a `say`: where it stands, whether a turn is due now, whether it had been kept before."""

    acked: Acked
    due: bool = False
    again: bool = False


class Receive:
    """The entrance that every channel's words go through.

    `wake` is called after a commit that made a turn due, `begun` after one that began a conversation. With `agent`
    empty nobody answers.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: Ids,
        agent: str,
        wake: Callable[[], None],
        begun: Callable[[Conversation], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._agent = agent
        self._wake = wake
        self._begun = begun
        self._policies: dict[TenantId, tuple[float, Policy]] = {}

    async def policy(self, tenant: TenantId) -> Policy:
        """The tenant's policy, at most a few seconds old."""
        known = self._policies.get(tenant)
        if known is None or known[0] < self._clock.monotonic():
            row = await self._store.read(lambda tx: tx.people.tenant(tenant))
            known = (self._clock.monotonic() + _FRESH, row.policy if row else Policy())
            self._policies[tenant] = known
        return known[1]

    async def say(
        self, caller: Caller, conversation: str, message_id: str, text: str, attachments: Sequence[str] = ()
    ) -> Acked | Fault:
        """Keep a message and make a turn due. The same id with the same words is acknowledged again.

        Faults: bad id or text, unknown conversation, id reused, rate limited, attachments (not built), store busy.
        """
        kept = await self._keep(caller, conversation, message_id, text, attachments)
        way = "out" if caller.person is None else "in"
        if isinstance(kept, Fault):
            counted("web", way, kept.code)
            if kept.code == "rate_limited":
                rate_limited("messages")
            return kept
        if not kept.again:
            counted("web", way, "ok")
        if kept.due:
            self._wake()
        crash_point("receive.before_ack")
        return kept.acked

    async def _keep(
        self, caller: Caller, conversation: str, message_id: str, text: str, attachments: Sequence[str]
    ) -> _Kept | Fault:
        try:
            policy = await self.policy(caller.tenant)
        except StoreDown:
            return BUSY
        wrong = check_id(message_id) or check_text(text, policy) or (UNSUPPORTED if attachments else None)
        if wrong is not None:
            return wrong
        if check_id(conversation) is not None:
            return UNKNOWN_CONVERSATION
        now = self._clock.now()
        turn, reply = TurnId(self._ids.new()), MessageId(self._ids.new())
        digest = hashlib.blake2b(msgspec.json.encode((caller.user, text, attachments)), digest_size=16).digest()
        where, message = ConversationId(conversation), MessageId(message_id)

        def keep(tx: Tx) -> _Kept | Fault:
            row = tx.log.conversation(caller.tenant, where)
            if row is None or not may_see(caller, row):
                return UNKNOWN_CONVERSATION
            before = tx.messages.logged(caller.tenant, where, message)
            if before is not None:
                same = before.digest == digest
                return _Kept(Acked(message_id, where, before.seq), again=True) if same else ID_REUSED
            wait = too_soon(tx, caller.tenant, caller.person, policy, now)
            if wait is not None:
                return slow_down(wait)
            if row.status == "ended":
                tx.log.append(caller.tenant, where, now, ConversationReopened())
            author = Author("member" if caller.person is None else "person", caller.name)
            body = Message(id=message, author=author, channel="web", text=text)
            entry = tx.log.append(caller.tenant, where, now, body)
            tx.messages.keep(caller.tenant, where, message, Logged(entry.seq, digest), now, caller.person)
            acked = Acked(message_id, where, entry.seq)
            if caller.person is None:
                _owe(tx, caller.tenant, where, body, entry.seq, now)
                return _Kept(acked)
            if not row.title:
                tx.messages.titled(caller.tenant, where, title(text))
            return _Kept(acked, due=bool(self._agent) and tx.turns.due(due_turn(turn, reply, row, now)))

        try:
            return await self._store.write(keep)
        except StoreDown:
            return BUSY

    async def start(self, caller: Caller, conversation: str | None = None) -> Conversation | Fault:
        """Begin a conversation of the caller's own. The same id again gives the same conversation.

        An id that another person of the organisation has is refused. That tells its holder that it is taken, and
        nothing else: ids are random, whoever has one was given it, and to begin under another id than was asked for
        would take the sense out of asking. Other organisations' ids are not looked at.
        """
        person = caller.person
        if person is None:
            return FORBIDDEN
        if conversation is not None and (wrong := check_id(conversation)) is not None:
            return wrong
        now = self._clock.now()
        where = ConversationId(conversation or self._ids.new())
        binding = BindingId(self._ids.new())
        fresh = Conversation(
            id=where, tenant=caller.tenant, person=person, agent=self._agent or "agent", status="active", title="",
            head=0, created_at=now, updated_at=now,
        )  # fmt: skip

        def begin(tx: Tx) -> tuple[Conversation, bool] | Fault:
            known = tx.log.conversation(caller.tenant, where)
            if known is not None:
                return (known, False) if known.person == person else ID_REUSED
            identity = tx.people.person_identity(caller.tenant, person, "web")
            if identity is None:
                return FORBIDDEN
            tx.log.start(fresh)
            tx.bindings.bind(Binding(binding, caller.tenant, where, identity, "web", "active"))
            tx.log.append(caller.tenant, where, now, ConversationStarted(channel="web"))
            tx.log.append(caller.tenant, where, now, Bound(by=Author("person", caller.name), to="web", why="started"))
            return tx.log.conversation(caller.tenant, where) or fresh, True

        try:
            made = await self._store.write(begin)
        except StoreDown:
            return BUSY
        if isinstance(made, Fault):
            return made
        row, is_new = made
        if is_new:
            self._begun(row)
        return row

    async def mark(self, caller: Caller, conversation: str, got: int, seen: int) -> Fault | None:
        """A reader has received up to `got` and read up to `seen`. A person's marks are receipts of what is owed."""
        if check_id(conversation) is not None:
            return UNKNOWN_CONVERSATION
        where = ConversationId(conversation)
        now = self._clock.now()

        def receipts(tx: Tx, binding: Binding, have: int, read: int) -> bool:
            steps: tuple[tuple[DeliveryState, int], ...] = (("read", read), ("delivered", have))
            told = False
            for state, upto in steps:
                changed = tx.bindings.reached(caller.tenant, where, binding.id, upto, state, now)
                if changed:
                    body = Delivery(messages=tuple(changed), binding=binding.id, channel="web", state=state)
                    tx.log.append(caller.tenant, where, now, body)
                    told = True
            return told

        def raise_marks(tx: Tx) -> Fault | list[int]:
            row = tx.log.conversation(caller.tenant, where)
            if row is None or not may_see(caller, row):
                return UNKNOWN_CONVERSATION
            read = min(seen, row.head)
            have = max(min(got, row.head), read)
            had, had_read = tx.messages.received(caller.tenant, where, caller.user, have, read)
            if caller.person is None or (have <= had and read <= had_read):
                return []
            bindings = [b for b in tx.bindings.bindings(caller.tenant, where) if b.channel == "web"]
            told = [receipts(tx, binding, have, read) for binding in bindings]
            return _on_their_way(tx, caller.tenant, where, had, have) if any(told) else []

        try:
            raised = await self._store.write(raise_marks)
        except StoreDown:
            return BUSY
        if isinstance(raised, Fault):
            return raised
        for kept_at in raised:
            delivered("web", max(0, now - kept_at) / 1000)
        return None


def may_see(caller: Caller, row: Conversation) -> bool:
    """Persons have their own conversations, members all of their tenant's."""
    return row.tenant == caller.tenant and (caller.person is None or row.person == caller.person)


def title(text: str) -> str:
    """A conversation's name: the first words of its first message, on one line."""
    line = " ".join(text.split())
    if len(line) <= _TITLE:
        return line
    cut = line[:_TITLE].rsplit(" ", 1)[0]
    return (cut if len(cut) > _TITLE // 2 else line[:_TITLE]).rstrip(" ,;:.") + "…"


def due_turn(turn: TurnId, message: MessageId, row: Conversation, now: int) -> Turn:
    """A turn that nobody has claimed yet; `message` will be its answer's id."""
    return Turn(
        id=turn, tenant=row.tenant, conversation=row.id, message=message, status="due", agent=row.agent, attempt=0,
        fence=0, owner=None, until=0, pos=0, checkpoint="", stop_asked=False, due_at=now,
    )  # fmt: skip


def too_soon(tx: Tx, tenant: TenantId, person: PersonId | None, policy: Policy, now: int) -> float | None:
    """Seconds that this person has to wait, counted in the log itself: exact, and it survives a restart."""
    if person is None:
        return None
    for limit, window in ((policy.messages_per_minute, MINUTE), (policy.messages_per_day, DAY)):
        if limit:
            recent = tx.messages.times(tenant, person, now - window, limit)
            wait = wait_for(recent, limit, window, now)
            if wait is not None:
                return wait
    return None


def _owe(tx: Tx, tenant: TenantId, where: ConversationId, body: Message, seq: int, now: int) -> None:
    owed = delivery.plan(tenant, where, body, seq, now, tx.bindings.bindings(tenant, where))
    for row in owed.rows:
        tx.bindings.owe(row)
    for event in owed.events:
        tx.log.append(tenant, where, now, event)


def _on_their_way(tx: Tx, tenant: TenantId, where: ConversationId, had: int, have: int) -> list[int]:
    """When the messages were kept that arrived just now."""
    found = tx.log.entries(tenant, where, had, _MEASURED, ("message",))
    return [e.at for e in found if e.seq <= have and cast("Message", e.body()).author.kind != "person"]
