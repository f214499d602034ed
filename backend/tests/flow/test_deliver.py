"""Whole messages on their way out: each outcome, in order, once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace

from throughline.conversation.accounts import AuthFailed, Failing, WentOut
from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Refused
from throughline.conversation.courier import ACCOUNT_PAUSE
from throughline.conversation.policy import Policy
from throughline.flow.lease import Leases
from throughline.ports import Channels

from . import courier_stage
from .counter import LOST, without
from .courier_stage import ACCOUNT, C1, C2, CAN, OTHER, TENANT, Stage, open_stage


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    opened = await open_stage(tmp_path / "data")
    yield opened
    await opened.close()


async def test_a_message_is_sent_once_and_everybody_learns_of_it(stage: Stage) -> None:
    stage.start()
    message = await stage.say("Hello & welcome")
    await stage.until(stage.reached(message, "accepted"))

    row = await stage.row(message)
    assert [rung.state for rung in row.rungs] == ["pending", "sending", "accepted"]
    assert (row.remote, row.attempts, row.due) == (("ts-1",), 1, 0)
    assert [r.state for r in stage.told] == ["sending", "accepted"]
    assert stage.told[-1] == row
    assert stage.events() == [(message, "accepted")]
    assert stage.counter.said() == "Hello & welcome"
    assert stage.counter.marks["ts-1"] == (C1, message, 0)
    assert stage.counter.places[0].thread == "D1:1"
    assert stage.accounts.were(WentOut)


async def test_messages_leave_in_the_order_of_the_log_one_at_a_time(stage: Stage) -> None:
    gate = asyncio.Event()
    stage.counter.script("send", gate)
    stage.start()
    for text in ("one ", "two ", "three"):
        last = await stage.say(text)
    await stage.settle()
    assert stage.counter.kinds() == ["send"]
    gate.set()
    await stage.until(stage.reached(last, "accepted"))

    assert stage.counter.said() == "one two three"


async def test_a_long_message_goes_piece_by_piece_each_written_down(stage: Stage) -> None:
    stage.start()
    message = await stage.say("x" * 900)
    await stage.until(stage.reached(message, "accepted"))

    row = await stage.row(message)
    assert row.remote == ("ts-1", "ts-2", "ts-3")
    assert stage.counter.said() == "x" * 900
    assert [mark[2] for mark in stage.counter.marks.values()] == [0, 1, 2]  # type: ignore[index]


async def test_who_waits_long_for_its_turn_holds_no_courier(stage: Stage) -> None:
    stage.counter.capabilities = without(CAN, rates={"post": (1, 10.0)})
    deliver = stage.start()
    first, second = await stage.say("first "), await stage.say("second")
    await stage.until(stage.reached(first, "accepted"))
    await stage.settle()
    assert (deliver.running, (await stage.row(second)).state) == (0, "pending")
    await stage.advance(8)
    assert (deliver.running, (await stage.row(second)).attempts) == (0, 0)
    await stage.advance(4)
    await stage.until(stage.reached(second, "accepted"))

    assert stage.counter.said() == "first second"


async def test_the_last_rows_success_lets_go_of_the_lease_in_the_same_transaction(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    never: list[object] = []
    monkeypatch.setattr(Leases, "let_go", lambda _, *works, until=0: never.append((works, until)))
    deliver = stage.start()
    message = await stage.say("only one")
    await stage.until(stage.reached(message, "accepted"))
    await stage.settle()
    assert deliver.running == 0
    again = await stage.say("and another")
    await stage.until(stage.reached(again, "accepted"))

    assert never == []


async def test_a_mirror_shows_a_persons_words_with_their_channel_and_the_log_says_nothing(stage: Stage) -> None:
    stage.start()
    message = await stage.say("Hi", author="person", owed=False)
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.said() == "Person · Web: Hi"
    assert stage.events() == []


async def test_a_tenants_own_pause_and_tries_are_what_a_courier_goes_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier_stage, "POLICY", Policy(retries=1, retry_ms=250))
    stage = await open_stage(tmp_path / "data")
    stage.counter.script("send", NotSent("connect"))
    stage.start()
    message = await stage.say("first")
    await stage.until(stage.reached(message, "not_sent"))

    row = await stage.row(message)
    assert row.due - row.at == 250
    assert stage.accounts.were(Failing)
    await stage.close()


async def test_what_was_not_sent_is_sent_later_and_holds_its_own_binding_only(stage: Stage) -> None:
    stage.counter.script("send", NotSent("connect"))
    stage.start()
    first = await stage.say("first ")
    await stage.until(stage.reached(first, "not_sent"))
    second = await stage.say("second")
    other = await stage.say("elsewhere ", C2, on=OTHER)
    await stage.until(stage.reached(other, "accepted"))
    await stage.settle()
    assert (await stage.row(second)).state == "pending"
    await stage.advance(2)
    await stage.until(stage.reached(second, "accepted"))

    assert stage.counter.said() == "elsewhere first second"
    row = await stage.row(first)
    assert [r.state for r in row.rungs] == ["pending", "sending", "not_sent", "sending", "accepted"]
    assert row.attempts == 2


async def test_an_owed_message_that_keeps_failing_degrades_its_account_and_goes_on(stage: Stage) -> None:
    stage.counter.script("send", *[NotSent("connect")] * 4)
    stage.start()
    message = await stage.say("patience")
    await stage.advance(20)
    await stage.until(stage.reached(message, "accepted"))

    assert stage.accounts.were(Failing) == [Failing("connect"), Failing("connect")]
    assert stage.counter.kinds() == ["send"] * 5


async def test_a_mirror_that_keeps_failing_ends_after_ten_minutes_without_a_word(stage: Stage) -> None:
    stage.counter.script("send", *[NotSent("connect")] * 100)
    stage.start()
    message = await stage.say("copy", owed=False)
    await stage.advance(660, 10.0)
    await stage.until(stage.reached(message, "dead"))

    assert stage.events() == []
    assert stage.accounts.were(Failing) == []


async def test_retry_after_closes_the_tier_for_every_binding_and_keeps_the_order(stage: Stage) -> None:
    stage.counter.capabilities = without(CAN, rates={"post": (5, 5.0)})
    stage.counter.script("send", NotSent("ratelimited", 20.0))
    stage.start()
    first = await stage.say("first ")
    await stage.until(stage.reached(first, "not_sent"))
    second = await stage.say("second ")
    await stage.advance(19)
    assert stage.counter.kinds() == ["send"]
    await stage.advance(3)
    await stage.until(stage.reached(second, "accepted"))

    assert stage.counter.said() == "first second "
    assert stage.accounts.were(Failing) == []


async def test_our_own_pace_counts_as_no_failure(stage: Stage) -> None:
    stage.counter.capabilities = without(CAN, rates={"post": (1, 30.0)})
    stage.start()
    await stage.say("first ")
    second = await stage.say("second")
    await stage.advance(29)
    assert stage.counter.said() == "first "
    assert (await stage.row(second)).state == "pending"
    await stage.advance(3)
    await stage.until(stage.reached(second, "accepted"))

    assert (await stage.row(second)).attempts == 1


async def test_a_refusal_ends_that_message_and_the_next_one_goes(stage: Stage) -> None:
    stage.counter.script("send", Refused("msg_too_long"))
    stage.start()
    first, second = await stage.say("first"), await stage.say("second")
    await stage.until(stage.reached(second, "accepted"))

    assert stage.events() == [(first, "refused"), (second, "accepted")]
    assert (await stage.row(first)).reason == "msg_too_long"


async def test_a_bad_credential_stops_everything_of_that_account(stage: Stage) -> None:
    stage.counter.script("send", Refused("token_revoked", auth=True))
    stage.start()
    first, second = await stage.say("first"), await stage.say("second")
    await stage.until(stage.reached(second, "not_sent"))

    assert (await stage.row(first)).state == "refused"
    assert (await stage.row(second)).reason == "account_down"
    assert (await stage.row(second)).attempts == 0
    assert stage.accounts.were(AuthFailed) == [AuthFailed("token_revoked")]
    assert stage.counter.kinds() == ["send"]
    await stage.advance(ACCOUNT_PAUSE + 3)
    await stage.until(stage.reached(second, "accepted"))


async def test_nothing_is_sent_while_the_account_cannot_be_opened(stage: Stage) -> None:
    line, stage.accounts.open[ACCOUNT] = stage.accounts.open[ACCOUNT], None
    stage.start()
    message = await stage.say("later")
    await stage.until(stage.reached(message, "not_sent"))
    assert stage.counter.calls == []
    stage.accounts.open[ACCOUNT] = line
    await stage.advance(ACCOUNT_PAUSE + 3)
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.kinds() == ["send"]


async def test_doubt_holds_later_messages_for_its_echo_and_is_never_repeated(stage: Stage) -> None:
    stage.counter.script("send", LOST)
    stage.start()
    first, second = await stage.say("first "), await stage.say("second")
    await stage.until(stage.reached(first, "ambiguous"))
    await stage.advance(9)
    assert stage.counter.said() == "first "
    await stage.advance(3)
    await stage.until(stage.reached(second, "accepted"))

    assert stage.counter.said() == "first second"
    assert stage.events() == [(first, "ambiguous"), (second, "accepted")]
    await stage.advance(60, 5.0)
    assert stage.counter.kinds() == ["send", "send"]
    assert (await stage.row(first)).state == "ambiguous"


async def test_an_echo_lets_later_messages_go_at_once(stage: Stage) -> None:
    stage.counter.script("send", LOST)
    deliver = stage.start()
    first, second = await stage.say("first "), await stage.say("second")
    await stage.until(stage.reached(first, "ambiguous"))
    await stage.settle()
    await stage.settle_row(await stage.row(first), "accepted", "ts-1")
    deliver.wake()
    await stage.until(stage.reached(second, "accepted"))

    assert stage.counter.said() == "first second"


async def test_an_echo_of_one_piece_lets_the_others_follow(stage: Stage) -> None:
    stage.counter.script("send", LOST)
    deliver = stage.start()
    message = await stage.say("x" * 500)
    await stage.until(stage.reached(message, "ambiguous"))
    await stage.settle()
    row = await stage.row(message)
    await stage.settle_row(row, "pending", "ts-1")
    deliver.wake()
    await stage.until(stage.reached(message, "accepted"))

    assert stage.counter.said() == "x" * 500
    assert (await stage.row(message)).remote == ("ts-1", "ts-2")


async def test_an_echo_that_is_faster_than_the_answer_is_kept(stage: Stage) -> None:
    gate = asyncio.Event()
    stage.counter.script("send", gate, LOST)
    stage.start()
    message = await stage.say("quick")
    await stage.until(lambda: stage.counter.calls)
    await stage.settle_row(await stage.row(message), "accepted", "ts-1")
    gate.set()
    second = await stage.say("next")
    await stage.until(stage.reached(second, "accepted"))

    assert (await stage.row(message)).state == "accepted"
    assert stage.counter.kinds() == ["send", "send"]


async def test_a_message_that_was_passed_on_is_not_sent(stage: Stage) -> None:
    stage.counter.capabilities = without(CAN, rates={"post": (1, 10.0)})
    stage.start()
    await stage.say("first")
    second = await stage.say("second")
    await stage.settle()
    await stage.settle_row(await stage.row(second), "passed")
    await stage.advance(12)

    assert stage.counter.said() == "first"
    assert (await stage.row(second)).state == "passed"


async def test_the_first_post_opens_the_thread_and_the_next_one_is_in_it(stage: Stage) -> None:
    row = (await stage.store.read(lambda tx: tx.bindings.bindings(TENANT, C1)))[0]
    await stage.store.write(lambda tx: tx.bindings.bind(replace(row, thread=None)))
    stage.start()
    await stage.say("root")
    second = await stage.say("reply")
    await stage.until(stage.reached(second, "accepted"))
    await stage.until(lambda: stage.rooted)

    assert [place.thread for place in stage.counter.places] == [None, "T1/b1:ts-1"]
    assert stage.rooted[0].thread == "T1/b1:ts-1"
    assert await stage.store.read(lambda tx: tx.bindings.at_thread(TENANT, ACCOUNT, "T1/b1:ts-1"))


async def test_a_channel_that_hangs_delays_its_own_binding_only(stage: Stage) -> None:
    stage.counter.script("send", asyncio.Event())
    stage.start()
    stuck = await stage.say("stuck")
    await stage.until(lambda: stage.counter.calls)
    other = await stage.say("fine", C2, on=OTHER)
    await stage.until(stage.reached(other, "accepted"))
    await stage.advance(60)

    assert (await stage.row(stuck)).state == "sending"
    assert stage.counter.said() == "fine"


async def test_a_message_without_words_leaves_nothing_behind(stage: Stage) -> None:
    stage.start()
    message = await stage.say("  ")
    await stage.until(stage.reached(message, "superseded"))

    assert stage.counter.calls == []


async def test_an_ambiguous_answer_is_no_failure_of_the_account(stage: Stage) -> None:
    stage.counter.script("send", Ambiguous("http_502"))
    stage.start()
    message = await stage.say("hm")
    await stage.until(stage.reached(message, "ambiguous"))

    assert (await stage.row(message)).reason == "http_502"
    assert stage.accounts.happenings == []


async def test_a_thread_that_is_another_talks_already_is_left_to_it(stage: Stage) -> None:
    row = (await stage.store.read(lambda tx: tx.bindings.bindings(TENANT, C1)))[0]
    await stage.store.write(lambda tx: tx.bindings.bind(replace(row, thread=None)))
    stage.counter.script("send", Accepted("odd", "D1:2"))
    stage.start()
    message = await stage.say("root")
    await stage.until(stage.reached(message, "accepted"))
    await stage.settle()

    assert stage.rooted == []
    other = await stage.store.read(lambda tx: tx.bindings.at_thread(TENANT, ACCOUNT, "D1:2"))
    assert other is not None
    assert other.conversation == C2


async def test_a_channel_nobody_has_built_is_left_alone(stage: Stage) -> None:
    stage.channels = Channels()
    deliver = stage.start()
    message = await stage.say("nowhere")
    await stage.advance(40)

    assert (await stage.row(message)).state == "pending"
    assert deliver.running == 0
