"""kill -9: nothing that was acknowledged is gone, nothing is said twice, whoever comes back sees the same."""

import asyncio
import os
import random
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from gateway import Client, Gateway, ask
from talker import Talker
from throughline.conversation.events import decode
from throughline.conversation.state import View, on_event

#: Every place where the code says that a crash may happen, and at which pass of it this story crashes.
POINTS = [
    ("store.before_commit", 4), ("store.after_commit", 4), ("receive.before_ack", 1),
    ("reply.claimed", 1), ("reply.started", 1), ("reply.mid_stream", 1),
    ("reply.before_end", 1), ("reply.after_end", 1),
]  # fmt: skip
KILLS = int(os.environ.get("KILLS", "5"))
SEED = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 2**31)


async def same_place(talker: Talker, client: Client) -> list[dict]:
    """The log, once the talker's view has come to its end: it grows by itself when an answer goes another way."""
    async with asyncio.timeout(60):
        while True:
            events = await asyncio.to_thread(client.events, talker.conversation)
            await talker.reach(len(events))
            if talker.view.seq == len(events):
                return events


async def holds(talker: Talker, client: Client) -> None:
    """The history check of one conversation: what was acked is there once, replies are single, the views agree."""
    events = await same_place(talker, client)
    view = talker.view
    assert [e["seq"] for e in events] == list(range(1, len(events) + 1)), "seq is dense from 1"
    messages = [e["body"] for e in events if e["kind"] == "message"]
    ids = Counter(m["id"] for m in messages)
    assert [m for m, n in ids.items() if n > 1] == [], "no message stands twice"
    for name, seq in talker.acked.items():
        found = [e for e in events if e["kind"] == "message" and e["body"]["id"] == name]
        assert [e["seq"] for e in found] == [seq], "what was acknowledged is where it was acknowledged"
        assert found[0]["body"]["text"] == talker.said[name]
    replies = Counter(m["turn"] for m in messages if m["author"]["kind"] == "agent")
    assert [t for t, n in replies.items() if n > 1] == [], "one reply at most a turn"
    ended = Counter(e["body"]["turn"] for e in events if e["kind"] == "turn_ended")
    assert [t for t, n in ended.items() if n > 1] == [], "a turn ends once"
    fresh = View()
    for e in events:
        fresh = on_event(fresh, e["seq"], e["at"], decode(e["kind"], msgspec.json.encode(e["body"])))
    assert view.messages == fresh.messages, "who lived through it sees what a fresh reader sees"


async def settled(talker: Talker) -> None:
    """Everything said is acked or refused, and no turn is open."""
    await talker.until(lambda: all(n in talker.acked or n in talker.refused for n in talker.said))
    await talker.until(lambda: talker.view.open is None and talker.view.agent in {"idle", "failed"})


@pytest.mark.parametrize(("point", "n"), POINTS)
async def test_a_crash_at_a_named_point_loses_and_doubles_nothing(
    point: str, n: int, tmp_path: Path, quick: dict[str, str]
) -> None:
    gateway = await asyncio.to_thread(Gateway(tmp_path, THROUGHLINE_CRASH_AT=f"{point}:{n}", **quick).start)
    talker = Talker(gateway.url, "customer@demo.test")
    try:
        await talker.say("Hello!")
        linked = asyncio.create_task(talker.keep_linked())
        async with asyncio.timeout(60):
            while gateway.process is not None and gateway.process.poll() is None:
                await asyncio.sleep(0.02)
        assert gateway.process is not None
        assert gateway.process.returncode == 137, "it died at the point and nowhere else"

        gateway.environment.pop("THROUGHLINE_CRASH_AT")
        await asyncio.to_thread(gateway.start)
        await settled(talker)
        answers = [m for m in talker.view.messages if m.author == "agent"]

        assert len(answers) == 1
        assert answers[0].text
        await holds(talker, gateway.client(talker.email))
        linked.cancel()
    finally:
        await asyncio.to_thread(gateway.stop)


@pytest.mark.long
async def test_kills_under_load_lose_and_double_nothing(tmp_path: Path, quick: dict[str, str]) -> None:
    chance = random.Random(SEED)  # noqa: S311 - a schedule, not a secret
    print(f"seed {SEED}, {KILLS} kills")
    gateway = await asyncio.to_thread(Gateway(tmp_path, **quick).start)
    people = [Talker(gateway.url, f"customer@{tenant}.test") for tenant in ("demo", "rival") for _ in range(4)]
    try:
        await asyncio.gather(*(p.sign_in() for p in people))
        links = [asyncio.create_task(p.keep_linked()) for p in people]
        for _ in range(KILLS):
            await asyncio.gather(*(p.say(f"Tell me about number {chance.random()}") for p in people[:3]))
            await asyncio.sleep(chance.uniform(0.05, 1.2))
            await asyncio.to_thread(gateway.kill)
            await asyncio.to_thread(gateway.start)
        await asyncio.gather(*(settled(p) for p in people))
        for person in people:
            await holds(person, gateway.client(person.email))
        for link in links:
            link.cancel()
        assert sum(len(p.acked) for p in people) >= KILLS
    finally:
        await asyncio.to_thread(gateway.stop)


def test_sigterm_is_a_clean_end(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path).start()
    assert ask("GET", f"{gateway.url}/livez").status_code == 200

    assert gateway.stop() == 0
