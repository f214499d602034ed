"""A full disk, seen from outside: what comes is refused in words, what is there is read, and it heals by itself."""

import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from .house import problem
from .webhooking import Knocking, event, knocking
from .world import MAYA, world

PNG = b"\x89PNG\r\n\x1a\n" + bytes(60_000)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB, where this user may mount one."""
    if os.geteuid() != 0:
        pytest.fail("run this as root (it mounts a 4 MB tmpfs): sudo -E .venv/bin/pytest tests/api/test_full_disk.py")
    where = tmp_path / "disk"
    where.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", where], check=True)
    yield where
    subprocess.run(["umount", where], check=True)


@pytest.fixture
async def slack(small_disk: Path) -> AsyncIterator[Knocking]:
    """The door, its data on the small disk."""
    async with knocking(small_disk / "data") as inside:
        yield inside


def fill(disk: Path) -> Path:
    """Take all the room that is left; what to take away again."""
    ballast = disk / "ballast"
    free = os.statvfs(disk)
    ballast.write_bytes(b"x" * (free.f_bavail * free.f_frsize))
    return ballast


def refused(answer: httpx2.Response) -> bool:
    """Sent away for now, with what to do; else kept."""
    if answer.status_code in {200, 201}:
        return False
    document = problem(answer)
    assert (answer.status_code, document["code"]) == (503, "busy"), answer.text
    assert document["hint"]
    assert int(answer.headers["retry-after"]) >= 1
    return True


async def test_a_full_disk_refuses_at_every_entrance_says_so_and_heals(slack: Knocking, small_disk: Path) -> None:
    home = slack.home
    ana = await home.bearer("customer@demo.test")
    where = await home.talk(ana, "before")
    path = f"/api/v1/conversations/{where}"

    async def say(n: int) -> httpx2.Response:
        message = {"id": f"m{n}", "text": "x" * 1_900}
        return await home.http.post(f"{path}/messages", headers=ana, json=message)

    ballast = fill(small_disk)
    kept = ["before"]
    for n in range(200):
        if refused(await say(n)):
            break
        kept.append("x" * 1_900)
    else:
        pytest.fail("the disk never was full")
    upload = await home.http.post(
        f"{path}/files", params={"name": "a.png"}, content=PNG, headers=ana | {"content-type": "image/png"}
    )
    ready, alive = await home.http.get("/readyz?verbose"), await home.http.get("/livez")
    webhook = await slack.knock(event("Hello from Slack"))
    page = await home.http.get(f"{path}/events", headers=ana, params={"limit": 500})
    ballast.unlink()
    healed, again = await say(10_000), await slack.knock(event("Hello from Slack"))

    assert refused(upload)
    assert refused(webhook)
    assert (ready.status_code, ready.text.splitlines()[0]) == (503, "[-]store the disk is full")
    assert alive.status_code == 200
    assert texts(page) == kept
    assert (healed.status_code, again.status_code) == (201, 200)
    assert (await home.http.get("/readyz")).status_code == 200
    assert ("demo", "Hello from Slack") in await slack.said()
    assert not list((small_disk / "data").rglob("*.half"))


def texts(page: httpx2.Response) -> list[str]:
    """What was said, in order."""
    items: list[dict[str, Any]] = page.json()["items"]
    return [item["body"]["text"] for item in items if item["kind"] == "message"]


async def test_a_socket_is_told_to_try_again_and_does(small_disk: Path) -> None:
    async with world(small_disk / "data") as small:
        where = await small.start()
        async with small.signed_in(MAYA) as client:
            await client.watch(where)
            ballast = fill(small_disk)
            answers = []
            for n in range(200):
                await client.send(t="say", c=where, id=f"i{n}", text="x" * 1_900)
                while (answer := await client.next())["t"] not in {"ack", "nack"}:
                    pass
                answers.append(answer)
                if answer["t"] == "nack":
                    break
            during = small.store.health()
            ballast.unlink()
            await client.send(t="say", c=where, id=answers[-1]["id"], text="x" * 1_900)
            while (again := await client.next())["t"] not in {"ack", "nack"}:
                pass

    assert (answers[-1]["t"], answers[-1]["code"]) == ("nack", "busy")
    assert answers[-1]["retry_after"] > 0
    assert during == "the disk is full"
    assert (again["t"], again["id"]) == ("ack", answers[-1]["id"])


async def test_a_read_only_store_says_so_and_heals(slack: Knocking) -> None:
    home = slack.home
    ana = await home.bearer("customer@demo.test")
    where = await home.talk(ana, "before")
    writing = home.store._writer._link.raw
    writing.execute("PRAGMA query_only=ON")
    message = {"id": "m1", "text": "Hello"}
    said = await home.http.post(f"/api/v1/conversations/{where}/messages", headers=ana, json=message)
    ready = await home.http.get("/readyz?verbose")
    webhook = await slack.knock(event("Hello from Slack"))
    writing.execute("PRAGMA query_only=OFF")
    healed = await home.http.post(f"/api/v1/conversations/{where}/messages", headers=ana, json=message)

    assert refused(said)
    assert refused(webhook)
    assert ready.text.splitlines()[0] == "[-]store the database is read-only"
    assert healed.status_code == 201
