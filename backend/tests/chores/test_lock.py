"""The lock files hold for every platform, also when the registry in use does not carry all of them."""

from typing import Any

from chores import lock, places


def npm(**packages: dict[str, Any]) -> dict[str, Any]:
    return {"lockfileVersion": 3, "packages": {"": {}} | {f"node_modules/{k}": v for k, v in packages.items()}}


def test_a_platform_that_was_left_out_gets_an_entry_that_no_other_one_fetches() -> None:
    tool = {"dev": True, "optionalDependencies": {"tool-linux-x64-musl": "^1.2.0", "tool-darwin-arm64": "1.2.0"}}

    packages = lock.with_other_platforms(npm(tool=tool))["packages"]

    assert packages["node_modules/tool-darwin-arm64"] == {
        "version": "1.2.0", "cpu": ["arm64"], "dev": True, "optional": True, "os": ["darwin"],
    }  # fmt: skip
    assert packages["node_modules/tool-linux-x64-musl"] == {
        "version": "1.2.0", "cpu": ["x64"], "dev": True, "libc": ["musl"], "optional": True, "os": ["linux"],
    }  # fmt: skip


def test_what_is_locked_stays_as_it_is() -> None:
    locked = npm(
        tool={"optionalDependencies": {"tool-linux-x64": "1.0.0", "nice-to-have": "2.0.0"}},
        **{"tool-linux-x64": {"version": "1.0.0", "integrity": "sha512-x", "os": ["linux"], "cpu": ["x64"]}},
    )

    assert lock.with_other_platforms(locked) == locked


def test_the_committed_npm_lock_has_no_gap() -> None:
    assert lock.npm_gaps() == set()


def test_the_back_end_lock_names_packages_once_and_by_hash() -> None:
    text = places.LOCK.read_text(encoding="utf-8")

    assert {"starlette", "msgspec", "baml-py", "sqlalchemy"} <= lock.names()
    assert text.count("--hash=sha256:") > len(lock.names())
    assert "--index-url" not in text
    assert "--find-links" not in text


def test_a_requirement_that_is_not_locked_is_named() -> None:
    assert lock.fits(["Starlette", "typing_extensions"]) is None
    assert lock.fits(["left-pad"]) == "Not in backend/requirements.lock: left-pad. Run:  just lock"
