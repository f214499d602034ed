"""`backup`, `restore` and `verify` as typed: beside a gateway that runs, and in words where it does not work."""

import signal
import sqlite3
from pathlib import Path

import httpx2
import pytest

from tests.store.template import fresh

from .program import Program

PASSWORD = "a long enough password"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    made = Program(tmp_path)
    fresh(tmp_path / "data")
    return made


def test_a_backup_beside_a_gateway_and_a_restore_once_it_has_stopped(program: Program) -> None:
    program.run("tenant", "create", "acme")
    program.run("user", "create", "ana@acme.test", "--tenant", "acme", given=PASSWORD)
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
    full = program.run("restore", "kept")
    restored = program.run("restore", "kept", "--replace")
    again = program.run("backup", "kept")
    with program.running():
        # Whoever was signed in signs in again.
        old = httpx2.get(f"{program.url}/api/v1/conversations", headers=ana, trust_env=False)
        ana = program.sign_in("ana@acme.test", PASSWORD)
        page = program.ask("GET", f"/conversations/{talk}/events", headers=ana)

    assert backup.returncode == verified.returncode == restored.returncode == 0, backup.stderr + verified.stdout
    assert "1 conversations, 1 messages, 0 files" in backup.stdout
    assert "THROUGHLINE_SECRET is not in it" in backup.stdout
    assert "nothing is wrong" in verified.stdout
    assert (refused.returncode, full.returncode, again.returncode) == (1, 1, 1)
    assert "is in use by process" in refused.stderr
    assert "--replace" in full.stderr
    assert "is there already" in again.stderr
    assert "before-" in restored.stdout
    texts = [item["body"]["text"] for item in page["items"] if item["kind"] == "message"]
    assert "Keep this." in texts
    assert "Too late." not in texts
    assert page["epoch"] != epoch
    assert old.status_code in {200, 401}


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
