"""Tickets: once, soon, and only while the session lives."""

import msgspec
import pytest

from throughline.conversation.ids import SessionId, TenantId, UserId
from throughline.conversation.records import Caller
from throughline.identity.tickets import Tickets

from .clock import StillClock

CALLER = Caller(TenantId("t"), UserId("u"), None, "operator", "Casey", SessionId("s"))


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


def test_a_ticket_is_good_once(clock: StillClock) -> None:
    tickets = Tickets(clock, lambda _: False)
    ticket, seconds = tickets.make(CALLER)

    assert (seconds, tickets.redeem(ticket), tickets.redeem(ticket)) == (30, CALLER, None)


def test_a_ticket_ends_after_thirty_seconds_and_leaves_nothing(clock: StillClock) -> None:
    tickets = Tickets(clock, lambda _: False)
    ticket, _ = tickets.make(CALLER)
    clock.pass_(30)

    assert tickets.redeem(ticket) is None
    assert len(tickets) == 0


def test_a_ticket_of_a_session_that_ended_is_worth_nothing(clock: StillClock) -> None:
    ended: set[SessionId] = set()
    tickets = Tickets(clock, ended.__contains__)
    ticket, _ = tickets.make(CALLER)
    ended.add(CALLER.session)

    assert tickets.redeem(ticket) is None


@pytest.mark.parametrize("ticket", ["", "x", "\ud800", "é" * 100, "a" * 100_000])
def test_what_was_never_a_ticket_is_none(clock: StillClock, ticket: str) -> None:
    assert Tickets(clock, lambda _: False).redeem(ticket) is None


def test_of_one_session_the_oldest_goes_when_it_asks_for_too_many(clock: StillClock) -> None:
    tickets = Tickets(clock, lambda _: False)
    first, _ = tickets.make(CALLER)
    other, _ = tickets.make(msgspec.structs.replace(CALLER, session=SessionId("s2")))
    last = [tickets.make(CALLER)[0] for _ in range(64)][-1]

    assert tickets.redeem(first) is None
    assert len(tickets) == 65
    assert tickets.redeem(last) == CALLER
    assert tickets.redeem(other) is not None


def test_of_all_the_oldest_goes_when_there_are_too_many(clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("throughline.identity.tickets._MOST", 10)
    tickets = Tickets(clock, lambda _: False)
    made = [tickets.make(msgspec.structs.replace(CALLER, session=SessionId(str(n))))[0] for n in range(30)]

    assert len(tickets) <= 10
    assert tickets.redeem(made[0]) is None
    assert tickets.redeem(made[-1]) is not None


def test_what_has_ended_is_swept_away(clock: StillClock) -> None:
    tickets = Tickets(clock, lambda _: False)
    for n in range(20):
        tickets.make(msgspec.structs.replace(CALLER, session=SessionId(str(n))))
    clock.pass_(31)
    tickets.make(CALLER)

    assert len(tickets) == 1
    assert len(tickets._of) == 1
