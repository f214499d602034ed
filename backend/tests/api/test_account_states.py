"""What becomes of an account: tests by its provider, health, who is told; and that no secret is anywhere."""

import io
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from throughline import observe
from throughline.api import inbox
from throughline.api.health import channel_state
from throughline.api.trial import TESTS
from throughline.conversation.ids import AccountId, TenantId
from throughline.conversation.records import Account
from throughline.identity.vault import EnvelopeVault

from .house import SECRET, House, house, problem
from .test_accounts import ALL, APP, BODY, BOT, SECRETS, SIGNING, admin, made, opened, row
from .test_lab import served
from .world import ANA, KOFI, MAYA, world


class Provider:
    """Slack as far as a test of credentials goes; it repeats what it was given, as a careless server would."""

    def __init__(self) -> None:
        self.answer: dict[str, Any] = {"ok": True, "team_id": "T1", "team": "Acme", "user_id": "U1", "bot_id": "B1"}
        self.app = Starlette(routes=[Route("/api/auth.test", self._auth, methods=["POST"])])

    async def _auth(self, request: Request) -> Response:
        return JSONResponse(self.answer | {"echo": request.headers["authorization"]})


@pytest.fixture
async def provider() -> AsyncIterator[tuple[Provider, str]]:
    made = Provider()
    async with served(made.app) as base:
        yield made, f"{base}/api/"


async def at(home: House, name: str, base: str) -> None:
    there = msgspec.structs.replace(await row(home, name), base=base)
    await home.store.write(lambda tx: tx.accounts.change(there))


async def test_a_test_asks_the_provider_and_its_word_becomes_the_state(
    home: House, provider: tuple[Provider, str]
) -> None:
    slack, base = provider
    headers = await admin(home)
    account = await made(home, headers)
    await at(home, account["id"], base)
    where = f"{ALL}/{account['id']}"

    good = (await home.http.post(f"{where}/test", headers=headers)).json()
    assert (good["health"], good["detail"]) == ("up", "The credentials work.")
    assert good["took_ms"] >= 0
    assert good["account"]["options"]["team"] == "T1"
    assert good["account"]["status"] == "waiting_first_event"

    slack.answer = {"ok": False, "error": "token_revoked"}
    bad = (await home.http.post(f"{where}/test", headers=headers)).json()
    assert (bad["health"], bad["account"]["status"]) == ("needs_reauth", "needs_reauth")
    assert (bad["account"]["reason"], "revoked" in bad["detail"]) == ("token_revoked", True)
    assert [a.status for a in home.told][-1] == "needs_reauth"


async def test_a_provider_that_is_not_there_is_said_and_tests_are_counted(home: House) -> None:
    headers = await admin(home)
    account = await made(home, headers)
    await at(home, account["id"], "http://127.0.0.1:9/api/")
    where = f"{ALL}/{account['id']}/test"

    answers = [await home.http.post(where, headers=headers) for _ in range(TESTS + 1)]

    assert [a.json()["health"] for a in answers[:-1]] == ["down"] * TESTS
    assert answers[-1].status_code == 429


async def test_a_simulated_account_is_never_asked_at_the_real_provider(home: House) -> None:
    headers = await admin(home)
    account = await made(home, headers)
    simulated = msgspec.structs.replace(await row(home, account["id"]), base="sandbox:slack")
    await home.store.write(lambda tx: tx.accounts.change(simulated))

    tested = (await home.http.post(f"{ALL}/{account['id']}/test", headers=headers)).json()

    assert (tested["health"], tested["account"]["status"]) == ("down", "down")
    assert "no sandbox runs here" in tested["detail"]


async def test_another_installations_secret_is_said_and_not_overwritten(home: House) -> None:
    headers = await admin(home)
    account = await made(home, headers)
    foreign = EnvelopeVault(b"another secret of another installation").new_key(TenantId("rival"))
    await home.store.write(lambda tx: tx.accounts.keep_key(TenantId("rival"), foreign, 1))

    refused = await home.http.post(ALL, headers=await admin(home, "rival"), json=BODY)
    assert (refused.status_code, problem(refused)["code"]) == (409, "vault_shut")
    assert await opened(home, account["id"]) == SECRETS


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """All that is logged, at the most talkative level."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    out = io.StringIO()
    observe.configure_logs("json", "DEBUG", out)
    yield out
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


async def test_no_secret_is_in_any_answer_any_log_line_or_the_store(
    tmp_path: Path, lines: io.StringIO, provider: tuple[Provider, str]
) -> None:
    answers: list[str] = []
    async with house(tmp_path / "data") as home:
        headers = await admin(home)

        async def ask(method: str, path: str, **more: Any) -> Any:
            answer = await home.http.request(method, path, headers=headers, **more)
            answers.append(answer.text + str(answer.headers))
            return answer

        where = f"{ALL}/{(await ask('POST', ALL, json=BODY)).json()['id']}"
        await at(home, where.rpartition("/")[2], provider[1])
        await ask("POST", f"{where}/test")
        provider[0].answer = {"ok": False, "error": f"{BOT} is no token"}
        await ask("POST", f"{where}/test")
        await ask("PUT", where, json={"secrets": SECRETS})
        await ask("PUT", where, json={"secrets": SECRETS | {"zebra": BOT}})
        await ask("POST", ALL, json={"secrets": {"bot_token": APP, "app_token": BOT, "signing_secret": f"-{SIGNING}"}})
        await ask("POST", ALL, content=b'{"secrets": {"bot_token": "' + BOT.encode())
        for path in ("/api/v1/admin/channels", ALL, where, "/health", "/readyz?verbose", "/metrics"):
            await ask("GET", path)
        await ask("POST", f"{where}/disable")
        await ask("POST", f"{where}/enable")
        answers.append(repr(await home.ends.lines.line(AccountId(where.rpartition("/")[2]))))
        answers.append(repr(home.told))
        kept = b"".join(file.read_bytes() for file in (tmp_path / "data").rglob("*") if file.is_file())
        await ask("DELETE", where)

    everything = "".join(answers) + lines.getvalue()
    assert "Support" in everything
    assert b"Support" in kept
    for secret in (*SECRETS.values(), SECRET.decode()):
        assert secret not in everything
        assert secret.encode() not in kept


async def test_everybody_of_the_tenant_who_is_here_learns_of_a_new_state(tmp_path: Path) -> None:
    account = Account(
        AccountId("a-1"), MAYA.tenant, "slack", "slack", "Slack", "real", enabled=True, base="https://slack.test/",
        options={"team": "T1"}, status="needs_reauth", created_at=1, reason="token_revoked",
    )  # fmt: skip
    async with (
        world(tmp_path / "data") as small,
        small.signed_in(MAYA) as maya,
        small.signed_in(ANA) as ana,
        small.signed_in(KOFI) as kofi,
    ):
        inbox.tell_account(small.live, account)
        inbox.tell_account(small.live, msgspec.structs.replace(account, tenant=KOFI.tenant, id=AccountId("theirs")))
        told = {"t": "account", "channel": "slack", "account": "a-1", "status": "needs_reauth"}

        assert await maya.next() == await ana.next() == told | {"reason": "token_revoked"}
        assert (await kofi.next())["account"] == "theirs"
        inbox.tell_account(small.live, msgspec.structs.replace(account, status="up", reason=None))
        assert await maya.next() == await ana.next() == told | {"status": "up"}


def states(*given: tuple[str, str | None]) -> list[Account]:
    return [
        Account(
            AccountId(f"a-{n}"), TenantId("t"), "slack", "slack", "Slack", "real", enabled=True, base="", options={},
            status=status, created_at=1, reason=reason,  # type: ignore[arg-type]
        )
        for n, (status, reason) in enumerate(given)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "unconfigured"),
        ([("up", None)], "up"),
        ([("waiting_first_event", None)], "waiting_first_event"),
        ([("waiting_first_event", None), ("up", None), ("disabled", None)], "up"),
        ([("up", None), ("down", "token_revoked")], "down: token_revoked"),
        ([("degraded", "missing_scope:im:write"), ("up", None)], "degraded: missing_scope:im:write"),
        ([("degraded", None), ("needs_reauth", "invalid_auth")], "needs_reauth: invalid_auth"),
        ([("disabled", None), ("unconfigured", None)], "unconfigured"),
        ([("disabled", None)], "disabled"),
    ],
)
def test_a_channels_state_is_its_most_telling_accounts(given: list[tuple[str, str | None]], said: str) -> None:
    assert channel_state(states(*given)) == said


async def test_a_channel_in_trouble_is_named_and_does_not_make_us_unready(home: House) -> None:
    account = await made(home, await admin(home))
    broken = msgspec.structs.replace(await row(home, account["id"]), status="down", reason="token_revoked")
    await home.store.write(lambda tx: tx.accounts.change(broken))

    health = await home.http.get("/health")
    ready = await home.http.get("/readyz?verbose")

    channels = health.json()["channels"]
    assert (health.status_code, channels["web"], channels["slack"]) == (200, "up", "down: token_revoked")
    assert ready.status_code == 200
    assert "[!]slack down: token_revoked\n" in ready.text
