"""What was lost is sent again, once, to where it was owed; or a member has seen that it arrived."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec import UNSET
from msgspec.structs import replace

from throughline.conversation.channel import web_alone
from throughline.conversation.events import Delivery, DeliveryState
from throughline.conversation.faults import Fault
from throughline.conversation.ids import BindingId, ConversationId, MessageId, SessionId, TenantId, UserId
from throughline.conversation.lost import SAID, doubtful, kind
from throughline.conversation.records import Caller, DeliveryRow, Rung
from throughline.flow.resend import NO_DOUBT, NOT_LOST, UNKNOWN, Named, Resend, Resent
from throughline.ports import Tx

from .courier_stage import C1, C2, GUIDE, OTHER, TENANT, Stage, open_stage

OTTO = Caller(TENANT, UserId("u-otto"), None, "operator", "Otto", SessionId("s-otto"))
RIVAL = TenantId("rival")
LONG = 2**50


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    opened = await open_stage(tmp_path / "data")
    yield opened
    await opened.close()


def desk(stage: Stage) -> tuple[Resend, list[DeliveryRow], list[None]]:
    """Where members look after what was lost; who was told, and how often couriers were woken."""
    told: list[DeliveryRow] = []
    woken: list[None] = []

    def wake() -> None:
        woken.append(None)
        stage._wake()

    return Resend(stage.store, stage.clock, web_alone, told.append, wake), told, woken


def _put(tx: Tx, row: DeliveryRow) -> None:
    tx.bindings.settle(row)


async def lose(
    stage: Stage, text: str = "Hello", where: ConversationId = C1, on: BindingId = GUIDE,
    state: DeliveryState = "dead", by: DeliveryState | None = "refused",
) -> Named:  # fmt: skip
    """A message that was lost there; `by` is what its last try came to."""
    message = await stage.say(text, where, on=on)
    row = await stage.row(message, where, on)
    for step in (by, state):
        if step is not None:
            row = replace(row, state=step, at=stage.clock.now(), due=0, attempts=3, reason="undeliverable_1")
            await stage.store.write(partial(_put, row=row))
    return Named(where, message, on)


async def test_what_was_lost_goes_again_and_arrives_once(stage: Stage) -> None:
    named = await lose(stage)
    resend, told, woken = desk(stage)
    stage.start()
    await stage.settle()
    assert stage.counter.kinds() == [], "nobody sends what was given up"

    assert await resend.again(TENANT, [named, named], LONG) == Resent(1, 0)
    await stage.until(stage.reached(named.message, "accepted"))

    assert (told[0].state, told[0].attempts, told[0].reason) == ("pending", 0, None)
    assert len(woken) == 1
    assert (stage.counter.kinds(), stage.counter.said()) == (["send"], "Hello")
    assert await resend.again(TENANT, [named], LONG) == Resent(0, 1), "it is not lost any more"


async def test_two_members_at_once_send_it_once(stage: Stage) -> None:
    named = await lose(stage)
    resend, told, _ = desk(stage)

    both = await asyncio.gather(*(resend.again(TENANT, [named], LONG) for _ in range(2)))

    assert sorted(one.taken for one in both) == [0, 1]
    assert len(told) == 1


async def test_several_talks_are_several_transactions_and_each_is_told(stage: Stage) -> None:
    wanted = [await lose(stage, "one"), await lose(stage, "two", C2, OTHER), await lose(stage, "three")]
    resend, told, _ = desk(stage)
    stranger = Named(C1, MessageId("nobody"), GUIDE)

    assert await resend.again(TENANT, [*wanted, stranger], LONG) == Resent(3, 1)
    assert {row.message for row in told} == {each.message for each in wanted}


async def test_what_is_not_theirs_or_was_lost_later_stays_as_it_is(stage: Stage) -> None:
    named = await lose(stage)
    resend, told, woken = desk(stage)
    before = await stage.row(named.message)

    assert await resend.again(RIVAL, [named], LONG) == Resent(0, 1)
    assert await resend.again(TENANT, [named], before.at - 1) == Resent(0, 1)
    assert await stage.row(named.message) == before
    assert (told, woken) == ([], [])


@pytest.mark.parametrize(("state", "by"), [("held", "ambiguous"), ("dead", "ambiguous"), ("held", None)])
async def test_a_doubtful_one_that_a_member_saw_is_accepted_and_the_log_says_by_whom(
    stage: Stage, state: DeliveryState, by: DeliveryState | None
) -> None:
    named = await lose(stage, state=state, by=by)
    resend, told, woken = desk(stage)

    first, again = await resend.arrived(OTTO, named), await resend.arrived(OTTO, named)

    assert isinstance(first, DeliveryRow)
    assert isinstance(again, DeliveryRow)
    row = await stage.row(named.message)
    assert (row.state, row.reason, row.rungs[-1].reason) == ("accepted", SAID, SAID)
    entry = next(e for e in stage.entries if isinstance(e.body(), Delivery) and e.body().reason == SAID)  # type: ignore[attr-defined]
    assert b'"name":"Otto"' in entry.member
    assert entry.person is not None
    assert b"Otto" not in entry.person, "who of us it was is ours"
    assert (len(told), len(woken)) == (1, 0)


async def test_what_surely_did_not_arrive_cannot_be_said_to_have(stage: Stage) -> None:
    refused = await lose(stage)
    waiting = await stage.say("on its way")
    resend, told, _ = desk(stage)
    faults: list[object] = [
        await resend.arrived(OTTO, refused),
        await resend.arrived(OTTO, Named(C1, waiting, GUIDE)),
        await resend.arrived(OTTO, Named(C1, MessageId("nobody"), GUIDE)),
        await resend.arrived(replace(OTTO, tenant=RIVAL), refused),
    ]

    assert faults == [NO_DOUBT, NOT_LOST, UNKNOWN, UNKNOWN]
    assert all(isinstance(fault, Fault) for fault in faults)
    assert told == []


def row(state: DeliveryState, *steps: DeliveryState, reason: str | None = None) -> DeliveryRow:
    rungs = tuple(Rung(step, at) for at, step in enumerate(steps))
    return DeliveryRow(TENANT, C1, MessageId("m"), GUIDE, "sms", 1, True, state, 9, reason, rungs=rungs)


@pytest.mark.parametrize(
    ("lost", "why"),
    [
        (row("held", "sending", "ambiguous", "held"), "doubt"),
        (row("dead", "sending", "ambiguous"), "doubt"),
        (row("dead", "sending", "refused", "dead", reason="undeliverable_131026"), "refused"),
        (row("dead", "sending", "accepted", "refused"), "refused"),
        (row("dead", "pending", reason="account_down"), "account"),
        (row("dead", "sending", "not_sent", reason="unreachable"), "not_sent"),
        (row("dead", "sending", "refused", reason="window_closed"), "window"),
        (row("dead"), "other"),
    ],
)
def test_reasons_are_counted_in_a_few_classes(lost: DeliveryRow, why: str) -> None:
    assert kind(lost) == why


def test_doubt_of_an_earlier_try_stays() -> None:
    assert doubtful(row("dead", "sending", "ambiguous", "dead", "pending", "sending", "refused", "dead"))
    assert not doubtful(row("dead", "sending", "refused", "dead"))


def test_who_said_so_is_left_out_where_nobody_did() -> None:
    assert Delivery((MessageId("m"),), GUIDE, "sms", "accepted").by is UNSET


async def test_the_list_pages_through_what_was_lost_at_one_moment(stage: Stage) -> None:
    names = {(await lose(stage, str(n))).message for n in range(5)}

    def pages(tx: Tx) -> list[list[DeliveryRow]]:
        found, before = [], None
        while rows := tx.bindings.lost(TENANT, before, 2):
            found.append(rows)
            last = rows[-1]
            before = (last.at, last.conversation, last.message, last.binding)
        return found

    found = await stage.store.read(pages)
    assert [len(page) for page in found] == [2, 2, 1]
    assert {one.message for page in found for one in page} == names
    assert await stage.store.read(lambda tx: tx.bindings.count_lost(TENANT, None, 9)) == 5
    assert await stage.store.read(lambda tx: tx.bindings.count_lost(TENANT, None, 3)) == 3
