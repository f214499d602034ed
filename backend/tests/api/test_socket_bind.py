"""The `bind` frame against a real server: acked where `bound` stands, refused with a code, once however often sent."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.world import DEMO, KOFI, MAYA, World, world
from throughline.conversation.ids import AccountId, IdentityId
from throughline.conversation.records import Account, Identity
from throughline.ports import Tx


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as it:
        yield it


def _id() -> str:
    return str(uuid.uuid4())


async def test_a_move_is_acked_where_bound_stands_and_both_tabs_see_it(small: World) -> None:
    await small.store.write(_on_slack)
    c = await small.start()
    async with small.signed_in() as one, small.signed_in() as two:
        await two.watch(c)
        name = _id()
        await one.send(t="bind", c=c, id=name, channel="slack")
        event = await two.until("event")
        assert await one.next() == {"t": "ack", "id": name, "c": c, "seq": event["seq"]}
        assert (event["kind"], event["body"]["to"], event["body"]["origin"]) == ("bound", "slack", "web")
        await one.send(t="bind", c=c, id=name, channel="slack")
        assert (await one.next())["seq"] == event["seq"]
        await one.send(t="bind", c=c, id=name, channel="web")
        assert (await one.next())["code"] == "id_reused"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"channel": "fax"}, "unknown_channel"),
        ({"channel": "slack"}, "not_linked"),
        ({"channel": "web", "identity": "web-kofi"}, "not_linked"),
        ({"channel": ""}, "unknown_channel"),
    ],
)
async def test_a_move_that_cannot_be_is_a_nack_with_its_id(small: World, wish: dict[str, str], code: str) -> None:
    c = await small.start()
    async with small.signed_in() as tab:
        name = _id()
        await tab.send(t="bind", c=c, id=name, **wish)
        nack = await tab.next()
        assert (nack["t"], nack["id"], nack["c"], nack["code"]) == ("nack", name, c, code)


async def test_a_move_of_somebody_elses_conversation_is_answered_like_one_that_is_not_there(small: World) -> None:
    c = await small.start(KOFI)
    async with small.signed_in(MAYA) as tab:
        for where in (c, "nowhere"):
            await tab.send(t="bind", c=where, id="b-1", channel="web")
            nack = await tab.next()
            assert (nack["code"], nack["id"]) == ("unknown_conversation", "b-1")


async def test_a_move_without_a_good_id_is_named_by_its_type(small: World) -> None:
    c = await small.start()
    async with small.signed_in() as tab:
        await tab.send(t="bind", c=c, id="no good", channel="web")
        nack = await tab.next()
        assert (nack["of"], nack["code"]) == ("bind", "bad_id")
        assert "id" not in nack
        await tab.send(t="bind", c=c, id="b-1")
        assert (await tab.next())["code"] == "bad_frame"


def _on_slack(tx: Tx) -> None:
    at = AccountId("a-slack")
    tx.accounts.add(Account(at, DEMO, "slack", "slack", "S", "simulated", True, "sandbox:slack", {}, "up", 1))
    tx.people.add_identity(Identity(IdentityId("i-s"), DEMO, MAYA.person, at, "slack", "T1/U1", "verified", 2))
