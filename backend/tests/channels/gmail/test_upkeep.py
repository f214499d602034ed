"""What an account needs now and then: the watch renewed daily, Google's keys when they are needed and not too often."""

import json
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest
import pytest_asyncio

from tests.channels.scripted import Answering, Scripted, answer, drop, scripted
from throughline.channels.gmail.answers import Answer, Failed
from throughline.channels.gmail.certs import LONG, OFTEN, Certs
from throughline.channels.gmail.client import Asking
from throughline.channels.gmail.drafts import Drafts
from throughline.channels.gmail.upkeep import AGAIN, DAILY, Upkeep
from throughline.channels.once import Once
from throughline.conversation.channel import Ambiguous, Reading, Refused, Unverified
from throughline.ports import Line

from .box import Named
from .given import KID, NOW, bearer, fixture, gmail, line, public_key, signed

TOPIC = "projects/acme-mail/topics/gmail"


class Hand:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Google:
    """Answers what upkeep asks."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Answer | Failed] = {}

    async def __call__(self, asking: Asking) -> Answer | Failed:
        method, given = asking(Named())
        self.asked.append((method, given))
        return self.answers.get(method, Answer({}, b"{}"))

    def count(self, method: str) -> int:
        return [name for name, _ in self.asked].count(method)


def upkeep(google: Google, hand: Hand, **options: str) -> Upkeep:
    async def ask(line: Line, asking: Asking, most: int = 0) -> Answer | Failed:
        return await google(asking)

    once = Once()
    at = line("http://127.0.0.1:9/api/", "real", push_account="", push_audience="", **options)
    return Upkeep(at, google, Drafts(ask, once), Certs(once, hand), hand)


async def test_a_watch_is_renewed_daily_and_only_where_there_is_a_topic() -> None:
    google, hand = Google(), Hand()
    kept = upkeep(google, hand, topic=TOPIC)
    for seconds in (0.0, 5.0, DAILY - 10.0, 5.0):
        hand.seconds += seconds
        await kept.run()
    assert google.count("watch") == 2
    assert google.asked[1] == (
        "watch",
        {"userId": "me", "body": {"topicName": TOPIC, "labelIds": ["INBOX"], "labelFilterBehavior": "include"}},
    )
    without = Google()
    await upkeep(without, hand).run()
    assert without.count("watch") == 0


async def test_a_watch_that_failed_is_asked_for_again_within_the_hour() -> None:
    google, hand = Google(), Hand()
    google.answers["watch"] = Refused("insufficientPermissions", auth=True)
    kept = upkeep(google, hand, topic=TOPIC)
    for seconds in (0.0, AGAIN - 1.0, 1.0):
        hand.seconds += seconds
        await kept.run()

    assert google.count("watch") == 2


async def test_our_other_addresses_are_known() -> None:
    google = Google()
    entries = [{"sendAsEmail": "Help@Example.com"}, {"sendAsEmail": 5}, {}, None, {"sendAsEmail": "a, b"}]
    google.answers["settings.sendAs.list"] = Answer({"sendAs": entries}, b"")
    kept = upkeep(google, Hand())
    await kept.run()

    assert kept.aliases == ("help@example.com",)


@pytest.mark.parametrize("failed", [Ambiguous("timeout"), Refused("notFound")])
async def test_where_our_other_addresses_cannot_be_asked_for_there_are_none(failed: Failed) -> None:
    google = Google()
    google.answers["settings.sendAs.list"] = failed
    kept = upkeep(google, Hand())
    await kept.run()

    assert kept.aliases == ()


async def test_what_is_swept_is_ours() -> None:
    google = Google()
    ours = {"payload": {"headers": [{"name": "X-Throughline-Message", "value": "c/m/0"}]}}
    google.answers["drafts.list"] = Answer({"drafts": [{"id": "r-1"}, {"id": 5}, None]}, b"")
    google.answers["drafts.get"] = Answer({"id": "r-1", "message": {"payload": {"headers": []}}}, b"")
    await upkeep(google, Hand()).run()
    assert google.count("drafts.delete") == 0
    google.answers["drafts.get"] = Answer({"id": "r-1", "message": ours}, b"")
    await upkeep(google, Hand()).run()

    assert ("drafts.delete", {"userId": "me", "id": "r-1"}) in google.asked
    assert google.count("drafts.delete") == 1


# -------------------------------------------------------------------------------------------------------------- keys


def jwks(*kids: str) -> Answering:
    key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(public_key()))
    return answer({"keys": [key | {"kid": kid, "use": "sig", "alg": "RS256"} for kid in kids]})


@pytest_asyncio.fixture
async def published() -> AsyncIterator[Scripted]:
    async with scripted() as script:
        script.otherwise = jwks(KID)
        yield script


async def test_keys_are_fetched_once_and_daily(published: Scripted) -> None:
    hand, url = Hand(), f"{published.base}certs"
    async with Once() as once:
        certs = Certs(once, hand)
        for seconds in (0.0, 5.0, LONG - 10.0, 5.0):
            hand.seconds += seconds
            await certs.renew(url)
        assert [*certs.known(url)] == [KID]

    assert len(published.asked) == 2


async def test_an_unknown_key_is_asked_for_once_a_minute_at_most(published: Scripted) -> None:
    hand, url = Hand(), f"{published.base}certs"
    async with Once() as once:
        certs = Certs(once, hand)
        await certs.renew(url)
        for _ in range(50):
            certs.want(url)
            hand.seconds += 1.0
            await certs.renew(url)
        assert len(published.asked) == 1
        published.otherwise = jwks(KID, "k2")
        hand.seconds += OFTEN
        await certs.renew(url)
        assert [*certs.known(url)] == [KID, "k2"]


@pytest.mark.parametrize(
    "answering",
    [drop, answer("oops", 500), answer({}), answer({"keys": 5}), answer("<html>"),
     answer({"keys": [None, 5, {"kty": "RSA"}, {"kty": "oct", "kid": "x", "k": "c2VjcmV0"},
                      {"kty": "RSA", "kid": "y", "n": "!", "e": "AQAB"}]})],
)  # fmt: skip
async def test_keys_that_are_none_leave_those_that_were(published: Scripted, answering: Answering) -> None:
    hand, url = Hand(), f"{published.base}certs"
    async with Once() as once:
        certs = Certs(once, hand)
        await certs.renew(url)
        published.otherwise = answering
        certs.want(url)
        hand.seconds += OFTEN
        await certs.renew(url)
        assert [*certs.known(url)] == [KID]
        # Within a minute it is tried again.
        published.otherwise = jwks("k3")
        hand.seconds += OFTEN
        await certs.renew(url)
        assert [*certs.known(url)] == ["k3"]


async def test_a_push_under_an_unknown_key_has_the_keys_fetched(published: Scripted) -> None:
    channel = gmail()
    at = line(published.base, "simulated")
    request = signed(fixture("push"))
    assert channel.read(request, at, NOW) == Unverified("unknown_key")
    (url,) = channel._certs._wanted
    assert url.endswith("/oauth/certs")
    await channel._certs.renew(url)

    assert channel.read(request, at, NOW) == Reading(nudge=True)
    await channel.close()


def test_a_push_for_another_account_or_audience_is_refused() -> None:
    channel, at = gmail(), line()
    others: list[dict[str, Any]] = [
        {"aud": "https://us/other"},
        {"email": "eve@x.iam.gserviceaccount.com"},
        {"iss": "https://evil"},
    ]
    for claims in others:
        assert isinstance(channel.read(signed(fixture("push"), **claims), at, NOW), Unverified)
    assert bearer() != bearer(kid="k2")
