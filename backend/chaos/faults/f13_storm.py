"""F13: webhooks at many times the usual rate, each also twice. Fast answers, or 503; nothing acknowledged is lost."""

import asyncio
import json
import time

import httpx2

from chaos.cast import ENDS
from chaos.fault import Fault, Figure, Plan, figure
from chaos.faults.f14_replays import counted
from chaos.figures import percentile
from chaos.truth import mark
from chaos.world import World, world
from rig.machine import rss

NAME = "f13_storm"
PEOPLE, AT_ONCE = 20, 64
SLOWEST, GROWN = 1.0, 200_000_000


async def run(plan: Plan) -> Figure:
    """As fast as they are taken, over 64 connections, for some seconds."""
    seconds = 4.0 if plan.size <= 1 else 60.0
    async with world(PEOPLE, plan.chance(NAME)) as made:
        await asyncio.to_thread(made.introduce)
        taken: dict[str, int] = {}
        times: list[float] = []
        shed = [0]
        size = rss(made.gateway.pid)
        until = time.monotonic() + seconds
        async with httpx2.AsyncClient(base_url=made.gateway.url, trust_env=False, timeout=20) as http:
            await asyncio.gather(*(_pour(made, http, until, taken, times, shed) for _ in range(AT_ONCE)))
        grown = rss(made.gateway.pid) - size
        await asyncio.sleep(2)
        found = await asyncio.to_thread(counted, made)
        lost = [word for word in taken if not found[word]]
        twice = [word for word in taken if found[word] > 1]
        verdict = await made.verdict(30)
        late = percentile(times, 0.99)
        broken = [f"{len(lost)} acknowledged and lost, {len(twice)} doubled"] if lost or twice else []
        if plan.size > 1 and late > SLOWEST:
            broken.append(f"p99 of the 2xx was {late:.2f} s")
        if grown > GROWN:
            broken.append(f"memory grew by {grown / 1e6:.0f} MB")
        note = f"{len(times) / seconds:,.0f} webhooks/s, p99 {late * 1e3:.0f} ms, {shed[0]} shed, {grown / 1e6:+.0f} MB"
        return figure(NAME, len(times), made, verdict, tuple(times), note, tuple(broken))


async def _pour(
    made: World, http: httpx2.AsyncClient, until: float, taken: dict[str, int], times: list[float], shed: list[int]
) -> None:
    """One after the other; every third one is one that came already."""
    end = ENDS["telegram"]
    headers = {"x-telegram-bot-api-secret-token": end.secrets["webhook_secret"], "content-type": "application/json"}
    last = b"", ""
    while time.monotonic() < until:
        number = made.notes.number()
        body, word = (_update(number), mark(number)) if number % 3 or not last[1] else last
        last = body, word
        begun = time.monotonic()
        answer = await http.post(end.webhook, content=body, headers=headers)
        if answer.status_code == 200:
            times.append(time.monotonic() - begun)
            taken[word] = taken.get(word, 0) + 1
        else:
            shed[0] += 1


def _update(number: int) -> bytes:
    who = int(ENDS["telegram"].there(number % PEOPLE))
    sender = {"id": who, "is_bot": False, "first_name": "Person"}
    chat = {"id": who, "type": "private", "first_name": "Person"}
    message = {
        "message_id": number,
        "date": 1_795_000_000,
        "from": sender,
        "chat": chat,
        "text": f"Storm {mark(number)}",
    }
    return json.dumps({"update_id": number, "message": message}).encode()


FAULT = Fault(NAME, "a storm of webhooks with repeats: fast 2xx or 503, bounded memory, nothing acknowledged lost", run)
