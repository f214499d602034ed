"""A conversation's channels over HTTP: seen, set and moved by the person and by members, by nobody else."""

from typing import Any

import pytest

from tests.api.house import House, problem
from throughline.conversation.ids import AccountId, IdentityId, MessageId, PersonId, TenantId
from throughline.conversation.records import Account, DeliveryRow, Identity
from throughline.ports import Tx

ALL = "/api/v1/conversations"
DEMO = TenantId("demo")


def slack(tx: Tx) -> None:
    """The customer is known on a simulated Slack."""
    at = AccountId("a-slack")
    tx.accounts.add(Account(at, DEMO, "slack", "slack", "Demo Slack", "simulated", True, "sandbox:slack", {}, "up", 1))
    person = PersonId("demo-person")
    tx.people.add_identity(Identity(IdentityId("i-slack"), DEMO, person, at, "slack", "T1/U1", "verified", 2))


@pytest.fixture
async def person(home: House) -> dict[str, str]:
    await home.store.write(slack)
    return await home.bearer("customer@demo.test")


async def shown(home: House, headers: dict[str, str], where: str) -> Any:
    answer = await home.http.get(f"{ALL}/{where}/bindings", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ids(home: House, headers: dict[str, str], where: str) -> dict[str, str]:
    return {b["channel"]: b["id"] for b in (await shown(home, headers, where))["items"]}


async def test_a_conversation_shows_its_channels_with_their_accounts_state(home: House, person: dict[str, str]) -> None:
    where = await home.talk(person)
    found = await shown(home, person, where)

    assert found["follow"] == "follow"
    assert [{k: v for k, v in b.items() if k not in {"id", "identity"}} for b in found["items"]] == [
        {"channel": "web", "label": "Web", "mode": "active", "health": "up", "simulated": False},
        {"channel": "slack", "label": "Slack", "mode": "mirror", "health": "up", "simulated": True},
    ]


@pytest.mark.parametrize("who", ["customer@demo.test", "operator@demo.test"])
async def test_a_second_active_one_is_a_move_and_the_answer_shows_it(
    home: House, person: dict[str, str], who: str
) -> None:
    where = await home.talk(person)
    names, headers = await ids(home, person, where), await home.bearer(who)
    asked: dict[str, Any] = {"items": [{"id": names["slack"], "mode": "active"}], "follow": "pin"}

    answer = await home.http.put(f"{ALL}/{where}/bindings", headers=headers, json=asked)

    assert answer.status_code == 200, answer.text
    assert {b["channel"]: b["mode"] for b in answer.json()["items"]} == {"web": "mirror", "slack": "active"}
    assert answer.json()["follow"] == "pin"
    assert answer.json() == await shown(home, person, where)
    events = (await home.http.get(f"{ALL}/{where}/events", headers=person)).json()["items"]
    assert [e["kind"] for e in events] == ["conversation_started", "bound", "bound", "message"]


async def test_what_is_left_out_stays(home: House, person: dict[str, str]) -> None:
    where = await home.talk(person)
    before = await shown(home, person, where)

    bodies: list[dict[str, Any]] = [{}, {"items": []}, {"follow": "follow"}, {"unknown": 1}]
    for asked in bodies:
        answer = await home.http.put(f"{ALL}/{where}/bindings", headers=person, json=asked)
        assert (answer.status_code, answer.json()) == (200, before)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"items": [{"id": "nowhere", "mode": "mirror"}]}, 422),
        ({"items": [{"id": "../etc", "mode": "mirror"}]}, 422),
        ({"items": [{"id": "x" * 5_000, "mode": "mirror"}]}, 422),
        ({"items": [{"id": f"b{n}", "mode": "off"} for n in range(40)]}, 422),
        ({"items": [{"id": "a", "mode": "active"}, {"id": "a", "mode": "off"}]}, 422),
        ({"items": [{"id": "a", "mode": "loud"}]}, 422),
        ({"items": [{"id": 7, "mode": "off"}]}, 422),
        ({"items": "all"}, 422),
        ({"items": None}, 422),
        ({"follow": "always"}, 422),
        ([], 422),
        ("all of them", 422),
        (7, 422),
    ],
)
async def test_what_does_not_fit_is_refused_and_changes_nothing(
    home: House, person: dict[str, str], body: object, status: int
) -> None:
    where = await home.talk(person)
    before = await shown(home, person, where)

    answer = await home.http.put(f"{ALL}/{where}/bindings", headers=person, json=body)

    assert (answer.status_code, problem(answer)["status"]) == (status, status)
    assert await shown(home, person, where) == before


async def test_the_persons_off_stays_whatever_a_member_asks(home: House, person: dict[str, str]) -> None:
    where = await home.talk(person)
    names = await ids(home, person, where)
    url, member = f"{ALL}/{where}/bindings", await home.bearer("operator@demo.test")
    off, active = ({"items": [{"id": names["slack"], "mode": mode}]} for mode in ("off", "active"))
    assert (await home.http.put(url, headers=person, json=off)).status_code == 200

    refused = await home.http.put(url, headers=member, json=active)

    assert (refused.status_code, problem(refused)["code"]) == (409, "channel_off")
    assert (await home.http.put(url, headers=person, json=active)).status_code == 200


async def test_the_last_channel_cannot_be_switched_off(home: House, person: dict[str, str]) -> None:
    where = await home.talk(person)
    everything = {"items": [{"id": name, "mode": "off"} for name in (await ids(home, person, where)).values()]}

    refused = await home.http.put(f"{ALL}/{where}/bindings", headers=person, json=everything)

    assert (refused.status_code, problem(refused)["code"]) == (409, "no_fallback")


async def test_others_get_the_same_404_as_for_what_is_not_there(home: House, person: dict[str, str]) -> None:
    where = await home.talk(person)
    await home.store.write(lambda tx: tx.people.add_person(DEMO, PersonId("second"), "Bo", IdentityId("web:second"), 3))
    other = home.forged(person=PersonId("second"))
    for headers in (await home.bearer("customer@rival.test"), await home.bearer("admin@rival.test"), other):
        for url in (f"{ALL}/{where}/bindings", f"{ALL}/{where}/deliveries"):
            answers = [await home.http.get(u, headers=headers) for u in (url, url.replace(where, "nowhere"))]
            assert [(a.status_code, problem(a)["code"]) for a in answers] == [(404, "unknown_conversation")] * 2
        put = await home.http.put(f"{ALL}/{where}/bindings", headers=headers, json={"follow": "pin"})
        assert (put.status_code, problem(put)["code"]) == (404, "unknown_conversation")
    assert (await shown(home, person, where))["follow"] == "follow"


async def test_nobody_sets_modes_unsigned(home: House, person: dict[str, str]) -> None:
    where = await home.talk(person)

    assert (await home.http.put(f"{ALL}/{where}/bindings", json={})).status_code == 401


async def test_a_delivery_shows_every_step_and_when_it_is_tried_again(home: House, person: dict[str, str]) -> None:
    where = await home.talk(person, "Hello")
    names = await ids(home, person, where)

    def late(tx: Tx) -> None:
        (row,) = tx.bindings.deliveries(DEMO, where)  # type: ignore[arg-type]
        assert row.binding == names["slack"]
        tx.bindings.settle(
            DeliveryRow(
                DEMO, row.conversation, MessageId(row.message), row.binding, "slack", row.seq, False, "not_sent",
                row.at + 1_000, reason="ratelimited", due=row.at + 3_000, attempts=2,
            )
        )  # fmt: skip

    await home.store.write(late)
    (item,) = (await home.http.get(f"{ALL}/{where}/deliveries", headers=person)).json()["items"]

    assert [(r["state"], r.get("reason")) for r in item["rungs"]] == [("pending", None), ("not_sent", "ratelimited")]
    assert (item["state"], item["attempts"], item["owed"]) == ("not_sent", 2, False)
    assert (item["at"], item["retry_at"]) == ("2027-01-15T08:00:01.000Z", "2027-01-15T08:00:03.000Z")


async def test_a_step_that_is_not_waiting_says_nothing_of_a_next_try(home: House, person: dict[str, str]) -> None:
    where = await home.talk(person, "Hello")

    (item,) = (await home.http.get(f"{ALL}/{where}/deliveries", headers=person)).json()["items"]
    assert "retry_at" not in item
    assert "reason" not in item
