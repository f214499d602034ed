"""`backup`, `restore` and `verify` as typed: beside a gateway that runs, and in words where it does not work."""

import asyncio
import signal
import sqlite3
from pathlib import Path

import pytest

from tests.store.template import fresh
from throughline.app import SystemClock, TimedIds
from throughline.command.accounts import NewUser, create_tenant, create_user
from throughline.conversation.policy import Policy
from throughline.identity.passwords import Passwords
from throughline.store.sqlite import open_sqlite

from .program import Program

PASSWORD = "a long enough password"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    made = Program(tmp_path)
    fresh(tmp_path / "data")
    return made


async def inhabited(folder: Path) -> None:
    """An organisation, and Ana's sign-in."""
    passwords = Passwords(memory_kib=64)
    store = await open_sqlite(folder, SystemClock(), lambda _: None)

    async def hashed(password: str) -> str:
        return passwords.hash_now(password)

    await create_tenant(store, SystemClock(), TimedIds(), "acme", "", Policy())
    ana = NewUser("acme", "ana@acme.test", "Ana", "customer", PASSWORD)
    await create_user(store, SystemClock(), TimedIds(), hashed, ana)
    await store.close()
    passwords.close()


def test_a_backup_beside_a_gateway_and_a_restore_once_it_has_stopped(program: Program) -> None:
    data = program.folder / "data"
    asyncio.run(inhabited(data))
    with program.running() as process:
        ana = program.sign_in("ana@acme.test", PASSWORD)
        talk = program.ask("POST", "/conversations", headers=ana, json={})["id"]
        program.ask("POST", f"/conversations/{talk}/messages", headers=ana, json={"id": "m1", "text": "Keep this."})
        backup = program.run("backup", "kept")
        program.ask("POST", f"/conversations/{talk}/messages", headers=ana, json={"id": "m2", "text": "Too late."})
        epoch = program.ask("GET", f"/conversations/{talk}/events", headers=ana)["epoch"]
        verified = program.run("verify")
        refused = program.run("restore", "kept", "--replace")
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    restored = program.run("restore", "kept", "--replace")

    assert backup.returncode == verified.returncode == restored.returncode == 0, backup.stderr + verified.stdout
    assert "1 conversations" in backup.stdout
    assert "THROUGHLINE_SECRET is not in it" in backup.stdout
    assert "nothing is wrong" in verified.stdout
    assert refused.returncode == 1
    assert "is in use by process" in refused.stderr
    assert "before-" in restored.stdout
    with sqlite3.connect(data / "throughline.db") as raw:
        assert {"m1"} == {name for (name,) in raw.execute("SELECT id FROM messages WHERE id IN ('m1', 'm2')")}
        assert raw.execute("SELECT value FROM meta WHERE name = 'epoch'").fetchone() != (epoch,)


def test_what_is_wrong_ends_with_1_and_says_which(program: Program) -> None:
    with sqlite3.connect(program.folder / "data/throughline.db") as raw:
        raw.execute("INSERT INTO conversations VALUES ('a', 'c', NULL, 'x', 'active', '', 5, 1, 1, '', '', 'auto')")
    found = program.run("verify", "data")
    nothing = program.run("verify", "nowhere")
    none = program.run("restore", "nowhere")

    assert found.returncode == nothing.returncode == none.returncode == 1
    assert "head 5, but 0 events" in found.stdout
    assert "names nothing in tenants" in found.stdout
    assert "There is no folder nowhere" in nothing.stderr
    assert "There is no nowhere" in none.stderr
    assert "Traceback" not in found.stderr + nothing.stderr + none.stderr
