"""Mails that are laid down first and released then: whatever gets lost and whoever dies, nobody gets one twice."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from throughline.conversation import courier
from throughline.conversation.accounts import AuthFailed
from throughline.conversation.channel import Ambiguous, NotSent, Refused
from throughline.flow.courier import draft as draft_module
from throughline.flow.courier import errand as errand_module
from throughline.flow.courier import send as send_module
from throughline.flow.lease import EARLY, LEASE

from .counter import LOST, Step
from .courier_stage import Stage
from .mailer import Mailer, opened


class Killed(Exception):  # noqa: N818
    """The process is gone at this point."""


@pytest_asyncio.fixture
async def both(tmp_path: Path) -> AsyncIterator[tuple[Stage, Mailer]]:
    stage, mailer = await opened(tmp_path / "data")
    yield stage, mailer
    await stage.close()


@pytest.fixture
def kill_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """The next process dies where it passes a crash point for the first time."""

    def arm(name: str) -> None:
        left = [name]

        def passed(point: str) -> None:
            if left == [point]:
                left.clear()
                raise Killed

        for module in (draft_module, errand_module, send_module):
            monkeypatch.setattr(module, "crash_point", passed)

    return arm


async def test_a_mail_is_laid_down_and_released_and_its_name_is_durable_in_between(
    both: tuple[Stage, Mailer],
) -> None:
    stage, mailer = both
    gate = asyncio.Event()
    mailer.script("release", gate)
    stage.start()
    message = await stage.say("once")
    await stage.until(lambda: "release" in mailer.kinds())
    row = await stage.row(message)
    assert (row.state, row.draft) == ("sending", "d-1")
    gate.set()
    await stage.until(stage.reached(message, "accepted"))

    row = await stage.row(message)
    assert (row.remote, row.draft) == (("m-d-1",), None)
    assert mailer.kinds() == ["prepare", "release"]
    assert stage.events() == [(message, "accepted")]


@pytest.mark.parametrize(
    ("point", "kinds", "drafts"),
    [
        ("deliver.claimed", ["prepare", "release"], 0),
        # Nobody got the first draft; it stays behind, and is swept.
        ("deliver.prepared", ["prepare", "prepare", "release"], 1),
        ("deliver.before_release", ["prepare", "release"], 0),
        ("deliver.after_release", ["prepare", "release", "release", "sent"], 0),
    ],
)
async def test_a_mail_survives_a_crash_at_each_point_and_leaves_once(
    both: tuple[Stage, Mailer], kill_at: Callable[[str], None], point: str, kinds: list[str], drafts: int
) -> None:
    stage, mailer = both
    kill_at(point)
    stage.start("first")
    message = await stage.say("once")
    await stage.settle()
    await stage.die()
    stage.start("second")
    await stage.until(stage.reached(message, "accepted"))

    assert mailer.kinds() == kinds
    assert len(mailer.left) == 1
    assert len(mailer.laid) == drafts
    assert (await stage.row(message)).remote == (f"m-{mailer.left[0][0]}",)


async def test_a_draft_whose_answer_was_lost_is_laid_down_again(both: tuple[Stage, Mailer]) -> None:
    stage, mailer = both
    mailer.script("prepare", LOST)
    stage.start()
    message = await stage.say("once")
    await stage.until(stage.reached(message, "not_sent"))
    await stage.advance(2)
    await stage.until(stage.reached(message, "accepted"))

    assert mailer.kinds() == ["prepare", "prepare", "release"]
    assert len(mailer.left) == 1


async def test_a_release_whose_answer_was_lost_is_asked_for_again_with_the_same_draft(
    both: tuple[Stage, Mailer],
) -> None:
    stage, mailer = both
    mailer.script("release", LOST)
    stage.start()
    message = await stage.say("once")
    await stage.until(stage.reached(message, "ambiguous"))
    row = await stage.row(message)
    assert row.draft == "d-1"
    assert row.due > stage.clock.now()
    await stage.advance(2)
    await stage.until(stage.reached(message, "accepted"))

    assert mailer.kinds() == ["prepare", "release", "release", "sent"]
    assert len(mailer.left) == 1
    assert stage.events() == [(message, "ambiguous"), (message, "accepted")]


async def test_a_release_that_surely_did_not_go_is_repeated_and_never_in_doubt(both: tuple[Stage, Mailer]) -> None:
    stage, mailer = both
    mailer.script("release", NotSent("connect"), NotSent("ratelimited", 3.0))
    stage.start()
    message = await stage.say("once")
    await stage.until(stage.reached(message, "not_sent"))
    await stage.advance(8)
    await stage.until(stage.reached(message, "accepted"))

    assert mailer.kinds() == ["prepare", "release", "release", "release"]
    assert stage.events() == [(message, "accepted")]


async def test_what_is_in_doubt_stays_in_doubt_until_it_is_known(both: tuple[Stage, Mailer]) -> None:
    """What surely did not go now may have gone before: it must not be passed to another channel as if it had not."""
    stage, mailer = both
    mailer.script("release", LOST, NotSent("connect"), NotSent("connect"), Ambiguous("timeout"))
    stage.start()
    message = await stage.say("once")
    await stage.until(stage.reached(message, "ambiguous"))
    doubted = (await stage.row(message)).at
    states = set()
    for _ in range(6):
        states.add((await stage.row(message)).state)
        await stage.advance(2)
    assert states == {"ambiguous"}
    assert (await stage.row(message)).at == doubted
    await stage.advance(30)
    await stage.until(stage.reached(message, "accepted"))

    assert len(mailer.left) == 1
    assert mailer.kinds().count("prepare") == 1


async def test_later_mails_of_a_talk_wait_for_one_in_doubt(both: tuple[Stage, Mailer]) -> None:
    stage, mailer = both
    mailer.script("release", LOST)
    stage.start()
    first = await stage.say("one")
    await stage.until(stage.reached(first, "ambiguous"))
    second = await stage.say("two")
    await stage.settle()
    assert mailer.kinds().count("prepare") == 1
    await stage.advance(2)
    await stage.until(stage.reached(second, "accepted"))

    assert [mark[1] for _, mark in mailer.left] == [first, second]  # type: ignore[index]


async def test_a_draft_that_somebody_took_away_is_laid_down_anew(both: tuple[Stage, Mailer]) -> None:
    stage, mailer = both
    mailer.script("release", mailer.laid.clear)
    stage.start()
    message = await stage.say("once")
    await stage.until(stage.reached(message, "not_sent"))
    row = await stage.row(message)
    assert (row.reason, row.draft) == ("no_draft", None)
    await stage.advance(2)
    await stage.until(stage.reached(message, "accepted"))

    assert mailer.kinds() == ["prepare", "release", "sent", "prepare", "release"]
    assert len(mailer.left) == 1


async def test_a_draft_that_is_gone_in_doubt_is_made_anew_only_after_the_echo_wait(both: tuple[Stage, Mailer]) -> None:
    """A release without an answer may be on its way still: what it sends would show only then."""
    stage, mailer = both
    mailer.script("release", Ambiguous("timeout"), mailer.laid.clear)
    stage.start()
    message = await stage.say("once")
    await stage.until(stage.reached(message, "ambiguous"))
    await stage.advance(55)
    assert mailer.kinds().count("prepare") == 1
    assert mailer.kinds().count("sent") > 1
    await stage.advance(60)
    await stage.until(stage.reached(message, "accepted"))

    assert mailer.kinds().count("prepare") == 2
    assert len(mailer.left) == 1


async def test_a_lookup_that_fails_leaves_it_in_doubt(both: tuple[Stage, Mailer]) -> None:
    stage, mailer = both
    mailer.script("release", LOST)
    mailer.script("sent", Ambiguous("timeout"), Refused("invalid_grant", auth=True))
    stage.start()
    message = await stage.say("once")
    await stage.until(stage.reached(message, "ambiguous"))
    await stage.advance(3)
    assert (await stage.row(message)).state == "ambiguous"
    await stage.advance(90)
    await stage.until(stage.reached(message, "accepted"))

    assert len(mailer.left) == 1


async def test_a_refused_mail_is_refused(both: tuple[Stage, Mailer]) -> None:
    stage, mailer = both
    mailer.script("release", Refused("invalidArgument"))
    stage.start()
    message = await stage.say("once")
    await stage.until(stage.reached(message, "refused"))

    assert mailer.kinds() == ["prepare", "release"]


async def test_a_refusal_in_doubt_is_believed_only_where_nothing_was_sent(both: tuple[Stage, Mailer]) -> None:
    stage, mailer = both
    mailer.script("release", LOST, Refused("invalidArgument"))
    stage.start()
    sent = await stage.say("one")
    await stage.until(stage.reached(sent, "ambiguous"))
    await stage.advance(2)
    await stage.until(stage.reached(sent, "accepted"))
    mailer.script("release", Ambiguous("timeout"), Refused("invalidArgument"))
    refused = await stage.say("two")
    await stage.until(stage.reached(refused, "ambiguous"))
    await stage.advance(2)
    await stage.until(stage.reached(refused, "refused"))

    assert len(mailer.left) == 1


async def test_a_bad_credential_in_doubt_says_nothing_of_what_left_before(both: tuple[Stage, Mailer]) -> None:
    stage, mailer = both
    mailer.script("release", LOST, Refused("invalid_grant", auth=True))
    stage.start()
    message = await stage.say("once")
    await stage.until(stage.reached(message, "ambiguous"))
    await stage.advance(2)
    assert (await stage.row(message)).state == "ambiguous"
    assert stage.accounts.were(AuthFailed) == [AuthFailed("invalid_grant")]


async def test_an_echo_settles_what_is_in_doubt_and_nothing_is_asked_any_more(both: tuple[Stage, Mailer]) -> None:
    stage, mailer = both
    mailer.script("release", LOST)
    stage.start()
    message = await stage.say("once")
    await stage.until(stage.reached(message, "ambiguous"))
    # The courier has looked once more, and waits.
    await stage.settle()
    await stage.settle_row(await stage.row(message), "accepted", "m-d-1")
    await stage.advance(60)

    assert mailer.kinds() == ["prepare", "release"]
    assert (await stage.row(message)).state == "accepted"


async def test_a_courier_that_wrote_too_slowly_releases_nothing(
    both: tuple[Stage, Mailer], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, mailer = both
    monkeypatch.setattr(draft_module, "crash_point", lambda name: _late(stage, name))
    stage.start("first")
    message = await stage.say("once")
    await stage.settle()
    assert "release" not in mailer.kinds()
    monkeypatch.setattr(draft_module, "crash_point", lambda _: None)
    await stage.die()
    stage.start("second")
    await stage.until(stage.reached(message, "accepted"))

    assert mailer.kinds() == ["prepare", "release"]
    # It says so itself while it can: nobody has to doubt.
    assert stage.events() == [(message, "accepted")]


def _late(stage: Stage, name: str) -> None:
    if name == "deliver.before_release":
        stage.clock.move(LEASE / 1000 - EARLY)


def test_every_crash_point_of_a_draft_is_passed_by_a_story_here() -> None:
    source = Path(draft_module.__file__ or "").read_text(encoding="utf-8")
    points = {line.split('"')[1] for line in source.splitlines() if "crash_point(" in line}

    assert points == {"deliver.prepared", "deliver.before_release", "deliver.after_release"}


_STEPS: st.SearchStrategy[Step] = st.sampled_from(
    [LOST, Ambiguous("timeout"), NotSent("connect"), NotSent("ratelimited", 2.0), "crash"]
)


def test_whatever_gets_lost_and_whoever_dies_each_mail_leaves_once(tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        stage, mailer = runner.run(opened(tmp_path / "data"))

        @settings(max_examples=25, deadline=None)
        @given(
            prepare=st.lists(_STEPS, max_size=3), release=st.lists(_STEPS, max_size=4),
            sent=st.lists(st.just(Ambiguous("timeout")), max_size=2),
        )  # fmt: skip
        def story(prepare: list[Step], release: list[Step], sent: list[Step]) -> None:
            runner.run(_story(stage, mailer, {"prepare": prepare, "release": release, "sent": sent}))

        try:
            story()
        finally:
            runner.run(stage.close())


async def _story(stage: Stage, mailer: Mailer, steps: dict[str, list[Step]]) -> None:
    """Two mails on the way, through everything that goes wrong."""
    died = [False]

    def crash() -> None:
        died[0] = True
        raise Killed

    mailer.left.clear()
    mailer.scripts.clear()
    for kind, script in steps.items():
        mailer.script(kind, *[crash if step == "crash" else step for step in script])
    if not stage.couriers:
        stage.start("first")
    messages = [await stage.say("one"), await stage.say("two")]
    for _ in range(200):
        await stage.settle()
        if died[0]:
            died[0] = False
            await stage.die()
            stage.start()
        if all(stage.reached(message, "accepted")() for message in messages):
            break
        await stage.advance(5, step=5)
    assert [mark[1] for _, mark in mailer.left] == messages  # type: ignore[index]
    for message in messages:
        assert (await stage.row(message)).state == "accepted"


def test_only_doubt_about_a_draft_can_be_worked_at() -> None:
    from tests.conversation.test_courier import ROW

    doubt = courier.doubted(ROW, "timeout", 1_000, 0.0)
    drafted = courier.after(replace(ROW, draft="d-1", state="sending"), Ambiguous("timeout"), 1_000, 0.5)

    assert courier.waits(replace(doubt, due=500), 1_000)
    assert courier.waits(drafted, 1_000)
    assert not courier.waits(drafted, drafted.due)
    assert courier.waited(drafted, drafted.due) == drafted
    assert courier.found(replace(ROW, state="sending", draft="d-1"), 2_000, 60.0).due == 2_000
