"""Passwords: right is right, everything else looks and takes the same, and nobody fills the line."""

import asyncio
import threading

import pytest

from throughline.identity.passwords import MAX_BYTES, Passwords, TooBusy


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(memory_kib=64)


async def test_only_the_right_password_is_right(passwords: Passwords) -> None:
    known = passwords.hash_now("correct horse")

    assert known.startswith("$argon2id$")
    assert await passwords.verify(known, "correct horse")
    for wrong in ("correct horse ", "", "Correct horse", "correct horse\x00"):
        assert not await passwords.verify(known, wrong)


async def test_the_same_password_has_another_hash_each_time(passwords: Passwords) -> None:
    assert passwords.hash_now("x") != passwords.hash_now("x")


@pytest.mark.parametrize("password", ["", "anything", "nobody has this password", "\ud800", "x" * 5000])
async def test_nobody_has_a_password(passwords: Passwords, password: str) -> None:
    assert not await passwords.verify(None, password)


async def test_a_stranger_costs_one_hash_like_a_user(passwords: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    real = type(passwords._argon).verify

    def counted(argon: object, known: str, password: str) -> bool:
        hashed.append(known[:40])
        return real(argon, known, password)  # type: ignore[arg-type]

    monkeypatch.setattr(type(passwords._argon), "verify", counted)
    known = passwords.hash_now("right")
    await passwords.verify(known, "wrong")
    await passwords.verify(None, "wrong")
    await passwords.verify(None, "x" * 9000)

    assert len(hashed) == 3
    assert len({h.rsplit("$", 1)[0] for h in hashed}) == 1


async def test_a_hash_that_is_none_is_wrong_and_not_an_accident(passwords: Passwords) -> None:
    assert not await passwords.verify("plain", "plain")


def test_a_password_that_is_too_long_cannot_be_set(passwords: Passwords) -> None:
    passwords.hash_now("x" * MAX_BYTES)
    with pytest.raises(ValueError, match="1024 bytes"):
        passwords.hash_now("é" * MAX_BYTES)


async def test_only_so_many_wait_and_the_rest_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = Passwords(at_once=1, waiting=2, memory_kib=64)
    go = threading.Event()
    real = Passwords._verify

    def slow(self: Passwords, known: str | None, password: str) -> bool:
        assert go.wait(10)
        return real(self, known, password)

    monkeypatch.setattr(Passwords, "_verify", slow)
    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(passwords.verify(None, "x")) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(TooBusy):
            await passwords.verify(None, "x")
        go.set()

    assert [t.result() for t in waiting] == [False] * 3
    assert not await passwords.verify(None, "x")
