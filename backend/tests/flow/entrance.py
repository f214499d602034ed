"""The entrance on a real store: two organisations, three persons, an operator each, and time that stands."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.store.template import fresh
from throughline.conversation.events import Entry
from throughline.conversation.ids import (
    ConversationId,
    IdentityId,
    PersonId,
    SessionId,
    TenantId,
    UserId,
)
from throughline.conversation.policy import Policy
from throughline.conversation.records import Acked, Caller, Conversation, Tenant, User
from throughline.flow.receive import Receive
from throughline.ports import Tx
from throughline.store.sqlite import open_sqlite

from .stage import Flaky, HandClock, Numbers

DEMO, RIVAL = TenantId("demo"), TenantId("rival")
FREE = Policy(messages_per_minute=0, messages_per_day=0)


def _person(tenant: TenantId, name: str) -> Caller:
    return Caller(
        tenant, UserId(f"u-{name}"), PersonId(f"p-{name}"), "customer", name.title(), SessionId(f"s-{name}")
    )  # fmt: skip


ADA, BOB, EVE = _person(DEMO, "ada"), _person(DEMO, "bob"), _person(RIVAL, "eve")
OTTO, RITA = (
    Caller(tenant, UserId(f"u-{name}"), None, "operator", name.title(), SessionId(f"s-{name}"))
    for tenant, name in ((DEMO, "otto"), (RIVAL, "rita"))
)


class Entrance:
    """`receive` and what it did."""

    def __init__(self, store: Flaky, clock: HandClock, entries: list[Entry], agent: str) -> None:
        self.store, self.clock, self.entries = store, clock, entries
        self.woken = 0
        self.begun: list[ConversationId] = []
        self.receive = Receive(store, clock, Numbers(), agent, self._wake, self._begun)

    def _wake(self) -> None:
        self.woken += 1

    def _begun(self, row: Conversation) -> None:
        self.begun.append(row.id)

    async def start(self, who: Caller = ADA, name: str | None = None) -> ConversationId:
        """A conversation; its head is 2."""
        row = await self.receive.start(who, name)
        assert isinstance(row, Conversation), row
        return row.id

    async def say(self, where: str, name: str, text: str = "Hello", who: Caller = ADA) -> Acked:
        """A message that is taken."""
        kept = await self.receive.say(who, where, name, text)
        assert isinstance(kept, Acked), kept
        return kept

    async def answer(self, where: ConversationId, *names: str) -> int:
        """The operator's messages, each owed to the person; the head after them."""
        for name in names:
            await self.say(where, name, f"About {name}", OTTO)
        return (await self.row(where)).head

    async def row(self, where: ConversationId, tenant: TenantId = DEMO) -> Conversation:
        """The conversation's row."""
        row = await self.store.read(lambda tx: tx.log.conversation(tenant, where))
        assert row is not None
        return row

    def kinds(self, where: str, after: int = 2) -> list[str]:
        """The kinds in the log, without the beginning of every conversation."""
        return [e.kind for e in self.entries if e.conversation == where and e.seq > after]

    def bodies(self, where: str, kind: str) -> list[Any]:
        """The bodies of a kind."""
        return [e.body() for e in self.entries if e.conversation == where and e.kind == kind]

    async def states(self, where: ConversationId) -> list[str]:
        """How far each owed message has come."""
        return [r.state for r in await self.store.read(lambda tx: tx.bindings.deliveries(DEMO, where))]

    @asynccontextmanager
    async def gathered(self) -> AsyncIterator[None]:
        """What is written inside waits for its end, and goes into one commit."""
        held = threading.Event()
        blocking = asyncio.ensure_future(self.store.write(lambda _: held.wait(10)))
        await asyncio.sleep(0)
        try:
            yield
        finally:
            held.set()
            assert await blocking


@asynccontextmanager
async def entrance(
    folder: Path, policy: Policy = FREE, clock: HandClock | None = None, agent: str = "Guide"
) -> AsyncIterator[Entrance]:
    """Open the folder; the people are made the first time. A second time it is the same log."""
    clock = clock or HandClock()
    entries: list[Entry] = []

    def committed(new: Sequence[Entry]) -> None:
        entries.extend(new)

    await asyncio.to_thread(fresh, folder)
    store = Flaky(await open_sqlite(folder, clock, committed))

    def people(tx: Tx) -> None:
        if tx.people.tenants():
            return
        for tenant in (DEMO, RIVAL):
            tx.people.add_tenant(Tenant(tenant, tenant, tenant, policy), 1)
        for who in (ADA, BOB, EVE):
            assert who.person is not None
            tx.people.add_person(who.tenant, who.person, who.name, IdentityId(f"i-{who.name}"), 1)
        for who in (ADA, BOB, EVE, OTTO, RITA):
            tx.users.add(User(who.user, who.tenant, f"{who.name}@x.test", who.name, who.role, who.person, "-"), 1)

    await store.write(people)
    try:
        yield Entrance(store, clock, entries, agent)
    finally:
        await store.close()
