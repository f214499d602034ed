"""Seen from the kernel: what was said is in the log file, and the file is synced, before anybody is told so."""

import asyncio
import json
import os
import re
import shutil
import signal
from pathlib import Path

import httpx2
import websockets

from tests.command.program import Program, children

from .gate import PASSWORD
from .traced import EMAIL, KNOCKERS, furnished, knock

TRACED = "trace=fdatasync,fsync,pwrite64,sendto,write,writev,sendmsg"


async def say_over_socket(program: Program, token: str, where: str, name: str, text: str) -> None:
    """One `say`, acked."""
    address = program.url.replace("http", "ws", 1) + "/api/v1/socket"
    async with websockets.connect(address, subprotocols=["throughline.v1"], compression=None, proxy=None) as socket:  # type: ignore[list-item]
        await socket.send(json.dumps({"t": "hello", "token": token}))
        await socket.send(json.dumps({"t": "say", "c": where, "id": name, "text": text}))
        async for raw in socket:
            if json.loads(raw)["t"] == "ack":
                return


def calls(trace: Path) -> list[str]:
    """One line a call, where it ended: what was begun and resumed is put together at its end."""
    begun: dict[str, str] = {}
    found = []
    for line in trace.read_text(errors="replace").splitlines():
        pid, _, call = line.partition(" ")
        call = call.strip()
        if call.endswith("<unfinished ...>"):
            begun[pid] = call.removesuffix("<unfinished ...>")
        elif resumed := re.match(r"<\.\.\. \w+ resumed>(.*)", call):
            found.append(begun.pop(pid, "") + resumed[1])
        else:
            found.append(call)
    return found


def first(found: list[str], pattern: str, after: int = -1) -> int:
    """Where the first call of this form stands."""
    place = next((n for n, call in enumerate(found) if n > after and re.search(pattern, call)), None)
    assert place is not None, pattern
    return place


def test_the_sync_comes_before_the_ack_at_every_entrance(tmp_path: Path) -> None:
    assert shutil.which("strace"), "apt install strace"
    program = furnished(tmp_path)
    trace = tmp_path / "trace"
    with program.running("serve", "strace", "-f", "-y", "-s", "70000", "-e", TRACED, "-o", str(trace)) as process:
        headers = program.sign_in(EMAIL, PASSWORD)
        where = program.ask("POST", "/conversations", json={}, headers=headers)["id"]
        token = headers["Authorization"].removeprefix("Bearer ")
        asyncio.run(say_over_socket(program, token, where, "by-socket", "words-by-socket"))
        message = {"id": "by-http", "text": "words-by-http"}
        answer = httpx2.post(
            f"{program.url}/api/v1/conversations/{where}/messages", json=message, headers=headers, trust_env=False
        )  # fmt: skip
        assert answer.status_code == 201
        for form, one in KNOCKERS.items():
            assert knock(program, one, one.message(f"words-by-{form}")).status_code == 200
        (traced,) = children(process.pid)
        os.kill(traced, signal.SIGTERM)
        assert process.wait(30) == 0

    found = calls(trace)
    wal = r"<[^>]*throughline\.db-wal>"
    for name in ("by-socket", "by-http", *(f"by-{form}" for form in KNOCKERS)):
        kept = first(found, rf"^pwrite64\(\d+{wal}, .*words-{name}")
        synced = first(found, rf"^(fdatasync|fsync)\(\d+{wal}\)\s+= 0", kept)
        # A webhook's answer does not name what it answers: it is the next 200 after its words were written.
        answered = r'"HTTP/1\.1 200' if name.removeprefix("by-") in KNOCKERS else name
        told = first(found, rf"^(sendto|write|writev|sendmsg)\(\d+<.*{answered}", -1 if answered == name else kept)
        assert kept < synced < told, (name, kept, synced, told)
