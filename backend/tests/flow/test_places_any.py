"""Whatever comes from channels without threads and from senders nobody vouches for: nothing raises, nothing mixes."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from throughline.conversation.channel import Address, Consent, Halt, Inbound, Reading, Renamed, Reply
from throughline.conversation.ids import ConversationId

from .ear import CHAT, MAIL, OURS, TEXTS, ear
from .test_hear_any import LOOSE, READINGS, WORDS, Open

ACCOUNTS = st.sampled_from([OURS, CHAT, TEXTS, MAIL])
#: What the older channels do not have.
MORE = st.fixed_dictionaries(
    {
        "trust": st.sampled_from(["verified", "unverified"]),
        "at": st.none() | st.integers(-(10**15), 10**15),
        "ref": st.none() | WORDS,
        "conversation": st.none() | WORDS.map(ConversationId),
        "pressed": st.none() | WORDS,
    }
)
CONSENTS = st.lists(st.builds(Consent, WORDS, WORDS, st.booleans()), max_size=2).map(tuple)
RENAMED = st.lists(st.builds(Renamed, WORDS, WORDS), max_size=2).map(tuple)
#: Who does what: says something, begins another talk, or time passes (hours).
STEPS = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from(["say", "say", "new", "off", "on"])) | st.integers(1, 30),
    min_size=1,
    max_size=12,
)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    with asyncio.Runner() as runner:
        context = ear(tmp_path / "data")
        inside = runner.run(context.__aenter__())
        yield Open(runner, inside)
        runner.run(context.__aexit__(None, None, None))


def test_no_reading_of_any_channel_raises(opened: Open) -> None:
    @LOOSE
    @given(ACCOUNTS, READINGS, MORE, CONSENTS, RENAMED, st.lists(WORDS, max_size=3).map(tuple))
    def any_reading(account, reading, more, consents, renamed, aliases) -> None:  # type: ignore[no-untyped-def]
        said = tuple(
            replace(inbound, sender=replace(inbound.sender, aliases=aliases), **more) for inbound in reading.inbound
        )
        halts = (*reading.halts, Halt("h", address=aliases[0] if aliases else None))
        whole: Reading = replace(
            reading, inbound=said, consents=consents, renamed=renamed, halts=halts, ended=None
        )  # fmt: skip
        assert isinstance(opened.run(opened.slack.hear.take(account, whole, b"raw")), Reply)

    any_reading()


def test_each_message_is_in_the_one_talk_that_the_rules_say(opened: Open) -> None:
    async def live(steps: list[tuple[str, str] | int]) -> None:
        ears, name = opened.slack, opened.name()
        talk, last = dict[str, int](), dict[str, int]()
        expected = dict[tuple[str, int], list[str]]()
        for n, step in enumerate(steps):
            if isinstance(step, int):
                ears.clock.move(step * 3600)
                continue
            who, what = step
            address, text, now = f"+1/{name}{who}", f"{name} {n}", ears.clock.now()
            if what in {"off", "on"}:
                consent = Consent(f"{name}-{n}", address, what == "off")
                await ears.hear.take(CHAT, Reading(consents=(consent,)))
                continue
            if who not in talk or now - last[who] >= 24 * 3_600_000:
                talk[who] = talk.get(who, 0) + 1
            expected.setdefault((who, talk[who]), [])
            last[who] = now
            if what == "new":
                talk[who] += 1
                text = "new"
            else:
                expected[who, talk[who]].append(text)
            said = Inbound(f"{name}-{n}", Address(address), text)
            for _ in range(2):
                await ears.hear.take(CHAT, Reading(inbound=(said,)))
            expected.setdefault((who, talk[who]), [])
        found = list[list[str]]()
        for where in dict.fromkeys(e.conversation for e in ears.entries):
            found.append([t for t in ears.texts(where) if t.startswith(f"{name} ")])
        assert sorted(x for x in found if x) == sorted(x for x in expected.values() if x)
        for who in talk:
            known = await ears.identity(f"+1/{name}{who}", CHAT)
            assert known is not None
            assert known.talks_in is not None
            assert (await ears.row(known.talks_in)).person == known.person

    @LOOSE
    @given(STEPS)
    def any_life(steps: list[tuple[str, str] | int]) -> None:
        opened.run(live(steps))

    any_life()
