"""Connect Gmail, with the stand-in's own consent page: who is sent where, what may come back, what is kept of it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import msgspec
import pytest

from tests.sandbox.gmail_stage import BOX, CLIENT, REFRESH, SECRET, Stage, stage
from throughline.conversation.ids import AccountId, SessionId, TenantId, UserId
from throughline.conversation.records import Account, Caller
from throughline.identity.consents import EACH, LIFE_S, Consents
from throughline.reach import stand_in

from .house import House, StillClock, house, problem

ALL = "/api/v1/admin/channels/gmail/accounts"
#: The stand-in leads back to this machine only.
HERE = "http://127.0.0.1:9"
CANARY = "zebra-canary-7f3a"


@pytest.fixture
async def gmail() -> AsyncIterator[Stage]:
    async with stage() as found:
        yield found


@pytest.fixture
async def home(tmp_path: Path, gmail: Stage) -> AsyncIterator[House]:
    async with house(tmp_path / "data") as inside:
        inside.ends.lines._resolve = stand_in(gmail.base)
        ends = msgspec.structs.replace(inside.ends, public_url=HERE)
        consents = Consents(inside.clock, inside.tokens.is_revoked)
        inside.move_in(ends=ends, consents=consents)
        yield inside


async def account(home: House, headers: dict[str, str], **body: Any) -> str:
    """A mailbox of ours that nobody has signed in to yet, at the stand-in."""
    given = {"options": {"client_id": CLIENT}, "secrets": {"client_secret": SECRET}} | body
    name = home.ids.new()
    row = Account(
        AccountId(name), TenantId("demo"), "gmail", "gmail", "Mail", "simulated", enabled=True, base="sandbox:gmail",
        options={}, status="unconfigured", created_at=home.clock.now(),
    )  # fmt: skip
    await home.store.write(lambda tx: tx.accounts.add(row))
    made = await home.http.put(f"{ALL}/{name}", headers=headers, json=given)
    assert made.status_code == 200, made.text
    return name


async def visit(home: House, headers: dict[str, str], name: str) -> str:
    """Press the button: the address at the provider."""
    answer = await home.http.post(f"{ALL}/{name}/connect", headers=headers)
    assert answer.status_code == 200, answer.text
    url: str = answer.json()["url"]
    return url


async def agree(url: str, **other: str) -> str:
    """Look at the consent page and press its button; the path and query that the browser is sent back to."""
    async with httpx2.AsyncClient(trust_env=False) as browser:
        page = await browser.get(url)
        assert page.status_code == 200, page.text
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
        fields = {key: value.replace("&amp;", "&") for key, value in fields.items()}
        answer = await browser.post(url, data=fields | other)
    assert answer.status_code == 302, answer.text
    to = urlsplit(answer.headers["location"])
    assert f"{to.scheme}://{to.netloc}" == HERE
    return f"{to.path}?{to.query}"


async def sealed(home: House, name: str) -> dict[str, str]:
    home.ends.lines.forget(AccountId(name))
    line = await home.ends.lines.line(AccountId(name))
    assert line is not None
    return dict(line.secrets)


async def test_an_admin_agrees_and_the_account_is_connected(home: House, gmail: Stage) -> None:
    headers = await home.bearer("admin@demo.test")
    name = await account(home, headers)

    url = await visit(home, headers, name)
    asked = parse_qs(urlsplit(url).query)
    assert asked["redirect_uri"] == [f"{HERE}/oauth/gmail/callback"]
    assert (asked["code_challenge_method"], asked["access_type"]) == (["S256"], ["offline"])
    assert SECRET not in url
    back = await home.http.get(await agree(url))

    assert back.status_code == 303
    assert back.headers["location"] == f"{HERE}/admin/channels?account={name}&connected=gmail"
    shown = (await home.http.get(f"{ALL}/{name}", headers=headers)).json()
    assert (shown["status"], shown["options"]["mailbox"]) == ("waiting_first_event", BOX)
    assert {s["name"]: s["set"] for s in shown["secrets"]} == {"client_secret": True, "refresh_token": True}
    assert home.told[-1].status == "waiting_first_event"
    kept = (await sealed(home, name))["refresh_token"]
    assert kept != REFRESH
    assert (await gmail.grant(refresh_token=kept)).status_code == 200
    tested = (await home.http.post(f"{ALL}/{name}/test", headers=headers)).json()
    assert tested["health"] == "up"
    assert kept not in str(shown) + str(tested)


async def test_a_way_back_works_once(home: House) -> None:
    headers = await home.bearer("admin@demo.test")
    name = await account(home, headers)
    back = await agree(await visit(home, headers, name))

    assert (await home.http.get(back)).status_code == 303
    again = await home.http.get(back)
    assert (again.status_code, "press Connect again" in again.text) == (400, True)


@pytest.mark.parametrize("how", ["late", "no cookie", "another's cookie", "signed out", "other channel", "made up"])
async def test_a_way_back_that_is_not_this_admins_connects_nothing(home: House, how: str) -> None:
    headers = await home.bearer("admin@demo.test")
    name = await account(home, headers)
    back = await agree(await visit(home, headers, name))
    if how == "late":
        home.clock.pass_(LIFE_S)
    elif how == "no cookie":
        home.http.cookies.clear()
    elif how == "another's cookie":
        home.http.cookies.clear()
        home.http.cookies.set("throughline-visit", "A" * 32, domain="throughline.test")
    elif how == "signed out":
        await home.http.post("/api/v1/auth/logout", headers=headers, json={})
    elif how == "other channel":
        back = back.replace("/oauth/gmail/", "/oauth/slack/")
    else:
        back = f"/oauth/gmail/callback?state={CANARY}&code=x&redirect_uri=https://elsewhere.example"
    answer = await home.http.get(back)

    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert "location" not in answer.headers
    assert 'href="/admin/channels' in answer.text
    assert CANARY not in answer.text
    assert "refresh_token" not in await sealed(home, name)


async def test_looking_does_not_use_it_up(home: House) -> None:
    headers = await home.bearer("admin@demo.test")
    name = await account(home, headers)
    back = await agree(await visit(home, headers, name))

    assert (await home.http.head(back)).status_code == 400
    assert (await home.http.get(back)).status_code == 303


async def test_an_admin_who_is_none_any_more_connects_nothing(home: House) -> None:
    headers = home.forged(user=UserId("demo-operator"), person=None, role="admin")
    name = await account(home, headers)

    assert (await home.http.get(await agree(await visit(home, headers, name)))).status_code == 400
    assert "refresh_token" not in await sealed(home, name)


async def test_what_the_provider_will_not_do_is_said_in_words(home: House, gmail: Stage) -> None:
    headers = await home.bearer("admin@demo.test")
    name = await account(home, headers, options={"client_id": CLIENT, "mailbox": "other@example.com"})
    url = await visit(home, headers, name)
    state = parse_qs(urlsplit(url).query)["state"][0]
    said = await home.http.get("/oauth/gmail/callback", params={"state": state, "error": "access_denied"})
    assert (said.status_code, "did not agree" in said.text) == (403, True)
    assert f'href="/admin/channels?account={name}"' in said.text

    other = await home.http.get(await agree(await visit(home, headers, name)))
    assert (other.status_code, "another mailbox" in other.text) == (409, True)

    partly = await agree(await visit(home, headers, name), scope="openid")
    assert "a part only" in (await home.http.get(partly)).text

    url = await visit(home, headers, name)
    state = parse_qs(urlsplit(url).query)["state"][0]
    made_up = await home.http.get("/oauth/gmail/callback", params={"state": state, "code": CANARY})
    assert (made_up.status_code, "did not take the code" in made_up.text) == (502, True)
    assert CANARY not in made_up.text

    back = await agree(await visit(home, headers, name))
    await gmail.switch(end=BOX, method="token", fail="invalid_client")
    wrong = await home.http.get(back)
    assert (wrong.status_code, "client" in wrong.text) == (502, True)
    assert "refresh_token" not in await sealed(home, name)


async def test_what_cannot_be_connected_is_refused(home: House) -> None:
    headers = await home.bearer("admin@demo.test")
    name = await account(home, headers)
    bare = await account(home, headers, secrets={})
    slack = (await home.http.post(ALL.replace("gmail", "slack"), headers=headers, json={})).json()["id"]
    rival = await home.bearer("admin@rival.test")
    operator = await home.bearer("operator@demo.test")

    async def refused(where: str, who: dict[str, str]) -> str:
        answer = await home.http.post(f"{where}/connect", headers=who)
        assert "set-cookie" not in answer.headers
        return str(problem(answer)["code"])

    assert await refused(f"{ALL}/{bare}", headers) == "no_client"
    assert await refused(f"{ALL.replace('gmail', 'slack')}/{slack}", headers) == "no_connect"
    assert await refused(f"{ALL}/{name}", rival) == await refused(f"{ALL}/nobody", rival) == "unknown_account"
    assert await refused(f"{ALL}/{name}", operator) == "forbidden"
    await home.http.post(f"{ALL}/{name}/disable", headers=headers)
    assert await refused(f"{ALL}/{name}", headers) == "account_disabled"


@pytest.mark.parametrize(
    "query", ["", "state=&code=x", "state=%00&code=%ff", "state=é", "x=1&" * 60, "state=" + "a" * 5_000, "=&=&&;"]
)
async def test_anything_at_the_callback_is_a_page(home: House, query: str) -> None:
    answer = await home.http.get(f"/oauth/gmail/callback?{query}")

    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


async def test_visits_are_bounded(home: House) -> None:
    clock = StillClock()
    consents = Consents(clock, lambda _: False)
    one = home.tokens.read((await home.bearer("admin@demo.test"))["authorization"].removeprefix("Bearer "))
    assert isinstance(one, Caller)
    begun = [consents.begin(one, AccountId("a"), None) for _ in range(EACH + 3)]

    assert len(consents) == EACH
    assert [consents.end(b.state, b.browser) is not None for b in begun] == [False] * 3 + [True] * EACH
    other = msgspec.structs.replace(one, session=SessionId("s2"))
    consents.begin(other, AccountId("a"), None)
    clock.pass_(LIFE_S)
    consents.begin(one, AccountId("a"), None)
    assert len(consents) == 1
