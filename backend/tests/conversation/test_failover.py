"""When a message is given up where it is owed, and where it goes instead."""

from typing import Any

import pytest
from msgspec.structs import replace

from throughline.conversation import failover
from throughline.conversation.events import ChannelName, DeliveryState
from throughline.conversation.failover import Nowhere, Patience, There, To
from throughline.conversation.ids import BindingId, ConversationId, IdentityId, MessageId, TenantId
from throughline.conversation.policy import Policy
from throughline.conversation.records import Binding, DeliveryRow, Rung

RULES = Patience(after=30_000, unseen=30_000, give_up=600_000)
TALKATIVE = {"web", "whatsapp"}


def row(state: DeliveryState, at: int = 0, channel: ChannelName = "whatsapp", **more: Any) -> DeliveryRow:
    given: dict[str, Any] = {"owed": True, "rungs": (Rung("pending", 0), Rung(state, at))} | more
    return DeliveryRow(
        TenantId("acme"), ConversationId("c"), MessageId("m"), BindingId(channel), channel, 1, state=state, at=at,
        **given,
    )  # fmt: skip


def place(channel: ChannelName, mode: Any = "standby") -> Binding:
    return Binding(
        BindingId(channel), TenantId("acme"), ConversationId("c"), IdentityId(f"on-{channel}"), channel, mode
    )  # fmt: skip


def receipts(channel: ChannelName) -> bool:
    return channel in TALKATIVE


@pytest.mark.parametrize(
    ("steps", "late"),
    [
        (("sending", "accepted"), True),
        (("sending", "accepted", "refused"), True),
        (("sending",), False),
        (("sending", "refused"), False),
        (("accepted", "dead", "pending", "sending", "refused"), False),
    ],
)
def test_what_was_taken_before_it_was_refused_is_late(steps: tuple[DeliveryState, ...], *, late: bool) -> None:
    refused = row("refused", 9, rungs=tuple(Rung(state, at) for at, state in enumerate(steps)))
    assert failover.late(refused) is late
    assert not failover.late(row("accepted", 9, rungs=refused.rungs))


@pytest.mark.parametrize(
    ("given", "now", "why"),
    [
        (row("refused", 5), 5, "refused"),
        (row("not_sent", 1_000), 30_999, None),
        (row("not_sent", 1_000), 31_000, "not_sent"),
        (row("ambiguous", 1_000, due=61_000), 60_999, None),
        (row("ambiguous", 1_000, due=61_000), 61_000, "not_confirmed"),
        (row("ambiguous", 1_000, due=0), 1_000, "not_confirmed"),
        (row("ambiguous", 1_000, due=9_000, draft="d"), 9_000, None),
        (row("ambiguous", 1_000, due=99_000, draft="d"), 31_000, "not_confirmed"),
        (row("accepted", 0, "web", due=30_000, attempts=1), 29_999, None),
        (row("accepted", 0, "web", due=30_000, attempts=1), 30_000, "not_seen"),
        (row("accepted", 0, "web", due=1_000), 30_000, None),
        (row("accepted", 0, "web", due=0, attempts=1), 30_000, None),
        (row("accepted", 0), 10**9, None),
        (row("pending", 0), 10**9, None),
        (row("sending", 0), 10**9, None),
        (row("streaming", 0), 10**9, None),
        (row("dead", 0), 10**9, None),
    ],
)
def test_when_it_fails(given: DeliveryRow, now: int, why: str | None) -> None:
    assert failover.fails(given, RULES, now) == why
    assert failover.fails(replace(given, owed=False), RULES, now) is None


@pytest.mark.parametrize("state", ["pending", "not_sent"])
def test_where_nothing_is_sent_now_it_fails_at_once_unless_a_part_stands_there(state: DeliveryState) -> None:
    assert failover.fails(row(state), RULES, 0, "breaker_open") == "breaker_open"
    assert failover.fails(row(state, remote=("1",)), RULES, 0, "breaker_open") is None


def test_time_counts_from_the_first_try_of_its_present_life() -> None:
    rungs = (
        Rung("pending", 0), Rung("sending", 7), Rung("not_sent", 8), Rung("dead", 90), Rung("pending", 100),
        Rung("sending", 200), Rung("not_sent", 201), Rung("sending", 205), Rung("not_sent", 206),
    )  # fmt: skip

    assert failover.tried_since(row("not_sent", 206, rungs=rungs)) == 200
    assert failover.tried_since(row("pending", 3, rungs=(Rung("pending", 3),))) == 3


def test_a_late_next_try_is_not_waited_for_longer_than_it_takes_to_fail() -> None:
    given = row("not_sent", 1_000, due=3_600_000)

    assert failover.looked_at_again(given, RULES, 2_000).due == 31_000
    assert failover.looked_at_again(given, RULES, 31_000).due == 3_600_000
    assert failover.looked_at_again(replace(given, owed=False), RULES, 2_000).due == 3_600_000
    assert failover.looked_at_again(replace(given, due=5_000), RULES, 2_000).due == 5_000


@pytest.mark.parametrize(
    ("other", "there"),
    [
        (row("delivered", 1, "web", owed=False), True),
        (row("read", 1, "web", owed=False), True),
        (row("accepted", 1, "web", owed=False), False),
        (row("accepted", 1, "slack", owed=False), True),
        (row("pending", 1, "slack", owed=False), False),
        (row("refused", 1, "slack"), False),
    ],
)
def test_who_has_it_elsewhere_is_not_told_again(other: DeliveryRow, *, there: bool) -> None:
    mine = row("refused")

    assert isinstance(failover.onward(mine, [mine, other], [], receipts), There) is there


def test_it_goes_to_the_first_place_that_has_not_had_it() -> None:
    mine, had = row("refused"), row("dead", 1, "sms")
    shown = row("pending", 1, "telegram", owed=False)
    places = [place("whatsapp"), place("sms"), place("telegram", "mirror"), place("gmail")]

    assert failover.onward(mine, [mine, had, shown], places, receipts) == To(place("telegram", "mirror"), shown)
    assert failover.onward(mine, [mine, had], places, receipts) == To(place("telegram", "mirror"), None)
    assert failover.onward(mine, [mine, had], places[:2], receipts) == Nowhere()


def test_what_is_passed_on_is_owed_there_and_nowhere_else() -> None:
    mine = row("refused", 5)
    new = failover.taken_on(mine, To(place("gmail")), RULES, 9)
    web = failover.taken_on(mine, To(place("web"), row("accepted", 1, "web", owed=False)), RULES, 9)

    gone = failover.passed(mine, 9, "failover")
    assert (gone.state, gone.owed, gone.reason) == ("passed", False, "failover")
    assert (new.state, new.owed, new.channel, new.seq, new.due) == ("pending", True, "gmail", 1, 9)
    assert (web.state, web.owed, web.due) == ("accepted", True, 30_009)
    assert failover.fails(web, RULES, 30_009) == "not_seen"


@pytest.mark.parametrize(
    ("given", "why", "state"),
    [
        (row("refused"), "refused", "dead"),
        (row("ambiguous"), "not_confirmed", "dead"),
        (row("not_sent"), "not_sent", "not_sent"),
        (row("pending"), "breaker_open", "pending"),
        (row("ambiguous", draft="d"), "not_confirmed", "ambiguous"),
        (row("accepted", 0, "web", due=5, attempts=1), "not_seen", "accepted"),
    ],
)
def test_with_nowhere_to_go_it_is_tried_for_longer_or_lost(given: DeliveryRow, why: Any, state: DeliveryState) -> None:
    kept = failover.kept(given, why, RULES, 30_000)

    assert kept.state == state
    assert failover.fails(kept, RULES, 30_000) is None or kept is given
    if state not in {"dead", "accepted"}:
        assert failover.kept(given, why, RULES, 600_000).state == "dead"


def test_doubt_is_sent_again_a_few_times() -> None:
    given = row("ambiguous", 1, rungs=(Rung("ambiguous", 1),) * 3)

    assert (again := failover.resent(given, 9)) is not None
    assert (again.state, again.due) == ("pending", 9)
    assert failover.resent(replace(given, rungs=(Rung("ambiguous", 1),) * 4), 9) is None


def test_a_member_sends_it_again_from_its_beginning() -> None:
    given = row("dead", 1, remote=("1", "2"), draft="d", cuts=(3,), attempts=9, reason="x")
    again = failover.again(given, 9)

    assert (again.state, again.remote, again.draft, again.cuts, again.attempts) == ("pending", (), None, (), 0)
    assert (again.reason, again.due) == (None, 9)


def test_the_persons_order_comes_before_the_tenants() -> None:
    places = [place("web", "mirror"), place("gmail"), place("slack", "off"), place("sms"), place("whatsapp")]
    able = {p.id for p in places if p.channel != "sms"}
    order = failover.ordered(places, ["on-gmail"], Policy().fallback, able)

    assert [p.channel for p in order] == ["gmail", "whatsapp", "web"]
    assert [p.channel for p in failover.ordered(places, [], ("web",), able)] == ["web", "gmail", "whatsapp"]


@pytest.mark.parametrize(
    ("other", "sees_to_it"),
    [
        (row("pending", 1, "slack"), True),
        (row("sending", 1, "slack"), True),
        (row("streaming", 1, "slack"), True),
        (row("accepted", 1, "web", due=9), True),
        (row("accepted", 1, "web", due=0), False),
        (row("ambiguous", 1, "slack"), False),
        (row("dead", 1, "slack"), False),
    ],
)
def test_what_is_owed_elsewhere_too_and_on_its_way_goes_nowhere_else(other: DeliveryRow, *, sees_to_it: bool) -> None:
    mine = row("refused")

    found = failover.onward(mine, [mine, other], [place("gmail")], receipts)
    assert isinstance(found, There if sees_to_it else To)


def test_a_channel_is_tried_once_also_under_another_address_there() -> None:
    mine, second = row("refused"), replace(place("whatsapp"), id=BindingId("w2"))
    had = row("passed", 1, "sms", owed=False)

    assert failover.onward(mine, [mine, had], [second, place("sms")], receipts) == Nowhere()


def test_what_is_not_written_to_its_end_can_be_received_by_no_tab_and_is_not_looked_for() -> None:
    waiting = failover.taken_on(row("refused"), To(place("web")), RULES, 9, written=False)
    whole = failover.written_now(waiting, 7, 50)

    assert (waiting.due, waiting.owed, waiting.seq) == (0, True, failover.UNWRITTEN)
    assert (whole.seq, whole.due, whole.attempts) == (7, 1_050, 0)


@pytest.mark.parametrize(
    ("why", "state"),
    [
        ("not_sent", "superseded"), ("account_down", "superseded"), ("breaker_open", "superseded"),
        ("refused", "not_sent"), ("not_confirmed", "not_sent"), ("not_seen", "not_sent"),
    ],
)  # fmt: skip
def test_a_notice_that_is_too_late_is_in_nobodys_way(why: Any, state: DeliveryState) -> None:
    assert failover.dropped(row("not_sent"), why, 9).state == state
