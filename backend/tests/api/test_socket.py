"""The socket against a real server, the same on both frame paths, with real clients."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import websockets

from tests.api.world import ANA, BEN, DEMO, KOFI, MAYA, World, caller, world
from throughline.api import inbox
from throughline.api.sockets import Sockets
from throughline.channels.web.session import Bounds
from throughline.conversation.ids import MessageId
from throughline.conversation.records import Caller
from throughline.live import queue


@pytest.fixture(params=["fast", "asgi"])
def path(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def small(path: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, path) as it:
        yield it


def _id() -> str:
    return str(uuid.uuid4())


async def _until(fact: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not fact():  # noqa: ASYNC110 - the other end is a socket
            await asyncio.sleep(0.01)


async def test_a_message_is_acked_and_reaches_both_tabs(small: World) -> None:
    c = await small.start()
    async with small.signed_in() as one, small.signed_in() as two:
        await one.watch(c)
        await two.watch(c)
        name = _id()
        await one.send(t="say", c=c, id=name, text="hello")
        frames = [await one.next(), await one.next()]
        ack = next(f for f in frames if f["t"] == "ack")
        event = await two.until("event")
        assert {f["t"] for f in frames} == {"ack", "event"}
        assert ack == {"t": "ack", "id": name, "c": c, "seq": event["seq"]}
        assert (event["body"]["text"], event["body"]["id"]) == ("hello", name)


async def test_the_same_id_again_is_acked_again_and_other_words_are_refused(small: World) -> None:
    c = await small.start()
    async with small.signed_in() as tab:
        name = _id()
        for _ in range(2):
            await tab.send(t="say", c=c, id=name, text="hello")
            assert (await tab.next())["seq"] == 3
        await tab.send(t="say", c=c, id=name, text="other")
        nack = await tab.next()
        assert (nack["t"], nack["id"], nack["code"]) == ("nack", name, "id_reused")


async def test_messages_of_one_conversation_are_kept_in_the_order_they_were_sent(small: World) -> None:
    c = await small.start()
    async with small.signed_in() as tab:
        names = [_id() for _ in range(60)]
        for name in names:
            await tab.send(t="say", c=c, id=name, text=name)
        acks = [await tab.until("ack") for _ in names]
        assert [a["id"] for a in acks] == names
        assert [a["seq"] for a in acks] == list(range(3, 63))


async def test_a_store_that_is_down_is_a_nack_never_an_ack(small: World) -> None:
    c = await small.start()
    small.store_is_down = True
    async with small.signed_in() as tab:
        await tab.send(t="say", c=c, id="i1", text="hello")
        nack = await tab.next()
        assert (nack["t"], nack["id"], nack["code"]) == ("nack", "i1", "busy")
        assert nack["retry_after"] > 0


async def test_a_resume_gives_what_was_missed_in_order_and_then_live(small: World) -> None:
    c = await small.start()
    await small.append_many(c, 20)
    async with small.connect() as tab:
        resume = [{"c": c, "epoch": small.store.epoch, "seq": 5}, {"c": "nowhere", "epoch": "e", "seq": 1}]
        await tab.send(t="hello", ticket=small.ticket(), resume=resume)
        assert (await tab.next())["t"] == "welcome"
        watching = await tab.next()
        assert watching == {
            "t": "watching", "c": c, "epoch": small.store.epoch, "head": 22, "after": 5, "recovered": True,
        }  # fmt: skip
        assert [(await tab.until("event"))["seq"] for _ in range(17)] == list(range(6, 23))
        nack = await tab.next()
        assert (nack["t"], nack["of"], nack["c"], nack["code"]) == ("nack", "watch", "nowhere", "unknown_conversation")
        await small.append(c, "live")
        assert (await tab.next())["seq"] == 23


async def test_another_epoch_is_not_recovered_and_a_new_watch_is(small: World) -> None:
    c = await small.start()
    async with small.connect() as tab:
        await tab.send(t="hello", ticket=small.ticket(), resume=[{"c": c, "epoch": "restored", "seq": 1}])
        assert (await tab.until("watching"))["recovered"] is False
        frames = await tab.watch(c)
        assert [f["seq"] for f in frames[1:]] == [1, 2]


async def test_a_late_joiner_gets_the_text_so_far_and_both_end_equal(small: World) -> None:
    c = await small.start()
    topic, message = (DEMO, c), MessageId("m1")
    async with small.signed_in() as one, small.signed_in() as two:
        await one.watch(c)
        small.live.begin(topic, message, 1, "")
        small.live.add(topic, message, "Héllo 😀")
        assert (await one.next())["text"] == "Héllo 😀"
        await two.watch(c)
        assert (await two.next()) == {
            "t": "snapshot", "c": c, "message": "m1", "attempt": 1, "at": 8, "text": "Héllo 😀",
        }  # fmt: skip
        small.live.add(topic, message, " and on")
        for tab in (one, two):
            delta = await tab.next()
            assert (delta["t"], delta["at"], delta["text"]) == ("delta", 8, " and on")
        await one.send(t="snap", c=c, message="m1")
        assert (await one.next())["text"] == "Héllo 😀 and on"
        await one.send(t="snap", c=c, message="m2")
        assert (await one.next())["code"] == "not_open"


@pytest.mark.parametrize("who", [BEN, KOFI])
async def test_strangers_and_unknown_ids_get_the_same_answer(small: World, who: Caller) -> None:
    c = await small.start(MAYA)
    async with small.signed_in(who) as tab:
        for t, more in (("watch", {}), ("snap", {"message": "m"}), ("typing", {}), ("got", {"seq": 1})):
            answers = []
            for name in (c, "nowhere"):
                await tab.send(t=t, c=name, **more)
                nack = await tab.next()
                answers.append({k: v for k, v in nack.items() if k != "c"})
            assert answers[0] == answers[1]
            assert (answers[0]["of"], answers[0]["code"]) == (t, "unknown_conversation")
        await tab.send(t="say", c=c, id="i1", text="hello")
        assert (await tab.next())["code"] == "unknown_conversation"


async def test_stop_is_acked_with_its_own_id(small: World) -> None:
    c = await small.start()
    async with small.signed_in() as tab:
        await tab.send(t="stop", c=c, id="s1", turn="t1")
        assert await tab.next() == {"t": "ack", "id": "s1", "c": c, "seq": 7}
        assert small.stops == [(c, "t1")]


async def test_typing_reaches_the_others_only(small: World) -> None:
    c = await small.start()
    async with small.signed_in() as tab, small.signed_in(ANA) as desk:
        await tab.watch(c)
        await desk.watch(c)
        await tab.send(t="typing", c=c)
        assert await desk.next() == {"t": "typing", "c": c, "name": "maya", "kind": "person"}
        await tab.send(t="snap", c=c, message="none")
        assert (await tab.next())["code"] == "not_open"


async def test_seen_is_written_seldom_and_told_to_the_persons_other_sockets(small: World) -> None:
    c = await small.start()
    seq = await small.append(c, "read me")
    async with small.signed_in() as one, small.signed_in() as two, small.signed_in(BEN) as ben:
        for n in range(1, seq + 1):
            await one.send(t="got", c=c, seq=n)
            await one.send(t="seen", c=c, seq=n)
        while (told := await two.until("seen"))["seq"] < seq:
            pass
        assert told == {"t": "seen", "c": c, "seq": seq}
        assert small.marks[-1] == (c, seq, seq)
        assert len(small.marks) < 2 * seq
        await ben.send(t="nope")
        assert (await ben.next())["t"] == "nack"


async def test_what_was_read_is_written_even_if_the_tab_is_closed_right_after(small: World) -> None:
    c = await small.start()
    seq = await small.append(c, "read me")
    async with small.signed_in() as one:
        await one.send(t="seen", c=c, seq=1)
        await one.send(t="seen", c=c, seq=seq)
    await _until(lambda: small.marks and small.marks[-1] == (c, seq, seq))


async def test_a_new_conversation_is_told_to_the_person_and_to_members(small: World) -> None:
    async with small.signed_in() as tab, small.signed_in(ANA) as desk, small.signed_in(BEN) as ben:
        c = await small.start()
        assert MAYA.person is not None
        inbox.tell_started(small.live, DEMO, MAYA.person, c)
        assert await tab.next() == {"t": "started", "c": c}
        assert await desk.next() == {"t": "started", "c": c}
        await ben.send(t="nope")
        assert (await ben.next())["t"] == "nack"


async def test_a_ticket_opens_one_socket(small: World) -> None:
    ticket = small.ticket()
    async with small.connect() as one, small.connect() as two:
        await one.send(t="hello", ticket=ticket)
        assert (await one.next())["user"] == {"id": "user-maya", "kind": "person", "role": "customer", "name": "maya"}
        await two.send(t="hello", ticket=ticket)
        assert await two.closed() == 4500


async def test_a_token_socket_ends_with_its_token_unless_it_is_renewed(small: World) -> None:
    now = small.clock.now()
    small.tokens.update(
        {
            "short": (MAYA, now + 700),
            "long": (MAYA, now + 60_000),
            "other": (BEN, now + 9_000),
        }
    )
    async with small.connect() as one, small.connect() as two, small.connect() as three:
        for tab in (one, two, three):
            await tab.send(t="hello", token="short")
            assert (await tab.next())["t"] == "welcome"
        await two.send(t="auth", token="long")
        await three.send(t="auth", token="other")
        assert await three.closed() == 4500
        assert await one.closed() == 4003
        await two.send(t="nope")
        assert (await two.next())["code"] == "unknown_type"


async def test_no_hello_closes_4502(path: str, tmp_path: Path) -> None:
    async with world(tmp_path, path, session_bounds=Bounds(hello_within=0.1)) as small, small.connect() as tab:
        assert await tab.closed() == 4502


async def test_another_version_closes_4503(small: World) -> None:
    async with small.connect(subprotocols=None) as tab:
        assert await tab.closed() == 4503
    async with small.connect(subprotocols=["throughline.v9"]) as tab:
        assert await tab.closed() == 4503


@pytest.mark.parametrize("origin", ["http://evil.test", "http://own.test.evil.test", "http://own.test:81", "null"])
async def test_a_foreign_origin_is_refused_at_the_handshake(small: World, origin: str) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with small.connect(origin=origin):
            pass
    assert refused.value.response.status_code == 403


async def test_our_own_origin_and_none_are_fine(small: World) -> None:
    async with small.signed_in(origin="http://own.test"), small.signed_in():
        assert len(small.sockets) == 2
    await _until(lambda: len(small.sockets) == 0)


async def test_broken_frames_close_with_their_code(small: World) -> None:
    async with small.signed_in() as tab:
        await tab.raw.send(b"binary")
        assert await tab.closed() == 1003
    async with small.signed_in() as tab:
        await tab.raw.send("x" * 65_537)
        assert await tab.closed() == 1009
    async with small.signed_in() as tab:
        tab.raw.transport.write(b"\x81\x82\x00\x00\x00\x00\xff\xfe")
        assert await tab.closed() == 1007
    async with small.signed_in() as tab:
        tab.raw.transport.write(b"\x83\x80\x00\x00\x00\x00")
        assert await tab.closed() == 1002


async def test_the_largest_frame_is_taken(small: World) -> None:
    async with small.signed_in() as tab:
        frame = json.dumps({"t": "nope", "x": ""})
        await tab.raw.send(frame[:-2] + "x" * (65_536 - len(frame)) + '"}')
        assert (await tab.next())["code"] == "unknown_type"


async def test_bad_json_and_deep_nesting_leave_the_socket_open(small: World) -> None:
    c = await small.start()
    async with small.signed_in() as tab:
        for data in ("{", "[" * 5_000 + "]" * 5_000, '{"t":"say","c":"c","id":"i","text":"\\ud800"}', '{"t":"x"}'):
            await tab.raw.send(data)
            assert (await tab.next())["t"] == "nack"
        await tab.send(t="say", c=c, id="i1", text="still here")
        assert (await tab.next())["t"] == "ack"


async def test_a_flood_closes_1008_and_the_other_sockets_never_notice(small: World) -> None:
    c = await small.start()
    async with small.signed_in() as quiet, small.signed_in() as loud:
        await quiet.watch(c)
        for _ in range(30):
            await loud.raw.send("{")
        assert await loud.closed() == 1008
        await quiet.send(t="say", c=c, id="i1", text="hello")
        assert {(await quiet.next())["t"], (await quiet.next())["t"]} == {"ack", "event"}


async def test_a_reader_who_stalls_is_closed_as_slow_while_the_others_get_everything(path: str, tmp_path: Path) -> None:
    bounds = queue.Bounds(chunk=16_384, merge_at=65_536, hard_at=262_144)
    async with world(tmp_path, path, queue_bounds=bounds) as small:
        c = await small.start()
        async with small.signed_in() as good, small.signed_in(max_queue=1) as stalled:
            await good.watch(c)
            await stalled.send(t="watch", c=c)
            await stalled.until("watching")
            stalled.raw.transport.pause_reading()
            words = "x" * 60_000
            count = 0
            while len(small.sockets) == 2:
                await small.append(c, words)
                assert (await good.until("event"))["seq"] == 3 + count
                count += 1
            stalled.raw.transport.resume_reading()
            assert await stalled.closed() in {4001, 1006}


async def test_a_revoked_session_is_closed_at_once_and_only_that(small: World) -> None:
    other = caller(DEMO, "maya", session="session-elsewhere")
    async with small.signed_in() as one, small.signed_in() as two, small.signed_in(other) as three:
        assert small.sockets.close_session(MAYA.session) == 2
        assert await one.closed() == 4501
        assert await two.closed() == 4501
        await three.send(t="nope")
        assert (await three.next())["t"] == "nack"


async def test_drain_says_goodbye_with_spread_times_and_lets_nobody_in(small: World) -> None:
    async with small.signed_in() as one, small.signed_in() as two:
        draining = asyncio.ensure_future(small.sockets.drain(small.clock.sleep, window=0.1, spread=4.0))
        byes = [await one.next(), await two.next()]
        assert {b["after_ms"] for b in byes} == {0, 2_000}
        assert all(b["t"] == "bye" and b["reason"] == "drain" for b in byes)
        assert await one.closed() == 4000
        assert await two.closed() == 4000
        await draining
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with small.connect():
            pass
    assert refused.value.response.status_code == 503


async def test_a_user_has_only_so_many_sockets_and_places_are_given_back(path: str, tmp_path: Path) -> None:
    async with world(tmp_path, path, sockets=Sockets(each=2, most=3)) as small:
        async with small.signed_in(), small.signed_in(), small.connect() as third:
            await third.send(t="hello", ticket=small.ticket())
            assert await third.closed() == 1008
            async with small.signed_in(BEN):
                with pytest.raises(websockets.InvalidStatus) as refused:
                    async with small.connect():
                        pass
                assert refused.value.response.status_code == 503
        await _until(lambda: len(small.sockets) == 0)
        async with small.signed_in(), small.signed_in():
            assert len(small.sockets) == 2


async def test_sockets_that_close_leave_nothing_behind(small: World) -> None:
    c = await small.start()
    for _ in range(5):
        async with small.signed_in() as tab:
            await tab.watch(c)
    await _until(lambda: len(small.sockets) == 0)
    assert small.live._rooms == {}
    assert small.sockets._of_session == {}
    assert small.sockets._of_user == {}
