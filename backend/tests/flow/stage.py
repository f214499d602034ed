"""A stage for turns: a real store, real `receive`, time that moves when told, and an agent that follows a script."""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tests.store.template import fresh
from throughline.conversation.answer import Brief, Piece
from throughline.conversation.events import Entry, Viewer
from throughline.conversation.frames import OpenText
from throughline.conversation.ids import (
    ConversationId,
    IdentityId,
    MessageId,
    PersonId,
    SessionId,
    TenantId,
    Topic,
    UserId,
)
from throughline.conversation.policy import Policy
from throughline.conversation.records import Acked, Caller, Conversation, DeliveryRow, Tenant, Turn
from throughline.flow.receive import Receive
from throughline.flow.reply import Reply
from throughline.ports import Sink, Store, StoreDown, Tx
from throughline.store.sqlite import open_sqlite

T = TypeVar("T")
Step = Piece | asyncio.Event | Exception
TENANT = TenantId("t1")
POLICY = Policy(messages_per_minute=0, messages_per_day=0, failure_text="That went wrong.")
ADA = Caller(TENANT, UserId("u-ada"), PersonId("p-ada"), "customer", "Ada", SessionId("s1"))
BOB = Caller(TENANT, UserId("u-bob"), PersonId("p-bob"), "customer", "Bob", SessionId("s2"))
OTTO = Caller(TENANT, UserId("u-otto"), None, "operator", "Otto", SessionId("s3"))
RIVAL = Caller(TenantId("t2"), UserId("u-eve"), None, "admin", "Eve", SessionId("s4"))


class HandClock:
    """Time that stands until somebody moves it."""

    def __init__(self) -> None:
        self._seconds = 1000.0
        self._asleep: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        #: Somebody began to wait for time to pass.
        self.slept = asyncio.Event()

    def now(self) -> int:
        return int(1_790_000_000_000 + self._seconds * 1000)

    def monotonic(self) -> float:
        return self._seconds

    async def sleep(self, seconds: float) -> None:
        waking: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._asleep, (self._seconds + seconds, next(self._order), waking))
        self.slept.set()
        await waking

    def move(self, seconds: float) -> None:
        """On it goes; who slept that long wakes up."""
        self._seconds += seconds
        while self._asleep and self._asleep[0][0] <= self._seconds:
            waking = heapq.heappop(self._asleep)[2]
            if not waking.done():
                waking.set_result(None)


class Numbers:
    """Ids that count."""

    def __init__(self) -> None:
        self._next = itertools.count(1)

    def new(self) -> str:
        return f"id-{next(self._next):04d}"


class Heard:
    """The Live port, writing down what it was told."""

    def __init__(self, moved: Callable[[], None]) -> None:
        self.calls: list[tuple[object, ...]] = []
        self._moved = moved

    def begin(self, topic: Topic, message: MessageId, attempt: int, text: str) -> None:
        self._note("begin", message, attempt, text)

    def add(self, topic: Topic, message: MessageId, text: str) -> None:
        self._note("add", message, text)

    def end(self, topic: Topic, message: MessageId) -> None:
        self._note("end", message)

    def subscribe(self, topic: Topic, viewer: Viewer, sink: Sink) -> None: ...
    def unsubscribe(self, topic: Topic, sink: Sink) -> None: ...
    def publish(self, entries: Sequence[Entry]) -> None: ...
    def tell(self, topic: Topic, text: bytes, but: Sink | None = None) -> None: ...
    def open_texts(self, topic: Topic) -> list[OpenText]:
        return []

    def _note(self, *call: object) -> None:
        self.calls.append(call)
        self._moved()


class Actor:
    """An agent that follows scripts, one a reply: pieces to say, events to wait for, exceptions to die of."""

    label = "actor"
    demo = True

    def __init__(self, moved: Callable[[], None]) -> None:
        self._moved = moved
        self.scripts: list[Sequence[Step]] = []
        self.briefs: list[Brief] = []
        self.closed = 0

    async def reply(self, brief: Brief) -> AsyncIterator[Piece]:
        self.briefs.append(brief)
        self._moved()
        script = self.scripts[0] if len(self.scripts) == 1 else self.scripts.pop(0)
        try:
            for step in script:
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif isinstance(step, Exception):
                    raise step
                else:
                    yield step
        finally:
            self.closed += 1
            self._moved()

    async def close(self) -> None: ...


class Flaky:
    """A store that refuses writes while it is `down`, and lets them through while it is not."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.down = False
        self.epoch = store.epoch
        self._under_way: set[asyncio.Task[Any]] = set()

    async def write(self, fn: Callable[[Tx], T]) -> T:
        if self.down:
            raise StoreDown
        task = asyncio.ensure_future(self._store.write(fn))
        self._under_way.add(task)
        try:
            return await task
        finally:
            self._under_way.discard(task)

    async def read(self, fn: Callable[[Tx], T]) -> T:
        return await self._store.read(fn)

    async def settled(self) -> None:
        """All writes that were begun are over."""
        while self._under_way:
            await asyncio.wait({*self._under_way})
            await asyncio.sleep(0)

    def health(self) -> str | None:
        return self._store.health()

    async def close(self) -> None:
        await self._store.close()


class Stage:
    """Everything of one test, and the words to drive it."""

    def __init__(self, store: Store, clock: HandClock, entries: list[Entry]) -> None:
        self.store = Flaky(store)
        self.clock = clock
        self.entries = entries
        self.ids = Numbers()
        self.moved = asyncio.Event()
        self.actor = Actor(self.moved.set)
        self.live = Heard(self.moved.set)
        self.owners: list[tuple[Reply, asyncio.Task[None]]] = []
        self.receive = Receive(self.store, clock, self.ids, "Guide", self.wake)
        self._numbers = itertools.count(1)

    def start(self, owner: str = "one", *, alone: bool = False) -> Reply:
        """Another process begins to answer."""
        return self.run(Reply(self.store, self.live, self.actor, self.clock, owner, alone=alone))

    def run(self, reply: Reply) -> Reply:
        """It runs."""
        self.owners.append((reply, asyncio.get_running_loop().create_task(reply.run())))
        return reply

    async def die(self) -> None:
        """The newest process ends without writing anything, as if killed."""
        _, task = self.owners.pop()
        task.cancel()
        await asyncio.wait({task})

    async def conversation(self, caller: Caller = ADA) -> ConversationId:
        """A new one."""
        made = await self.receive.start(caller)
        assert isinstance(made, Conversation)
        return made.id

    async def say(self, where: ConversationId, text: str, caller: Caller = ADA) -> Acked:
        """Somebody says something."""
        said = await self.receive.say(caller, where, f"m-{next(self._numbers)}", text)
        assert isinstance(said, Acked), said
        return said

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until something is so; whatever is committed or goes live is looked at."""

        async def look() -> None:
            while not holds():
                self.moved.clear()
                await self.moved.wait()

        await asyncio.wait_for(look(), 10)

    def kinds(self, where: ConversationId, start: str = "turn_started") -> list[str]:
        """The kinds in a conversation's log, from the first `start` on."""
        found = [e.kind for e in self.entries if e.conversation == where]
        return found[found.index(start) :] if start in found else []

    def bodies(self, where: ConversationId, kind: str) -> list[Any]:
        """The bodies of a kind."""
        return [e.body() for e in self.entries if e.conversation == where and e.kind == kind]

    def replies(self, where: ConversationId) -> list[Any]:
        """The agent's messages."""
        return [b for b in self.bodies(where, "message") if b.author.kind == "agent"]

    async def advance(self, seconds: int) -> None:
        """Time passes second by second, and what it wakes is carried out."""
        for _ in range(seconds):
            self.clock.move(1)
            for _ in range(10):
                await asyncio.sleep(0)
                await self.store.settled()

    async def turn(self, where: ConversationId) -> Turn | None:
        """The open turn."""
        return await self.store.read(lambda tx: tx.turns.current(TENANT, where))

    async def rows(self, where: ConversationId) -> list[DeliveryRow]:
        """What is owed."""
        return await self.store.read(lambda tx: tx.bindings.deliveries(TENANT, where))

    def wake(self) -> None:
        """Whoever answers looks again."""
        for reply, _ in self.owners:
            reply.wake()

    async def close(self) -> None:
        """Everything ends."""
        for reply, task in self.owners:
            await reply.close()
            await task
        await self.store.close()


async def open_stage(folder: Path, *, demo: bool = False) -> Stage:
    """A store with two persons and nothing said."""
    clock = HandClock()
    entries: list[Entry] = []
    stages: list[Stage] = []

    def committed(new: Sequence[Entry]) -> None:
        entries.extend(new)
        for stage in stages:
            stage.moved.set()

    await asyncio.to_thread(fresh, folder)
    stage = Stage(await open_sqlite(folder, clock, committed), clock, entries)
    stages.append(stage)

    def people(tx: Tx) -> None:
        for tenant, slug in ((TENANT, "demo"), (TenantId("t2"), "rival")):
            tx.people.add_tenant(Tenant(tenant, slug, slug.title(), POLICY, demo), 1)
        for person, name in ((ADA.person, "Ada"), (BOB.person, "Bob")):
            assert person is not None
            tx.people.add_person(TENANT, person, name, IdentityId(f"web:{person}"), 1)

    await stage.store.write(people)
    return stage
