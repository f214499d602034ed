"""Slack by command and by environment: a manifest that can be pasted, an account that a start makes or updates."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from throughline.api.needs import Ends
from throughline.app import SystemClock
from throughline.command.seed import demo_tenant, seed
from throughline.command.slack import Kept, from_environment
from throughline.conversation.ids import AccountId, TenantId
from throughline.conversation.policy import Policy
from throughline.conversation.records import Account, Tenant
from throughline.ports import Store
from throughline.reach import let_go, reached
from throughline.settings import Settings
from throughline.store.migrate import migrate
from throughline.store.sqlite import open_sqlite

from .program import SECRET, Program

BOT, SIGNING, APP = "xoxb-1-canary-bot", "0123456789abcdef0123456789abcdef", "xapp-1-A1-canary-app"
Work = Callable[[Store, Ends], Awaitable[Any]]


def with_store(folder: Path, work: Work) -> Any:
    """Run with a migrated store and channels that nobody has behind them."""
    migrate(folder)

    async def opened() -> Any:
        store = await open_sqlite(folder, SystemClock(), lambda _: None)
        ends = reached(store, SystemClock(), SECRET, "https://talk.example.org", None, lambda _: None)
        try:
            return await work(store, ends)
        finally:
            await let_go(ends)
            await store.close()

    return asyncio.run(opened())


def given(**settings: Any) -> Settings:
    return msgspec.structs.replace(Settings(throughline_secret=SECRET), **settings)


async def organisation(store: Store, slug: str, *, demo: bool = False) -> TenantId:
    tenant = TenantId(f"t-{slug}")
    await store.write(lambda tx: tx.people.add_tenant(Tenant(tenant, slug, slug, Policy(), demo=demo), 1))
    return tenant


async def account(store: Store, name: str) -> Account | None:
    return await store.read(lambda tx: tx.accounts.account(AccountId(name)))


def test_the_manifest_is_json_with_our_address_in_it(tmp_path: Path) -> None:
    made = Program(tmp_path).run("slack", "manifest", "--base-url", "https://talk.example.org", "--account", "acc-7")

    assert (made.returncode, made.stderr) == (0, "")
    assert "https://talk.example.org/api/v1/channels/slack/webhook/acc-7" in made.stdout
    assert json.loads(made.stdout)["settings"]["socket_mode_enabled"] is False


def test_the_manifest_for_socket_mode_names_no_address(tmp_path: Path) -> None:
    made = Program(tmp_path).run("slack", "manifest", "--socket")

    assert (made.returncode, made.stderr) == (0, "")
    assert "127.0.0.1" not in made.stdout
    assert json.loads(made.stdout)["settings"]["socket_mode_enabled"] is True


def test_the_public_url_is_what_a_manifest_is_made_for(tmp_path: Path) -> None:
    made = Program(tmp_path, THROUGHLINE_PUBLIC_URL="https://talk.example.org/").run("slack", "manifest")

    assert "https://talk.example.org/api/v1/channels/slack/webhook/env-slack" in made.stdout


def test_an_address_that_slack_cannot_reach_is_said(tmp_path: Path) -> None:
    made = Program(tmp_path).run("slack", "manifest")

    assert made.returncode == 0
    assert "use --socket, or --base-url https://" in made.stderr


@pytest.mark.parametrize(
    "words",
    [("--base-url", "not an address"), ("--base-url", "https://a b"), ("--account", "a/../b"), ("--account", "")],
)
def test_what_cannot_be_in_a_manifest_ends_with_2(tmp_path: Path, words: tuple[str, str]) -> None:
    made = Program(tmp_path).run("slack", "manifest", *words)

    assert (made.returncode, made.stdout) == (2, "")
    assert "Traceback" not in made.stderr


@pytest.mark.parametrize(
    "address", ["talk.example.org", "ftp://x.org", "https://x.org/?a=1", "https://x.org/#a", "https://u@x.org"]
)
def test_a_public_url_that_is_none_ends_with_2(tmp_path: Path, address: str) -> None:
    asked = Program(tmp_path, THROUGHLINE_PUBLIC_URL=address).run("config")

    assert asked.returncode == 2
    assert "THROUGHLINE_PUBLIC_URL is an address like" in asked.stderr


def test_config_masks_slacks_credentials(tmp_path: Path) -> None:
    secrets = {"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": SIGNING, "SLACK_APP_TOKEN": APP}
    shown = Program(tmp_path, **secrets).run("config")

    values = dict(line.split("=", 1) for line in shown.stdout.splitlines())
    assert {values[name] for name in secrets} == {"set"}
    assert not any(value in shown.stdout + shown.stderr for value in secrets.values())


def test_the_environment_makes_an_account_of_the_first_real_organisation(tmp_path: Path) -> None:
    async def work(store: Store, ends: Ends) -> tuple[Kept, Account | None, Any]:
        await organisation(store, "shown", demo=True)
        tenant = await organisation(store, "acme")
        await organisation(store, "later")
        kept = await from_environment(given(slack_bot_token=f" {BOT}\n", slack_signing_secret=SIGNING), store,
                                      SystemClock(), ends)  # fmt: skip
        line = await ends.lines.line(AccountId("env-slack"))
        assert line is not None
        assert line.secrets == {"bot_token": BOT, "signing_secret": SIGNING}
        return kept, await account(store, "env-slack"), tenant

    kept, row, tenant = with_store(tmp_path, work)
    assert row == kept.account
    assert (row.tenant, row.mode, row.enabled, row.base) == (tenant, "real", True, "https://slack.com/api/")
    assert (row.status, row.options) == ("waiting_first_event", {})


def test_an_app_token_means_socket_mode(tmp_path: Path) -> None:
    async def work(store: Store, ends: Ends) -> Kept:
        await organisation(store, "acme")
        return await from_environment(given(slack_bot_token=BOT, slack_app_token=APP), store, SystemClock(), ends)

    row = with_store(tmp_path, work).account
    assert (row.status, row.options) == ("waiting_first_event", {"socket": "on"})


def test_the_same_credentials_again_change_nothing_and_new_ones_replace_the_old(tmp_path: Path) -> None:
    async def work(store: Store, ends: Ends) -> None:
        tenant = await organisation(store, "acme")
        first = given(slack_bot_token=BOT, slack_signing_secret=SIGNING)
        await from_environment(first, store, SystemClock(), ends)
        before = (
            await account(store, "env-slack"),
            await store.read(lambda tx: tx.accounts.sealed(tenant, AccountId("env-slack"))),
        )
        await from_environment(first, store, SystemClock(), ends)
        again = (
            await account(store, "env-slack"),
            await store.read(lambda tx: tx.accounts.sealed(tenant, AccountId("env-slack"))),
        )
        assert again == before

        await from_environment(given(slack_bot_token=f"{BOT}-2"), store, SystemClock(), ends)
        line = await ends.lines.line(AccountId("env-slack"))
        assert line is not None
        assert line.secrets == {"bot_token": f"{BOT}-2", "signing_secret": SIGNING}

    with_store(tmp_path, work)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"slack_bot_token": "xoxp-1-canary-user"}, "user's token"),
        ({"slack_bot_token": APP}, "app-level token"),
        ({"slack_app_token": BOT}, "begins with xapp-"),
        ({"slack_bot_token": f"{BOT}\x00x"}, "in one line"),
        ({"slack_bot_token": "xoxb-" + "1" * 600}, "at most 512"),
    ],
)
def test_credentials_of_the_wrong_kind_are_refused_in_words(
    tmp_path: Path, settings: dict[str, str], words: str
) -> None:
    async def work(store: Store, ends: Ends) -> tuple[Kept, Account | None]:
        await organisation(store, "acme")
        return await from_environment(given(**settings), store, SystemClock(), ends), await account(store, "env-slack")

    kept, row = with_store(tmp_path, work)
    assert row is None
    assert words in kept.trouble
    assert "canary" not in kept.trouble


def test_without_credentials_or_an_organisation_there_is_no_account(tmp_path: Path) -> None:
    async def work(store: Store, ends: Ends) -> tuple[Kept, Kept]:
        nothing = await from_environment(given(), store, SystemClock(), ends)
        return nothing, await from_environment(given(slack_bot_token=BOT), store, SystemClock(), ends)

    nothing, nowhere = with_store(tmp_path, work)
    assert nothing == Kept()
    assert "throughline tenant create" in nowhere.trouble


def test_in_demo_mode_the_account_is_the_demo_tenants_and_an_id_never_changes_hands(tmp_path: Path) -> None:
    async def work(store: Store, ends: Ends) -> tuple[Kept, Kept]:
        await seed(store, SystemClock(), _plain, ends)
        tokens = {"slack_bot_token": BOT, "slack_signing_secret": SIGNING}
        demo = await from_environment(given(**tokens, throughline_demo=True), store, SystemClock(), ends)
        await organisation(store, "acme")
        return demo, await from_environment(given(**tokens), store, SystemClock(), ends)

    demo, real = with_store(tmp_path, work)
    assert (demo.account.id, demo.account.tenant) == ("env-slack", demo_tenant("demo"))
    assert (real.account.id, real.account.tenant) == ("env-slack-acme", "t-acme")


async def _plain(password: str) -> str:
    return password
