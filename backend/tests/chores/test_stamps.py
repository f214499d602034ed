"""A step is done again exactly when something it depends on changed."""

from pathlib import Path

import pytest

from chores import places, stamps


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(stamps, "ROOT", tmp_path)
    monkeypatch.setattr(stamps, "_STAMPS", tmp_path / ".cache" / "stamps")
    return tmp_path


def test_the_same_inputs_need_no_second_run(checkout: Path) -> None:
    source, result = checkout / "a.txt", checkout / "made"
    source.write_text("one")
    now = stamps.digest([source], "3.11")
    stamps.put("step", now)
    result.touch()

    assert stamps.same("step", stamps.digest([source], "3.11"), result)


def test_a_changed_file_a_new_version_or_a_lost_result_needs_one(checkout: Path) -> None:
    source, result = checkout / "a.txt", checkout / "made"
    source.write_text("one")
    stamps.put("step", stamps.digest([source], "3.11"))

    assert not stamps.same("step", stamps.digest([source], "3.11"), result)
    result.touch()
    assert not stamps.same("step", stamps.digest([source], "3.12"), result)
    source.write_text("two")
    assert not stamps.same("step", stamps.digest([source], "3.11"), result)


def test_a_renamed_file_is_a_change(checkout: Path) -> None:
    source = checkout / "a.txt"
    source.write_text("one")
    before = stamps.digest([source])
    source = source.rename(checkout / "b.txt")

    assert stamps.digest([source]) != before


def test_left_out_folders_do_not_count(checkout: Path) -> None:
    (checkout / "src").mkdir()
    (checkout / "node_modules").mkdir()
    (checkout / "src" / "a.ts").touch()
    (checkout / "node_modules" / "b.ts").touch()

    assert stamps.files(checkout, but=["node_modules"]) == [checkout / "src" / "a.ts"]


def test_places_are_shown_from_the_top() -> None:
    assert places.shown(places.LOCK) == "backend/requirements.lock"
