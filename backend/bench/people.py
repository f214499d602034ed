"""Run with the server's interpreter: make a tenant without limits and many users, in one transaction.

`python -m bench.people <folder> <customers> <operators>`. Users are `customer0@bench.test`, `operator0@bench.test` …
"""

import argparse
import asyncio
from pathlib import Path

from throughline.app import SystemClock, TimedIds
from throughline.conversation.ids import IdentityId, PersonId, TenantId, UserId
from throughline.conversation.policy import Policy
from throughline.conversation.records import Role, Tenant, User
from throughline.identity.passwords import Passwords
from throughline.ports import Tx
from throughline.store.sqlite import open_sqlite

PASSWORD = "a password for the benchmark"
_LIMITLESS = Policy(messages_per_minute=0, messages_per_day=0, requests_per_minute=0, sends_per_minute=0)


async def fill(folder: Path, customers: int, operators: int) -> None:
    """The tenant and its users. Their password is cheap to check: signing in is not what is measured."""
    clock, ids = SystemClock(), TimedIds()
    hashed = Passwords(memory_kib=1024).hash_now(PASSWORD)
    tenant = Tenant(TenantId(ids.new()), "bench", "Bench", _LIMITLESS)
    roles: list[tuple[Role, int]] = [("customer", n) for n in range(customers)]
    roles += [("operator", n) for n in range(operators)]
    names = [(UserId(ids.new()), PersonId(ids.new()), IdentityId(ids.new())) for _ in roles]

    def add(tx: Tx) -> None:
        tx.people.add_tenant(tenant, clock.now())
        for (role, n), (user, person, identity) in zip(roles, names, strict=True):
            name = f"{role}{n}"
            whose = person if role == "customer" else None
            if whose is not None:
                tx.people.add_person(tenant.id, whose, name, identity, clock.now())
            tx.users.add(User(user, tenant.id, f"{name}@bench.test", name, role, whose, hashed), clock.now())

    store = await open_sqlite(folder, clock, lambda _: None)
    await store.write(add)
    await store.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("customers", type=int)
    parser.add_argument("operators", type=int)
    given = parser.parse_args()
    asyncio.run(fill(given.folder, given.customers, given.operators))
