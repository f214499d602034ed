"""A tiny log that can be interrupted while it is read, a reader that remembers, and a scene of both."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any, cast

from tests.live.stage import Stage
from throughline import observe
from throughline.conversation.events import Author, Entry, Hidden, Message, entry
from throughline.conversation.frames import Batch, Frame, OpenText
from throughline.conversation.ids import ConversationId, MessageId, PersonId, SessionId, TenantId, TurnId, UserId
from throughline.conversation.records import Caller, Conversation, Turn
from throughline.flow.watch import Bounds, Watch
from throughline.ports import Store, StoreDown

DEMO = TenantId("demo")
MAYA, BEN = (Caller(DEMO, UserId(n), PersonId(f"p-{n}"), "customer", n, SessionId(f"s-{n}")) for n in ("maya", "ben"))
ANA = Caller(DEMO, UserId("ana"), None, "operator", "ana", SessionId("s-ana"))
KOFI = Caller(TenantId("rival"), UserId("kofi"), PersonId("p-maya"), "customer", "kofi", SessionId("s-kofi"))
SAM = Caller(TenantId("rival"), UserId("sam"), None, "admin", "sam", SessionId("s-sam"))
C, D = ConversationId("c"), ConversationId("d")


class TinyLog:
    """ports.Store and ports.Log in a dictionary. `during` runs inside a read, after it was taken."""

    epoch = "e1"

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.entries_of: dict[ConversationId, list[Entry]] = {}
        self.reads = 0
        self.down = False
        self.during: Callable[[], None] | None = None
        self.log = self
        self.turns = self
        #: seq of the running turn's `turn_started`; 0: none runs.
        self.turn_began = 0
        #: Events up to here are not kept any more.
        self.floor = 0

    def start(self, *conversations: ConversationId) -> None:
        for conversation in conversations:
            self.entries_of[conversation] = []

    def append(self, conversation: ConversationId = C, *, hidden: bool = False, quiet: bool = False) -> None:
        seq = len(self.entries_of[conversation]) + 1
        body = Hidden() if hidden else Message(MessageId(f"m{seq}"), Author("agent", "A"), "web", f"text {seq}")
        made = entry(DEMO, conversation, seq, 0, body)
        self.entries_of[conversation].append(made)
        if not quiet:
            self.stage.live.publish([made])

    async def read(self, fn: Callable[[Any], Any]) -> Any:
        if self.down:
            raise StoreDown
        self.reads += 1
        found = fn(self)
        await asyncio.sleep(0)
        if self.during is not None:
            self.during()
        return found

    def conversation(self, tenant: TenantId, conversation: ConversationId) -> Conversation | None:
        if tenant != DEMO or conversation not in self.entries_of:
            return None
        head = len(self.entries_of[conversation])
        return Conversation(conversation, DEMO, PersonId("p-maya"), "agent", "active", "", head, 0, 0)

    def current(self, tenant: TenantId, conversation: ConversationId) -> Turn | None:
        if not self.turn_began:
            return None
        return Turn(
            TurnId("u"), tenant, conversation, MessageId("r"), "running", "agent", 1, 1, "me", 0,
            pos=self.turn_began, checkpoint="", stop_asked=False, due_at=0,
        )  # fmt: skip

    def entries(self, tenant: TenantId, conversation: ConversationId, after: int, limit: int) -> list[Entry]:
        after = max(after, self.floor)
        return self.entries_of[conversation][after : after + limit]

    def place_of(self, tenant: TenantId, conversation: ConversationId, messages: int) -> int:
        return max(0, len(self.entries_of[conversation]) - messages)


class Tab:
    """A Reader that remembers what it is given."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.got: list[Any] = []
        self.over = False

    def offer(self, frame: Frame) -> None:
        shown = json.loads(frame.text)
        self.got.append(frame.seq if frame.seq else (shown["t"], shown.get("text")))

    def offer_all(self, batch: Batch) -> None:
        for frame in batch.frames:
            self.offer(frame)

    def watching(self, conversation: ConversationId, head: int, after: int, *, recovered: bool) -> None:
        self.got.append(("watching", head, after, recovered))

    def entry(self, entry: Entry) -> None:
        self.got.append(entry.seq)

    def open_text(self, topic: Any, text: OpenText) -> None:
        self.got.append(("snapshot", text.text))

    async def room(self) -> None:
        await asyncio.sleep(0)

    def start_over(self) -> None:
        self.over = True


class Scene:
    """One reader and its cursors."""

    def __init__(self, caller: Caller = MAYA, bounds: Bounds | None = None) -> None:
        self.stage = Stage()
        self.log = TinyLog(self.stage)
        self.log.start(C)
        self.tab = Tab(caller)
        self.tasks: list[asyncio.Task[None]] = []
        self.watch = Watch(caller, cast(Store, self.log), self.stage.live, self.tab, self._spawn, bounds or Bounds())

    def _spawn(self, coro: Coroutine[Any, Any, None], name: str) -> None:
        self.tasks.append(observe.spawn(coro, name))

    def append(self, count: int, conversation: ConversationId = C, **more: bool) -> None:
        for _ in range(count):
            self.log.append(conversation, **more)

    async def settle(self) -> None:
        self.stage.loop.turn(1)
        while any(not t.done() for t in self.tasks):
            await asyncio.sleep(0)
            self.stage.loop.turn(1)

    @property
    def seqs(self) -> list[int]:
        return [g for g in self.tab.got if isinstance(g, int)]
