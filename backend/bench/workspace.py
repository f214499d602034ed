"""Run with the server's interpreter: give the bench's tenant a Slack account, its customers identities, and an admin.

`python -m bench.workspace <folder> <base>`. Every secret is fixed: they open nothing but the stand-in of one run.
"""

import argparse
import asyncio
import os
from pathlib import Path

from throughline.app import SystemClock, TimedIds
from throughline.conversation.ids import AccountId, IdentityId, UserId
from throughline.conversation.records import Account, Identity, User
from throughline.identity.passwords import Passwords
from throughline.identity.vault import EnvelopeVault
from throughline.ports import Tx
from throughline.store.sqlite import open_sqlite

PASSWORD = "a password for the benchmark"
ACCOUNT, TEAM, APP, BOT = "bench-slack", "T0BENCH", "A0BENCH", "U0BENCHBOT"
SECRETS = {"bot_token": "xoxb-bench-0", "signing_secret": "b" * 32, "app_token": "xapp-bench-0"}


async def furnish(folder: Path, base: str, secret: str) -> None:
    """The account, an identity `T0BENCH/U<n>` for each customer, and `admin0@bench.test`."""
    clock, ids, passwords, vault = SystemClock(), TimedIds(), Passwords(), EnvelopeVault(secret.encode())
    hashed = await asyncio.to_thread(passwords.hash_now, PASSWORD)
    now = clock.now()

    def add(tx: Tx) -> None:
        tenant = next(t for t in tx.people.tenants() if not t.demo)
        options = {"team": TEAM, "app": APP, "bot_user": BOT, "bot_id": "B0BENCH"}
        tx.accounts.add(
            Account(
                AccountId(ACCOUNT), tenant.id, "slack", "slack", "Bench", "simulated", enabled=True, base=base,
                options=options, status="up", created_at=now,
            )
        )  # fmt: skip
        wrapped = vault.new_key(tenant.id)
        tx.accounts.keep_key(tenant.id, wrapped, now)
        for name, value in SECRETS.items():
            sealed = vault.seal(wrapped, tenant.id, AccountId(ACCOUNT), name, value)
            assert sealed is not None
            tx.accounts.seal(tenant.id, AccountId(ACCOUNT), name, sealed, now)
        n = 0
        while (customer := tx.users.by_email(f"customer{n}@bench.test")) is not None:
            tx.people.add_identity(
                Identity(
                    IdentityId(ids.new()), tenant.id, customer.person, AccountId(ACCOUNT), "slack", f"{TEAM}/U{n:04d}",
                    "verified", now, f"Customer {n}",
                )
            )  # fmt: skip
            n += 1
        user = User(UserId(ids.new()), tenant.id, "admin0@bench.test", "Admin", "admin", None, hashed)
        tx.users.add(user, now)

    store = await open_sqlite(folder, clock, lambda _: None)
    await store.write(add)
    await store.close()
    passwords.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("base")
    given = parser.parse_args()
    asyncio.run(furnish(given.folder, given.base, os.environ["THROUGHLINE_SECRET"]))
