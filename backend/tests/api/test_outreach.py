"""Writing first over HTTP: who may, what a body has to be, and that a tenant's walls hold."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from msgspec.structs import replace

from throughline.api.door import asgi
from throughline.conversation.ids import AccountId, ConversationId, TenantId
from throughline.conversation.policy import Policy
from throughline.conversation.records import Account
from throughline.flow.outreach import Outreach
from throughline.ports import Tx

from .house import ORIGIN, House, house, problem

HER = "+44 7700 900123"
OPERATOR = "operator@demo.test"
NUMBERS = {"sms": "+15550100", "whatsapp": "106540352242922"}


def ends(tx: Tx) -> None:
    """Both organisations have an SMS account, one of them a WhatsApp."""
    for name, tenant, channel, provider in (
        ("sms-demo", "demo", "sms", "twilio"),
        ("wa-demo", "demo", "whatsapp", "meta"),
        ("sms-rival", "rival", "sms", "twilio"),
    ):
        tx.accounts.add(
            Account(
                AccountId(name), TenantId(tenant), channel, provider, name, "simulated", enabled=True,  # type: ignore[arg-type]
                base=f"sandbox:{provider}", options={"numbers": NUMBERS[channel]}, status="up", created_at=1,
            )
        )  # fmt: skip


class Desk:
    """A house from which people write first."""

    def __init__(self, home: House) -> None:
        assert home.door.ends is not None
        self.home = home
        outreach = Outreach(home.store, home.clock, home.ids, "agent", home.door.ends.channels)
        app = asgi(replace(home.door, outreach=outreach))
        self.http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=ORIGIN)

    async def send(
        self, body: Any, channel: str = "sms", who: str = OPERATOR, **headers: str
    ) -> httpx2.Response:  # fmt: skip
        signed = await self.home.bearer(who) | {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post(f"/api/v1/channels/{channel}/send", headers=signed, json=body)


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with house(tmp_path / "data") as home:
        await home.store.write(ends)
        inside = Desk(home)
        yield inside
        await inside.http.aclose()


async def test_what_is_sent_is_answered_with_where_it_stands(desk: Desk) -> None:
    answer = await desk.send({"to": HER, "text": "Your parcel is here.", "name": " Ana\n"})

    assert answer.status_code == 202, answer.text
    sent = answer.json()
    assert sent.keys() == {"conversation", "message", "binding", "state"}
    assert sent["state"] == "pending"
    operator = await desk.home.bearer(OPERATOR)
    found = await desk.http.get(f"/api/v1/conversations/{sent['conversation']}", headers=operator)
    assert (found.json()["person_name"], found.json()["title"]) == ("Ana", "Your parcel is here.")
    rows = (await desk.http.get(f"/api/v1/conversations/{sent['conversation']}/deliveries", headers=operator)).json()
    assert [(r["message"], r["channel"], r["state"]) for r in rows["items"]] == [(sent["message"], "sms", "pending")]


async def test_a_template_goes_where_words_may_not(desk: Desk) -> None:
    template = {"name": "order_update", "language": "en", "parameters": ["4711"]}

    words = await desk.send({"to": HER, "text": "Hello"}, "whatsapp")
    assert problem(words)["code"] == "window_closed"
    assert "template" in words.json()["hint"]
    assert (await desk.send({"to": HER, "template": template}, "whatsapp")).status_code == 202


async def test_an_alias_of_a_channel_is_that_channel(desk: Desk) -> None:
    assert problem(await desk.send({"to": "ana@example.com", "text": "Hi"}, "email"))["code"] == "no_account"


@pytest.mark.parametrize(("who", "status"), [("customer@demo.test", 403), ("admin@demo.test", 202)])
async def test_members_may_and_customers_may_not(desk: Desk, who: str, status: int) -> None:
    assert (await desk.send({"to": HER, "text": "Hi"}, who=who)).status_code == status


async def test_nobody_may_without_a_sign_in(desk: Desk) -> None:
    answer = await desk.http.post("/api/v1/channels/sms/send", json={"to": HER, "text": "Hi"})
    assert problem(answer)["code"] == "signed_out"


@pytest.mark.parametrize("channel", ["web", "fax", "slack%2F.."])
async def test_there_is_no_such_channel(desk: Desk, channel: str) -> None:
    assert (await desk.send({"to": HER, "text": "Hi"}, channel)).status_code in {404, 422}


@pytest.mark.parametrize(
    "body",
    [
        {}, {"to": HER}, {"to": "", "text": "Hi"}, {"to": "07700", "text": "Hi"}, {"to": HER, "text": " "},
        {"to": "x" * 255, "text": "Hi"}, {"to": HER, "text": "x" * 2_001}, {"to": HER, "text": "\0"},
        {"to": [HER], "text": "Hi"}, {"to": HER, "text": "Hi", "template": {}},
        {"to": HER, "text": "Hi", "template": {"name": "x", "parameters": ["y"] * 21}},
        {"to": HER, "text": "Hi", "subject": "x" * 151}, {"to": HER, "text": "Hi", "name": "x" * 101},
    ],
)  # fmt: skip
async def test_a_body_of_another_form_sends_nothing(desk: Desk, body: Any) -> None:
    assert problem(await desk.send(body))["status"] == 422
    assert await _conversations(desk, "demo") == []


async def test_another_organisations_account_is_not_there(desk: Desk) -> None:
    answer = await desk.send({"to": HER, "text": "Hi", "account": "sms-rival"})

    assert (answer.status_code, problem(answer)["code"]) == (404, "unknown_account")
    assert answer.json()["detail"] == (await desk.send({"to": HER, "text": "x", "account": "none"})).json()["detail"]


async def test_two_organisations_write_to_the_same_number_apart(desk: Desk) -> None:
    ours = (await desk.send({"to": HER, "text": "Ours"})).json()
    theirs = (await desk.send({"to": HER, "text": "Theirs"}, who="operator@rival.test")).json()

    assert await _conversations(desk, "demo") == [ours["conversation"]]
    assert await _conversations(desk, "rival") == [theirs["conversation"]]
    foreign = await desk.http.get(
        f"/api/v1/conversations/{theirs['conversation']}", headers=await desk.home.bearer(OPERATOR)
    )
    assert foreign.status_code == 404


async def test_under_an_idempotency_key_it_is_sent_once(desk: Desk) -> None:
    first, again = [await desk.send({"to": HER, "text": "Hi"}, idempotency_key="k-1") for _ in range(2)]

    assert (again.status_code, again.json()) == (202, first.json())
    other = await desk.send({"to": HER, "text": "Something else"}, idempotency_key="k-1")
    assert problem(other)["code"] == "idempotency_key_reused"
    assert problem(await desk.send({"to": HER, "text": "Hi"}, idempotency_key=" "))["code"] == "bad_idempotency_key"
    assert await _texts(desk, first.json()["conversation"]) == ["Hi"]


async def test_an_organisation_writes_first_so_often_in_a_minute(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def policy(_: TenantId) -> Policy:
        return Policy(sends_per_minute=2)

    monkeypatch.setattr(desk.home.receive, "policy", policy)
    answers = [await desk.send({"to": HER, "text": "Hi"}) for _ in range(3)]

    assert [a.status_code for a in answers] == [202, 202, 429]
    assert problem(answers[2])["code"] == "rate_limited"


async def _conversations(desk: Desk, tenant: str) -> list[str]:
    headers = await desk.home.bearer(f"admin@{tenant}.test")
    return [c["id"] for c in (await desk.http.get("/api/v1/conversations", headers=headers)).json()["items"]]


async def _texts(desk: Desk, where: str) -> list[str]:
    entries = await desk.home.store.read(
        lambda tx: tx.log.entries(TenantId("demo"), ConversationId(where), 0, 100, ("message",))
    )
    return [e.body().text for e in entries]  # type: ignore[attr-defined]
