"""Upkeep: commands that open the store by themselves, do one thing and end."""

import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable

from throughline.app import SystemClock, TimedIds
from throughline.command.accounts import NewUser, Taken, create_tenant, create_user
from throughline.command.console import err, fail, near, out
from throughline.command.seed import seed
from throughline.command.serve import run
from throughline.conversation.policy import Policy
from throughline.conversation.records import Role
from throughline.identity.passwords import Passwords
from throughline.ports import Store
from throughline.reach import let_go, reached
from throughline.settings import Settings
from throughline.store.folder import FolderHeld
from throughline.store.migrate import migrate
from throughline.store.sqlite import open_sqlite

MIN_PASSWORD = 12


def migrate_store(settings: Settings) -> int:
    """Bring the schema up to date."""
    try:
        done = migrate(settings.throughline_data)
    except FolderHeld as held:
        fail(str(held), "Stop it first: a schema is not changed under a running gateway.")
        return 1
    state = "was up to date" if done.before == done.after else f"{done.before or 'empty'} → {done.after}"
    out.print(f"{near(settings.throughline_data)}: {state}")
    return 0


def seed_store(settings: Settings) -> int:
    """Add missing demo data; refused where demo mode is."""
    if not settings.loopback:
        fail("Demo users are not made on an address that others can reach.", "Set THROUGHLINE_HOST=127.0.0.1.")
        return 2

    async def work(store: Store) -> None:
        ends = reached(store, SystemClock(), settings.throughline_secret, settings.public_url, None, lambda _: None)
        told, trouble = await seed(store, SystemClock(), _hashed, ends)
        await let_go(ends)
        out.print(told)
        if trouble is not None:
            err.print(f"Slack: {trouble}")

    return _with_store(settings, work)


def add_tenant(settings: Settings, slug: str, name: str, *, no_limits: bool) -> int:
    """A new organisation; prints its id."""
    limitless = Policy(messages_per_minute=0, messages_per_day=0, requests_per_minute=0, sends_per_minute=0)
    policy = limitless if no_limits else Policy()

    async def work(store: Store) -> None:
        made = await create_tenant(store, SystemClock(), TimedIds(), slug, name, policy)
        out.print(made.id)

    return _with_store(settings, work)


def add_user(settings: Settings, tenant: str, email: str, name: str, role: Role) -> int:
    """A new sign-in; the password comes from the terminal, or from stdin where that is piped."""
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(password) < MIN_PASSWORD:
        fail(f"A password needs {MIN_PASSWORD} characters or more.", "Choose a longer one.")
        return 2

    async def work(store: Store) -> None:
        new = NewUser(tenant, email, name, role, password)
        made = await create_user(store, SystemClock(), TimedIds(), _hashed, new)
        out.print(made.id)

    return _with_store(settings, work)


async def _hashed(password: str) -> str:
    return await asyncio.to_thread(Passwords().hash_now, password)


def _with_store(settings: Settings, work: Callable[[Store], Awaitable[None]]) -> int:
    async def opened() -> int:
        store = await open_sqlite(settings.throughline_data, SystemClock(), lambda _: None)
        try:
            await work(store)
        except Taken as taken:
            fail(str(taken), "`throughline --help` lists what can be made.")
            return 1
        finally:
            await store.close()
        return 0

    return run(settings, opened())
