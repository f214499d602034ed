"""Receive: take what somebody says into the log, once, in one transaction; only then is it acknowledged."""

import hashlib
from collections.abc import Callable, Sequence

import msgspec

from throughline.conversation.bindings import Table
from throughline.conversation.channel import web_alone
from throughline.conversation.events import Author
from throughline.conversation.faults import BUSY, FORBIDDEN, ID_REUSED, UNKNOWN_CONVERSATION, Fault
from throughline.conversation.ids import ConversationId, FileId, MessageId, TenantId, TurnId
from throughline.conversation.policy import Policy, check_attachments, check_id, check_text
from throughline.conversation.records import Acked, Caller, Conversation
from throughline.flow.steps.begin import begin
from throughline.flow.steps.owe import MOST
from throughline.flow.steps.receipts import received
from throughline.flow.steps.say import DAY, MINUTE, NAMES, Kept, Words, due_turn, may_see, say, title, too_soon
from throughline.observe import crash_point, delivered, rate_limited
from throughline.observe import message as counted
from throughline.ports import Clock, Ids, Store, StoreDown, Tx

__all__ = ["DAY", "MINUTE", "Receive", "due_turn", "may_see", "title", "too_soon"]

#: Seconds for which a tenant's policy is taken as read.
_FRESH = 5.0


class Receive:
    """The entrance that every channel's words go through.

    `wake` is called after a commit that made a turn due, `begun` after one that began a conversation, `deliver` after
    one that made something for a courier, `halt` after one that asked a turn to end. With `agent` empty nobody answers.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: Ids,
        agent: str,
        wake: Callable[[], None],
        begun: Callable[[Conversation], None] = lambda _: None,
        capabilities_of: Table = web_alone,
        deliver: Callable[[], None] = lambda: None,
        halt: Callable[[TurnId], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._agent = agent
        self._wake = wake
        self._begun = begun
        self._capabilities_of = capabilities_of
        self._deliver = deliver
        self._halt = halt
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

        Faults: bad id or text, unknown conversation, id reused, rate limited, a file that is not theirs, store busy.
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
        if kept.stops is not None:
            self._halt(kept.stops)
        if kept.begun is not None:
            self._begun(kept.begun)
        if kept.due:
            self._wake()
        if kept.leaves:
            self._deliver()
        crash_point("receive.before_ack")
        return kept.acked

    async def _keep(
        self, caller: Caller, conversation: str, message_id: str, text: str, attachments: Sequence[str]
    ) -> Kept | Fault:
        try:
            policy = await self.policy(caller.tenant)
        except StoreDown:
            return BUSY
        wrong = (
            check_id(message_id) or check_attachments(attachments) or check_text(text, policy, alone=not attachments)
        )
        if wrong is not None:
            return wrong
        if check_id(conversation) is not None:
            return UNKNOWN_CONVERSATION
        digest = hashlib.blake2b(msgspec.json.encode((caller.user, text, attachments)), digest_size=16).digest()
        words = Words(
            caller, ConversationId(conversation), MessageId(message_id), text, digest,
            names=tuple(self._ids.new() for _ in range(NAMES)), policy=policy, now=self._clock.now(),
            answered=bool(self._agent), files=tuple(FileId(name) for name in attachments),
        )  # fmt: skip
        try:
            return await self._store.write(lambda tx: say(tx, words, self._capabilities_of))
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
        spare = tuple(self._ids.new() for _ in range(MOST))
        fresh = Conversation(
            id=where, tenant=caller.tenant, person=person, agent=self._agent or "agent", status="active", title="",
            head=0, created_at=now, updated_at=now,
        )  # fmt: skip

        def begin_once(tx: Tx) -> tuple[Conversation, bool] | Fault:
            known = tx.log.conversation(caller.tenant, where)
            if known is not None:
                return (known, False) if known.person == person else ID_REUSED
            if tx.people.person_identity(caller.tenant, person, "web") is None:
                return FORBIDDEN
            begin(tx, fresh, None, "web", Author("person", caller.name), spare, now, self._capabilities_of)
            return tx.log.conversation(caller.tenant, where) or fresh, True

        try:
            made = await self._store.write(begin_once)
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

        try:
            raised = await self._store.write(lambda tx: received(tx, caller, where, got, seen, now))
        except StoreDown:
            return BUSY
        if isinstance(raised, Fault):
            return raised
        for kept_at in raised:
            delivered("web", max(0, now - kept_at) / 1000)
        return None
