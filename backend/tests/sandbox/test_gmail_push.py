"""Pushes: signed by Google's key, one a second at most, tried again until they are taken, lost and late by switch."""

import base64
import json
from functools import partial
from typing import Any

import jwt
import pytest
from jwt import PyJWKSet
from jwt.types import Options
from starlette.responses import Response

from sandbox.gmail.push import AGAIN

from .gmail_stage import ACCOUNT, BOX, TOPIC, Stage, stage, watched
from .slack_stage import NOW


def told(body: dict[str, Any]) -> dict[str, Any]:
    """What a push says."""
    found: dict[str, Any] = json.loads(base64.b64decode(body["message"]["data"]))
    return found


def waits(gmail: Stage, attempt: int) -> bool:
    """Whether the owed push waits for this attempt."""
    return [delivery.attempt for delivery in gmail.gmail.ledger.state.owed.values()] == [attempt]


async def test_a_push_is_signed_and_says_where_history_stands() -> None:
    async with watched() as gmail:
        await gmail.advance(1)
        await gmail.write()
        headers, body = await gmail.receiver.next()
        token = headers["authorization"].removeprefix("Bearer ")
        keys = PyJWKSet.from_dict(await gmail.get("/oauth/certs"))
        key = keys[jwt.get_unverified_header(token)["kid"]]
        claims = jwt.decode(
            token, key, algorithms=["RS256"], audience=gmail.receiver.url, issuer="https://accounts.google.com",
            options={"verify_exp": False, "verify_iat": False},
        )  # fmt: skip

        assert (claims["email"], claims["email_verified"], claims["iat"], claims["exp"]) == (
            ACCOUNT, True, NOW, NOW + 3_600,
        )  # fmt: skip
        message = body["message"]
        assert body["subscription"] == "projects/our-project/subscriptions/mail"
        assert set(message) == {"data", "messageId", "message_id", "publishTime", "publish_time"}
        assert told(body)["emailAddress"] == BOX
        assert int(told(body)["historyId"]) == gmail.gmail.ledger.state.boxes[BOX].history


async def test_a_key_of_somebody_else_does_not_fit() -> None:
    async with watched(push_audience="our-audience") as gmail, stage() as other:
        await gmail.advance(1)
        await gmail.write()
        token = (await gmail.receiver.next())[0]["authorization"].removeprefix("Bearer ")
        [theirs] = PyJWKSet.from_dict(await other.get("/oauth/certs")).keys
        [ours] = PyJWKSet.from_dict(await gmail.get("/oauth/certs")).keys
        off: Options = {"verify_exp": False, "verify_iat": False}

        assert jwt.decode(token, ours, algorithms=["RS256"], audience="our-audience", options=off)["email"] == ACCOUNT
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(token, theirs, algorithms=["RS256"], audience="our-audience", options=off)


async def test_more_than_one_a_second_is_dropped() -> None:
    async with watched() as gmail:
        await gmail.advance(1)
        for n in range(5):
            await gmail.write(f"{n}")
        await gmail.receiver.next()
        await gmail.settled()
        assert gmail.receiver.got.empty()
        await gmail.advance(1)
        await gmail.write("later")
        assert int(told((await gmail.receiver.next())[1])["historyId"])


async def test_only_what_is_watched_is_told() -> None:
    async with watched() as gmail:
        await gmail.advance(1)
        await gmail.sent()
        await gmail.settled()
        assert gmail.receiver.got.empty()
        await gmail.call("watch", body={"topicName": TOPIC})
        await gmail.receiver.next()
        await gmail.advance(1)
        await gmail.sent()
        await gmail.receiver.next()
        await gmail.call("stop")
        await gmail.advance(1)
        await gmail.write()
        await gmail.settled()
        assert gmail.receiver.got.empty()


async def test_a_watch_ends_after_seven_days() -> None:
    async with watched() as gmail:
        begun = await gmail.call("watch", body={"topicName": TOPIC})
        assert int(begun["expiration"]) == (NOW + 7 * 86_400) * 1000
        await gmail.receiver.next()
        await gmail.advance(7 * 86_400)
        await gmail.write()
        await gmail.settled()
        assert gmail.receiver.got.empty()


async def test_what_is_not_taken_comes_again_and_in_the_end_does_not() -> None:
    async with watched() as gmail:
        await gmail.advance(1)
        gmail.receiver.answers = [Response(status_code=503)] * (len(AGAIN) + 1)
        await gmail.write()
        names = set()
        for attempt in range(1, len(AGAIN) + 1):
            names.add((await gmail.receiver.next())[1]["message"]["messageId"])
            await gmail.until(partial(waits, gmail, attempt))
            await gmail.advance(AGAIN[attempt - 1])
        names.add((await gmail.receiver.next())[1]["message"]["messageId"])
        assert len(names) == 1
        await gmail.settled()
        deliveries = (await gmail.get("/_lab/state"))["deliveries"]
        assert [d["status"] for d in deliveries][-7:] == ["http_503"] * 7
        assert deliveries[-1]["again_at"] is None


@pytest.mark.parametrize("status", [201, 202, 204])
async def test_these_take_a_push_too(status: int) -> None:
    async with watched() as gmail:
        await gmail.advance(1)
        gmail.receiver.answers = [Response(status_code=status)]
        await gmail.write()
        await gmail.receiver.next()
        await gmail.settled()
        assert gmail.receiver.got.empty()


async def test_pushes_come_twice_late_or_not_at_all() -> None:
    async with watched() as gmail:
        await gmail.advance(1)
        await gmail.switch(end=BOX, method="push", duplicate=True)
        await gmail.write()
        twice = [(await gmail.receiver.next())[1]["message"]["messageId"] for _ in range(2)]
        assert twice[0] == twice[1]
        await gmail.settled()
        await gmail.switch(end=BOX, method="push", delay_ms=5_000)
        await gmail.advance(1)
        await gmail.write()
        await gmail.call("getProfile")
        assert gmail.receiver.got.empty()
        await gmail.advance(5)
        await gmail.receiver.next()
        await gmail.settled()
        await gmail.switch(end=BOX, method="push", no_push=True)
        await gmail.advance(1)
        await gmail.write()
        await gmail.settled()
        assert gmail.receiver.got.empty()


async def test_pushes_may_come_in_the_wrong_order() -> None:
    async with watched() as gmail:
        await gmail.switch(end=BOX, method="push", reorder=2)
        for n in range(2):
            await gmail.advance(1)
            await gmail.write(f"{n}")
        first, second = [int(told((await gmail.receiver.next())[1])["historyId"]) for _ in range(2)]
        assert first > second


async def test_a_push_without_an_account_has_no_token() -> None:
    async with watched(push_account="") as gmail:
        await gmail.advance(1)
        await gmail.write()
        headers, _ = await gmail.receiver.next()
        assert "authorization" not in headers


async def test_a_topic_has_a_name() -> None:
    async with stage() as gmail:
        for name in ("", "mail", "projects/x/topics/y", "projects/our-project/subscriptions/mail"):
            assert await gmail.refused("watch", body={"topicName": name}) == (400, "invalidArgument")
