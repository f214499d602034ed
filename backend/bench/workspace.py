"""Run with the server's interpreter: give the bench's tenant a Slack account, its customers identities, and an admin.

`python -m bench.workspace <folder> <base>`. Every secret is fixed: they open nothing but the stand-in of one run.
"""

import argparse
import asyncio
import os
from pathlib import Path

from rig.accounts import open_end
from rig.ends import End
from throughline.app import SystemClock, TimedIds
from throughline.conversation.ids import PersonId, UserId
from throughline.conversation.records import User
from throughline.identity.passwords import Passwords
from throughline.identity.vault import EnvelopeVault
from throughline.ports import Tx
from throughline.store.sqlite import open_sqlite

PASSWORD = "a password for the benchmark"
END = End(
    "bench-slack", "slack", "slack",
    {"team": "T0BENCH", "app": "A0BENCH", "bot_user": "U0BENCHBOT", "bot_id": "B0BENCH"},
    {"bot_token": "xoxb-bench-0", "signing_secret": "b" * 32, "app_token": "xapp-bench-0"}, "T0BENCH/U{:04d}",
)  # fmt: skip


async def furnish(folder: Path, base: str, secret: str) -> None:
    """The account, an identity `T0BENCH/U<n>` for each customer, and `admin0@bench.test`."""
    clock, ids, passwords, vault = SystemClock(), TimedIds(), Passwords(), EnvelopeVault(secret.encode())
    hashed = await asyncio.to_thread(passwords.hash_now, PASSWORD)
    now = clock.now()

    def add(tx: Tx) -> None:
        tenant = next(t for t in tx.people.tenants() if not t.demo)
        tx.accounts.keep_key(tenant.id, vault.new_key(tenant.id), now)
        people: list[PersonId | None] = []
        while (customer := tx.users.by_email(f"customer{len(people)}@bench.test")) is not None:
            people.append(customer.person)
        open_end(tx, vault, tenant.id, END, base.removesuffix("/slack/api/"), people, "Customer", now)
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
