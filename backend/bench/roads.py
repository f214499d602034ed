"""Run with the server's interpreter: people who write by WhatsApp and read along on Telegram, one conversation each.

`python -m bench.roads <folder> <people>`, after `bench.ends`. Their numbers begin at FIRST.
"""

import argparse
import asyncio
from pathlib import Path

from bench.roles import ENDS, FIRST
from throughline.app import SystemClock, TimedIds
from throughline.conversation.ids import AccountId, BindingId, ConversationId, IdentityId, PersonId
from throughline.conversation.records import Binding, Conversation, Identity
from throughline.ports import Tx
from throughline.store.sqlite import open_sqlite


async def lay(folder: Path, people: int) -> None:
    """What they need, in a few transactions."""
    clock, ids = SystemClock(), TimedIds()
    now = clock.now()

    def add(tx: Tx, numbers: range) -> None:
        tenant = next(t for t in tx.people.tenants() if not t.demo).id
        for n in numbers:
            person, talk = PersonId(ids.new()), ConversationId(ids.new())
            tx.people.add_person(tenant, person, f"Traveller {n}", IdentityId(ids.new()), now)
            row = Conversation(
                id=talk, tenant=tenant, person=person, agent="Agent", status="active", title="", head=0,
                created_at=now, updated_at=now,
            )  # fmt: skip
            tx.log.start(row)
            for name in ("meta", "telegram"):
                end, identity = ENDS[name], IdentityId(ids.new())
                at = AccountId(end.account)
                tx.people.add_identity(
                    Identity(
                        identity, tenant, person, at, end.channel, end.of(FIRST + n), "verified", now,  # type: ignore[arg-type]
                        f"Traveller {n}", last_in=now, talks_in=talk,
                    )
                )  # fmt: skip
                mode = "active" if name == "meta" else "mirror"
                tx.bindings.bind(
                    Binding(BindingId(ids.new()), tenant, talk, identity, end.channel, mode, account=at)  # type: ignore[arg-type]
                )

    store = await open_sqlite(folder, clock, lambda _: None)
    for begin in range(0, people, 500):
        part = range(begin, min(people, begin + 500))
        await store.write(lambda tx, part=part: add(tx, part))  # type: ignore[misc]
    await store.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("people", type=int)
    given = parser.parse_args()
    asyncio.run(lay(given.folder, given.people))
