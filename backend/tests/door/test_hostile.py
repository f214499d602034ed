"""Whoever sends rubbish gets the documented answer; three others, who follow a steady stream, never notice."""

import asyncio
import itertools
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest
import websockets

from throughline import observe
from throughline.conversation.events import Author, Message
from throughline.conversation.ids import ConversationId, MessageId

from .gate import Gate, Socket, User, dial, gate

#: Seconds between two events of the steady stream, and how late the slowest per cent may be beyond a quiet time's.
EVERY, LATER = 0.02, 0.25


class Stranger:
    """Who misbehaves: a customer of the other organisation, and a conversation that is not theirs."""

    def __init__(self, there: Gate, user: User, foreign: str) -> None:
        self.there, self.user, self.foreign = there, user, foreign


async def nacked(socket: Socket, code: str, *frames: str) -> None:
    """Each frame is answered so, and the socket goes on."""
    for frame in frames:
        await socket.raw.send(frame)
        answer = await socket.next()
        assert (answer["t"], answer["code"]) == ("nack", code), frame[:80]
    where = "00000000-0000-7000-8000-00000000abcd"
    await socket.send(t="watch", c=where)
    assert await socket.next() == {
        "t": "nack", "code": "unknown_conversation", "of": "watch", "c": where,
        "detail": "There is no such conversation here. Open one from your list, or start a new one.",
    }  # fmt: skip


async def too_big(who: Stranger) -> None:
    async with who.user.connect() as socket:
        await socket.raw.send(json.dumps({"t": "say", "c": "c", "id": "i", "text": "x" * 65_536}))
        assert await socket.closed() == 1009


async def too_many_pieces(who: Stranger) -> None:
    async with who.user.connect() as socket:
        with suppress(websockets.ConnectionClosed):
            await socket.raw.send(itertools.repeat("x" * 400, 400))
        assert await socket.closed() == 1009


async def binary(who: Stranger) -> None:
    async with who.user.connect() as socket:
        await socket.raw.send(b"\x00\x01\xff")
        assert await socket.closed() == 1003


async def not_utf8(who: Stranger) -> None:
    async with who.user.connect() as socket:
        await socket.raw.send(b'{"t":"\xff\xfe"}', text=True)
        assert await socket.closed() == 1007


async def no_frames_at_all(who: Stranger) -> None:
    async with who.user.connect() as socket:
        socket.raw.transport.write(b"\xff" * 4_096)
        assert await socket.closed() == 1002


async def broken_json(who: Stranger) -> None:
    async with who.user.connect() as socket:
        await nacked(socket, "bad_json", "", "{", '{"t":"say",}', "\ufeff{}", "NaN", "nul")


async def deep_nesting(who: Stranger) -> None:
    async with who.user.connect() as socket:
        deep = "[" * 5_000 + "]" * 5_000
        for frame in (
            deep,
            f'{{"t":"say","c":{deep}}}',
            f'{{"t":"say","x":{deep}}}',
            '{"a":' * 5_000 + "1" + "}" * 5_000,
        ):
            await socket.raw.send(frame)
            answer = await socket.next()
            assert answer["t"] == "nack"
            assert answer["code"] in {"bad_json", "bad_frame"}
        await nacked(socket, "bad_json", "{")


async def characters(who: Stranger) -> None:
    async with who.user.connect() as socket:
        where = await who.user.start()
        await socket.until(t="started")
        say = '{"t":"say","c":"%s","id":"m-1","text":"%s"}'
        await nacked(socket, "bad_text", *(say % (where, bad) for bad in (r"\ud800", r"\udc00\ud800", r"a\u0000b")))
        assert [e["kind"] for e in await who.user.log(where)] == ["conversation_started", "bound"]


async def unknown_types(who: Stranger) -> None:
    async with who.user.connect() as socket:
        await nacked(socket, "unknown_type", '{"t":"shutdown"}', '{"t":""}', '{"t":"Say"}')
        await nacked(
            socket, "bad_frame", '{"t":7}', "[]", '"say"', "{}", "{} {}", '{"t":"say","c":1}', '{"t":"got","c":"c"}'
        )


async def hello_twice(who: Stranger) -> None:
    async with who.user.connect() as socket:
        await nacked(socket, "bad_frame", json.dumps({"t": "hello", "token": who.user.token}))


async def no_hello(who: Stranger) -> None:
    async with dial(who.there) as socket:
        begun = time.monotonic()
        assert await socket.closed() == 4502
        assert time.monotonic() - begun >= 4.9


async def words_before_hello(who: Stranger) -> None:
    async with dial(who.there) as socket:
        await socket.send(t="say", c=who.foreign, id="m-1", text="Hi")
        assert (await socket.next())["code"] == "no_hello"


async def another_version(who: Stranger) -> None:
    async with dial(who.there, subprotocols=["throughline.v9"]) as socket:
        assert await socket.closed() == 4503


async def foreign_origin(who: Stranger) -> None:
    for origin in ("http://evil.test", "null", f"http://127.0.0.1:{who.there.port}.evil.test"):
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with dial(who.there, origin=origin):
                pass
        assert refused.value.response.status_code == 403


async def foreign_ids(who: Stranger) -> None:
    async with who.user.connect() as socket:
        for kind, more in (
            ("say", {"id": "m-1", "text": "Hi"}), ("stop", {"id": "m-1", "turn": "t-1"}), ("watch", {"after": 0}),
            ("typing", {}), ("snap", {"message": "m-1"}), ("got", {"seq": 1}), ("seen", {"seq": 1}),
        ):  # fmt: skip
            answers = []
            for where in (who.foreign, "00000000-0000-7000-8000-00000000ffff"):
                await socket.send(t=kind, c=where, **more)
                answer = await socket.next()
                assert answer.pop("c") == where
                answers.append(answer)
            assert answers[0] == answers[1], kind
            assert answers[0]["code"] == "unknown_conversation"


async def used_ticket(who: Stranger) -> None:
    ticket = await who.user.ticket()
    async with dial(who.there) as first, dial(who.there) as second:
        await first.send(t="hello", ticket=ticket)
        assert (await first.next())["t"] == "welcome"
        await second.send(t="hello", ticket=ticket)
        assert await second.closed() == 4500


async def forged_token(who: Stranger) -> None:
    head, body, _ = who.user.token.split(".")
    for token in (f"{head}.{body}.", f"{head}.{body}.AAAA", "", "x" * 60_000, "a.b.c"):
        async with dial(who.there) as socket:
            await socket.send(t="hello", token=token)
            assert await socket.closed() == 4500


async def flood(who: Stranger) -> None:
    async with who.user.connect() as socket:
        with suppress(websockets.ConnectionClosed):
            for _ in range(2_000):
                await socket.raw.send('{"t":"typing","c":"nowhere"}')
        assert await socket.closed() == 1008


async def raw(there: Gate, *pieces: bytes) -> bytes:
    """What comes back for bytes, until the other side closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", there.port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        return await asyncio.wait_for(reader.read(), 15)
    except (ConnectionError, BrokenPipeError):
        return b""
    finally:
        writer.close()


async def http_heads(who: Stranger) -> None:
    many = b"".join(b"x-%d: %s\r\n" % (n, b"y" * 200) for n in range(200))
    one = b"x: " + b"y" * 20_000 + b"\r\n"
    address = b"/" + b"a" * 20_000
    for head in (b"GET / HTTP/1.1\r\n" + many, b"GET / HTTP/1.1\r\n" + one, b"GET " + address + b" HTTP/1.1\r\n"):
        assert (await raw(who.there, head + b"\r\n")).startswith((b"HTTP/1.1 431", b"HTTP/1.1 400"))
    endless = [b"GET / HTTP/1.1\r\nx: "] + [b"y" * 65_536] * 20
    assert (await raw(who.there, *endless))[:12] in {b"HTTP/1.1 431", b""}
    assert (await raw(who.there, b"\x16\x03\x01\x02\x00\x01\x00" * 50)).startswith(b"HTTP/1.1 400")
    fits = b"GET /livez HTTP/1.1\r\nhost: h\r\nconnection: close\r\nx: " + b"y" * 15_000 + b"\r\n\r\n"
    assert (await raw(who.there, fits)).startswith(b"HTTP/1.1 200")


async def http_bodies(who: Stranger) -> None:
    path = f"/conversations/{who.foreign}/messages"
    for body, status in (
        (b"x" * 262_145, 413), (b"{", 400),
        (b'{"id":"m","text":"a","x":' + b"[" * 5_000, 400), (b'{"id":"m","text":"\\ud800"}', 422),
        (b'{"id":"m","text":"a\\u0000"}', 422), (b'{"id":"m","text":"Hi"}', 404), (b"\xff", 400), (b"", 415),
    ):  # fmt: skip
        kind = {"content-type": "application/json"} if body else {}
        answer = await who.there.http.post(path, content=body, headers={**who.user.headers, **kind})
        assert answer.status_code == status, body[:40]
        assert answer.headers["content-type"] == "application/problem+json"
        assert "Traceback" not in answer.text


ATTACKS: tuple[Callable[[Stranger], Awaitable[None]], ...] = (
    too_big, too_many_pieces, binary, not_utf8, no_frames_at_all, broken_json, deep_nesting, characters, unknown_types,
    hello_twice, no_hello, words_before_hello, another_version, foreign_origin, foreign_ids, used_ticket, forged_token,
    flood, http_heads, http_bodies,
)  # fmt: skip


class Innocent:
    """Follows a conversation, counts, and takes the time that each event was on its way."""

    def __init__(self, user: User, where: str) -> None:
        self.user, self.where = user, where
        self.late: list[float] = []
        self.seq = 2
        self.there, self.moved = asyncio.Event(), asyncio.Event()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until what was received is so."""
        async with asyncio.timeout(10):
            while not holds():
                self.moved.clear()
                await self.moved.wait()

    async def follow(self) -> None:
        async with self.user.connect() as socket:
            await socket.send(t="watch", c=self.where, after=2)
            await socket.until(t="watching")
            self.there.set()
            async for raw_frame in socket.raw:
                frame = json.loads(raw_frame)
                assert frame["t"] == "event", frame
                assert frame["seq"] == self.seq + 1, "no gap, nothing twice"
                self.seq += 1
                self.late.append(time.monotonic() - float(frame["body"]["text"]))
                self.moved.set()


async def stream(there: Gate, innocents: list[Innocent]) -> None:
    """An event for each of them, steadily, by the log itself."""
    store = there.parts.store
    tenant = next(t.id for t in await store.read(lambda tx: tx.people.tenants()) if t.slug == "acme")
    for n in itertools.count():
        for innocent in innocents:
            body = Message(MessageId(f"s-{n}"), Author("agent", "A"), "web", str(time.monotonic()))
            where = ConversationId(innocent.where)
            await store.write(lambda tx, body=body, where=where: tx.log.append(tenant, where, 1, body))  # type: ignore[misc]
        await asyncio.sleep(EVERY)


def p99(late: list[float]) -> float:
    """The slowest per cent begins here."""
    return sorted(late)[int(len(late) * 0.99)]


@pytest.mark.parametrize("path", ["fast", "asgi"])
async def test_bad_input_gets_its_answer_and_nobody_else_notices(path: str, tmp_path: Path) -> None:
    async with gate(tmp_path, path) as there:
        users = [await there.user(name) for name in ("mia", "noa", "lou")]
        innocents = [Innocent(user, await user.start()) for user in users]
        evil = await there.user("eve", "rival")
        following = [observe.spawn(innocent.follow(), "innocent") for innocent in innocents]
        for innocent in innocents:
            await innocent.there.wait()
        streaming = observe.spawn(stream(there, innocents), "stream")
        await innocents[0].until(lambda: len(innocents[0].late) >= 50)
        quiet = max(p99(innocent.late) for innocent in innocents)

        who = Stranger(there, evil, innocents[0].where)
        slow = observe.spawn(no_hello(who), "no hello")
        for attack in ATTACKS:
            if attack is not no_hello:
                before = len(innocents[0].late)
                await asyncio.wait_for(attack(who), 60)
                await innocents[0].until(lambda before=before: len(innocents[0].late) >= before + 2)  # type: ignore[misc]
        await slow

        streaming.cancel()
        await asyncio.wait({streaming})
        heads = [len(await user.log(innocent.where)) for user, innocent in zip(users, innocents, strict=True)]
        for innocent, head in zip(innocents, heads, strict=True):
            await innocent.until(lambda innocent=innocent, head=head: innocent.seq == head)  # type: ignore[misc]
        assert not any(task.done() for task in following), "they are still connected"
        assert max(p99(innocent.late) for innocent in innocents) <= quiet + LATER
        for task in following:
            task.cancel()
        await asyncio.wait(following)

        # And it still answers, the one who misbehaved included.
        for user in (users[0], evil):
            where = await user.start()
            async with user.connect() as socket:
                await socket.send(t="watch", c=where, after=0)
                await socket.send(t="say", c=where, id="after", text="Still there? [[tokens:10]]")
                assert (await socket.until(t="ack"))["id"] == "after"
                assert (await socket.until(t="event", kind="turn_ended"))["body"]["outcome"] == "completed"
