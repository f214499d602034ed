"""A stage for couriers: a real store, time that moves when told, readers at hand, and a scripted channel."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from msgspec import UNSET
from msgspec.structs import replace

from tests.store.template import fresh
from throughline.conversation.accounts import Happening
from throughline.conversation.events import (
    Author,
    AuthorKind,
    Delivery,
    DeliveryState,
    Entry,
    Message,
    TurnEnded,
    TurnStarted,
    Viewer,
    event_frame,
)
from throughline.conversation.frames import Frame, OpenText
from throughline.conversation.ids import AccountId, BindingId, ConversationId, IdentityId, MessageId, Topic, TurnId
from throughline.conversation.records import Account, Binding, Conversation, DeliveryRow, Identity, Mode, Tenant
from throughline.flow.courier.deliver import Deliver
from throughline.live.framing import delta_frame, frame, snapshot_frame
from throughline.ports import Channels, Ids, Line, Sink, Store, Tx
from throughline.store.sqlite import open_sqlite

from .counter import CAN, Counter, OpenLine
from .stage import ADA, POLICY, TENANT, Flaky, HandClock

T = TypeVar("T")
ACCOUNT = AccountId("a1")
GUIDE, OTHER = BindingId("b1"), BindingId("b2")
C1, C2 = ConversationId("c1"), ConversationId("c2")


class Rooms:
    """The Live port without windows: everything is heard at once."""

    def __init__(self) -> None:
        self.sinks: dict[Topic, list[Sink]] = {}
        self.texts: dict[tuple[Topic, MessageId], tuple[int, str]] = {}

    def subscribe(self, topic: Topic, viewer: Viewer, sink: Sink) -> None:
        assert viewer == "person"
        self.sinks.setdefault(topic, []).append(sink)

    def unsubscribe(self, topic: Topic, sink: Sink) -> None:
        self.sinks[topic].remove(sink)

    def publish(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            topic = (entry.tenant, entry.conversation)
            body = entry.body()
            if isinstance(body, Message):
                self.end(topic, body.id)
            self._give(topic, frame(event_frame(entry, "person"), topic, entry.seq))

    def tell(self, topic: Topic, text: bytes, but: Sink | None = None) -> None: ...

    def begin(self, topic: Topic, message: MessageId, attempt: int, text: str) -> None:
        self.texts[topic, message] = (attempt, text)
        if attempt > 1 or text:
            self._give(topic, snapshot_frame(topic, message, attempt, text))

    def add(self, topic: Topic, message: MessageId, text: str) -> None:
        attempt, before = self.texts[topic, message]
        self.texts[topic, message] = (attempt, before + text)
        self._give(topic, delta_frame(topic, message, attempt, len(before.encode("utf-16-le")) // 2, text))

    def end(self, topic: Topic, message: MessageId) -> None:
        self.texts.pop((topic, message), None)

    def open_texts(self, topic: Topic) -> list[OpenText]:
        return [OpenText(m, attempt, text) for (t, m), (attempt, text) in self.texts.items() if t == topic]

    def _give(self, topic: Topic, given: Frame) -> None:
        for sink in [*self.sinks.get(topic, [])]:
            sink.offer(given)


class Accounts:
    """The Lines that a courier asks: one account, which may be down."""

    def __init__(self) -> None:
        self.open: dict[AccountId, Line | None] = {}
        self.happenings: list[Happening] = []

    async def line(self, account: AccountId) -> Line | None:
        return self.open.get(account)

    def happened(self, account: AccountId, happening: Happening) -> None:
        self.happenings.append(happening)

    def were(self, kind: type[Happening]) -> list[Happening]:
        return [h for h in self.happenings if isinstance(h, kind)]


class Watched(Flaky):
    """Reads are under way too."""

    async def read(self, fn: Callable[[Tx], T]) -> T:
        task = asyncio.ensure_future(self._store.read(fn))
        self._under_way.add(task)
        try:
            return await task
        finally:
            self._under_way.discard(task)


class Stage:
    """Everything of one test, and the words to drive it."""

    def __init__(self, store: Store, clock: HandClock, rooms: Rooms, moved: asyncio.Event) -> None:
        self.store, self.clock, self.live, self.moved = Watched(store), clock, rooms, moved
        self.counter = Counter(moved.set)
        self.channels = Channels([self.counter])
        self.accounts = Accounts()
        self.entries: list[Entry] = []
        self.told: list[DeliveryRow] = []
        self.rooted: list[Binding] = []
        self.halted: list[MessageId] = []
        #: With ids, messages that fail go on by other channels.
        self.ids: Ids | None = None
        self.lost: list[DeliveryRow] = []
        self.couriers: list[tuple[Deliver, asyncio.Task[None]]] = []
        self._numbers = itertools.count(1)

    def start(self, owner: str = "one", *, alone: bool = True, store: Store | None = None) -> Deliver:
        """A process begins to deliver."""
        deliver = Deliver(
            store or self.store, self.live, self.clock, self.channels, self.accounts, owner, self._told,
            alone=alone, rooted=self._rooted, halt=self._halted, chance=lambda: 0.5,
            ids=self.ids, lost=self.lost.extend,
        )  # fmt: skip
        self.couriers.append((deliver, asyncio.get_running_loop().create_task(deliver.run())))
        return deliver

    async def die(self) -> None:
        """The newest process ends without writing anything more, as if killed."""
        _, task = self.couriers.pop()
        task.cancel()
        await asyncio.wait({task})
        await self.settle()

    async def say(
        self, text: str, where: ConversationId = C1, *, author: AuthorKind = "agent", owed: bool = True,
        on: BindingId = GUIDE,
    ) -> MessageId:  # fmt: skip
        """A whole message, and what it owes."""
        message = MessageId(f"m-{next(self._numbers)}")
        body = Message(id=message, author=Author(author, author.title()), channel="web", text=text)
        now = self.clock.now()

        def put(tx: Tx) -> None:
            entry = tx.log.append(TENANT, where, now, body)
            tx.bindings.owe(_row(message, where, on, entry.seq, now, owed=owed))

        await self.store.write(put)
        self._wake()
        return message

    async def begin(self, where: ConversationId = C1, *, owed: bool = True, on: BindingId = GUIDE) -> MessageId:
        """A turn starts to write."""
        message = MessageId(f"m-{next(self._numbers)}")
        now = self.clock.now()

        def put(tx: Tx) -> None:
            entry = tx.log.append(TENANT, where, now, TurnStarted(TurnId(f"t-{message}"), message, "Guide", 1))
            tx.bindings.owe(_row(message, where, on, entry.seq, now, owed=owed))

        await self.store.write(put)
        self.live.begin((TENANT, where), message, 1, "")
        self._wake()
        return message

    def write(self, message: MessageId, text: str, where: ConversationId = C1) -> None:
        """More of it."""
        self.live.add((TENANT, where), message, text)

    async def again(self, message: MessageId, attempt: int, text: str = "", where: ConversationId = C1) -> None:
        """It is written anew."""
        body = TurnStarted(TurnId(f"t-{message}"), message, "Guide", attempt)
        await self.store.write(lambda tx: tx.log.append(TENANT, where, self.clock.now(), body))
        self.live.begin((TENANT, where), message, attempt, text)

    async def finish(self, message: MessageId, text: str | None, where: ConversationId = C1) -> None:
        """It ends; None: without a message."""
        turn, now = TurnId(f"t-{message}"), self.clock.now()
        body = Message(id=message, author=Author("agent", "Guide"), channel="web", text=text or "", turn=turn)

        def put(tx: Tx) -> None:
            if text is not None:
                tx.log.append(TENANT, where, now, body)
            over = TurnEnded(turn, "superseded" if text is None else "completed", message if text else UNSET)
            tx.log.append(TENANT, where, now, over)

        await self.store.write(put)

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until something is so; whatever is committed, told or asked of the channel is looked at."""

        async def look() -> None:
            while not holds():
                self.moved.clear()
                await self.moved.wait()

        await asyncio.wait_for(look(), 10)

    async def settle(self) -> None:
        """Everything that can happen without time passing has happened."""
        for _ in range(40):
            await asyncio.sleep(0)
            await self.store.settled()

    async def advance(self, seconds: float, step: float = 1.0) -> None:
        """Time passes, and what it wakes is carried out."""
        while seconds > 1e-9:
            self.clock.move(min(step, seconds))
            seconds -= step
            await self.settle()

    async def row(self, message: MessageId, where: ConversationId = C1, on: BindingId = GUIDE) -> DeliveryRow:
        """What became of it."""
        found = await self.store.read(lambda tx: tx.bindings.delivery(TENANT, where, message, on))
        assert found is not None
        return found

    def reached(self, message: MessageId, state: DeliveryState) -> Callable[[], bool]:
        """Whether it was told to be in a state."""
        return lambda: any(row.message == message and row.state == state for row in self.told)

    def events(self, where: ConversationId = C1) -> list[tuple[MessageId, DeliveryState]]:
        """What the log says of deliveries."""
        bodies = [e.body() for e in self.entries if e.conversation == where]
        return [(body.messages[0], body.state) for body in bodies if isinstance(body, Delivery)]

    async def settle_row(self, row: DeliveryRow, state: DeliveryState, *remote: str) -> None:
        """Somebody else says what became of it."""
        new = replace(row, state=state, at=self.clock.now(), due=0, remote=remote or row.remote)
        await self.store.write(lambda tx: tx.bindings.settle(new))

    async def bind(self, where: ConversationId, binding: BindingId, thread: str | None, mode: Mode = "active") -> None:
        """One more attachment."""
        identity = IdentityId(f"i-{binding}")

        def put(tx: Tx) -> None:
            tx.people.add_identity(
                Identity(identity, TENANT, ADA.person, ACCOUNT, "slack", f"T1/{binding}", "verified", 1)
            )  # fmt: skip
            tx.bindings.bind(Binding(binding, TENANT, where, identity, "slack", mode, ACCOUNT, thread))

        await self.store.write(put)

    def _told(self, row: DeliveryRow) -> None:
        self.told.append(row)
        self.moved.set()

    async def _rooted(self, binding: Binding) -> None:
        self.rooted.append(binding)
        self.moved.set()

    async def _halted(self, binding: Binding, message: MessageId) -> None:
        self.halted.append(message)
        self.moved.set()

    def _wake(self) -> None:
        for deliver, _ in self.couriers:
            deliver.wake()

    async def close(self) -> None:
        """Everything ends."""
        for deliver, task in self.couriers:
            await deliver.close()
            await task
        await self.store.close()


async def open_stage(folder: Path) -> Stage:
    """Two conversations of one person, each with a Slack binding."""
    clock, rooms, moved = HandClock(), Rooms(), asyncio.Event()
    stages: list[Stage] = []

    def committed(new: Sequence[Entry]) -> None:
        for stage in stages:
            stage.entries.extend(new)
        rooms.publish(new)
        moved.set()

    await asyncio.to_thread(fresh, folder)
    stage = Stage(await open_sqlite(folder, clock, committed), clock, rooms, moved)
    stages.append(stage)
    account = Account(
        ACCOUNT, TENANT, "slack", "slack", "Slack", "simulated", True, "sandbox:slack", {}, "up", 1
    )  # fmt: skip
    stage.accounts.open[ACCOUNT] = OpenLine(account)

    def people(tx: Tx) -> None:
        assert ADA.person is not None
        tx.people.add_tenant(Tenant(TENANT, "demo", "Demo", POLICY), 1)
        tx.people.add_person(TENANT, ADA.person, "Ada", IdentityId("web:ada"), 1)
        tx.accounts.add(account)
        for where in (C1, C2):
            tx.log.start(Conversation(where, TENANT, ADA.person, "Guide", "active", "", 0, 1, 1))

    await stage.store.write(people)
    await stage.bind(C1, GUIDE, "D1:1")
    await stage.bind(C2, OTHER, "D1:2")
    return stage


def _row(
    message: MessageId, where: ConversationId, on: BindingId, seq: int, now: int, *, owed: bool
) -> DeliveryRow:  # fmt: skip
    return DeliveryRow(TENANT, where, message, on, "slack", seq, owed, "pending", now, due=now)


__all__ = ["ACCOUNT", "C1", "C2", "CAN", "GUIDE", "OTHER", "TENANT", "Stage", "open_stage"]
