"""How patient an organisation is with its channels: admins say, within bounds, and it holds at once."""

from typing import Any

import pytest

from tests.api.house import House, problem
from throughline.conversation.ids import TenantId
from throughline.conversation.policy import Policy

PATH = "/api/v1/admin/delivery"
USUAL = {
    "failover_after": 30.0, "unseen_after": 30.0, "give_up_after": 3600.0, "doubt": "failover",
    "fallback": ["slack", "telegram", "whatsapp", "gmail", "sms", "web"], "retries": 3, "retry_ms": 1000,
}  # fmt: skip


async def put(home: House, body: Any, who: str = "admin@demo.test") -> Any:
    return await home.http.put(PATH, json=body, headers=await home.bearer(who))


async def policy(home: House, tenant: str = "demo") -> Policy:
    found = await home.store.read(lambda tx: tx.people.tenant(TenantId(tenant)))
    assert found is not None
    return found.policy


async def test_it_is_as_the_product_ships_it_until_somebody_changes_it(home: House) -> None:
    assert (await home.http.get(PATH, headers=await home.bearer("admin@demo.test"))).json() == USUAL


async def test_what_is_given_is_written_and_the_rest_stays(home: House) -> None:
    before = await policy(home)
    changed = {"failover_after": 5, "doubt": "hold", "fallback": ["gmail", "sms"], "retries": 1}
    answer = await put(home, changed)

    assert answer.json() == USUAL | changed
    after = await policy(home)
    assert (after.failover_after, after.doubt, after.fallback, after.retries) == (5.0, "hold", ("gmail", "sms"), 1)
    assert after.messages_per_day == before.messages_per_day, "limits are none of its business"
    assert await policy(home, "rival") == Policy()


@pytest.mark.parametrize(
    "body",
    [
        {"failover_after": 0}, {"failover_after": 3601}, {"unseen_after": 0.5}, {"give_up_after": 9},
        {"give_up_after": 604801}, {"retries": 0}, {"retries": 11}, {"retry_ms": 99}, {"retry_ms": 30001},
        {"doubt": "forget"}, {"fallback": ["pigeon"]}, {"fallback": ["sms", "sms"]}, {"fallback": ["sms"] * 7},
        {"failover_after": "soon"}, {"failover_after": 60, "give_up_after": 59}, {"give_up_after": 20},
    ],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused_and_nothing_is_written(home: House, body: Any) -> None:
    assert problem(await put(home, body))["status"] == 422
    assert await policy(home) == Policy()


@pytest.mark.parametrize("who", ["operator@demo.test", "customer@demo.test"])
async def test_admins_only(home: House, who: str) -> None:
    assert problem(await put(home, {"retries": 1}, who))["code"] == "forbidden"
    assert (await home.http.get(PATH, headers=await home.bearer(who))).status_code == 403
