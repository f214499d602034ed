"""A whole talk through the assembled gateway: numbers move, everybody agrees, and tokens end sockets."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from throughline.command.selfcheck import self_check
from throughline.conversation.records import Caller
from throughline.conversation.state import View, as_json
from throughline.identity.tokens import Tokens

from .gate import SECRET, Gate, User, Watcher, fold, gate

MOVED = {
    'throughline_messages_total{channel="web",direction="in",outcome="ok"}': 1,
    'throughline_messages_total{channel="web",direction="out",outcome="ok"}': 1,
    'throughline_messages_total{channel="web",direction="in",outcome="id_reused"}': 1,
    "throughline_first_token_seconds_count": 1,
    'throughline_turn_seconds_count{outcome="completed"}': 1,
    'throughline_delivery_seconds_count{channel="web"}': 1,
    "throughline_ws_connections": 1,
    "throughline_store_commit_seconds_count": 5,
    "throughline_store_group_size_count": 5,
    'throughline_llm_tokens_total{model="demo",type="prompt"}': 1,
    'throughline_llm_tokens_total{model="demo",type="completion"}': 1,
    'throughline_http_request_seconds_count{method="POST",route="/api/v1/conversations",status="201"}': 1,
}


@pytest_asyncio.fixture
async def open_gate(tmp_path: Path) -> AsyncIterator[Gate]:
    async with gate(tmp_path) as opened:
        yield opened


async def test_the_numbers_move_with_a_talk(open_gate: Gate) -> None:
    mia = await open_gate.user("mia")
    before = await open_gate.scrape()
    where = await mia.start()
    async with mia.connect() as tab:
        await tab.send(t="watch", c=where, after=0)
        await tab.send(t="say", c=where, id="m-1", text="Hello [[tokens:30]]")
        await tab.send(t="say", c=where, id="m-1", text="other words")
        answer = await tab.until(t="event", kind="message", c=where)
        while answer["body"]["author"]["kind"] != "agent":
            answer = await tab.until(t="event", kind="message")
        await tab.until(t="event", kind="turn_ended")
        await tab.send(t="got", c=where, seq=answer["seq"])
        receipt = await tab.until(t="event", kind="delivery")
        while receipt["body"]["state"] != "delivered":
            receipt = await tab.until(t="event", kind="delivery")
        after = await open_gate.scrape()

    for name, least in MOVED.items():
        assert after.get(name, 0) - before.get(name, 0) >= least, name
    for name, exactly in list(MOVED.items())[:6]:
        assert after.get(name, 0) - before.get(name, 0) == exactly, name


async def test_a_limit_is_counted_where_it_refuses(open_gate: Gate) -> None:
    mia = await open_gate.user("mia")
    name = 'throughline_rate_limited_total{scope="login"}'
    before = (await open_gate.scrape()).get(name, 0)
    for _ in range(8):
        await open_gate.http.post("/auth/login", json={"email": "mia@acme.test", "password": "wrong"})

    assert mia.token
    assert (await open_gate.scrape())[name] > before


async def test_a_socket_ends_with_its_token(open_gate: Gate) -> None:
    class Late:
        """The clock of somebody who signed a token 299 seconds ago."""

        def now(self) -> int:
            return open_gate.parts.clock.now() - 298_500

        def monotonic(self) -> float:
            return 0.0

        async def sleep(self, seconds: float) -> None:
            raise AssertionError("nobody sleeps by this clock")

    mia = await open_gate.user("mia")
    known = Tokens(SECRET.encode(), open_gate.parts.clock).read(mia.token)
    assert isinstance(known, Caller)
    old, _ = Tokens(SECRET.encode(), Late()).mint(known)
    async with mia.connect(hello=False) as tab:
        await tab.send(t="hello", token=old)
        assert (await tab.next())["t"] == "welcome"
        assert await tab.closed() == 4003


async def test_readyz_says_503_while_everyone_is_sent_away(open_gate: Gate) -> None:
    mia = await open_gate.user("mia")
    async with mia.connect() as tab, httpx2.AsyncClient(base_url=open_gate.url, trust_env=False) as kept:
        assert (await kept.get("/readyz?verbose")).status_code == 200
        open_gate.server.should_exit = True
        assert (await tab.until(t="bye"))["reason"] == "drain"
        refused = await kept.get("/readyz?verbose")
        assert refused.status_code == 503
        assert "[-]sockets draining" in refused.text
        assert await tab.closed() == 4000


async def test_the_self_check_streams_and_leaves_nothing(open_gate: Gate) -> None:
    parts = open_gate.parts

    async def hashed(password: str) -> str:
        return await asyncio.to_thread(parts.passwords.hash_now, password)

    checked = await self_check(open_gate.url, parts.store, parts.clock, parts.ids, hashed)
    assert checked.problem == ""
    assert checked.first_token is not None
    assert {t.slug for t in await parts.store.read(lambda tx: tx.people.tenants())} == {"acme", "rival"}
    nobody = await self_check("http://127.0.0.1:9", parts.store, parts.clock, parts.ids, hashed)
    assert nobody.first_token is None
    assert nobody.problem.startswith("the door did not open")


async def test_the_self_check_says_that_no_model_answers(tmp_path: Path) -> None:
    async with gate(tmp_path, model=False) as opened:
        parts = opened.parts

        async def hashed(password: str) -> str:
            return await asyncio.to_thread(parts.passwords.hash_now, password)

        checked = await self_check(opened.url, parts.store, parts.clock, parts.ids, hashed)
        assert (checked.first_token, checked.problem) == (None, "the turn ended failed: no_model")


@pytest.mark.parametrize("path", ["fast", "asgi"])
async def test_watchers_a_late_joiner_and_a_fresh_read_agree_to_the_byte(path: str, tmp_path: Path) -> None:
    async with gate(tmp_path, path) as opened:
        mia, ana = await opened.user("mia"), await opened.user("ana", role="operator")
        for seed in range(20):
            chance = random.Random(seed)
            where = await mia.start()
            there = [Watcher(mia, where, chance), Watcher(mia, where, random.Random(-seed)), Watcher(ana, where)]
            for watcher in there:
                await watcher.joined.wait()
            for n in range(chance.randrange(1, 3)):
                await mia.post(where, f"🙂 question {n} [[tokens:{chance.randrange(20, 90)}]]")
            await there[2].shown(chance.randrange(1, 60))
            late = Watcher(mia, where, chance)
            head = await _over(opened, mia, where)
            views = [await watcher.at(head) for watcher in (*there, late)]

            async with mia.connect() as reader:
                fresh = View()
                await reader.send(t="watch", c=where, after=0)
                while fresh.seq < head:
                    frame = await reader.raw.recv()
                    fresh = fold(fresh, frame) if '"t":"event"' in frame else fresh
            assert {as_json(view) for view in (*views, fresh)} == {as_json(fresh)}, seed
            assert fresh.open is None
            for watcher in (*there, late):
                await watcher.close()


async def _over(opened: Gate, mia: User, where: str) -> int:
    """The head once nobody writes any more: no turn is open, and every answer has arrived."""
    async with asyncio.timeout(30):
        while True:
            answering = await opened.open_turn(where)
            log = await mia.log(where)
            answers = {
                e["body"]["id"] for e in log if e["kind"] == "message" and e["body"]["author"]["kind"] == "agent"
            }
            delivered = [e for e in log if e["kind"] == "delivery" and e["body"]["state"] == "delivered"]
            arrived = {message for e in delivered for message in e["body"]["messages"]}
            if answering is None and answers and answers <= arrived:
                return len(log)
            await asyncio.sleep(0.02)
