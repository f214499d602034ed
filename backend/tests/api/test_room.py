"""Too much at one time: refused at once and in words, and nothing stays held."""

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import pytest

from throughline.api.room import CROWDED, FEW, LARGE, LATE, Room

from .house import House, house, problem


def test_what_is_taken_is_counted_and_large_bodies_leave_half_to_the_others() -> None:
    room = Room(works=2, bodies=100)

    assert [room.take(60, LARGE + 1), room.take(50, LARGE + 1), room.take(60, LARGE), room.take(41, LARGE)] == [
        False, True, False, True,
    ]  # fmt: skip
    assert [room.enter(), room.full, room.enter(), room.full, room.enter()] == [True, False, True, True, False]
    room.give(50)
    room.leave()
    assert (room.taken, room.at_work, room.full) == (41, 1, False)


def test_who_is_late_takes_few_until_it_is_quick_again() -> None:
    room = Room()
    for _ in range(FEW + 1):
        assert room.enter()
    room.leave(LATE + 0.1)
    assert not room.enter()
    # What waits for something else says nothing about it.
    room.leave(None)
    assert room.enter()
    assert not room.enter()
    room.leave(LATE / 2)
    assert [room.enter() for _ in range(100)] == [True] * 100


async def test_where_there_is_no_place_everything_but_health_is_sent_away(tmp_path: Path) -> None:
    room = Room(works=0)
    async with house(tmp_path / "data", room=room) as home:
        answers = {
            path: await home.http.request(method, path, json={} if method == "POST" else None)
            for method, path in (
                ("POST", "/api/v1/auth/login"), ("POST", "/api/v1/channels/slack/webhook/acc"),
                ("GET", "/api/v1/conversations"), ("GET", "/livez"), ("GET", "/readyz"), ("GET", "/health"),
            )
        }  # fmt: skip

    assert [a.status_code for a in answers.values()] == [503, 503, 503, 200, 200, 200]
    for answer in [*answers.values()][:3]:
        assert problem(answer)["code"] == CROWDED.code
        assert answer.headers["retry-after"] == "1"


async def test_bytes_over_the_bound_are_refused_and_nothing_stays_held(tmp_path: Path) -> None:
    room = Room(bodies=1_000)
    async with house(tmp_path / "data", room=room) as home:

        async def knock(size: int, pieces: int = 1) -> httpx2.Response:
            async def body() -> Any:
                for _ in range(pieces):
                    yield b"x" * (size // pieces)

            return await home.http.post("/api/v1/channels/slack/webhook/nobody", content=body())

        answers = [await knock(1_001), await knock(1_200, 3), await knock(900), await knock(900, 3)]
        together = await asyncio.gather(*(knock(600, 3) for _ in range(8)))

    assert [a.status_code for a in answers] == [503, 503, 404, 404]
    assert {a.status_code for a in together} <= {404, 503}
    assert (room.taken, room.at_work) == (0, 0)


async def test_a_request_that_fails_gives_its_place_back(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(type(home.door.receive), "start", broken)
    headers = await home.bearer("customer@demo.test")
    answer = await home.http.post("/api/v1/conversations", headers=headers, json={})

    assert answer.status_code == 500
    assert (home.door.room.taken, home.door.room.at_work) == (0, 0)
