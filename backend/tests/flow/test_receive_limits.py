"""Limits are counted in the log: exact to the millisecond, over all conversations, and across a restart."""

import asyncio
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from throughline.conversation.faults import Fault
from throughline.conversation.policy import Policy, wait_for
from throughline.conversation.records import Acked

from .entrance import ADA, BOB, EVE, OTTO, Entrance, entrance
from .stage import HandClock

THREE = Policy(messages_per_minute=3, messages_per_day=5)


async def refused(way: Entrance, where: str, name: str) -> float:
    """Seconds to wait, as the refusal says."""
    answer = await way.receive.say(ADA, where, name, "Hello")
    assert isinstance(answer, Fault), answer
    assert (answer.code, answer.status) == ("rate_limited", 429)
    assert answer.retry_after is not None
    return answer.retry_after


async def test_the_limit_is_exact_and_the_wait_is_true(tmp_path: Path) -> None:
    async with entrance(tmp_path / "data", THREE) as way:
        where = await way.start()
        for n in range(3):
            await way.say(where, f"m-{n}")
            way.clock.move(10)

        assert await refused(way, where, "m-3") == 30.0
        way.clock.move(29.999)
        assert await refused(way, where, "m-3") == 0.001
        way.clock.move(0.001)
        assert (await way.say(where, "m-3")).seq == 6
        assert await refused(way, where, "m-4") == 10.0


async def test_the_limit_holds_over_all_conversations_and_one_commit(tmp_path: Path) -> None:
    async with entrance(tmp_path / "data", THREE) as way:
        one, two = await way.start(), await way.start()
        answers = await asyncio.gather(*(way.receive.say(ADA, (one, two)[n % 2], f"m-{n}", "Hi") for n in range(20)))

        assert sum(isinstance(a, Acked) for a in answers) == 3
        assert len(way.bodies(one, "message")) + len(way.bodies(two, "message")) == 3


async def test_the_days_limit_waits_for_the_first_of_the_day(tmp_path: Path) -> None:
    async with entrance(tmp_path / "data", THREE) as way:
        where = await way.start()
        for n in range(5):
            await way.say(where, f"m-{n}")
            way.clock.move(60)

        assert await refused(way, where, "m-5") == 86_400 - 300
        way.clock.move(86_400 - 300)
        await way.say(where, "m-5")
        assert await refused(way, where, "m-6") == 60.0


async def test_nobody_keeps_count_where_there_is_no_limit(tmp_path: Path) -> None:
    person = ADA.person
    assert person is not None
    for policy, kept in ((Policy(messages_per_minute=0, messages_per_day=0), 0), (THREE, 2)):
        async with entrance(tmp_path / str(kept), policy) as way:
            where = await way.start()
            for n in range(2):
                await way.say(where, f"m-{n}")

            counted = await way.store.read(lambda tx: tx.messages.times(ADA.tenant, person, 0, 9))
        assert len(counted) == kept


async def test_the_limit_survives_a_restart(tmp_path: Path) -> None:
    clock = HandClock()
    async with entrance(tmp_path / "data", THREE, clock) as way:
        where = await way.start()
        for n in range(3):
            await way.say(where, f"m-{n}")
    async with entrance(tmp_path / "data", THREE, clock) as way:
        assert await refused(way, where, "m-3") == 60.0
        clock.move(60)
        await way.say(where, "m-3")


async def test_a_repeat_is_acked_even_over_the_limit_and_counts_for_nothing(tmp_path: Path) -> None:
    async with entrance(tmp_path / "data", THREE) as way:
        where = await way.start()
        for n in range(3):
            for _ in range(3):
                await way.say(where, f"m-{n}")

        assert await refused(way, where, "m-3") == 60.0
        assert (await way.say(where, "m-0")).seq == 3


async def test_a_refused_message_leaves_its_id_free(tmp_path: Path) -> None:
    async with entrance(tmp_path / "data", THREE) as way:
        where = await way.start()
        for n in range(3):
            await way.say(where, f"m-{n}")
        await refused(way, where, "m-3")
        way.clock.move(60)

        assert isinstance(await way.receive.say(ADA, where, "m-3", "with other words"), Acked)


async def test_others_are_counted_by_themselves_and_members_not_at_all(tmp_path: Path) -> None:
    async with entrance(tmp_path / "data", THREE) as way:
        mine, bobs, eves = await way.start(), await way.start(BOB), await way.start(EVE)
        for n in range(3):
            await way.say(mine, f"m-{n}")

        assert await refused(way, mine, "m-3") > 0
        await way.say(bobs, "m-1", who=BOB)
        await way.say(eves, "m-1", who=EVE)
        for n in range(10):
            await way.say(mine, f"o-{n}", who=OTTO)


@given(
    times=st.lists(st.integers(0, 200_000), max_size=40).map(sorted),
    limit=st.integers(0, 6),
    window=st.integers(1, 90_000),
)
def test_no_window_ever_holds_more_than_the_limit(times: list[int], limit: int, window: int) -> None:
    kept: list[int] = []
    for at in times:
        wait = wait_for(tuple(kept), limit, window, at)
        if wait is None:
            kept.append(at)
        else:
            later = at + round(wait * 1000)
            assert wait_for(tuple(kept), limit, window, later) is None
            assert later == at + 1 or wait_for(tuple(kept), limit, window, later - 1) is not None

    if limit:
        assert all(sum(start - window < at <= start for at in kept) <= limit for start in kept)
    else:
        assert kept == times


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 40_000), st.integers(0, 1)), max_size=25))
def test_the_log_counts_as_the_rule_does(tmp_path_factory: object, steps: list[tuple[int, int]]) -> None:
    folder = tmp_path_factory.mktemp("log")  # type: ignore[attr-defined]

    async def run() -> None:
        async with entrance(folder / "data", THREE) as way:
            places = [await way.start(), await way.start()]
            kept: list[int] = []
            for n, (milliseconds, place) in enumerate(steps):
                way.clock.move(milliseconds / 1000)
                now = way.clock.now()
                rules = (wait_for(tuple(kept), 3, 60_000, now), wait_for(tuple(kept), 5, 86_400_000, now))
                answer = await way.receive.say(ADA, places[place], f"m-{n}", "Hi")
                assert isinstance(answer, Acked) == (rules == (None, None))
                if isinstance(answer, Acked):
                    kept.append(now)
                else:
                    assert answer.retry_after == next(wait for wait in rules if wait is not None)

    asyncio.run(run())
