"""Whatever comes, however often and in what order: nothing raises, and each message is in the log once."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from throughline.conversation.channel import Address, Halt, Inbound, Reading, Receipt, Reply
from throughline.conversation.events import DeliveryState
from throughline.conversation.faults import BUSY
from throughline.conversation.ids import ConversationId, MessageId
from throughline.conversation.records import Binding

from .ear import DEMO, ECHO, OURS, Ear, ear

#: Anything a string can be, lone surrogates too; and a few that come again and again.
WORDS = st.one_of(st.sampled_from(["", "a", "b", "D1:1", "stop", "help"]), st.text(st.characters(), max_size=12))
SAID = st.builds(
    Inbound,
    key=WORDS,
    sender=st.builds(Address, WORDS, WORDS),
    text=WORDS,
    thread=st.none() | WORDS,
    answers=st.booleans(),
    group=st.booleans(),
    group_name=WORDS,
    overheard=st.booleans(),
)
RECEIPTS = st.builds(
    Receipt,
    state=st.sampled_from(["accepted", "delivered", "read", "refused", "pending", "dead", "streaming"]),
    conversation=st.none() | WORDS.map(ConversationId),
    message=st.none() | WORDS.map(MessageId),
    remote=st.none() | WORDS,
    thread=st.none() | WORDS,
    reason=st.none() | WORDS,
)
READINGS = st.builds(
    Reading,
    inbound=st.lists(SAID, max_size=4).map(tuple),
    receipts=st.lists(RECEIPTS, max_size=2).map(tuple),
    halts=st.lists(st.builds(Halt, WORDS, WORDS), max_size=2).map(tuple),
    quarantine=st.none() | WORDS,
    ended=st.none() | WORDS,
)
LOOSE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
UNDER_WAY: tuple[DeliveryState, ...] = ("sending", "ambiguous")


class Open:
    """One entrance for many examples, on a loop of its own; each example has names that no other one has."""

    def __init__(self, runner: asyncio.Runner, slack: Ear) -> None:
        self.run, self.slack = runner.run, slack
        self._count = itertools.count(1)

    def name(self) -> str:
        return f"n{next(self._count)}"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        slack = runner.run(stack.enter_async_context(ear(tmp_path / "data")))
        yield Open(runner, slack)
        runner.run(stack.aclose())


def test_no_reading_raises(opened: Open) -> None:
    @LOOSE
    @given(READINGS)
    def any_reading(reading: Reading) -> None:
        assert opened.run(opened.slack.hear.take(OURS, reading, b"raw")) == reading.reply

    any_reading()


@st.composite
def storms(draw: st.DrawFn) -> tuple[list[tuple[int, int]], list[list[int]], int]:
    """Messages as (thread, person), and the deliveries of them in groups that come at one time: each at least once."""
    messages = draw(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), min_size=1, max_size=6))
    deliveries = draw(st.permutations([*range(len(messages)), *draw(st.lists(st.integers(0, len(messages) - 1)))]))
    cuts = sorted(draw(st.sets(st.integers(0, len(deliveries)), max_size=4)))
    groups = [deliveries[a:b] for a, b in itertools.pairwise([0, *cuts, len(deliveries)])]
    return messages, groups, draw(st.integers(0, len(groups)))


def test_any_order_and_any_repetition_gives_each_message_once(opened: Open) -> None:
    async def storm(messages: list[tuple[int, int]], groups: list[list[int]], down_before: int) -> None:
        slack, name = opened.slack, opened.name()
        said = [
            # A thread is one person's; who writes is drawn with it.
            Inbound(f"{name}-{n}", Address(f"{name}-{p}"), f"{name} {n}", f"{name}:{p}:{thread}", answers=n % 2 == 1)
            for n, (thread, p) in enumerate(messages)
        ]
        for at, group in enumerate(groups):
            slack.store.down = at == down_before
            answers = await asyncio.gather(*(slack.take(said[n]) for n in group))
            assert all(a == (BUSY if slack.store.down else Reply()) for a in answers)
            if slack.store.down:
                # The provider comes again.
                slack.store.down = False
                await asyncio.gather(*(slack.take(said[n]) for n in group))
        found = Counter(text for text in slack.all_texts if text.startswith(f"{name} "))
        assert found == {f"{name} {n}": 1 for n in range(len(messages))}
        for each in {inbound.thread for inbound in said}:
            assert each is not None
            here = slack.texts(await slack.where(each))
            assert set(here) == {inbound.text for inbound in said if inbound.thread == each}

    @LOOSE
    @given(storms())
    def any_storm(drawn: tuple[list[tuple[int, int]], list[list[int]], int]) -> None:
        opened.run(storm(*drawn))

    any_storm()


STEPS = st.lists(
    st.sampled_from(["answer", "answer", "again", "root", "unpark", "sweep", "wait", "elsewhere"]),
    min_size=1,
    max_size=12,
)


def test_what_waits_is_let_in_once_and_in_order_whatever_happens(opened: Open) -> None:
    async def live(steps: list[str], state: DeliveryState) -> None:
        slack, name = opened.slack, opened.name()
        where, sent = await slack.root(state, name), list[Inbound]()
        root: Binding | None = None
        for n, step in enumerate(steps):
            match step:
                case "answer" | "elsewhere":
                    thread = f"{name}:{step}"
                    sent.append(Inbound(f"{name}-{n:02d}", Address("T1/UADA"), f"{name} {n}", thread, answers=True))
                    await slack.take(sent[-1])
                case "again" if sent:
                    await slack.take(sent[n % len(sent)])
                case "root" if root is None and await slack.store.read(
                    lambda tx: tx.bindings.at_thread(DEMO, OURS.id, f"{name}:answer") is None
                ):
                    root = await slack.rooted(where, f"{name}:answer")
                case "unpark" if root is not None:
                    await slack.hear.unpark(root)
                case "sweep":
                    await slack.hear.sweep()
                case "wait":
                    slack.clock.move(ECHO / 2)
                case _:
                    pass
        slack.clock.move(ECHO + 1)
        await slack.hear.sweep()
        # The post is settled: nothing of it holds the next example up.
        row = await slack.delivery(where, f"{name}-post")
        await slack.store.write(lambda tx: tx.bindings.settle(replace(row, state="refused")))
        for thread in (f"{name}:answer", f"{name}:elsewhere"):
            expected = [inbound.text for inbound in sent if inbound.thread == thread]
            if expected:
                assert [t for t in slack.texts(await slack.where(thread)) if t.startswith(name)] == expected

    @LOOSE
    @given(STEPS, st.sampled_from(UNDER_WAY))
    def any_life(steps: list[str], state: DeliveryState) -> None:
        opened.run(live(steps, state))

    any_life()
