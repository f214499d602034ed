"""Run with the server's interpreter: give the bench's tenant an account of every provider, its customers known there.

`python -m bench.ends <folder> <stand-ins> <Gmail's>`: the addresses of all stand-ins but Gmail's, and of Gmail's.
"""

import argparse
import asyncio
import os
from pathlib import Path

from bench.roles import ENDS
from throughline.app import SystemClock, TimedIds
from throughline.conversation.ids import AccountId, IdentityId, PersonId
from throughline.conversation.records import Account, Identity
from throughline.identity.vault import EnvelopeVault
from throughline.ports import Tx
from throughline.store.sqlite import open_sqlite


async def furnish(folder: Path, stand_ins: str, gmail: str, secret: str) -> None:
    """The accounts, and of each an identity for every customer, who has just written there."""
    clock, ids, vault = SystemClock(), TimedIds(), EnvelopeVault(secret.encode())
    now = clock.now()

    def add(tx: Tx) -> None:
        tenant = next(t for t in tx.people.tenants() if not t.demo)
        tx.accounts.keep_key(tenant.id, vault.new_key(tenant.id), now)
        wrapped = tx.accounts.key(tenant.id)
        assert wrapped is not None
        people: list[PersonId | None] = []
        while (customer := tx.users.by_email(f"customer{len(people)}@bench.test")) is not None:
            people.append(customer.person)
        for name, end in ENDS.items():
            at = AccountId(end.account)
            base = f"{gmail if name == 'gmail' else stand_ins}/{end.base}"
            # As old as time: whatever mail the stand-in has, it came later.
            tx.accounts.add(
                Account(
                    at, tenant.id, end.channel, end.provider, "Bench", "simulated", enabled=True, base=base,  # type: ignore[arg-type]
                    options=dict(end.options), status="up", created_at=1,
                )
            )  # fmt: skip
            for secret_name, value in end.secrets.items():
                sealed = vault.seal(wrapped, tenant.id, at, secret_name, value)
                assert sealed is not None
                tx.accounts.seal(tenant.id, at, secret_name, sealed, now)
            for n, person in enumerate(people):
                # One person has one WhatsApp here: the other provider's customers are nobody's.
                if name == "twilio":
                    continue
                tx.people.add_identity(
                    Identity(
                        IdentityId(ids.new()), tenant.id, person, at, end.channel, end.of(n), "verified",  # type: ignore[arg-type]
                        now, f"Customer {n}", last_in=now,
                    )
                )  # fmt: skip

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
