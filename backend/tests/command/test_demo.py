"""The demo's simulated Slack: there after the first start, the same after the second, added to an older folder."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
from msgspec.structs import replace

from throughline.api.needs import Ends
from throughline.app import SystemClock
from throughline.command.cast import ENDS, End
from throughline.command.sandbox import introduce
from throughline.command.seed import TALKS, demo_tenant, seed
from throughline.command.simulated import built, cast
from throughline.conversation.ids import ConversationId
from throughline.conversation.records import Account, Binding, Identity
from throughline.ports import Channel, Store, Tx
from throughline.reach import let_go, reached
from throughline.store.migrate import migrate
from throughline.store.sqlite import open_sqlite

from .program import SECRET, Program

SLACKS = [end for end in ENDS if end.key == "slack"]

Work = Callable[[Store, Ends], Awaitable[Any]]


def with_store(folder: Path, work: Work, secret: str = SECRET, sandbox: str | None = "http://127.0.0.1:9") -> Any:
    """Run on the demo's store, as a start has it before it serves."""
    migrate(folder)

    async def opened() -> Any:
        store = await open_sqlite(folder, SystemClock(), lambda _: None)
        ends = reached(store, SystemClock(), secret, "https://talk.example.org", sandbox, lambda _: None)
        try:
            return await work(store, ends)
        finally:
            await let_go(ends)
            await store.close()

    return asyncio.run(opened())


async def plain(password: str) -> str:
    return password


async def sow(store: Store, ends: Ends) -> str | None:
    return (await seed(store, SystemClock(), plain, ends))[1]


def contents(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with sqlite3.connect(folder / "throughline.db") as raw:
        names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
        rows = {name: sorted(raw.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in names}
    raw.close()
    return rows


def test_a_second_seed_changes_no_row(tmp_path: Path) -> None:
    assert with_store(tmp_path, sow) is None
    before = contents(tmp_path)
    assert with_store(tmp_path, sow) is None

    assert contents(tmp_path) == before
    there = [end for end, _ in with_store(tmp_path, known)]
    assert len(before["accounts"]) == len(there) >= 2
    assert len(before["secrets"]) == sum(len(end.fresh()) for end in there)


async def known(_: Store, ends: Ends) -> list[tuple[End, Channel]]:
    return built(ends)


def test_each_tenant_has_its_own_ends_and_its_customer_there(tmp_path: Path) -> None:
    async def work(store: Store, ends: Ends) -> None:
        await sow(store, ends)
        seen = set()
        there = [end for end, _ in built(ends)]

        def look(tx: Tx) -> list[tuple[Account | None, Identity | None]]:
            return [
                (tx.accounts.account(e.account), tx.people.identity_at(e.tenant, e.account, e.address)) for e in there
            ]

        for end, (account, identity) in zip(there, await store.read(look), strict=True):
            assert account is not None
            assert identity is not None
            assert (account.tenant, account.mode, account.base) == (
                demo_tenant(end.slug), "simulated", f"sandbox:{end.provider}",
            )  # fmt: skip
            assert (identity.person, identity.status) == (f"demo-person-{end.slug}", "verified")
            line = await ends.lines.line(end.account)
            assert line is not None
            assert line.base_url == f"http://127.0.0.1:9/{end.provider}/api/"
            seen |= set(line.secrets.values())
        assert len(seen) == sum(len(end.fresh()) for end in there)
        assert [end.address for end in SLACKS] == ["T0HARBOUR/U0MAYA", "T0CABINS/U0KOFI"]

    with_store(tmp_path, work)


def test_earlier_talks_could_go_on_in_slack(tmp_path: Path) -> None:
    def places(tx: Tx) -> list[list[Binding]]:
        return [
            tx.bindings.bindings(demo_tenant("demo"), ConversationId(f"demo-demo-{n}")) for n in range(len(TALKS))
        ]  # fmt: skip

    async def work(store: Store, ends: Ends) -> None:
        await sow(store, ends)
        for bindings in await store.read(places):
            ours = {(e.channel, "standby", e.account) for e, _ in built(ends) if e.slug == "demo"}
            assert {(b.channel, b.mode, b.account) for b in bindings} == {("web", "active", None)} | ours
            assert ("slack", "standby", "demo-slack") in ours

    with_store(tmp_path, work)


def test_an_older_demo_gets_what_is_missing_and_keeps_what_was_changed(tmp_path: Path) -> None:
    with_store(tmp_path, sow)
    with sqlite3.connect(tmp_path / "throughline.db") as raw:
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("DELETE FROM bindings WHERE channel = 'slack'")
        raw.execute("DELETE FROM identities WHERE channel = 'slack'")
        raw.execute("DELETE FROM secrets WHERE account_id = 'rival-slack'")
        raw.execute("DELETE FROM accounts WHERE id = 'rival-slack'")
        raw.execute("DELETE FROM secrets WHERE name = 'app_token'")
        raw.execute("UPDATE accounts SET name = 'Ours' WHERE id = 'demo-slack'")
    raw.close()
    before = contents(tmp_path)
    with_store(tmp_path, sow)
    after = contents(tmp_path)

    assert {name: len(after[name]) - len(before[name]) for name in after if len(after[name]) != len(before[name])} == {
        "accounts": 1, "bindings": 3, "identities": 2, "secrets": 4,
    }  # fmt: skip
    assert set(before["secrets"]) <= set(after["secrets"])
    assert any("Ours" in row for row in after["accounts"])


def test_another_secret_of_the_installation_is_said_and_breaks_nothing(tmp_path: Path) -> None:
    with_store(tmp_path, sow)
    with sqlite3.connect(tmp_path / "throughline.db") as raw:
        raw.execute("DELETE FROM secrets WHERE name = 'app_token'")
    raw.close()

    trouble = with_store(tmp_path, sow, secret="another-" + SECRET)

    assert trouble == "THROUGHLINE_SECRET is another one than before"


def test_an_account_that_is_off_is_not_introduced_and_a_missing_sandbox_is_said(tmp_path: Path) -> None:
    async def work(store: Store, ends: Ends) -> tuple[list[str], str | None]:
        await sow(store, ends)
        account = await store.read(lambda tx: tx.accounts.account(SLACKS[1].account))
        assert account is not None
        await store.write(lambda tx: tx.accounts.change(replace(account, enabled=False, status="disabled")))
        told = await cast(ends, "http://127.0.0.1:1")
        return [one.path for one in told if "/apps/" in one.path], await introduce("http://127.0.0.1:9", told)

    known, trouble = with_store(tmp_path, work)
    assert known == ["slack/_ctl/apps/A0HARBOUR"]
    assert trouble is not None
    assert trouble.startswith("the sandbox was not reached")


def test_up_says_which_channels_are_there_and_the_sandbox_knows_our_apps(tmp_path: Path) -> None:
    program = Program(
        tmp_path, OPENAI_BASE_URL="http://127.0.0.1:9/v1", OPENAI_API_KEY="none", SLACK_BOT_TOKEN="xoxb-1-canary-bot",
        SLACK_SIGNING_SECRET="0123456789abcdef0123456789abcdef",
    )  # fmt: skip
    with program.running("up"):
        printed = program.printed()
        assert "web ● built in   slack ○ simulated   slack ● real" in printed
        assert "Admin  /admin" in printed
        assert "Lab  /lab" in printed
        assert "canary" not in printed
        customer = program.sign_in("customer@demo.test", "demo")
        state = httpx2.get(f"{program.url}/lab/slack/state", headers=customer, trust_env=False).json()
        assert "A0HARBOUR" in [app["id"] for app in state["apps"]]
        assert "U0MAYA" in [person["id"] for person in state["people"]]
        admin = program.sign_in("admin@demo.test", "demo")
        tested = program.ask("POST", "/admin/channels/slack/accounts/demo-slack/test", headers=admin)
        assert (tested["health"], tested["detail"]) == ("up", "The credentials work.")
        accounts = program.ask("GET", "/admin/channels/slack/accounts", headers=admin)["items"]
        assert [(a["id"], a["mode"]) for a in accounts] == [("demo-slack", "simulated"), ("env-slack", "real")]
    assert "Traceback" not in program.printed()
