"""What does not get through on one channel goes by another: when, where to, once, and the log says why."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace

from throughline.conversation.channel import Ambiguous, NotSent, Refused
from throughline.conversation.ids import BindingId, ConversationId, IdentityId, PersonId
from throughline.conversation.records import Binding, Conversation
from throughline.ports import Tx

from .counter import LOST, without
from .courier_stage import CAN
from .ways_stage import ACCOUNT, C1, GUIDE, MAIL, MAILBOX, OF_MAIL, TENANT, WaysStage, open_ways

REFUSED = Refused("channel_not_found")


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[WaysStage]:
    opened = await open_ways(tmp_path / "data")
    yield opened
    await opened.base.close()


async def test_what_is_refused_goes_on_at_once_and_the_log_says_why(stage: WaysStage) -> None:
    stage.slack.script("send", REFUSED)
    stage.base.start()
    message = await stage.say()
    await stage.base.until(stage.base.reached(message, "accepted"))

    assert await stage.fate(message) == {"slack": "passed", "gmail": "accepted*"}
    assert stage.story(message) == [
        "slack refused", "slack passed", "slack to gmail: channel_not_found", "gmail accepted",
    ]  # fmt: skip
    assert stage.mail.said() == "words"
    told = [(row.channel, row.state) for row in stage.base.told if row.message == message]
    assert told == [
        ("slack", "sending"), ("slack", "passed"), ("gmail", "pending"), ("gmail", "sending"), ("gmail", "accepted"),
    ]  # fmt: skip
    assert not stage.base.lost


async def test_what_is_not_taken_goes_on_half_a_minute_after_its_first_try(stage: WaysStage) -> None:
    stage.slack.script("send", *[NotSent("http_503")] * 99)
    stage.base.start()
    message = await stage.say()
    await stage.base.settle()
    await stage.base.advance(29)
    assert await stage.fate(message) == {"slack": "not_sent*"}

    await stage.base.advance(2)
    assert await stage.fate(message) == {"slack": "passed", "gmail": "accepted*"}
    assert stage.story(message) == ["slack passed", "slack to gmail: not_sent", "gmail accepted"]


async def test_time_behind_others_and_for_our_own_pace_is_no_failure(stage: WaysStage) -> None:
    stage.slack.capabilities = without(CAN, rates={"post": (1, 40.0)})
    stage.base.start()
    messages = [await stage.say(f"{n}") for n in range(3)]
    await stage.base.settle()
    await stage.base.advance(90, 5)

    assert [await stage.fate(m) for m in messages] == [{"slack": "accepted*"}] * 3
    assert not stage.mail.calls


async def test_a_provider_that_wants_nothing_for_an_hour_is_not_waited_for(stage: WaysStage) -> None:
    stage.slack.script("send", NotSent("http_429", 3_600.0))
    stage.base.start()
    messages = [await stage.say(f"{n}") for n in range(3)]
    await stage.base.settle()
    await stage.base.advance(1)

    assert [await stage.fate(m) for m in messages] == [{"slack": "passed", "gmail": "accepted*"}] * 3
    assert stage.mail.said() == "012"
    assert len(stage.slack.calls) == 1


@pytest.mark.parametrize("late", [False, True])
async def test_doubt_goes_on_after_the_echo_wait_and_a_late_echo_sends_nothing_again(
    stage: WaysStage, *, late: bool
) -> None:
    stage.slack.script("send", LOST)
    stage.base.start()
    message = await stage.say()
    await stage.base.until(stage.base.reached(message, "ambiguous"))
    await stage.base.advance(9)
    if not late:
        await stage.base.settle_row(await stage.base.row(message), "accepted", "ts-1")
    await stage.base.advance(5)
    assert await stage.fate(message) == (
        {"slack": "passed", "gmail": "accepted*"} if late else {"slack": "accepted*"}
    )  # fmt: skip
    if late:
        assert "slack to gmail: not_confirmed" in stage.story(message)
        await stage.base.settle_row(await stage.base.row(message), "accepted", "ts-1")
        await stage.base.advance(40)
        assert await stage.fate(message) == {"slack": "accepted", "gmail": "accepted*"}
    assert len(stage.mail.calls) == late


async def test_where_doubt_is_held_a_member_is_asked(stage: WaysStage) -> None:
    await stage.policy(doubt="hold")
    stage.slack.script("send", LOST)
    stage.base.start()
    message = await stage.say()
    behind = await stage.say("behind")
    await stage.base.until(stage.base.reached(message, "ambiguous"))
    await stage.base.advance(60)

    assert await stage.fate(message) == {"slack": "held*"}
    assert stage.story(message) == ["slack ambiguous", "slack held"]
    assert [row.state for row in stage.base.lost] == ["held"]
    assert await stage.fate(behind) == {"slack": "accepted*"}


async def test_where_doubt_is_sent_again_that_ends(stage: WaysStage) -> None:
    await stage.policy(doubt="resend")
    stage.slack.script("send", *[Ambiguous("timeout")] * 9)
    stage.base.start()
    message = await stage.say()
    await stage.base.until(stage.base.reached(message, "ambiguous"))
    await stage.base.advance(60)

    assert len(stage.slack.calls) == 4
    assert await stage.fate(message) == {"slack": "passed", "gmail": "accepted*"}


@pytest.mark.parametrize("status", ["down", "needs_reauth", "unconfigured"])
async def test_where_our_end_is_shut_all_that_waits_goes_on_at_once_in_order(stage: WaysStage, status: str) -> None:
    stage.base.accounts.open[ACCOUNT] = None
    await stage.account(ACCOUNT, status=status)
    messages = [await stage.say(f"{n}") for n in range(3)]
    stage.base.start()
    await stage.base.settle()
    await stage.base.advance(1)

    assert [await stage.fate(m) for m in messages] == [{"slack": "passed", "gmail": "accepted*"}] * 3
    assert stage.mail.said() == "012"
    assert "slack to gmail: account_down" in stage.story(messages[0])
    assert not stage.slack.calls


async def test_each_channel_is_tried_once_and_then_it_is_lost(stage: WaysStage) -> None:
    await stage.modes(b_web="off")
    stage.slack.script("send", REFUSED)
    stage.mail.script("send", Refused("bounced"))
    stage.sms.script("send", Refused("30003"))
    stage.base.start()
    message = await stage.say()
    await stage.base.until(lambda: stage.base.lost)
    await stage.base.advance(60)

    assert await stage.fate(message) == {"slack": "passed", "gmail": "passed", "sms": "dead*"}
    assert stage.story(message) == [
        "slack refused", "slack passed", "slack to gmail: channel_not_found",
        "gmail refused", "gmail passed", "gmail to sms: bounced", "sms refused", "sms dead",
    ]  # fmt: skip
    assert [(row.channel, row.state) for row in stage.base.lost] == [("sms", "dead")]
    assert [len(c.kinds()) for c in (stage.slack, stage.mail, stage.sms)] == [1, 1, 1]


async def test_with_nowhere_to_go_what_was_not_sent_is_tried_until_it_is_given_up(stage: WaysStage) -> None:
    await stage.policy(give_up_after=120.0)
    await stage.modes(b_web="off", b_mail="off", b_sms="off")
    stage.slack.script("send", *[NotSent("http_503")] * 99)
    stage.base.start()
    message = await stage.say()
    await stage.base.settle()
    await stage.base.advance(115)
    assert await stage.fate(message) == {"slack": "not_sent*"}
    assert not stage.base.lost

    await stage.base.advance(40)
    assert await stage.fate(message) == {"slack": "dead*"}
    assert [row.state for row in stage.base.lost] == ["dead"]


async def test_it_gets_through_where_there_is_no_other_channel_once_that_is_up(stage: WaysStage) -> None:
    await stage.modes(b_web="off", b_mail="off", b_sms="off")
    stage.slack.script("send", *[NotSent("http_503")] * 5)
    stage.base.start()
    message = await stage.say()
    await stage.base.settle()
    await stage.base.advance(90)

    assert await stage.fate(message) == {"slack": "accepted*"}


async def test_who_has_it_on_a_mirror_is_not_told_again(stage: WaysStage) -> None:
    await stage.modes(b_mail="mirror")
    stage.slack.script("send", NotSent("http_503"), NotSent("http_503"), REFUSED)
    stage.base.start()
    message = await stage.say()
    await stage.base.until(stage.base.reached(message, "accepted"))
    await stage.base.advance(10)

    assert await stage.fate(message) == {"slack": "passed", "gmail": "accepted"}
    assert (await stage.base.row(message)).reason == "already_there"
    assert stage.story(message) == ["slack refused", "slack passed"]
    assert len(stage.mail.calls) == 1


async def test_a_tab_that_has_it_is_enough(stage: WaysStage) -> None:
    await stage.modes(b_web="mirror")
    stage.slack.script("send", NotSent("http_503"), REFUSED)
    stage.base.start()
    message = await stage.say()
    await stage.base.settle()
    await stage.got(message)
    await stage.base.advance(5)

    assert await stage.fate(message) == {"slack": "passed", "web": "delivered"}


async def test_a_mirror_that_took_it_but_would_say_when_it_arrived_is_not_enough(stage: WaysStage) -> None:
    await stage.modes(b_sms="mirror")
    await stage.base.store.write(lambda tx: tx.people.talks(TENANT, IdentityId("i-b-sms"), C1))
    stage.slack.script("send", NotSent("http_503"), NotSent("http_503"), REFUSED)
    stage.base.start()
    message = await stage.say()
    await stage.base.settle()
    await stage.base.advance(10)

    assert await stage.fate(message) == {"slack": "passed", "sms": "accepted", "gmail": "accepted*"}


async def test_a_row_that_mirrors_and_waits_is_the_one_that_is_owed(stage: WaysStage) -> None:
    await stage.modes(b_mail="mirror")
    hold = asyncio.Event()
    stage.mail.script("send", hold)
    stage.slack.script("send", REFUSED)
    stage.base.start()
    message = await stage.say()
    await stage.base.until(stage.base.reached(message, "passed"))
    assert (await stage.base.row(message, on=MAIL)).owed
    hold.set()
    await stage.base.settle()

    assert await stage.fate(message) == {"slack": "passed", "gmail": "accepted*"}
    assert len(stage.mail.calls) == 1


@pytest.mark.parametrize(
    "shut",
    ["off", "stop", "unverified", "disabled", "down", "window", "start"],
)
async def test_no_target(stage: WaysStage, shut: str) -> None:
    def mail(tx: Tx) -> None:
        if shut == "stop":
            tx.people.consents(TENANT, IdentityId("i-b-mail"), 5)
        if shut == "unverified":
            tx.people.revoke_identity(TENANT, IdentityId("i-b-mail"))

    await stage.base.store.write(mail)
    if shut == "off":
        await stage.modes(b_mail="off")
    if shut == "disabled":
        await stage.account(MAILBOX, enabled=False, status="disabled")
    if shut == "down":
        await stage.account(MAILBOX, status="down")
    if shut in {"window", "start"}:
        changes: dict[str, object] = {"window": 60.0} if shut == "window" else {"start": False}
        stage.mail.capabilities = without(OF_MAIL, **changes)
    stage.slack.script("send", REFUSED)
    stage.base.start()
    message = await stage.say()
    await stage.base.until(stage.base.reached(message, "accepted"))

    assert await stage.fate(message) == {"slack": "passed", "sms": "accepted*"}
    assert not stage.mail.calls


async def test_the_persons_own_order_comes_first(stage: WaysStage) -> None:
    await stage.base.store.write(lambda tx: tx.links.prefer(TENANT, PersonId("p-ada"), [IdentityId("i-b-sms")], 1))
    stage.slack.script("send", REFUSED)
    stage.base.start()
    message = await stage.say()
    await stage.base.until(stage.base.reached(message, "accepted"))

    assert await stage.fate(message) == {"slack": "passed", "sms": "accepted*"}
    identity = await stage.base.store.read(lambda tx: tx.people.identity(TENANT, IdentityId("i-b-sms")))
    assert identity is not None
    assert identity.talks_in == C1


async def test_a_notice_for_one_place_goes_nowhere_else_and_is_in_nobodys_way(stage: WaysStage) -> None:
    stage.slack.script("send", *[NotSent("http_503")] * 99)
    stage.base.start()
    notice = await stage.say("we go on here", only=GUIDE, purpose="notice")
    answer = await stage.say("answer")
    await stage.base.settle()
    await stage.base.advance(66)

    assert await stage.fate(notice) == {"slack": "superseded*"}
    assert await stage.fate(answer) == {"slack": "passed", "gmail": "accepted*"}
    assert not stage.base.lost


async def test_what_was_begun_by_us_for_one_address_alone_is_lost_where_it_is_refused(stage: WaysStage) -> None:
    stage.slack.script("send", REFUSED)
    stage.base.start()
    message = await stage.say("hello", only=GUIDE, purpose="template")
    await stage.base.until(lambda: stage.base.lost)

    assert await stage.fate(message) == {"slack": "dead*"}


async def test_who_stands_behind_a_head_that_can_go_nowhere_goes_past_it(stage: WaysStage) -> None:
    await stage.modes(b_web="off", b_sms="off")
    message = await stage.say("was by mail before")
    row = await stage.base.row(message)
    before = replace(row, binding=MAIL, channel="gmail", state="passed", owed=False, due=0)
    await stage.base.store.write(lambda tx: tx.bindings.owe(before))
    stage.slack.script("send", *[NotSent("http_503")] * 99)
    behind = await stage.say("behind")
    stage.base.start()
    await stage.base.settle()
    await stage.base.advance(35)

    assert await stage.fate(message) == {"slack": "not_sent*", "gmail": "passed"}
    assert await stage.fate(behind) == {"slack": "passed", "gmail": "accepted*"}


async def test_a_group_has_no_other_channel(stage: WaysStage) -> None:
    where = ConversationId("c-group")

    def group(tx: Tx) -> None:
        tx.log.start(Conversation(where, TENANT, None, "Guide", "active", "", 0, 1, 1))
        identity = IdentityId("i-b1")
        tx.bindings.bind(
            Binding(BindingId("b-group"), TENANT, where, identity, "slack", "active", ACCOUNT, "C9:1")
        )  # fmt: skip

    await stage.base.store.write(group)
    stage.slack.script("send", REFUSED)
    stage.base.start()
    message = await stage.base.say("to all", where, on=BindingId("b-group"))
    await stage.base.until(lambda: stage.base.lost)

    assert (await stage.base.row(message, where, BindingId("b-group"))).state == "dead"


async def test_a_channel_that_heals_gets_what_is_new_and_nothing_of_what_passed(stage: WaysStage) -> None:
    stage.slack.script("send", REFUSED)
    stage.base.start()
    first = await stage.say("first")
    await stage.base.until(stage.base.reached(first, "accepted"))
    second = await stage.say("second")
    await stage.base.until(stage.base.reached(second, "accepted"))

    assert await stage.fate(second) == {"slack": "accepted*"}
    assert stage.slack.said() == "second"
    assert stage.mail.said() == "first"
