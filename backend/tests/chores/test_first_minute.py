"""What a newcomer meets: a secret of their own, kind words about old programs, logs where something failed."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from chores import browser, places, run, steps, suites, tree, verbs
from chores.lines import Lines
from chores.run import Failed


@pytest.fixture
def env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / ".env"
    monkeypatch.setattr(steps, "ENV_FILE", path)
    return path


def secret_in(path: Path) -> str:
    return next(x for x in path.read_text().splitlines() if x.startswith("THROUGHLINE_SECRET=")).partition("=")[2]


def test_a_secret_is_written_for_its_owner_only(env_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steps.secret(Lines(1))

    assert stat.S_IMODE(env_file.stat().st_mode) == 0o600
    assert len(secret_in(env_file)) >= 43
    assert capsys.readouterr().out == " ✓ secrets       .env written (0600); no keys asked\n"


def test_a_second_start_keeps_the_secret(env_file: Path) -> None:
    steps.secret(Lines(1))
    before = env_file.read_bytes()
    steps.secret(Lines(1))

    assert env_file.read_bytes() == before


def test_what_stands_in_env_is_kept_when_the_secret_is_added(env_file: Path) -> None:
    env_file.write_text("OPENAI_MODEL=small")
    steps.secret(Lines(1))

    assert env_file.read_text().splitlines()[0] == "OPENAI_MODEL=small"
    assert len(secret_in(env_file)) >= 43


@pytest.mark.parametrize("version", ["v18.20.4", "v20.18.3", None])
def test_an_old_or_missing_node_ends_with_2_and_says_what_to_get(
    version: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "first_line", lambda _: version)

    with pytest.raises(Failed, match=r"Node 20\.19 or newer[\s\S]+nodejs\.org") as failed:
        steps.versions(Lines(1))
    assert failed.value.code == 2


@pytest.mark.parametrize("version", ["v20.19.0", "v22.1.0", "v24.0.1"])
def test_a_new_node_is_named(version: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(steps, "first_line", lambda _: version)

    assert steps.versions(Lines(1)) == version[1:]
    assert f"Node {version[1:]}" in capsys.readouterr().out


def test_an_old_python_ends_with_2_and_says_what_to_get() -> None:
    script = (
        "import runpy, shutil, sys; sys.version_info = (3, 9, 2, 'final', 0); shutil.which = lambda _: None; "
        f"runpy.run_path({str(places.BACKEND / 'chores')!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "needs Python 3.11 or newer; this is 3.9" in done.stderr
    assert "apt install python3" in done.stderr


def test_a_missing_venv_module_is_one_apt_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "first_line", lambda _: None)
    monkeypatch.setattr(steps, "VENV", tmp_path / "venv")
    monkeypatch.setitem(sys.modules, "ensurepip", None)

    with pytest.raises(Failed, match=r"sudo apt install python3[\d.]*-venv") as failed:
        steps.back_end_environment()
    assert failed.value.code == 2
    assert not (tmp_path / "venv").exists()


def test_a_failing_step_shows_its_end_and_keeps_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LOGS", tmp_path)
    noisy = "import sys\nfor i in range(200): print('line', i)\nsys.exit(3)"

    with pytest.raises(Failed, match=r"line 199[\s\S]+exit 3[\s\S]+Try again\.") as failed:
        run.quietly("noisy", [sys.executable, "-c", noisy], "Try again.", tmp_path)
    assert "line 100\n" not in str(failed.value)
    assert "line 100\n" in (tmp_path / "noisy.log").read_text()


def test_a_step_line_has_a_tick_a_label_a_detail_and_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    with Lines(1).step("back end") as outcome:
        outcome.detail = "142 packages"
    with pytest.raises(Failed), Lines(1).step("front end"):
        raise Failed("no")

    good, bad = capsys.readouterr().out.splitlines()
    assert good == " ✓ back end      142 packages                 0.0 s"
    assert bad.startswith(" ✗ front end ")


def test_a_skipped_test_counts_as_failed(tmp_path: Path) -> None:
    report = tmp_path / "r.xml"
    report.write_text('<testsuites><testsuite tests="5" failures="1" errors="0" skipped="1"/></testsuites>')

    assert suites.junit(report) == suites.Tally(3, 2)
    assert suites.junit(tmp_path / "none.xml") == suites.Tally()


def test_a_browser_that_is_named_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM_PATH", "nowhere/chromium")

    with pytest.raises(Failed, match="CHROMIUM_PATH"):
        browser.chromium(Lines(1))


def test_who_may_not_install_gets_the_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda _: None)

    with pytest.raises(Failed, match="sudo apt-get install -y strace") as failed:
        browser.strace(Lines(1))
    assert failed.value.code == 2


def test_an_unknown_chore_is_asked_wrongly(capsys: pytest.CaptureFixture[str]) -> None:
    assert verbs.run(["dance"]) == 2
    assert "up | ready | test" in capsys.readouterr().err


def test_the_tree_scan_finds_what_must_not_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    monkeypatch.setattr(tree, "ROOT", tmp_path)
    host, path = "pypi" + ".org", "/ho" + "me/ana/x"
    (tmp_path / "a.md").write_text(f"see https://{host}/simple\nfine\nand {path}\n")
    (tmp_path / "b.py").write_text("x = 'https://example.org/homes/root'\n")

    assert tree.findings() == ["a.md:1: address of a package index", "a.md:3: path of one machine"]


def test_a_terminal_sees_a_bar_and_a_pipe_does_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not Lines(3).moving
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    with Lines(3).step("prompts"):
        pass

    assert capsys.readouterr().out.endswith(f"\r\x1b[2K ✓ {'prompts':<14}{'':<27}  0.0 s\n")
