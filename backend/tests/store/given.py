"""What the stories about the store begin with: a clock, people, a conversation, words."""

from collections.abc import Callable

from throughline.conversation.events import Author, Body, DeliveryState, Entry, Message
from throughline.conversation.ids import (
    AccountId,
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
from throughline.conversation.records import (
    Account,
    Binding,
    Conversation,
    DeliveryRow,
    Identity,
    Logged,
    Rung,
    Tenant,
    Turn,
    User,
)
from throughline.ports import Tx

ACME, RIVAL = TenantId("acme"), TenantId("rival")
#: The same ids on purpose: both tenants use all of them.
ANNA, BEN = PersonId("anna"), PersonId("ben")
C1, C2 = ConversationId("c1"), ConversationId("c2")
ANNA_USER, OPERATOR = UserId("u-anna"), UserId("u-operator")
WEB, SLACK = BindingId("b-web"), BindingId("b-slack")
ON_SLACK = IdentityId("i-slack")


class StillClock:
    """Time that does not pass."""

    def now(self) -> int:
        return 1_000

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("the store never sleeps by the clock")


def tenant(name: TenantId) -> Tenant:
    return Tenant(id=name, slug=f"slug-{name}", name=name.title(), policy=Policy(messages_per_minute=7))


def user(of: TenantId, name: UserId, person: PersonId | None) -> User:
    return User(
        id=name, tenant=of, email=f"{name}@{of}.test", name=name, role="customer" if person else "operator",
        person=person, password_hash="$argon2id$x",
    )  # fmt: skip


def conversation(of: TenantId, name: ConversationId, person: PersonId | None = ANNA, at: int = 10) -> Conversation:
    return Conversation(
        id=name, tenant=of, person=person, agent="guide", status="active", title="", head=0, created_at=at,
        updated_at=at,
    )  # fmt: skip


def people(tx: Tx, of: TenantId = ACME) -> None:
    """A tenant with two persons, a customer's and an operator's user."""
    tx.people.add_tenant(tenant(of), 1)
    tx.people.add_person(of, ANNA, f"Anna of {of}", IdentityId("i-anna"), 2)
    tx.people.add_person(of, BEN, f"Ben of {of}", IdentityId("i-ben"), 3)
    tx.users.add(user(of, ANNA_USER, ANNA), 4)
    tx.users.add(user(of, OPERATOR, None), 5)


def begun(tx: Tx, of: TenantId = ACME) -> None:
    """The people, and a conversation of Anna's with its web binding."""
    people(tx, of)
    tx.log.start(conversation(of, C1))
    tx.bindings.bind(Binding(WEB, of, C1, IdentityId("i-anna"), "web", "active"))


def words(text: str, name: str = "m", author: str = "person", **more: object) -> Message:
    return Message(id=MessageId(name), author=Author(author, author), channel="web", text=text, **more)  # type: ignore[arg-type]


def say(tx: Tx, name: str, of: TenantId = ACME, at: int = 50, where: ConversationId = C1) -> Entry:
    """A person's message as the gateway keeps it: the event, the id."""
    entry = tx.log.append(of, where, at, words(f"text of {name}", name))
    tx.messages.keep(of, where, MessageId(name), Logged(entry.seq, b"digest"), at, ANNA)
    return entry


def turn(name: str, of: TenantId = ACME, where: ConversationId = C1, due_at: int = 100) -> Turn:
    return Turn(
        id=TurnId(name), tenant=of, conversation=where, message=MessageId(f"reply-{name}"), status="due", agent="guide",
        attempt=0, fence=0, owner=None, until=0, pos=0, checkpoint="", stop_asked=False, due_at=due_at,
    )  # fmt: skip


def owed(name: str, seq: int, of: TenantId = ACME, state: DeliveryState = "accepted") -> DeliveryRow:
    """A row of the web binding, as it comes back: with its first rung."""
    return DeliveryRow(
        tenant=of, conversation=C1, message=MessageId(name), binding=WEB, channel="web", seq=seq, owed=True,
        state=state, at=60, rungs=(Rung(state, 60),),
    )  # fmt: skip


def account_of(of: TenantId = ACME) -> AccountId:
    """Ids of accounts are unique over all tenants."""
    return AccountId(f"a-{of}")


def account(of: TenantId = ACME) -> Account:
    return Account(
        id=account_of(of), tenant=of, channel="slack", provider="slack", name=f"Slack of {of}", mode="real",
        enabled=True, base="https://slack.test/api", options={"team": "T1"}, status="up", created_at=6,
    )  # fmt: skip


def identity(of: TenantId = ACME, name: IdentityId = ON_SLACK, person: PersonId | None = ANNA) -> Identity:
    return Identity(
        id=name, tenant=of, person=person, account=account_of(of), channel="slack", address=f"T1/{name}",
        status="verified", created_at=7, name="anna.s",
    )  # fmt: skip


def slack(of: TenantId = ACME, where: ConversationId = C1) -> Binding:
    return Binding(
        id=SLACK, tenant=of, conversation=where, identity=ON_SLACK, channel="slack", mode="mirror",
        account=account_of(of),
    )  # fmt: skip


def connected(tx: Tx, of: TenantId = ACME) -> None:
    """What `begun` makes, and the conversation's mirror on Slack."""
    begun(tx, of)
    tx.accounts.add(account(of))
    tx.people.add_identity(identity(of))
    tx.bindings.bind(slack(of))


def leaves(
    name: str, seq: int, state: DeliveryState = "pending", *, due: int = 60, of: TenantId = ACME,
    where: ConversationId = C1, remote: tuple[str, ...] = (),
) -> DeliveryRow:  # fmt: skip
    """A row of the Slack binding, as it comes back: with its first rung."""
    return DeliveryRow(
        tenant=of, conversation=where, message=MessageId(name), binding=SLACK, channel="slack", seq=seq, owed=True,
        state=state, at=60, due=due, remote=remote, rungs=(Rung(state, 60),),
    )  # fmt: skip


def saying(name: str) -> Callable[[Tx], Entry]:
    """A transaction that says something at acme."""
    return lambda tx: say(tx, name)


def appending(body: Body, at: int = 20, where: ConversationId = C1) -> Callable[[Tx], Entry]:
    """A transaction that appends one event at acme."""
    return lambda tx: tx.log.append(ACME, where, at, body)
