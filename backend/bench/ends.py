"""Run with the server's interpreter: give the bench's tenant an account of every provider, its customers known there.

`python -m bench.ends <folder> <stand-ins> <Gmail's>`: the addresses of all stand-ins but Gmail's, and of Gmail's.
"""

import argparse
import asyncio
import os
from pathlib import Path

from bench.roles import ENDS
from rig.accounts import open_end
from throughline.app import SystemClock
from throughline.conversation.ids import PersonId
from throughline.identity.vault import EnvelopeVault
from throughline.ports import Tx
from throughline.store.sqlite import open_sqlite


async def furnish(folder: Path, stand_ins: str, gmail: str, secret: str) -> None:
    """The accounts, and of each an identity for every customer, who has just written there."""
    clock, vault = SystemClock(), EnvelopeVault(secret.encode())
    now = clock.now()

    def add(tx: Tx) -> None:
        tenant = next(t for t in tx.people.tenants() if not t.demo)
        tx.accounts.keep_key(tenant.id, vault.new_key(tenant.id), now)
        people: list[PersonId | None] = []
        while (customer := tx.users.by_email(f"customer{len(people)}@bench.test")) is not None:
            people.append(customer.person)
        for name, end in ENDS.items():
            # One person has one WhatsApp here: the other provider's customers are nobody's.
            known = [] if name == "twilio" else people
            open_end(tx, vault, tenant.id, end, gmail if name == "gmail" else stand_ins, known, "Customer", now)

    store = await open_sqlite(folder, clock, lambda _: None)
    await store.write(add)
    await store.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("stand_ins")
    parser.add_argument("gmail")
    given = parser.parse_args()
    asyncio.run(furnish(given.folder, given.stand_ins, given.gmail, os.environ["THROUGHLINE_SECRET"]))
