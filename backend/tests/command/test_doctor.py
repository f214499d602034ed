"""The doctor: what is said of an account, with what exit code, beside a gateway that runs; no secret among it."""

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from throughline.app import SystemClock
from throughline.command.checkup import Facts, checkup, reachable, worked
from throughline.command.doctor import doctor
from throughline.conversation.accounts import Failing, Probed, next_status
from throughline.conversation.channel import Probe
from throughline.conversation.ids import AccountId, TenantId
from throughline.conversation.policy import Policy
from throughline.conversation.records import Account, Tenant
from throughline.flow.accounts import Wanted, write
from throughline.ports import Store, StoreDown
from throughline.reach import let_go, reached
from throughline.settings import Settings
from throughline.store.looking import look_sqlite
from throughline.store.migrate import migrate
from throughline.store.sqlite import open_sqlite

from .program import SECRET, Program

NOW, CANARY = 1_800_000_000_000, "zebra-canary-7f3a-0123456789abcdef"
ROW = Account(
    AccountId("acc-1"), TenantId("t-acme"), "slack", "slack", "Support", "real", enabled=True,
    base="http://127.0.0.1:9/api/", options={}, status="up", created_at=1, last_in=NOW - 7_300_000, last_out=NOW - 1,
)  # fmt: skip
SECRETS = {"bot_token": f"xoxb-{CANARY}", "signing_secret": CANARY.replace("-", "")}


def facts(account: Account = ROW, **more: Any) -> Facts:
    given: dict[str, Any] = {
        "account": account, "complete": True, "missing": [], "listens": False,
        "webhook": "https://talk.acme.com/api/v1/channels/slack/webhook/acc-1",
        "probe": Probe("up"), "words": "The credentials work.",
    }  # fmt: skip
    return Facts(**given | more)


def test_an_account_that_works_is_all_ticks() -> None:
    lines = checkup(facts(), NOW)

    assert [line.mark for line in lines] == ["ok"] * 5
    assert [line.what for line in lines][-2:] == ["last in: 2 hours ago", "last out: just now"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (facts(complete=False, missing=["bot_token"]), "not complete: bot_token"),
        (facts(webhook="http://127.0.0.1:8000/api/x"), "cannot reach it, it is not https"),
        (facts(probe=Probe("down", "timeout"), words="did not answer"), "did not answer"),
        (facts(next_status(ROW, Probed(Probe("needs_reauth", "token_revoked")), NOW)), "(token_revoked)"),
        (facts(msgspec.structs.replace(ROW, status="unconfigured")), "not set up"),
    ],
)
def test_what_is_wrong_is_marked_and_has_a_hint(given: Facts, words: str) -> None:
    wrong = [line for line in checkup(given, NOW) if line.mark == "wrong"]

    assert not worked(checkup(given, NOW))
    assert any(words in line.what and line.hint for line in wrong), wrong


def test_what_merely_waits_is_no_fault() -> None:
    fresh = msgspec.structs.replace(ROW, status="waiting_first_event", last_in=None, last_out=None)
    off = msgspec.structs.replace(ROW, status="disabled", enabled=False)
    heard = facts(webhook="http://127.0.0.1:8000/x", listens=True)

    assert all(worked(checkup(given, NOW)) for given in (facts(fresh), facts(off), heard))
    assert "first event" in str(checkup(facts(fresh), NOW))


def test_paused_sends_are_said_and_are_no_fault() -> None:
    paused = next_status(ROW, Failing("breaker_open"), NOW)
    (line,) = [line for line in checkup(facts(paused), NOW) if line.mark == "look"]

    assert (line.what, worked(checkup(facts(paused), NOW))) == ("sends are paused after failures (breaker_open)", True)
    assert line.hint


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://talk.acme.com/x", None),
        ("https://talk.acme.com:8443/x", None),
        ("http://talk.acme.com/x", "https"),
        ("https://localhost/x", "knows that name"),
        ("https://box.local/x", "knows that name"),
        ("https://intranet/x", "knows that name"),
        ("https://192.168.1.4/x", "not on the Internet"),
        ("https://[fe80::1]/x", "not on the Internet"),
        ("https://8.8.8.8/x", None),
        ("", "https"),
    ],
)
def test_an_address_that_nobody_outside_has_is_told_by_its_form(url: str, why: str | None) -> None:
    found = reachable(url)

    assert found is None if why is None else why in str(found)


async def fill(store: Store, **changes: Any) -> None:
    """An organisation with one real Slack account, its secrets sealed."""
    ends = reached(store, SystemClock(), SECRET, "", None, lambda _: None)
    channel = ends.channels.by("slack")
    assert channel is not None
    row, key = msgspec.structs.replace(ROW, **changes), ends.vault.new_key(TenantId("t-acme"))
    await store.write(lambda tx: tx.people.add_tenant(Tenant(row.tenant, "acme", "Acme", Policy()), 1))
    await store.write(lambda tx: tx.accounts.add(row))
    await store.write(lambda tx: write(tx, ends.vault, channel, row, Wanted(secrets=SECRETS), key, 1))
    await let_go(ends)


def filled(folder: Path, **changes: Any) -> None:
    async def work() -> None:
        store = await open_sqlite(folder, SystemClock(), lambda _: None)
        await fill(store, **changes)
        await store.close()

    migrate(folder)
    asyncio.run(work())


def test_it_looks_and_asks_beside_a_gateway_that_runs(tmp_path: Path) -> None:
    program = Program(tmp_path)
    filled(tmp_path / "data")
    with program.running():
        found = program.run("doctor", "slack")

    assert (found.returncode, found.stderr) == (1, "")
    for words in ("Support  acme · acc-1 · slack", " ✓ up", "THROUGHLINE_PUBLIC_URL=https://",
                  "The provider could not be reached from here.", "last in: "):  # fmt: skip
        assert words in found.stdout, found.stdout
    assert CANARY not in found.stdout


def asked(folder: Path, capsys: pytest.CaptureFixture[str], *words: str, **settings: Any) -> tuple[int, str]:
    """The exit code, and everything that is printed."""
    given: dict[str, Any] = {"throughline_secret": SECRET, "throughline_data": folder} | settings
    code = doctor(Settings(**given), *words)
    said = capsys.readouterr()
    return code, said.out + said.err


def test_only_one_organisations_accounts_where_it_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled(tmp_path, status="needs_reauth", reason="token_revoked", enabled=False)

    code, said = asked(tmp_path, capsys, "Slack", "acme")
    assert (code, said.splitlines()[0], "switched off" in said) == (0, "Support  acme · acc-1 · slack", True)
    code, said = asked(tmp_path, capsys, "slack", "nobody")
    assert (code, "There are: acme" in said) == (2, True)


def test_a_channel_without_an_account_is_told_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = asked(tmp_path, capsys, "mail", "")
    assert (code, "throughline migrate" in said, [*tmp_path.iterdir()]) == (1, True, [])

    migrate(tmp_path)
    code, said = asked(tmp_path, capsys, "mail", "", port=8123)
    assert (code, "Gmail  no account yet" in said) == (1, True)
    assert "http://127.0.0.1:8123/admin/channels" in said


def test_what_is_no_channel_and_what_needs_none_end_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    code, said = asked(tmp_path, capsys, "fax", "")
    assert (code, "whatsapp" in said) == (2, True)
    code, said = asked(tmp_path, capsys, "web", "")
    assert (code, "built in" in said) == (0, True)
    code, said = asked(tmp_path, capsys, "slack", "", throughline_secret="short")
    assert (code, "THROUGHLINE_SECRET" in said) == (2, True)
    assert [*tmp_path.iterdir()] == []


async def test_a_look_never_writes_and_stands_beside_the_owner(tmp_path: Path) -> None:
    migrate(tmp_path)
    store = await open_sqlite(tmp_path, SystemClock(), lambda _: None)
    looking = await look_sqlite(tmp_path)
    try:
        await fill(store)
        rows = await looking.read(lambda tx: tx.accounts.accounts(None))
        assert [row.id for row in rows] == ["acc-1"]
        with pytest.raises(StoreDown):
            await looking.write(lambda tx: tx.accounts.remove(TenantId("t-acme"), AccountId("acc-1")))
    finally:
        await looking.close()
        await store.close()
