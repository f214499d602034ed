"""What got through nowhere, over HTTP: seen by members of the organisation, sent again, said to have arrived."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.api.house import House, problem
from tests.api.world import ANA, MAYA, world
from throughline import observe
from throughline.api import inbox
from throughline.conversation.events import Author, DeliveryState, Message
from throughline.conversation.ids import AccountId, BindingId, ConversationId, IdentityId, MessageId, PersonId, TenantId
from throughline.conversation.records import Account, Binding, DeliveryRow, Identity
from throughline.ports import Tx

ALL = "/api/v1/deliveries/lost"
DEMO = TenantId("demo")
SMS = BindingId("b-sms")


def phone(tx: Tx, where: ConversationId) -> None:
    """The customer is known by a phone number."""
    at = AccountId("a-sms")
    tx.accounts.add(Account(at, DEMO, "sms", "twilio", "SMS", "simulated", True, "sandbox:twilio", {}, "up", 1))
    identity = Identity(IdentityId("i-sms"), DEMO, PersonId("demo-person"), at, "sms", "+1/+2", "verified", 2)
    tx.people.add_identity(identity)
    tx.bindings.bind(Binding(SMS, DEMO, where, identity.id, "sms", "standby", at))


def lose(tx: Tx, where: ConversationId, name: str, at: int, *steps: DeliveryState, text: str = "") -> None:
    """A message that was lost by SMS at this time, by these steps."""
    body = Message(MessageId(name), Author("agent", "Guide"), "web", text or f"words of {name}")
    seq = tx.log.append(DEMO, where, at, body).seq
    row = DeliveryRow(DEMO, where, body.id, SMS, "sms", seq, True, "pending", at, due=at)
    tx.bindings.owe(row)
    for step in steps:
        row = replace(row, state=step, at=at, due=0, reason="undeliverable_30005", attempts=2)
        tx.bindings.settle(row)


class Desk:
    """An operator at the list, and a conversation of the customer's."""

    def __init__(self, home: House, where: str, headers: dict[str, str]) -> None:
        self.home, self.where, self.headers = home, ConversationId(where), headers

    async def lose(self, name: str, *steps: DeliveryState, text: str = "") -> dict[str, str]:
        self.home.clock.pass_(1)
        at = self.home.clock.now()
        await self.home.store.write(
            lambda tx: lose(tx, self.where, name, at, *(steps or ("refused", "dead")), text=text)
        )
        return {"conversation": self.where, "message": name, "binding": SMS}

    async def seen(self, **query: Any) -> Any:
        answer = await self.home.http.get(ALL, params=query, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any, **headers: str) -> Any:
        return await self.home.http.post(f"{ALL}/{path}", json=body, headers=self.headers | headers)


@pytest.fixture
async def desk(home: House) -> Desk:
    where = await home.talk(await home.bearer("customer@demo.test"), "A question about boats")
    await home.store.write(lambda tx: phone(tx, ConversationId(where)))
    return Desk(home, where, await home.bearer("operator@demo.test"))


async def test_a_lost_message_is_shown_with_everything_that_helps(desk: Desk) -> None:
    await desk.lose("m1", "ambiguous", "held", text="**Your** boat\nleaves " + "x" * 400)
    page = await desk.seen()

    (shown,) = page["items"]
    assert (page["total"], page["next"]) == (1, None)
    assert shown["preview"].startswith("Your boat leaves xxx")
    assert len(shown["preview"]) <= 141
    assert {k: shown[k] for k in shown if k not in {"preview", "at", "tried"}} == {
        "conversation": desk.where, "title": "A question about boats", "person_name": "Casey", "message": "m1",
        "binding": "b-sms", "channel": "sms", "state": "held", "reason": "undeliverable_30005", "attempts": 2,
        "doubtful": True,
    }  # fmt: skip
    assert [(t["channel"], t["state"]) for t in shown["tried"]] == [("sms", "held")]


async def test_newest_first_page_by_page(desk: Desk) -> None:
    for n in range(3):
        await desk.lose(f"m{n}")
    first = await desk.seen(limit=2)
    second = await desk.seen(limit=2, before=first["next"])

    assert [i["message"] for i in first["items"] + second["items"]] == ["m2", "m1", "m0"]
    assert (first["total"], second["next"]) == (3, None)


async def test_some_are_sent_again_and_what_is_not_lost_is_not_taken(desk: Desk) -> None:
    one, _ = await desk.lose("m1"), await desk.lose("m2")
    odd = one | {"message": "nobody"}

    answer = await desk.post("retry", {"items": [one, one, odd]})

    assert answer.json() == {"taken": 1, "gone": 1, "left": 0, "next": None}
    assert [(row.message, row.state) for row in desk.home.mended] == [("m1", "pending")]
    assert desk.home.woken == 1
    assert [i["message"] for i in (await desk.seen())["items"]] == ["m2"]


async def test_all_are_sent_again_a_few_at_a_time_and_none_twice(desk: Desk) -> None:
    for n in range(5):
        await desk.lose(f"m{n}")
    asked: dict[str, Any] = {"all": True, "limit": 2}
    first = (await desk.post("retry", asked)).json()
    # One of them dies anew while the others go.
    await desk.home.store.write(
        lambda tx: tx.bindings.settle(
            replace(desk.home.mended[0], state="dead", at=desk.home.clock.now() + 1)
        )
    )  # fmt: skip
    desk.home.clock.pass_(1)
    second = (await desk.post("retry", asked | {"before": first["next"]})).json()
    third = (await desk.post("retry", asked | {"before": second["next"]})).json()

    assert [(a["taken"], a["gone"], a["left"]) for a in (first, second, third)] == [(2, 0, 3), (2, 0, 1), (1, 0, 0)]
    assert third["next"] is None
    assert len({row.message for row in desk.home.mended}) == len(desk.home.mended) == 5


async def test_a_repeated_key_takes_nothing_that_was_lost_since(desk: Desk) -> None:
    key = {"idempotency-key": "key-1"}
    await desk.lose("m1")
    first = await desk.post("retry", {"all": True}, **key)
    await desk.lose("m2")
    again = await desk.post("retry", {"all": True}, **key)
    other = await desk.post("retry", {"all": True, "limit": 1}, **key)

    assert (first.json()["taken"], again.json()["taken"]) == (1, 0)
    assert problem(other)["code"] == "idempotency_key_reused"
    assert (await desk.seen())["total"] == 1


async def test_a_doubtful_one_is_said_to_have_arrived(desk: Desk) -> None:
    doubtful, refused = await desk.lose("m1", "ambiguous", "dead"), await desk.lose("m2")

    answer = await desk.post("settle", doubtful | {"arrived": True})
    no_doubt = await desk.post("settle", refused)
    unknown = await desk.post("settle", refused | {"message": "nobody"})
    odd = await desk.post("settle", refused | {"binding": "../x"})
    not_so = await desk.post("settle", doubtful | {"arrived": False})

    assert (answer.status_code, answer.json()["state"]) == (200, "accepted")
    assert (await desk.post("settle", doubtful)).status_code == 200
    assert [problem(a)["code"] for a in (no_doubt, unknown, odd, not_so)] == [
        "no_doubt", "unknown_delivery", "unknown_delivery", "no_arrival",
    ]  # fmt: skip
    assert [i["message"] for i in (await desk.seen())["items"]] == ["m2"]


async def test_customers_see_and_do_nothing_here(desk: Desk) -> None:
    one = await desk.lose("m1")
    desk.headers = await desk.home.bearer("customer@demo.test")

    answers = [
        await desk.home.http.get(ALL, headers=desk.headers),
        await desk.post("retry", {"all": True}),
        await desk.post("settle", one),
    ]
    assert [problem(a)["code"] for a in answers] == ["forbidden"] * 3
    assert desk.home.mended == []


async def test_another_organisation_has_none_of_it(desk: Desk) -> None:
    one = await desk.lose("m1", "ambiguous", "dead")
    ours, desk.headers = desk.headers, await desk.home.bearer("admin@rival.test")

    assert await desk.seen() == {"items": [], "total": 0, "next": None}
    assert (await desk.post("retry", {"items": [one]})).json()["gone"] == 1
    assert (await desk.post("retry", {"all": True})).json() == {"taken": 0, "gone": 0, "left": 0, "next": None}
    assert problem(await desk.post("settle", one))["code"] == "unknown_delivery"
    desk.headers = ours
    assert (await desk.seen())["total"] == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "nothing_named"),
        ({"all": True, "items": [{"conversation": "c", "message": "m", "binding": "b"}]}, "nothing_named"),
        ({"items": [{}]}, "invalid_body"),
        ({"items": [{"conversation": "c", "message": "m", "binding": "b"}] * 501}, "invalid_body"),
        ({"all": True, "limit": 501}, "invalid_body"),
        ({"all": True, "before": "MTox"}, "no_place"),
        ({"all": "yes"}, "invalid_body"),
    ],
)
async def test_what_cannot_be_meant_is_refused(desk: Desk, body: Any, code: str) -> None:
    assert problem(await desk.post("retry", body))["code"] == code


@pytest.mark.parametrize(
    "before", ["x", "MTpjOm0", "MTpjOm06Ly8", "OTk5OTk5OTk5OTk5OTk5OTk5OTk6YzptOmI", "\u00e9", "a" * 401]
)
async def test_a_place_that_is_none_is_refused(desk: Desk, before: str) -> None:
    answer = await desk.home.http.get(ALL, params={"before": before}, headers=desk.headers)

    assert problem(answer)["status"] == 422


async def test_members_hear_of_it_at_once_and_nobody_else(tmp_path: Path) -> None:
    lost = DeliveryRow(DEMO, ConversationId("c-1"), MessageId("m1"), SMS, "sms", 1, True, "dead", 9, "undeliverable_1")
    async with world(tmp_path) as small, small.signed_in(ANA) as member, small.signed_in(MAYA) as person:
        inbox.tell_lost(small.live, replace(lost, tenant=TenantId("rival"), message=MessageId("theirs")))
        inbox.tell_lost(small.live, lost)
        inbox.tell_lost(small.live, replace(lost, state="pending", reason=None))
        inbox.tell_started(small.live, DEMO, PersonId("person-maya"), ConversationId("c-2"))

        assert [await member.next() for _ in range(2)] == [
            {"t": "lost", "c": "c-1", "message": "m1", "channel": "sms", "at": "1970-01-01T00:00:00.009Z"} | more
            for more in ({"state": "dead", "reason": "undeliverable_1"}, {"state": "pending"})
        ]
        assert (await person.next())["t"] == "started"


async def test_it_is_counted_by_channel_and_class_never_by_a_providers_own_code(desk: Desk) -> None:
    observe.lost("sms", "refused")

    assert observe.REGISTRY.get_sample_value(
        "throughline_messages_lost_total", {"channel": "sms", "reason": "refused"}
    )  # fmt: skip
