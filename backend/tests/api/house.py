"""A whole back end behind the door, on a real store: what the tests of the API live in."""

import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import msgspec
from starlette.types import ASGIApp

from tests.store.template import fresh
from throughline.api.door import Door, asgi
from throughline.api.shapes import About, DemoUser, ModelShown
from throughline.conversation.events import Entry
from throughline.conversation.ids import IdentityId, PersonId, SessionId, TenantId, UserId
from throughline.conversation.policy import Policy
from throughline.conversation.records import Account, Caller, DeliveryRow, Role, Tenant, User
from throughline.flow.move import Move
from throughline.flow.receive import Receive
from throughline.flow.resend import Resend
from throughline.identity.attempts import Attempts
from throughline.identity.passwords import Passwords
from throughline.identity.refresh import Families
from throughline.identity.sign_in import SignIn
from throughline.identity.signed import Signed
from throughline.identity.tickets import Tickets
from throughline.identity.tokens import Tokens
from throughline.ports import Tx
from throughline.reach import capabilities_of, let_go, reached
from throughline.store.blobs import DiskBlobs
from throughline.store.sqlite import SqliteStore, open_sqlite

SECRET = b"0123456789abcdef0123456789abcdef-access"
FAMILY_SECRET = b"0123456789abcdef0123456789abcdef-refresh"
PASSWORD = "correct horse"
ORIGIN = "http://throughline.test"
NOBODY = "nobody@nowhere.test"


class StillClock:
    """Time that moves when told to."""

    def __init__(self) -> None:
        self.at = 1_800_000_000_000

    def now(self) -> int:
        return self.at

    def monotonic(self) -> float:
        return self.at / 1000

    async def sleep(self, seconds: float) -> None:
        self.at += int(seconds * 1000)

    def pass_(self, seconds: float) -> None:
        self.at += int(seconds * 1000)


class CountedIds:
    """Names that can be foretold."""

    def __init__(self) -> None:
        self._next = itertools.count(1)

    def new(self) -> str:
        return f"00000000-0000-7000-8000-{next(self._next):012d}"


class WindowLimits:
    """ports.Limits, exact."""

    def __init__(self, clock: StillClock) -> None:
        self._clock = clock
        self._hits: dict[tuple[str, ...], list[float]] = {}

    def hit(self, key: tuple[str, ...], limit: int, window: float) -> float | None:
        now = self._clock.monotonic()
        inside = [at for at in self._hits.get(key, []) if at > now - window]
        if len(inside) >= limit:
            return inside[-limit] + window - now
        self._hits[key] = [*inside, now]
        return None


class House:
    """The parts, by name, and a client that talks to the app."""

    def __init__(self, store: SqliteStore, clock: StillClock, folder: Path, **facts: Any) -> None:
        self.store, self.clock, self.ids = store, clock, CountedIds()
        self.passwords = Passwords(memory_kib=64)
        self.tokens = Tokens(SECRET, clock)
        self.families = Families(FAMILY_SECRET)
        self.ended: list[SessionId] = []
        self.sign_in = SignIn(
            store, clock, self.ids, self.passwords, self.tokens, self.families, Attempts(clock), self.ended.append
        )
        self.tickets = Tickets(clock, self.tokens.is_revoked)
        demo = DemoUser(email="customer@demo.test", name="Casey", role="customer")
        about = About(version="0.1.0", demo=True, demo_users=[demo], model=ModelShown(label="demo", demo=True))
        #: Accounts whose new state was told.
        self.told: list[Account] = []
        self.ends = reached(store, clock, SECRET.decode(), ORIGIN, None, self.told.append)
        table = partial(capabilities_of, self.ends)
        self.receive = Receive(store, clock, self.ids, "agent", lambda: None, capabilities_of=table)
        self.move = Move(store, clock, self.ids, table)
        #: Lost rows as members changed them, and how often couriers were woken for it.
        self.mended: list[DeliveryRow] = []
        self.woken = 0
        self.resend = Resend(store, clock, table, self.mended.append, self._wake)
        self.blobs = DiskBlobs(folder / "files")
        given: dict[str, Any] = {
            "store": store, "clock": clock, "ids": self.ids, "limits": WindowLimits(clock), "sign_in": self.sign_in,
            "tickets": self.tickets, "receive": self.receive, "move": self.move, "about": about, "loopback": True,
            "ends": self.ends, "origins": frozenset({ORIGIN}), "blobs": self.blobs, "signed": Signed(SECRET),
            "resend": self.resend,
        }  # fmt: skip
        self._given = given | facts
        self.move_in()

    def move_in(self, **facts: Any) -> None:
        """Build the door anew with these facts; the parts stay."""
        self._given |= facts
        self.door = Door(**self._given)
        self.app: ASGIApp = asgi(self.door)
        self.http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=self.app), base_url=ORIGIN)

    def _wake(self) -> None:
        self.woken += 1

    async def login(self, email: str, **more: Any) -> Any:
        """Sign in for real; the answer's JSON."""
        answer = await self.http.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def bearer(self, email: str) -> dict[str, str]:
        """Headers of a signed-in caller."""
        return {"authorization": f"Bearer {(await self.login(email))['access_token']}"}

    def forged(self, **claims: Any) -> dict[str, str]:
        """Headers of a caller that is made up, with a token that is not."""
        fields: dict[str, Any] = {
            "tenant": TenantId("demo"), "user": UserId("demo-customer"), "person": PersonId("demo-person"),
            "role": "customer", "name": "Casey", "session": SessionId("made-up"),
        }  # fmt: skip
        return {"authorization": f"Bearer {self.tokens.mint(Caller(**(fields | claims)))[0]}"}

    async def talk(self, headers: dict[str, str], *texts: str) -> str:
        """A conversation with these messages; its id."""
        made = await self.http.post("/api/v1/conversations", headers=headers, json={})
        assert made.status_code == 201, made.text
        where: str = made.json()["id"]
        for text in texts:
            message = {"id": self.ids.new(), "text": text}
            kept = await self.http.post(f"/api/v1/conversations/{where}/messages", headers=headers, json=message)
            assert kept.status_code == 201, kept.text
        return where


def nothing(_entries: Sequence[Entry]) -> None:
    """Nobody listens."""


def people(tx: Tx, clock: StillClock, hashed: str) -> None:
    """Two tenants with a customer, an operator and an admin each."""
    for slug in ("demo", "rival"):
        tenant = TenantId(slug)
        tx.people.add_tenant(Tenant(tenant, slug, slug.title(), Policy(), demo=True), clock.now())
        person = PersonId(f"{slug}-person")
        tx.people.add_person(tenant, person, "Casey", IdentityId(f"web:{person}"), clock.now())
        roles: tuple[Role, ...] = ("customer", "operator", "admin")
        for role in roles:
            owner = person if role == "customer" else None
            user = User(UserId(f"{slug}-{role}"), tenant, f"{role}@{slug}.test", "Casey", role, owner, hashed)
            assert tx.users.add(user, clock.now())


@asynccontextmanager
async def house(folder: Path, **facts: Any) -> AsyncIterator[House]:
    """Move in, with everybody there."""
    fresh(folder)
    clock = StillClock()
    store = await open_sqlite(folder, clock, nothing)
    inside = House(store, clock, folder, **facts)
    try:
        hashed = inside.passwords.hash_now(PASSWORD)
        await store.write(lambda tx: people(tx, clock, hashed))
        yield inside
    finally:
        await inside.http.aclose()
        inside.passwords.close()
        await let_go(inside.ends)
        await store.close()


def problem(answer: httpx2.Response) -> Any:
    """The problem document of a refusal, checked for its form."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    document = msgspec.json.decode(answer.content)
    assert {"type", "title", "status", "code", "detail", "hint", "request_id"} <= document.keys()
    assert document["status"] == answer.status_code
    assert document["request_id"] == answer.headers["x-request-id"]
    return document
