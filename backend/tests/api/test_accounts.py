"""Admins and their ends of channels: what they may do, what is refused, and that no secret ever comes back."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from throughline.api.accounts import MOST
from throughline.conversation.events import ConversationReopened, iso
from throughline.conversation.ids import (
    AccountId,
    BindingId,
    ConversationId,
    IdentityId,
    MessageId,
    PersonId,
    TenantId,
)
from throughline.conversation.records import Account, Binding, DeliveryRow, Identity
from throughline.ports import Tx

from .house import House, house, problem

ALL = "/api/v1/admin/channels/slack/accounts"
BOT, SIGNING, APP = "xoxb-1-canary-7f3a", "7f3acanary0123456789", "xapp-1-A1-canary-7f3a"
SECRETS = {"bot_token": BOT, "signing_secret": SIGNING, "app_token": APP}
BODY = {"name": "Support", "secrets": SECRETS}


async def admin(home: House, tenant: str = "demo") -> dict[str, str]:
    return await home.bearer(f"admin@{tenant}.test")


async def made(home: House, headers: dict[str, str], **body: Any) -> Any:
    answer = await home.http.post(ALL, headers=headers, json=BODY | body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def row(home: House, name: str) -> Account:
    found = await home.store.read(lambda tx: tx.accounts.account(AccountId(name)))
    assert found is not None
    return found


async def opened(home: House, name: str) -> dict[str, str]:
    line = await home.ends.lines.line(AccountId(name))
    assert line is not None
    return dict(line.secrets)


async def test_an_account_is_made_and_shown_without_its_secrets(home: House) -> None:
    headers = await admin(home)
    answer = await home.http.post(ALL, headers=headers, json=BODY | {"options": {"team": "T1"}})
    shown = answer.json()

    where = f"{ALL}/{shown['id']}"
    assert (answer.status_code, answer.headers["location"]) == (201, where)
    assert shown | {"created_at": ""} == {
        "id": shown["id"], "channel": "slack", "provider": "slack", "name": "Support", "mode": "real", "enabled": True,
        "status": "waiting_first_event", "reason": None, "options": {"team": "T1"},
        "secrets": [{"name": name, "set": True} for name in ("bot_token", "signing_secret", "app_token")],
        "webhook_url": f"http://throughline.test/api/v1/channels/slack/webhook/{shown['id']}",
        "last_in": None, "last_out": None, "created_at": "",
        "health": {
            "breaker": "closed", "since": None, "again_at": None, "sends": 0, "failures": 0,
            "waiting": 0, "oldest": None,
        },
    }  # fmt: skip
    assert (await home.http.get(where, headers=headers)).json() == shown
    assert (await home.http.get(ALL, headers=headers)).json() == {"items": [shown]}
    channels = (await home.http.get("/api/v1/admin/channels", headers=headers)).json()["items"]
    assert [c["channel"] for c in channels] == ["web", *home.ends.channels.names()]
    assert channels[1]["accounts"] == [shown]
    assert await opened(home, shown["id"]) == SECRETS
    assert [(a.id, a.status) for a in home.told] == [(shown["id"], "waiting_first_event")]


async def test_put_keeps_what_is_left_out_and_an_empty_text_removes(home: House) -> None:
    headers = await admin(home)
    account = await made(home, headers, options={"team": "T1", "socket": "on"})
    where = f"{ALL}/{account['id']}"

    named = (await home.http.put(where, headers=headers, json={"name": " Sales "})).json()
    assert named == account | {"name": "Sales"}
    assert await opened(home, account["id"]) == SECRETS

    fewer = {"secrets": {"app_token": "", "bot_token": f"{BOT}-2\n"}, "options": {"socket": ""}}
    changed = (await home.http.put(where, headers=headers, json=fewer)).json()
    assert changed["options"] == {"team": "T1"}
    assert {s["name"]: s["set"] for s in changed["secrets"]} == {
        "bot_token": True, "signing_secret": True, "app_token": False,
    }  # fmt: skip
    assert await opened(home, account["id"]) == {"bot_token": f"{BOT}-2", "signing_secret": SIGNING}


async def test_an_account_without_its_secrets_waits_for_them(home: House) -> None:
    headers = await admin(home)
    account = await made(home, headers, secrets={"bot_token": BOT})
    assert account["status"] == "unconfigured"

    where = f"{ALL}/{account['id']}"
    tested = (await home.http.post(f"{where}/test", headers=headers)).json()
    assert (tested["health"], tested["detail"][:24]) == ("needs_reauth", "Something is still missi")
    done = await home.http.put(where, headers=headers, json={"secrets": {"signing_secret": SIGNING}})
    assert done.json()["status"] == "waiting_first_event"


async def test_a_new_name_does_not_heal_what_is_broken(home: House) -> None:
    headers = await admin(home)
    account = await made(home, headers)
    broken = msgspec.structs.replace(await row(home, account["id"]), status="needs_reauth", reason="token_revoked")
    await home.store.write(lambda tx: tx.accounts.change(broken))
    where = f"{ALL}/{account['id']}"

    renamed = (await home.http.put(where, headers=headers, json={"name": "New"})).json()
    assert (renamed["status"], renamed["reason"]) == ("needs_reauth", "token_revoked")
    again = (await home.http.put(where, headers=headers, json={"secrets": {"bot_token": f"{BOT}-2"}})).json()
    assert (again["status"], again["reason"]) == ("waiting_first_event", None)


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown secret": ({"secrets": {"zebra": "x"}}, "unknown_secret", "bot_token, signing_secret, app_token"),
    "unknown option": ({"options": {"zebra": "x"}}, "unknown_option", "team"),
    "option as secret": ({"secrets": {"team": "T1"}}, "unknown_secret", "bot_token"),
    "secret as option": ({"options": {"bot_token": BOT}}, "unknown_option", "team"),
    "user's token": ({"secrets": {"bot_token": "xoxp-1-zebra"}}, "bad_secret", "begins with xoxb-"),
    "app token as bot token": ({"secrets": {"bot_token": APP}}, "bad_secret", "begins with xoxb-"),
    "bot token as app token": ({"secrets": {"app_token": BOT}}, "bad_secret", "begins with xapp-"),
    "too long": ({"secrets": {"bot_token": "xoxb-" + "1" * 508}}, "bad_secret", "512"),
    "control character": ({"secrets": {"bot_token": "xoxb-1\n2345678901"}}, "bad_secret", "in one line"),
    "escape": ({"secrets": {"bot_token": "xoxb-1\x1b[2345678901"}}, "bad_secret", "in one line"),
    "not ascii": ({"secrets": {"bot_token": "xoxb-zébra12345678"}}, "bad_secret", "xoxb-"),
    "option too long": ({"options": {"team": "T" * 513}}, "bad_option", "512"),
    "option of no form": ({"options": {"team": "<script>"}}, "bad_option", "Slack id"),
    "no name": ({"name": "  "}, "bad_name", "1 to 100"),
    "long name": ({"name": "x" * 101}, "bad_name", "1 to 100"),
    "name in two lines": ({"name": "a\nb"}, "bad_name", "one line"),
    "number": ({"secrets": {"bot_token": 5}}, "invalid_body", "Expected"),
    "list": ({"options": ["team"]}, "invalid_body", "Expected"),
    "null": ({"secrets": None}, "invalid_body", "Expected"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
async def test_what_cannot_be_is_refused_in_words_and_changes_nothing(home: House, case: str) -> None:
    body, code, words = REFUSED[case]
    headers = await admin(home)
    account = await made(home, headers)
    before = await row(home, account["id"])

    for method, where in (("POST", ALL), ("PUT", f"{ALL}/{account['id']}")):
        answer = await home.http.request(method, where, headers=headers, json=body)
        document = problem(answer)
        assert (answer.status_code, document["code"]) == (422, code)
        assert words in document["detail"]
        for value in [v for part in body.values() if isinstance(part, dict) for v in part.values() if len(str(v)) > 2]:
            assert str(value) not in answer.text
    assert await row(home, account["id"]) == before
    assert len((await home.http.get(ALL, headers=headers)).json()["items"]) == 1


ROUTES = [
    ("GET", ALL), ("POST", ALL), ("GET", f"{ALL}/ID"), ("PUT", f"{ALL}/ID"), ("DELETE", f"{ALL}/ID"),
    ("POST", f"{ALL}/ID/enable"), ("POST", f"{ALL}/ID/disable"), ("POST", f"{ALL}/ID/test"),
    ("GET", f"{ALL}/ID/manifest"),
]  # fmt: skip


async def asked(home: House, method: str, path: str, headers: dict[str, str]) -> Any:
    body: dict[str, str] | None = {} if method in {"POST", "PUT"} else None
    return await home.http.request(method, path, headers=headers, json=body)


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("who", ["customer", "operator"])
async def test_only_admins_may(home: House, method: str, path: str, who: str) -> None:
    account = await made(home, await admin(home))
    headers = await home.bearer(f"{who}@demo.test")

    answer = await asked(home, method, path.replace("ID", account["id"]), headers)

    assert (answer.status_code, problem(answer)["code"]) == (403, "forbidden")


async def test_the_manifest_fits_the_way_in_which_the_account_is_heard(home: House) -> None:
    headers = await admin(home)
    account = await made(home, headers)
    path = f"/api/v1/admin/channels/slack/accounts/{account['id']}"

    called = (await home.http.get(f"{path}/manifest", headers=headers)).json()
    await home.http.put(path, json={"options": {"socket": "on"}}, headers=headers)
    heard = (await home.http.get(f"{path}/manifest", headers=headers)).json()

    hook = json.loads(called["text"])["settings"]["event_subscriptions"]["request_url"]
    assert (called["name"], hook) == ("slack-manifest.json", account["webhook_url"])
    assert json.loads(heard["text"])["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in heard["text"]


async def test_members_see_the_channels_without_which_secrets_are_set_and_customers_do_not(home: House) -> None:
    await made(home, await admin(home))

    seen = await home.http.get("/api/v1/admin/channels", headers=await home.bearer("operator@demo.test"))
    refused = await home.http.get("/api/v1/admin/channels", headers=await home.bearer("customer@demo.test"))
    theirs = await home.http.get("/api/v1/admin/channels", headers=await home.bearer("operator@rival.test"))

    assert [(a["name"], a["secrets"], a["health"]) for a in seen.json()["items"][1]["accounts"]] == [
        ("Support", [], None)
    ]
    assert refused.status_code == 403
    assert theirs.json()["items"][1]["accounts"] == []


@pytest.mark.parametrize(("method", "path"), [r for r in ROUTES if "ID" in r[1]])
async def test_another_tenants_account_answers_like_an_unknown_one(home: House, method: str, path: str) -> None:
    account = await made(home, await admin(home))
    headers = await admin(home, "rival")

    foreign = await asked(home, method, path.replace("ID", account["id"]), headers)
    unknown = await asked(home, method, path.replace("ID", "0" * len(account["id"])), headers)
    strange = await asked(home, method, path.replace("ID", "a%20b"), headers)

    documents = [{k: v for k, v in problem(a).items() if k != "request_id"} for a in (foreign, unknown, strange)]
    assert documents[0] == documents[1] == documents[2]
    assert (documents[0]["status"], documents[0]["code"]) == (404, "unknown_account")
    assert (await row(home, account["id"])).enabled


@pytest.mark.parametrize("channel", ["web", "fax", "%00", "SLACK"])
async def test_an_unknown_channel_is_a_404(home: House, channel: str) -> None:
    answer = await home.http.get(ALL.replace("slack", channel), headers=await admin(home))

    assert (answer.status_code, problem(answer)["code"]) == (404, "unknown_channel")


async def test_the_same_key_makes_one_account_and_another_body_is_refused(home: House) -> None:
    headers = await admin(home) | {"idempotency-key": "k-1"}

    first, second = await made(home, headers), await made(home, headers)
    other = await home.http.post(ALL, headers=headers, json=BODY | {"name": "Else"})

    assert first == second
    assert (other.status_code, problem(other)["code"]) == (422, "idempotency_key_reused")
    assert len((await home.http.get(ALL, headers=headers)).json()["items"]) == 1


async def test_there_are_only_so_many_accounts(home: House) -> None:
    headers = await admin(home)
    for _ in range(MOST):
        await made(home, headers, secrets={})

    refused = await home.http.post(ALL, headers=headers, json=BODY)
    assert (refused.status_code, problem(refused)["code"]) == (409, "too_many_accounts")
    assert (await home.http.post(ALL, headers=await admin(home, "rival"), json=BODY)).status_code == 201


@pytest.fixture
async def listening(tmp_path: Path) -> AsyncIterator[House]:
    """With somebody behind the webhook; nothing gets so far that is not signed."""
    async with house(tmp_path / "data", hear=object()) as inside:
        yield inside


async def test_an_account_that_is_switched_off_is_off_at_once(listening: House) -> None:
    home = listening
    headers = await admin(home)
    account = await made(home, headers)
    where = f"{ALL}/{account['id']}"
    assert await home.ends.lines.line(AccountId(account["id"])) is not None

    off = (await home.http.post(f"{where}/disable", headers=headers)).json()
    assert (off["enabled"], off["status"]) == (False, "disabled")
    assert await home.ends.lines.line(AccountId(account["id"])) is None
    hook = await home.http.post(f"/api/v1/channels/slack/webhook/{account['id']}", content=b"{}")
    assert hook.status_code == 404
    untested = await home.http.post(f"{where}/test", headers=headers)
    assert (untested.status_code, problem(untested)["code"]) == (409, "account_disabled")

    on = (await home.http.post(f"{where}/enable", headers=headers)).json()
    assert (on["enabled"], on["status"]) == (True, "waiting_first_event")
    hook = await home.http.post(f"/api/v1/channels/slack/webhook/{account['id']}", content=b"{}")
    assert hook.status_code == 401
    assert [a.status for a in home.told] == ["waiting_first_event", "disabled", "waiting_first_event"]


async def test_health_tells_that_an_account_is_paused_until_when_and_what_waits(home: House) -> None:
    headers = await admin(home)
    account = await made(home, headers)
    where, which = f"{ALL}/{account['id']}", AccountId(account["id"])
    conversation = (
        await home.http.post("/api/v1/conversations", headers=await home.bearer("customer@demo.test"))
    ).json()
    said = home.clock.now()
    await home.store.write(lambda tx: _waits(tx, which, ConversationId(conversation["id"]), said))
    home.clock.pass_(5)
    for _ in range(10):
        home.ends.lines.breakers.noted(which, "bad")

    health = (await home.http.get(where, headers=headers)).json()["health"]
    assert health == {
        "breaker": "open", "since": iso(said + 5_000), "again_at": iso(said + 35_000), "sends": 10, "failures": 10,
        "waiting": 1, "oldest": iso(said),
    }  # fmt: skip
    listed = (await home.http.get(ALL, headers=headers)).json()["items"]
    assert [item["health"] for item in listed] == [health]


async def test_new_credentials_let_one_message_try_and_a_new_name_does_not(home: House) -> None:
    headers = await admin(home)
    account = await made(home, headers)
    where = f"{ALL}/{account['id']}"
    home.ends.lines.breakers.noted(AccountId(account["id"]), "auth")

    renamed = (await home.http.put(where, headers=headers, json={"name": "New"})).json()
    assert (renamed["health"]["breaker"], renamed["health"]["again_at"]) == ("open", None)
    await home.http.put(where, headers=headers, json={"secrets": {"bot_token": f"{BOT}-2"}})
    assert (await home.http.get(where, headers=headers)).json()["health"]["breaker"] == "half_open"


def _waits(tx: Tx, account: AccountId, conversation: ConversationId, at: int) -> None:
    """A message that is to go out through it."""
    tenant, who = TenantId("demo"), IdentityId("i-2")
    tx.people.add_identity(
        Identity(who, tenant, PersonId("demo-person"), account, "slack", "T1/U2", "verified", 1)
    )  # fmt: skip
    tx.bindings.bind(Binding(BindingId("b-2"), tenant, conversation, who, "slack", "mirror", account))
    entry = tx.log.append(tenant, conversation, at, ConversationReopened())
    tx.bindings.owe(
        DeliveryRow(
            tenant, conversation, MessageId("m-1"), BindingId("b-2"), "slack", entry.seq, False, "pending", at
        )
    )  # fmt: skip


async def test_an_account_is_taken_away_unless_somebody_is_reached_through_it(home: House) -> None:
    headers = await admin(home)
    account = await made(home, headers)
    where = f"{ALL}/{account['id']}"
    person = Identity(
        IdentityId("i-1"), TenantId("demo"), PersonId("demo-person"), AccountId(account["id"]), "slack", "T1/U1",
        "verified", 1,
    )  # fmt: skip
    await home.store.write(lambda tx: tx.people.add_identity(person))
    used = await home.http.delete(where, headers=headers)
    assert (used.status_code, problem(used)["code"]) == (409, "account_in_use")
    assert await opened(home, account["id"]) == SECRETS

    free = await made(home, headers)
    gone = await home.http.delete(f"{ALL}/{free['id']}", headers=headers)
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await home.http.delete(f"{ALL}/{free['id']}", headers=headers)).status_code == 404
    assert await home.store.read(lambda tx: tx.accounts.sealed(TenantId("demo"), AccountId(free["id"]))) == {}
