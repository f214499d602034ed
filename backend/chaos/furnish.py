"""A store as the gateway will find it: a tenant without limits, its people, an operator, an account of each channel."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from chaos.cast import ENDS, PASSWORD, SLUG
from rig.accounts import open_end
from throughline.app import SystemClock, TimedIds
from throughline.conversation.ids import IdentityId, PersonId, TenantId, UserId
from throughline.conversation.policy import Policy
from throughline.conversation.records import Role, Tenant, User
from throughline.identity.passwords import Passwords
from throughline.identity.vault import EnvelopeVault
from throughline.ports import Tx
from throughline.store.migrate import migrate
from throughline.store.sqlite import open_sqlite


async def furnish(folder: Path, secret: str, people: int, policy: Policy, ports: Mapping[str, int]) -> None:
    """Write it. `ports`: where each channel's provider is reached, on this machine."""
    await asyncio.to_thread(migrate, folder)
    clock, ids, vault = SystemClock(), TimedIds(), EnvelopeVault(secret.encode())
    now = clock.now()
    hashed = Passwords(memory_kib=1024).hash_now(PASSWORD)
    tenant = Tenant(TenantId(ids.new()), SLUG, "Chaos", policy)
    wrapped = vault.new_key(tenant.id)
    roles: list[tuple[Role, int]] = [*(("customer", n) for n in range(people)), ("operator", 0), ("admin", 0)]
    names = [PersonId(ids.new()) for _ in range(people)]

    def add(tx: Tx) -> None:
        tx.people.add_tenant(tenant, now)
        tx.accounts.keep_key(tenant.id, wrapped, now)
        for place, name in enumerate(names):
            tx.people.add_person(tenant.id, name, f"Person {place}", IdentityId(f"web-{place}"), now)
        for role, n in roles:
            whose = names[n] if role == "customer" else None
            shown = User(UserId(f"{role}-{n}"), tenant.id, f"{role}{n}@chaos.test", f"{role} {n}", role, whose, hashed)
            tx.users.add(shown, now)
        for end in ENDS.values():
            open_end(tx, vault, tenant.id, end, f"http://127.0.0.1:{ports[end.channel]}", names, "Person", now)

    store = await open_sqlite(folder, clock, lambda _: None)
    await store.write(add)
    await store.close()
