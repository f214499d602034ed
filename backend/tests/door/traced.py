"""A gateway in a process of its own, under a tracer: what its store has before it starts, and how one speaks to it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2

from tests.api.providers import DEMO, META, SMS, Provider
from tests.command.program import SECRET, Program
from throughline.app import SystemClock, TimedIds
from throughline.command.accounts import NewUser, create_user
from throughline.conversation.events import Message
from throughline.conversation.records import Tenant
from throughline.identity.passwords import Passwords
from throughline.identity.vault import EnvelopeVault
from throughline.ports import Store, Tx
from throughline.store.migrate import migrate
from throughline.store.sqlite import open_sqlite

from .gate import FREE, PASSWORD

EMAIL = "mia@acme.test"
#: One that signs JSON, one that signs a form.
KNOCKERS = {"json": META, "form": SMS}


def furnished(folder: Path) -> Program:
    """An installation with a customer and an end of each provider form; nobody answers, nothing leaves the machine."""
    program = Program(folder, THROUGHLINE_AGENT="off")
    migrate(folder / "data")

    async def hashed(password: str) -> str:
        return Passwords(memory_kib=1024).hash_now(password)

    async def fill(store: Store) -> None:
        vault = EnvelopeVault(SECRET.encode())

        def add(tx: Tx) -> None:
            tx.people.add_tenant(Tenant(DEMO, "acme", "Acme", FREE), 1)
            tx.accounts.keep_key(DEMO, vault.new_key(DEMO), 1)
            key = tx.accounts.key(DEMO)
            assert key is not None
            for one in KNOCKERS.values():
                tx.accounts.add(one.account())
                for name, secret in one.secrets.items():
                    sealed = vault.seal(key, DEMO, one.which, name, secret)
                    assert sealed is not None
                    tx.accounts.seal(DEMO, one.which, name, sealed, 1)

        await store.write(add)
        await create_user(store, SystemClock(), TimedIds(), hashed, NewUser("acme", EMAIL, "Mia", "customer", PASSWORD))

    asyncio.run(_with_store(program, fill))
    return program


def knock(program: Program, one: Provider, body: bytes) -> httpx2.Response:
    """A webhook as the provider makes it."""
    url = f"{program.url}/api/v1/channels/{one.channel}/webhook/{one.which}"
    headers = one.proof(url, body, one.secret, 0)
    return httpx2.post(url, content=body, headers=dict(headers), trust_env=False, timeout=30)


def logged(program: Program) -> set[str]:
    """Every text that is in the log of an installation that has ended."""
    found: set[str] = set()

    async def look(store: Store) -> None:
        def read(tx: Tx) -> None:
            for summary in tx.log.summaries(DEMO, None, tx.users.by_email(EMAIL).id, None, 100):  # type: ignore[union-attr]
                for entry in tx.log.entries(DEMO, summary.conversation.id, 0, 10_000, ("message",)):
                    body = entry.body()
                    assert isinstance(body, Message)
                    found.add(body.text)

        await store.read(read)

    asyncio.run(_with_store(program, look))
    return found


async def _with_store(program: Program, doing: Callable[[Store], Awaitable[None]]) -> None:
    store = await open_sqlite(program.folder / "data", SystemClock(), lambda _: None)
    try:
        await doing(store)
    finally:
        await store.close()
