"""The command as it is typed: exit codes, and words that say what to do."""

import signal
import socket
import sqlite3
from pathlib import Path

import pytest

from .program import SECRET, Program

PASSWORD = "a long enough password"


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def test_config_shows_what_holds_and_masks_secrets(tmp_path: Path) -> None:
    secrets = {"THROUGHLINE_SCRAPE_TOKEN": "scrape-canary", "OPENAI_API_KEY": "key-canary"}
    shown = Program(tmp_path, **secrets).run("config")

    assert shown.returncode == 0, shown.stderr
    values = dict(line.split("=", 1) for line in shown.stdout.splitlines())
    assert values["THROUGHLINE_SECRET"] == values["THROUGHLINE_SCRAPE_TOKEN"] == values["OPENAI_API_KEY"] == "set"
    assert (values["THROUGHLINE_HOST"], values["OPENAI_MODEL"]) == ("127.0.0.1", "gpt-4o")
    for secret in (SECRET, *secrets.values()):
        assert secret not in shown.stdout + shown.stderr


def test_an_unknown_setting_ends_with_2_and_a_suggestion(tmp_path: Path) -> None:
    for verb in ("config", "serve", "up", "migrate"):
        asked = Program(tmp_path, THROUGHLINE_SECRT="x").run(verb)

        assert asked.returncode == 2
        assert "THROUGHLINE_SECRT is not a setting. Did you mean THROUGHLINE_SECRET?" in asked.stderr
        assert asked.stdout == ""


@pytest.mark.parametrize("port", ["no", "0", "-1", "65536"])
def test_a_port_that_is_none_ends_with_2(tmp_path: Path, port: str) -> None:
    asked = Program(tmp_path, PORT=port).run("serve")

    assert asked.returncode == 2
    assert "A setting cannot be read" in asked.stderr
    assert "Traceback" not in asked.stderr


@pytest.mark.parametrize("verb", ["serve", "up"])
def test_a_weak_secret_is_refused_and_one_is_offered(tmp_path: Path, verb: str) -> None:
    asked = Program(tmp_path, THROUGHLINE_SECRET="short").run(verb)

    assert asked.returncode == 2
    assert "THROUGHLINE_SECRET needs 32 characters" in asked.stderr
    assert "token_urlsafe" in asked.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_demo_users_are_not_served_where_others_can_reach(tmp_path: Path, host: str) -> None:
    for verb, settings in (("up", {}), ("serve", {"THROUGHLINE_DEMO": "1"}), ("seed", {})):
        asked = Program(tmp_path, THROUGHLINE_HOST=host, **settings).run(verb)

        assert asked.returncode == 2, verb
        assert "an address that others can reach" in asked.stderr
        assert not (tmp_path / "data").exists()


def test_a_store_without_migrations_is_not_served(program: Program) -> None:
    asked = program.run("serve")

    assert asked.returncode == 1
    assert "Run: throughline migrate" in asked.stderr


def test_migrate_and_seed_twice_give_the_same(program: Program) -> None:
    counts = []
    for _ in range(2):
        assert program.run("migrate").returncode == 0
        seeded = program.run("seed")
        assert (seeded.returncode, seeded.stdout) == (0, "2 tenants · 6 users · 3 talks\n")
        with sqlite3.connect(program.folder / "data" / "throughline.db") as raw:
            names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
            counts.append({name: raw.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names})
        raw.close()

    assert counts[0] == counts[1]
    assert (counts[0]["tenants"], counts[0]["users"], counts[0]["conversations"]) == (2, 6, 3)


def test_what_is_taken_is_said(program: Program) -> None:
    program.run("migrate")
    made = program.run("tenant", "create", "acme", "--name", "Acme")
    assert made.returncode == 0, made.stderr
    again = program.run("tenant", "create", "acme")
    nowhere = program.run("user", "create", "a@b.test", "--tenant", "nobody", given=f"{PASSWORD}\n")
    weak = program.run("user", "create", "a@b.test", "--tenant", "acme", given="short\n")
    first = program.run("user", "create", "A@b.test", "--tenant", "acme", given=f"{PASSWORD}\n")
    taken = program.run("user", "create", "a@B.test", "--tenant", "acme", given=f"{PASSWORD}\n")

    assert (again.returncode, "There is a tenant called acme already." in again.stderr) == (1, True)
    assert (nowhere.returncode, "throughline tenant create nobody" in nowhere.stderr) == (1, True)
    assert (weak.returncode, "12 characters or more" in weak.stderr) == (2, True)
    assert (first.returncode, len(first.stdout.strip())) == (0, 36)
    assert (taken.returncode, "a@b.test has a user already." in taken.stderr) == (1, True)
    assert PASSWORD not in first.stdout + first.stderr + taken.stderr


def test_a_taken_port_names_who_has_it_and_offers_another(program: Program) -> None:
    program.run("migrate")
    with socket.create_server(("127.0.0.1", program.port)):
        asked = program.run("serve")

    assert asked.returncode == 1
    assert f"Port {program.port} is taken by " in asked.stderr
    assert "(pid " in asked.stderr
    assert f"PORT={program.port + 1}" in asked.stderr
    assert "Traceback" not in asked.stderr


def test_an_address_of_another_machine_is_not_called_taken(tmp_path: Path) -> None:
    program = Program(tmp_path, THROUGHLINE_HOST="192.0.2.1")
    program.run("migrate")
    asked = program.run("serve")

    assert asked.returncode == 1
    assert "taken" not in asked.stderr
    assert "192.0.2.1" in asked.stderr
    assert "Traceback" not in asked.stderr


def test_a_second_one_on_the_same_folder_is_told_who_holds_it(program: Program) -> None:
    program.run("migrate")
    with program.running() as first:
        second = Program(program.folder)
        for words in (["serve"], ["up"], ["migrate"], ["seed"], ["tenant", "create", "x"]):
            asked = second.run(*words)

            assert asked.returncode == 1, (words, asked.stderr)
            assert f"in use by process {first.pid}" in asked.stderr
            assert "Traceback" not in asked.stderr
        first.send_signal(signal.SIGTERM)
        assert first.wait(15) == 0
