"""A real installation by command, from the first tenant to a turn that says what is missing; and how it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from .program import Program, alive, children, until

PASSWORD = "a long enough password"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    made = Program(tmp_path)
    made.run("migrate")
    return made


def test_a_first_customer_signs_in_and_is_told_kindly_that_nobody_answers(program: Program) -> None:
    program.run("tenant", "create", "acme", "--name", "Acme")
    made = program.run("user", "create", "Mia@acme.test", "--tenant", "acme", "--name", "Mia", given=f"{PASSWORD}\n")
    assert made.returncode == 0, made.stderr
    with program.running() as process:
        assert "No model is configured" in program.printed()
        assert not children(process.pid), "no sandbox"
        ready = httpx2.get(f"{program.url}/readyz?verbose", trust_env=False)
        assert ready.status_code == 200
        assert "[!]model none is configured" in ready.text
        headers = program.sign_in("mia@acme.test", PASSWORD)
        where = program.ask("POST", "/conversations", json={}, headers=headers)["id"]
        kept = program.ask(
            "POST", f"/conversations/{where}/messages", json={"id": "m-1", "text": "Hello?"}, headers=headers
        )  # fmt: skip
        assert kept["seq"] == 3

        def log() -> list[dict[str, Any]]:
            page: dict[str, Any] = program.ask("GET", f"/conversations/{where}/events?after=0", headers=headers)
            found: list[dict[str, Any]] = page["items"]
            return found

        until(lambda: any(e["kind"] == "turn_ended" for e in log()))
        events = {e["kind"]: e["body"] for e in log()}
        assert (events["turn_ended"]["outcome"], events["turn_ended"]["reason"]) == ("failed", "no_model")
        assert "detail" not in events["turn_ended"]
        assert events["message"]["text"] == "I could not finish that answer. Please try again in a moment."
        assert "demo" not in program.ask("GET", "/about")["demo_users"]
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0
    assert "Traceback" not in program.printed()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_up_ends_with_0_and_leaves_nobody_behind(tmp_path: Path, number: signal.Signals) -> None:
    program = Program(tmp_path)
    with program.running("up") as process:
        family = children(process.pid)
        assert len(family) == 1
        # The terminal sends Ctrl-C to everybody in front of it.
        os.killpg(process.pid, number)
        assert process.wait(15) == 0
        until(lambda: not any(map(alive, family)), 5)
    assert "Traceback" not in program.printed()
    assert "KeyboardInterrupt" not in program.printed()


def test_the_sandbox_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = Program(tmp_path)
    with program.running("up") as process:
        (sandbox,) = children(process.pid)
        process.kill()
        process.wait(10)
        until(lambda: not alive(sandbox), 5)


def test_the_sandbox_ignores_the_terminals_ctrl_c_while_it_has_a_parent() -> None:
    command = [sys.executable, "-m", "sandbox"]
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdin is not None
        port = int(child.stdout.readline().split(b":")[1].strip(b" }\n"))
        child.send_signal(signal.SIGINT)
        assert httpx2.get(f"http://127.0.0.1:{port}/v1/models", trust_env=False).status_code == 200
        child.stdin.close()
        assert child.wait(10) == 0
        assert child.stderr.read() == b""


def test_a_sandbox_that_was_started_alone_ends_with_ctrl_c_without_a_word() -> None:
    command = [sys.executable, "-m", "sandbox"]
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[2], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        port = int(child.stdout.readline().split(b":")[1].strip(b" }\n"))
        until(lambda: _answers(port))
        child.send_signal(signal.SIGINT)
        assert child.wait(10) == 0
        assert child.stderr.read() == b""


def _answers(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/v1/models", trust_env=False).status_code == 200
    except httpx2.HTTPError:
        return False
