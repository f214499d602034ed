"""Conversations that are older than the story: written straight into a store while no gateway has it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from throughline.app import SystemClock
from throughline.conversation.events import Author, Body, Bound, ConversationStarted, Message, TurnEnded, TurnStarted
from throughline.conversation.ids import (
    BindingId,
    ConversationId,
    IdentityId,
    MessageId,
    PersonId,
    TenantId,
    TurnId,
    UserId,
)
from throughline.conversation.records import Binding, Conversation, Logged
from throughline.ports import Tx
from throughline.store.sqlite import open_sqlite

#: Told words stand this far apart, in milliseconds.
STEP = 1_500
#: And ended this long ago, so that they count against no day's limit.
AGO = 3 * 86_400_000
TENANT = TenantId("demo-tenant-demo")
PERSON = PersonId("demo-person-demo")
WHO = Author("person", "Maya Lindqvist")
AGENT = Author("agent", "Agent")


def long_talk(folder: Path, name: str, said: list[tuple[str, str]]) -> None:
    """Give the demo customer a conversation of these questions and answers, all read. No gateway may run there."""
    # In a thread of its own: the browser's driver already runs a loop in this one.
    with ThreadPoolExecutor(1) as beside:
        beside.submit(lambda: asyncio.run(_write(folder, ConversationId(name), said))).result()


async def _write(folder: Path, where: ConversationId, said: list[tuple[str, str]]) -> None:
    clock = SystemClock()
    begun = clock.now() - 4 * len(said) * STEP - AGO
    store = await open_sqlite(folder / "data", clock, lambda _: None)
    try:
        await store.write(lambda tx: _talk(tx, where, said, begun))
    finally:
        await store.close()


def _talk(tx: Tx, where: ConversationId, said: list[tuple[str, str]], begun: int) -> None:
    web = Binding(BindingId(f"{where}-web"), TENANT, where, IdentityId("demo-web-demo"), "web", "active")
    title = said[0][0]
    row = Conversation(
        where, TENANT, PERSON, agent="Agent", status="active", title=title, head=0, created_at=begun, updated_at=begun
    )
    tx.log.start(row)
    tx.bindings.bind(web)
    bodies: list[Body] = [ConversationStarted(channel="web"), Bound(by=WHO, to="web", why="started")]
    for n, (question, answer) in enumerate(said):
        turn, reply = TurnId(f"{where}-turn-{n}"), MessageId(f"{where}-answer-{n}")
        asked = Message(id=MessageId(f"{where}-question-{n}"), author=WHO, channel="web", text=question)
        bodies += [asked, TurnStarted(turn=turn, message=reply, agent="Agent", attempt=1)]
        pos = len(bodies)
        bodies += [
            Message(id=reply, author=AGENT, channel="web", text=answer, pos=pos, turn=turn),
            TurnEnded(turn=turn, outcome="completed", message=reply),
        ]
    for n, body in enumerate(bodies):
        entry = tx.log.append(TENANT, where, begun + n * STEP, body)
        if isinstance(body, Message):
            by = PERSON if body.author.kind == "person" else None
            tx.messages.keep(TENANT, where, body.id, Logged(entry.seq, b"seed"), entry.at, by)
    tx.messages.received(TENANT, where, UserId("demo-customer-demo"), len(bodies), len(bodies))
