"""A store as the gateway will find it: a tenant without limits, its people, an operator, an account of each channel."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from chaos.cast import ENDS, PASSWORD, SLUG
from throughline.app import SystemClock, TimedIds
from throughline.conversation.ids import AccountId, IdentityId, PersonId, TenantId, UserId
from throughline.conversation.policy import Policy
from throughline.conversation.records import Account, Identity, Role, Tenant, User
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
            at = AccountId(end.account)
            base = f"http://127.0.0.1:{ports[end.channel]}/{end.provider}/api/"
            # As old as time: whatever mail the stand-in has, it came later.
            tx.accounts.add(
                Account(
                    at, tenant.id, end.channel, end.provider, "Chaos", "simulated", enabled=True, base=base,  # type: ignore[arg-type]
                    options=dict(end.options), status="up", created_at=1,
                )
            )  # fmt: skip
            for what, value in end.secrets.items():
                sealed = vault.seal(wrapped, tenant.id, at, what, value)
                assert sealed is not None
                tx.accounts.seal(tenant.id, at, what, sealed, now)
            for place, person in enumerate(names):
                tx.people.add_identity(
                    Identity(
                        IdentityId(f"{end.channel}-{place}"), tenant.id, person, at, end.channel,  # type: ignore[arg-type]
                        end.address.format(place), "verified", now, f"Person {place}", last_in=now,
                    )
                )  # fmt: skip

    store = await open_sqlite(folder, clock, lambda _: None)
    await store.write(add)
    await store.close()
