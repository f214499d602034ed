"""Rate tiers, by a clock in the hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError

from sandbox.slack.published import METHODS
from sandbox.slack.tiers import ONCE, POST_CHANNEL, T1, T2, T3, T4, Tier, Tiers

from .slack_stage import GENERAL, stage


@pytest.mark.parametrize(("tier", "minute"), [(T1, 1), (T2, 20), (T3, 50), (T4, 100), (ONCE, 1)])
def test_a_tier_gives_its_minute_and_says_when_the_next_is(tier: Tier, minute: int) -> None:
    tiers, key = Tiers(), ("m", "A", "T")
    assert [tiers.take([(key, tier)], 0.0) for _ in range(minute)] == [None] * minute

    wait = tiers.take([(key, tier)], 0.0)
    assert wait == -(-60 // minute)
    assert tiers.take([(key, tier)], wait - 1.0 if wait > 1 else 60 / minute - 0.01) is not None
    assert tiers.take([(key, tier)], float(wait)) is None


@given(st.lists(st.floats(0, 600), max_size=300), st.sampled_from([T1, T2, T3, T4, POST_CHANNEL]))
def test_no_minute_has_more_than_the_burst_and_the_rate(times: list[float], tier: Tier) -> None:
    tiers = Tiers()
    let = [at for at in sorted(times) if tiers.take([(("m",), tier)], at) is None]

    for start in let:
        assert sum(start <= at < start + 60 for at in let) <= tier.burst + tier.minute + 1


@given(st.integers(1, 100), st.sampled_from([T1, T2, T3, T4]))
def test_who_waits_as_told_is_let_in(calls: int, tier: Tier) -> None:
    tiers, now = Tiers(), 0.0
    for _ in range(calls):
        wait = tiers.take([(("m",), tier)], now)
        if wait is not None:
            now += wait
            assert tiers.take([(("m",), tier)], now) is None


def test_a_refused_call_takes_nothing() -> None:
    tiers = Tiers()
    one, other = (("post",), Tier(60, 10)), (("post", "C"), Tier(60, 1))
    assert tiers.take([one, other], 0.0) is None
    for _ in range(20):
        assert tiers.take([one, other], 0.0) == 1

    assert [tiers.take([one], 0.0) for _ in range(9)] == [None] * 9


def test_the_scale_and_no_limits() -> None:
    tiers = Tiers()
    tiers.scale = 10
    assert [tiers.take([(("m",), T2)], 0.0) for _ in range(200)] == [None] * 200
    assert tiers.take([(("m",), T2)], 0.0) == 1
    tiers.scale = 0
    assert tiers.take([(("m",), T2)], 0.0) is None


def test_methods_have_their_published_tiers() -> None:
    tiers = {name: found.tier for name, found in METHODS.items()}

    assert (tiers["chat.startStream"], tiers["chat.stopStream"], tiers["chat.appendStream"]) == (T2, T2, T4)
    assert (tiers["chat.update"], tiers["chat.delete"], tiers["conversations.open"]) == (T3, T3, T3)
    assert (tiers["agents.sessions.setStatus"], tiers["users.info"]) == (T3, T4)


async def test_over_the_limit_is_429_with_seconds_and_without_effect() -> None:
    async with stage() as slack:
        for n in range(4):
            await slack.client.chat_postMessage(channel=GENERAL, text=str(n))
        with pytest.raises(SlackApiError) as caught:
            await slack.client.chat_postMessage(channel=GENERAL, text="4")
        assert (caught.value.response.status_code, caught.value.response["error"]) == (429, "ratelimited")
        assert caught.value.response.headers["Retry-After"] == "1"
        assert await slack.texts() == ["0", "1", "2", "3"]

        await slack.advance(1)
        await slack.client.chat_postMessage(channel=GENERAL, text="4")
        assert (await slack.texts())[-1] == "4"


async def test_an_app_sold_outside_the_marketplace_reads_history_once_a_minute() -> None:
    async with stage() as slack:
        await slack.client.conversations_history(channel=GENERAL)
        with pytest.raises(SlackApiError) as caught:
            await slack.client.conversations_history(channel=GENERAL)
        assert caught.value.response.headers["Retry-After"] == "60"
        await slack.app(distributed=False)
        await slack.advance(60)
        for _ in range(50):
            await slack.client.conversations_history(channel=GENERAL)
