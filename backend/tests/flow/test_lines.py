"""Accounts opened for use: fresh within seconds, never by accident, and their state written as it happens."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace

from throughline.conversation.accounts import AuthFailed, CameIn, Disabled, Ended, Failing, Probed, Saved, WentOut
from throughline.conversation.channel import Probe
from throughline.conversation.ids import AccountId
from throughline.conversation.records import Account
from throughline.flow.lines import FRESH, NOTED, Lines
from throughline.identity.vault import EnvelopeVault
from throughline.ports import StoreDown, Tx

from .ear import DEMO, OURS, Ear, ear

SECRET = "xoxb-canary-secret"


@pytest_asyncio.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Ear]:
    async with ear(tmp_path / "data") as inside:
        yield inside


async def seal(slack: Ear, **secrets: str) -> None:
    """Keep secrets as the admin's page does."""
    fresh = slack.vault.new_key(DEMO)

    def write(tx: Tx) -> None:
        tx.accounts.keep_key(DEMO, fresh, 1)
        key = tx.accounts.key(DEMO)
        assert key is not None
        for name, value in secrets.items():
            sealed = slack.vault.seal(key, DEMO, OURS.id, name, value)
            assert sealed is not None
            tx.accounts.seal(DEMO, OURS.id, name, sealed, 1)

    await slack.store.write(write)
    slack.lines.forget(OURS.id)


async def kept(slack: Ear) -> Account:
    """The row as it stands."""
    row = await slack.store.read(lambda tx: tx.accounts.account(OURS.id))
    assert row is not None
    return row


async def until(slack: Ear, holds: Callable[[Account], bool]) -> Account:
    """The row once it is so: what is noted in the background is noted soon."""
    row = await kept(slack)
    while not holds(row):
        row = await kept(slack)
    return row


async def test_a_line_has_the_secrets_and_does_not_show_them(slack: Ear) -> None:
    await seal(slack, bot_token=SECRET)
    line = await slack.lines.line(OURS.id)

    assert line is not None
    assert (line.secrets, line.base_url, line.account) == ({"bot_token": SECRET}, OURS.base, OURS)
    assert SECRET not in f"{line!r} {line!s} {[line]}"


@pytest.mark.parametrize("name", ["nowhere", "", "a\x00", "x" * 500, "../a-demo"])
async def test_there_is_no_line_to_an_unknown_account(slack: Ear, name: str) -> None:
    assert await slack.lines.line(AccountId(name)) is None
    assert await slack.lines.account(AccountId(name)) is None


async def test_a_disabled_account_is_known_and_has_no_line(slack: Ear) -> None:
    assert await slack.lines.line(OURS.id) is not None
    await slack.lines.change(OURS.id, Disabled())

    assert await slack.lines.line(OURS.id) is None
    known = await slack.lines.account(OURS.id)
    assert known is not None
    assert known.status == "disabled"


async def test_secrets_that_do_not_open_end_the_line_and_are_said_by_the_state(slack: Ear) -> None:
    await seal(slack, bot_token=SECRET)
    other = EnvelopeVault(b"another installation's secret .....")
    strange = Lines(slack.store, other, slack.clock, lambda _: None, "http://us", slack.changed.append)

    assert await strange.line(OURS.id) is None
    row = await until(slack, lambda a: a.status == "needs_reauth")
    assert row.reason == "secrets_unreadable"


async def test_a_sandbox_that_does_not_run_has_no_line(slack: Ear) -> None:
    await slack.store.write(lambda tx: tx.accounts.change(replace(OURS, base="sandbox:slack")))
    assert await slack.lines.line(OURS.id) is None

    runs = Lines(slack.store, slack.vault, slack.clock, {"sandbox:slack": "http://127.0.0.1:9/api/"}.get)
    line = await runs.line(OURS.id)
    assert line is not None
    assert line.base_url == "http://127.0.0.1:9/api/"


async def test_what_another_process_changed_is_seen_within_seconds(slack: Ear) -> None:
    await slack.lines.line(OURS.id)
    await slack.store.write(lambda tx: tx.accounts.change(replace(OURS, name="New")))
    slack.clock.move(FRESH + 0.1)

    known = await slack.lines.account(OURS.id)
    assert known is not None
    assert known.name == "New"


async def test_what_was_forgotten_while_it_was_read_is_not_kept(slack: Ear) -> None:
    looking = asyncio.ensure_future(slack.lines.account(OURS.id))
    await asyncio.sleep(0)
    slack.lines.forget(OURS.id)
    await slack.store.write(lambda tx: tx.accounts.change(replace(OURS, name="New")))
    await looking

    known = await slack.lines.account(OURS.id)
    assert known is not None
    assert known.name == "New"


async def test_what_comes_in_lets_a_paused_account_try_and_so_does_who_saw_to_it(slack: Ear) -> None:
    breakers = slack.lines.breakers
    for _ in range(10):
        breakers.noted(OURS.id, "bad")
    slack.clock.move(6)
    slack.lines.happened(OURS.id, CameIn())
    assert breakers.standing(OURS.id).state == "half_open"

    for happening in (Saved(complete=True), Probed(Probe("up"))):
        breakers.noted(OURS.id, "auth")
        slack.lines.happened(OURS.id, CameIn())
        assert breakers.standing(OURS.id).state == "open"
        await slack.lines.change(OURS.id, Probed(Probe("down", "timeout")))
        assert breakers.standing(OURS.id).state == "open"
        await slack.lines.change(OURS.id, happening)
        assert breakers.standing(OURS.id).state == "half_open"


async def test_a_change_of_state_is_written_and_told_at_once(slack: Ear) -> None:
    await slack.lines.line(OURS.id)
    slack.lines.happened(OURS.id, AuthFailed("token_revoked"))

    row = await until(slack, lambda a: a.status == "needs_reauth")
    assert row.reason == "token_revoked"
    await slack.store.settled()
    assert [a.status for a in slack.changed] == ["needs_reauth"]


async def test_traffic_is_noted_once_a_second_and_told_to_nobody(
    slack: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    writes = 0
    change = Lines.change

    async def counted(self: Lines, *given: object) -> Account | None:
        nonlocal writes
        writes += 1
        return await change(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Lines, "change", counted)
    await slack.lines.line(OURS.id)
    for _ in range(100):
        slack.lines.happened(OURS.id, CameIn())
        slack.lines.happened(OURS.id, WentOut())
    row = await until(slack, lambda a: a.last_out is not None)
    assert (writes, row.last_in, row.last_out) == (2, slack.clock.now(), slack.clock.now())

    slack.clock.move(NOTED)
    slack.lines.happened(OURS.id, CameIn())
    await until(slack, lambda a: a.last_in == slack.clock.now())
    assert (writes, slack.changed) == (3, [])


async def test_the_same_failure_again_and_again_is_one_write(slack: Ear) -> None:
    await slack.lines.change(OURS.id, Failing("unreachable"))
    await slack.lines.line(OURS.id)
    for _ in range(50):
        slack.lines.happened(OURS.id, Failing("unreachable"))
    await slack.lines.change(OURS.id, Failing("unreachable"))

    assert len(slack.changed) == 1


async def test_the_first_event_brings_an_account_up(slack: Ear) -> None:
    await slack.store.write(lambda tx: tx.accounts.change(replace(OURS, status="waiting_first_event")))
    await slack.say()

    assert (await until(slack, lambda a: a.status == "up")).last_in is not None


async def test_a_store_that_is_down_costs_a_note_and_nothing_else(slack: Ear) -> None:
    await slack.lines.line(OURS.id)
    slack.store.down = True
    slack.lines.happened(OURS.id, Ended("app_uninstalled"))
    with pytest.raises(StoreDown):
        await slack.lines.change(OURS.id, Ended("app_uninstalled"))
    for _ in range(10):
        # The note in the background meets the same store.
        await asyncio.sleep(0)
    slack.store.down = False

    assert (await kept(slack)).status == "up"
