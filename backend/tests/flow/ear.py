"""An account's entrance on a real store: two organisations with a Slack each, and a channel that speaks plainly."""

import asyncio
import itertools
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tests.store.template import fresh
from throughline.conversation.bindings import active_of
from throughline.conversation.channel import (
    LABELS,
    Accepted,
    Address,
    Capabilities,
    Consent,
    Halt,
    Inbound,
    Outcome,
    Piece,
    Place,
    Post,
    Probe,
    RawRequest,
    Reading,
    Receipt,
    Refused,
    Renamed,
    Reply,
    Unverified,
    web_alone,
)
from throughline.conversation.events import Author, ChannelName, DeliveryState, Entry, Message
from throughline.conversation.faults import Fault
from throughline.conversation.ids import (
    AccountId,
    BindingId,
    ConversationId,
    IdentityId,
    MessageId,
    PersonId,
    TenantId,
    TurnId,
)
from throughline.conversation.policy import Policy
from throughline.conversation.records import Account, Binding, Conversation, DeliveryRow, Identity, Tenant
from throughline.flow.hear import Hear
from throughline.flow.lines import Lines
from throughline.identity.vault import EnvelopeVault
from throughline.ports import Channels, Ids, Line, Tx
from throughline.store.sqlite import open_sqlite

from .stage import Flaky, HandClock, Numbers

DEMO, RIVAL = TenantId("demo"), TenantId("rival")
FREE = Policy(messages_per_minute=0, messages_per_day=0)
ADA = PersonId("p-ada")
#: Characters of a piece of the plain channel, and seconds of its echo wait.
PIECE, ECHO = 1_000, 10.0


def account(name: str, tenant: TenantId = DEMO) -> Account:
    """A Slack that has been heard from."""
    return Account(
        AccountId(name), tenant, "slack", "slack", "Slack", "simulated", enabled=True, base="http://sandbox.test/",
        options={}, status="up", created_at=1, last_in=1,
    )  # fmt: skip


OURS, SECOND, THEIRS = account("a-demo"), account("a-second"), account("a-rival", RIVAL)
#: Channels without threads, and mail: what each can do is Plain's, with a few words changed.
CHAT, TEXTS, MAIL = (
    replace(account(f"a-{channel}"), channel=channel, provider=channel, name=channel)
    for channel in ("whatsapp", "sms", "gmail")
)


class Plain:
    """ports.Channel, without a provider."""

    capabilities = Capabilities(
        channel="slack", label="Slack", stream=True, edit=True, threads=True, text=PIECE, echo_wait=ECHO
    )
    provider, home = "slack", "http://slack"
    secrets: Sequence[str] = ("signing_secret",)
    options: Sequence[str] = ()

    def read(self, request: RawRequest, line: Line, now: int) -> Reading | Unverified:
        return Unverified("plain")

    def render(self, post: Post) -> tuple[Piece, ...]:
        return tuple(Piece(post.text[i : i + PIECE]) for i in range(0, len(post.text), PIECE))

    async def send(self, line: Line, place: Place, piece: Piece) -> Outcome:
        return Refused("plain")

    async def probe(self, line: Line) -> Probe:
        return Probe("up")

    async def close(self) -> None: ...


class Other(Plain):
    """Another channel; what it is told to send is written down."""

    def __init__(self, channel: ChannelName, **can: Any) -> None:
        self.capabilities = Capabilities(channel, LABELS[channel], text=PIECE, **can)
        self.provider: str = channel
        self.sent: list[tuple[Place, str]] = []
        self.spoke = asyncio.Event()
        self.shown: list[tuple[Place, str]] = []

    async def send(self, line: Line, place: Place, piece: Piece) -> Outcome:
        self.sent.append((place, piece.text))
        self.spoke.set()
        return Accepted("r")

    def find(self, to: str, options: Mapping[str, str]) -> tuple[str, ...]:
        if "@" in to and self.capabilities.channel == "gmail":
            return (to.lower(),)
        return (f"+1555/{to}", f"+1556/{to}") if to.startswith("+") else ()

    async def status(self, line: Line, place: Place, status: str) -> Outcome:
        self.shown.append((place, status))
        self.spoke.set()
        return Accepted("")


class Ear:
    """`hear`, and what it did."""

    def __init__(
        self, folder: Path, store: Flaky, clock: HandClock, entries: list[Entry], agent: str, ids: Ids
    ) -> None:
        self.folder, self.store, self.clock, self.entries, self.ids = folder, store, clock, entries, ids
        self.woken = self.delivers = 0
        self.begun: list[ConversationId] = []
        self.stopped: list[TurnId] = []
        self.told: list[DeliveryRow] = []
        self.changed: list[Account] = []
        self.vault = EnvelopeVault(b"a secret for tests, 32 bytes long")
        self.lines = Lines(store, self.vault, clock, lambda _: None, "http://us", self.changed.append)
        self._keys = itertools.count(1)
        self.chat = Other("whatsapp", window=86_400.0, link="https://wa.me/{number}", typing=True, typing_lasts=25.0)
        self.sms = Other("sms", marked_commands=True)
        self.mail = Other("gmail", threads=True)
        self.channels = Channels([Plain(), self.chat, self.sms, self.mail])
        self.hear = Hear(
            store, clock, ids, agent, self.lines, self.channels, self._wake, self._begun, self._deliver,
            self.stopped.append, self.told.append,
        )  # fmt: skip

    def can(self, name: ChannelName) -> Capabilities:
        """What a channel can do here."""
        found = self.channels.by(name)
        return web_alone(name) if found is None else found.capabilities

    def _wake(self) -> None:
        self.woken += 1

    def _deliver(self) -> None:
        self.delivers += 1

    def _begun(self, row: Conversation) -> None:
        self.begun.append(row.id)

    def inbound(self, text: str = "Hello", **more: Any) -> Inbound:
        """A message of somebody new in a thread of its own, unless said otherwise."""
        key = more.pop("key", None) or f"T1:D1:{next(self._keys)}"
        sender = Address(more.pop("sender", "T1/U1"), more.pop("name", "Grace"), more.pop("aliases", ()))
        return Inbound(key, sender, text, more.pop("thread", "D1:1"), **more)

    async def take(
        self,
        *things: Inbound | Receipt | Halt | Consent | Renamed,
        account: Account = OURS,
        raw: bytes = b"raw",
        **more: Any,
    ) -> Reply | Fault:
        """A reading of these things."""
        reading = Reading(
            inbound=tuple(t for t in things if isinstance(t, Inbound)),
            receipts=tuple(t for t in things if isinstance(t, Receipt)),
            halts=tuple(t for t in things if isinstance(t, Halt)),
            consents=tuple(t for t in things if isinstance(t, Consent)),
            renamed=tuple(t for t in things if isinstance(t, Renamed)),
            **more,
        )
        return await self.hear.take(account, reading, raw)

    async def say(self, text: str = "Hello", account: Account = OURS, **more: Any) -> None:
        """A message that is answered well."""
        assert isinstance(await self.take(self.inbound(text, **more), account=account), Reply)

    async def where(self, thread: str = "D1:1", account: Account = OURS) -> ConversationId:
        """Whose thread it is."""
        found = await self.store.read(lambda tx: tx.bindings.at_thread(account.tenant, account.id, thread))
        assert found is not None, f"nobody's thread: {thread}"
        return found.conversation

    async def row(self, where: ConversationId, tenant: TenantId = DEMO) -> Conversation:
        """The conversation's row."""
        row = await self.store.read(lambda tx: tx.log.conversation(tenant, where))
        assert row is not None
        return row

    async def bindings(self, where: ConversationId, tenant: TenantId = DEMO) -> dict[str, Binding]:
        """By channel."""
        return {b.channel: b for b in await self.store.read(lambda tx: tx.bindings.bindings(tenant, where))}

    async def active(self, where: ConversationId) -> str | None:
        """The active channel."""
        found = active_of(await self.store.read(lambda tx: tx.bindings.bindings(DEMO, where)))
        return None if found is None else found.channel

    async def identity(self, address: str = "T1/U1", account: Account = OURS) -> Identity | None:
        """Who has this address."""
        return await self.store.read(lambda tx: tx.people.identity_at(account.tenant, account.id, address))

    async def delivery(self, where: ConversationId, message: str) -> DeliveryRow:
        """The message's row on Slack."""
        rows = await self.store.read(lambda tx: tx.bindings.deliveries(DEMO, where))
        return next(r for r in rows if r.message == message and r.channel == "slack")

    def kinds(self, where: str) -> list[str]:
        """The kinds in the log."""
        return [e.kind for e in self.entries if e.conversation == where]

    def bodies(self, where: str, kind: str) -> list[Any]:
        """The bodies of a kind."""
        return [e.body() for e in self.entries if e.conversation == where and e.kind == kind]

    def texts(self, where: str) -> list[str]:
        """What was said, in order."""
        return [b.text for b in self.bodies(where, "message")]

    @property
    def all_texts(self) -> list[str]:
        """What was said anywhere."""
        return [e.body().text for e in self.entries if e.kind == "message"]  # type: ignore[attr-defined]

    def quarantined(self) -> list[tuple[str, bytes]]:
        """What was kept aside, with its code: past the store, which has no reader for it."""
        with sqlite3.connect(f"file:{next(self.folder.glob('*.db'))}?mode=ro", uri=True) as raw:
            return [(code, bytes(body)) for code, body in raw.execute("select reason, body from quarantine order by n")]

    # ------------------------------------------------------------------------------------------- how things stand

    async def root(self, state: DeliveryState = "sending", name: str = "root", owner: PersonId = ADA) -> ConversationId:
        """A conversation on the web whose first post to the person's Slack is on its way, its thread not known."""
        where = ConversationId(f"c-{name}")

        def write(tx: Tx) -> None:
            known = {i.channel: i for i in tx.people.identities(DEMO, owner)}
            tx.log.start(Conversation(where, DEMO, owner, "Guide", "active", "", 0, 1, 1))
            tx.bindings.bind(Binding(BindingId(f"{name}-web"), DEMO, where, known["web"].id, "web", "active"))
            slack = Binding(
                BindingId(f"{name}-slack"), DEMO, where, known["slack"].id, "slack", "mirror", account=OURS.id
            )
            tx.bindings.bind(slack)
            self._owe(tx, where, slack.id, state, f"{name}-post", "Opening")

        await self.store.write(write)
        return where

    async def post(
        self, where: ConversationId, state: DeliveryState = "sending", name: str = "m-out", text: str = "An answer",
        **more: Any,
    ) -> DeliveryRow:  # fmt: skip
        """A message of the agent, owed on Slack."""
        binding = (await self.bindings(where))["slack"].id
        return await self.store.write(lambda tx: self._owe(tx, where, binding, state, name, text, **more))

    def _owe(
        self, tx: Tx, where: ConversationId, binding: BindingId, state: DeliveryState, name: str, text: str, **more: Any
    ) -> DeliveryRow:
        now = self.clock.now()
        due = now + int(ECHO * 1000) if state == "ambiguous" else now
        entry = tx.log.append(DEMO, where, now, Message(MessageId(name), Author("agent", "Guide"), "web", text))
        row = DeliveryRow(
            DEMO, where, MessageId(name), binding, "slack", entry.seq, owed=more.pop("owed", True), state=state,
            at=now, due=due, **more,
        )  # fmt: skip
        tx.bindings.owe(row)
        if row.remote:
            tx.bindings.settle(row)
        return row

    async def rooted(self, where: ConversationId, thread: str) -> Binding:
        """The courier learns the thread of a first post."""
        binding = replace((await self.bindings(where))["slack"], thread=thread)
        await self.store.write(lambda tx: tx.bindings.bind(binding))
        return binding


@asynccontextmanager
async def ear(folder: Path, policy: Policy = FREE, agent: str = "Guide", ids: Ids | None = None) -> AsyncIterator[Ear]:
    """Open the folder; organisations, accounts and Ada (who has the web and a Slack) are made the first time."""
    clock, entries = HandClock(), list[Entry]()
    await asyncio.to_thread(fresh, folder)
    store = Flaky(await open_sqlite(folder, clock, entries.extend))

    def people(tx: Tx) -> None:
        if tx.people.tenants():
            return
        for tenant in (DEMO, RIVAL):
            tx.people.add_tenant(Tenant(tenant, tenant, tenant, policy), 1)
        for each in (OURS, SECOND, THEIRS, CHAT, TEXTS, MAIL):
            tx.accounts.add(each)
        tx.people.add_person(DEMO, ADA, "Ada", IdentityId("i-ada-web"), 1)
        tx.people.add_identity(
            Identity(IdentityId("i-ada"), DEMO, ADA, OURS.id, "slack", "T1/UADA", "verified", 2, "ada.l")
        )

    await store.write(people)
    inside = Ear(folder, store, clock, entries, agent, ids or Numbers())
    try:
        yield inside
    finally:
        await asyncio.sleep(0)
        await store.settled()
        await store.close()
