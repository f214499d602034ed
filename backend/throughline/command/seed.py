"""Demo data: two tenants, their users, a few earlier talks. Idempotent: each start adds what is missing."""

from functools import partial

from msgspec.structs import replace

from throughline.api.needs import Ends
from throughline.command.accounts import Hash
from throughline.command.simulated import add_ends
from throughline.conversation.delivery import plan
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
from throughline.conversation.policy import Policy
from throughline.conversation.records import Binding, Conversation, Logged, Role, Tenant, User
from throughline.ports import Clock, Store, Tx

PASSWORD = "demo"  # noqa: S105 - the demo's own, refused on any address that others can reach
AGENT = "Agent"
HOUR = 3_600_000
#: A talk is a little older than its full hours, so that a screen says the same hour from the start on.
WHILE = 300_000
#: The demo's own: its channels are on the same machine, so what fails is tried for seconds, not for half a minute.
DEMO_POLICY = Policy(
    messages_per_day=1_000, failover_after=6.0, unseen_after=15.0, give_up_after=120.0,
    fallback=("gmail", "slack", "telegram", "whatsapp", "sms", "web"),
)  # fmt: skip
Organisation = tuple[str, str, tuple[tuple[Role, str], ...]]
#: tenant, name of the organisation, users as (role, shown name)
TENANTS: tuple[Organisation, ...] = (
    ("demo", "Harbour Travel", (("customer", "Maya Lindqvist"), ("operator", "Ana Torres"), ("admin", "Jonas Weber"))),
    ("rival", "Northwind Cabins", (("customer", "Kofi Mensah"), ("operator", "Lena Fischer"), ("admin", "Sam Okafor"))),
)
#: hours ago, the person's words, the agent's answer
TALKS: tuple[tuple[int, str, str], ...] = (
    (
        49,
        "Does a conversation survive if I close the browser?",
        "Yes. Everything you send is in the log **before** it is acknowledged, and the agent's turn belongs to the "
        "server, not to your tab. Close it, open it anywhere else, and the text goes on where it was.",
    ),
    (
        22,
        "What happens when two tabs show the same talk?",
        "Both show the same thing, live:\n\n1. each tab is a cursor on one log,\n2. events carry a dense `seq`, so "
        "nothing is skipped or doubled,\n3. provisional text is replaced by the final message at the end.",
    ),
    (
        3,
        "Can I stop an answer half way?",
        "Press **Stop** or `Esc`. What was written so far is kept and marked as stopped; a reload shows the same text.",
    ),
)


async def seed(store: Store, clock: Clock, hash_password: Hash, ends: Ends) -> tuple[str, str | None]:
    """Add what is missing; one line about what is there, and why the simulated channels are not, if so."""
    have = {tenant.slug for tenant in await store.read(lambda tx: tx.people.tenants())}
    missing = [row for row in TENANTS if row[0] not in have]
    if missing:
        hashed = await hash_password(PASSWORD)
        now = clock.now()
        for row in missing:
            await store.write(partial(_tenant, row=row, hashed=hashed, now=now))
    trouble = await add_ends(store, clock, ends, {"demo": len(TALKS)})
    users = sum(len(row[2]) for row in TENANTS)
    return f"{len(TENANTS)} tenants · {users} users · {len(TALKS)} talks", trouble


def demo_tenant(slug: str) -> TenantId:
    """The fixed id of a demo tenant."""
    return TenantId(f"demo-tenant-{slug}")


def _tenant(tx: Tx, row: Organisation, hashed: str, now: int) -> None:
    slug, name, users = row
    tenant = demo_tenant(slug)
    tx.people.add_tenant(Tenant(tenant, slug, name, DEMO_POLICY, demo=True), now)
    for role, shown in users:
        person = PersonId(f"demo-person-{slug}") if role == "customer" else None
        if person is not None:
            tx.people.add_person(tenant, person, shown, IdentityId(f"demo-web-{slug}"), now)
        tx.users.add(
            User(UserId(f"demo-{role}-{slug}"), tenant, f"{role}@{slug}.test", shown, role, person, hashed), now
        )
    if slug == "demo":
        for n, (hours, question, answer) in enumerate(TALKS):
            _talk(tx, tenant, slug, n, users[0][1], question, answer, now - hours * HOUR - WHILE)


def _talk(tx: Tx, tenant: TenantId, slug: str, n: int, who: str, question: str, answer: str, at: int) -> None:
    where = ConversationId(f"demo-{slug}-{n}")
    person, turn, reply = PersonId(f"demo-person-{slug}"), TurnId(f"{where}-turn"), MessageId(f"{where}-answer")
    binding = Binding(BindingId(f"{where}-web"), tenant, where, IdentityId(f"demo-web-{slug}"), "web", "active")
    tx.log.start(
        Conversation(
            where, tenant, person, agent=AGENT, status="active", title=question, head=0, created_at=at, updated_at=at
        )
    )
    tx.bindings.bind(binding)
    asked = Message(id=MessageId(f"{where}-question"), author=Author("person", who), channel="web", text=question)
    answered = Message(
        id=reply, author=Author("agent", AGENT), channel="web", text=answer, pos=4, turn=turn, confidence=0.9
    )
    bodies: tuple[Body, ...] = (
        ConversationStarted(channel="web"),
        Bound(by=Author("person", who), to="web", why="started"),
        asked,
        TurnStarted(turn=turn, message=reply, agent=AGENT, attempt=1),
        answered,
        TurnEnded(turn=turn, outcome="completed", message=reply),
    )
    for step, body in enumerate(bodies):
        entry = tx.log.append(tenant, where, at + step * 1_500, body)
        if isinstance(body, Message):
            by = person if body.author.kind == "person" else None
            tx.messages.keep(tenant, where, body.id, Logged(entry.seq, b"seed"), entry.at, by)
            for row in plan(tenant, where, body, entry.seq, entry.at, [binding]).rows:
                # They have read it: nobody looks for them elsewhere.
                tx.bindings.owe(replace(row, state="read", due=0))
    tx.messages.received(tenant, where, UserId(f"demo-customer-{slug}"), len(bodies), len(bodies))
