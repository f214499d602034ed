"""Failover: a message that does not get through where it is owed goes by another channel.

Whoever finds that a row fails calls `give_on` in the transaction in which it is written: the courier for what it sends,
a provider's late report, the look at what nobody got on the web. So two of them cannot both do it, and what was decided
is in the log together with why.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from msgspec import UNSET, Struct
from msgspec.structs import replace

from throughline.conversation import delivery, failover, quiet
from throughline.conversation.accounts import SHUT
from throughline.conversation.bindings import Table
from throughline.conversation.events import ChannelName, FailedOver, Message, iso
from throughline.conversation.failover import Patience, There, To, Why
from throughline.conversation.ids import AccountId, BindingId
from throughline.conversation.policy import Policy
from throughline.conversation.records import Binding, Conversation, DeliveryRow, Identity, Turn
from throughline.conversation.window import is_open
from throughline.flow.steps.join import Names
from throughline.flow.steps.owe import MOST, attach, talks_there, tell
from throughline.flow.steps.switch import reachable
from throughline.observe import crash_point, failed_over
from throughline.ports import Tx

#: Events of one look for a message.
_PAGE = 50


def _open(_: AccountId) -> bool:
    return False


class Ways(Struct, frozen=True):
    """What a decision needs besides the store. `shut`: nothing is sent through an account now, its breaker is open."""

    names: Names
    capabilities_of: Table
    shut: Callable[[AccountId], bool] = _open


class Given(Struct, frozen=True):
    """What became of a row that failed. `row` is as it is now, `rows` are all that changed, to be told."""

    row: DeliveryRow
    rows: tuple[DeliveryRow, ...] = ()
    #: There is something for a courier.
    leaves: bool = False
    #: Where it went on, and why.
    to: ChannelName | None = None
    reason: str = ""

    @property
    def lost(self) -> tuple[DeliveryRow, ...]:
        """What needs a member: it got through nowhere, or waits for somebody to say."""
        return tuple(row for row in self.rows if row.state in failover.LOST)


def done(given: Given) -> None:
    """It is durable: count it."""
    if given.to is not None:
        failed_over(given.row.channel, given.to, given.reason)


def written(tx: Tx, turn: Turn, bindings: Sequence[Binding], seq: int | None, now: int) -> None:
    """A turn has written its message at `seq`, or (None) will not: what waited for it on the web is looked at now."""
    for binding in bindings:
        row = None
        if binding.channel == "web":
            row = tx.bindings.delivery(turn.tenant, turn.conversation, turn.message, binding.id)
        if row is None or row.seq != failover.UNWRITTEN:
            continue
        if seq is not None:
            tx.bindings.settle(failover.written_now(row, seq, now))
        else:
            ended = replace(row, state="superseded", at=now)
            tx.bindings.settle(ended)
            tell(tx, turn.tenant, turn.conversation, delivery.told([ended]), now)


def give_on(tx: Tx, row: DeliveryRow, why: Why, ways: Ways, now: int) -> Given:
    """Pass a failing row on, or say that it is lost. It must be as it stands, and in nobody's hands but the caller's.

    Nothing changes while it goes on being tried there. What is for that binding alone goes nowhere else.
    """
    given = _given(tx, row, why, ways, now)
    crash_point("failover.before_commit")
    return given


def _given(tx: Tx, row: DeliveryRow, why: Why, ways: Ways, now: int) -> Given:
    tenant = tx.people.tenant(row.tenant)
    policy = Policy() if tenant is None else tenant.policy
    rules = failover.patience(policy)
    talk = tx.log.conversation(row.tenant, row.conversation)
    if talk is None:
        return Given(row)
    message = said(tx, row)
    alone = not failover.may_pass(message)
    if alone and message is not None and message.purpose == "notice":
        return _became(tx, row, failover.dropped(row, why, now), now)
    if why == "not_confirmed" and row.draft is None:
        settled = _doubt(tx, row, rules, now)
        if settled is not None:
            return settled
    places, hushed = ([], {}) if alone else _places(tx, talk, policy, ways, now)
    match _onward(tx, row, places, hushed, ways):
        case There():
            return _has_it(tx, row, now)
        case To() as to if not to.until or not failover.tried_on(row, why, rules, now):
            new = failover.taken_on(row, to, rules, now, written=message is not None)
            return _pass(tx, row, to, new, why, ways, now)
        case _:
            return _keep(tx, row, why, rules, now)


def woken(tx: Tx, row: DeliveryRow, ways: Ways, now: int) -> Given:
    """A row that waited for the end of quiet hours is looked at: it goes now, waits on, or is not needed any more.

    Meanwhile the person may have it elsewhere, be talking there, want other hours, or be reached by another channel.
    """
    tenant = tx.people.tenant(row.tenant)
    policy = Policy() if tenant is None else tenant.policy
    talk = tx.log.conversation(row.tenant, row.conversation)
    places, hushed = ([], {}) if talk is None else _places(tx, talk, policy, ways, now)
    to, until = _onward(tx, row, places, hushed, ways), hushed.get(row.binding, 0)
    if isinstance(to, There):
        return _has_it(tx, row, now)
    if until and isinstance(to, To) and not to.until:
        written = said(tx, row) is not None
        new = failover.taken_on(row, to, failover.patience(policy), now, written=written)
        return _pass(tx, row, to, new, "quiet_hours", ways, now)
    new = quiet.put_off(row, until) if until else replace(row, at=now, due=now, reason=None)
    tx.bindings.settle(new)
    return Given(new)


def _onward(
    tx: Tx, row: DeliveryRow, places: Sequence[Binding], hushed: Mapping[BindingId, int], ways: Ways
) -> failover.Onward:  # fmt: skip
    rows = tx.bindings.of_message(row.tenant, row.conversation, row.message)
    return failover.onward(row, rows, places, lambda channel: ways.capabilities_of(channel).receipts, hushed)


def _has_it(tx: Tx, row: DeliveryRow, now: int) -> Given:
    gone = failover.passed(row, now, "already_there")
    tx.bindings.settle(gone)
    tell(tx, row.tenant, row.conversation, delivery.told([_owed(gone)]), now)
    return Given(gone, (gone,))


def said(tx: Tx, row: DeliveryRow) -> Message | None:
    """What the log has of a row's message; None: it is still being written."""
    for entry in tx.log.entries(row.tenant, row.conversation, row.seq - 1, _PAGE, ("message",)):
        body = cast("Message", entry.body())
        if body.id == row.message:
            return body
    return None


def _doubt(tx: Tx, row: DeliveryRow, rules: Patience, now: int) -> Given | None:
    """What the tenant wants done about doubt. None: it goes by another channel."""
    if rules.doubt == "failover":
        return None
    new = failover.resent(row, now) if rules.doubt == "resend" else failover.held(row, now)
    if new is None:
        return None
    tx.bindings.settle(new)
    tell(tx, row.tenant, row.conversation, delivery.told([new]), now)
    return Given(new, (new,), leaves=new.state == "pending")


def _places(
    tx: Tx, talk: Conversation, policy: Policy, ways: Ways, now: int
) -> tuple[list[Binding], dict[BindingId, int]]:
    """Where the person could be reached, best first; and those of them where nothing is to ring, and until when."""
    bindings = attach(tx, talk, ways.names.several(MOST), ways.capabilities_of)
    who = {} if talk.person is None else {i.id: i for i in tx.people.identities(talk.tenant, talk.person)}
    preferred: Sequence[str] = () if talk.person is None else tx.links.fallback(talk.tenant, talk.person)
    able = {b.id for b in bindings if b.identity in who and _able(tx, b, who[b.identity], ways, now)}
    places = failover.ordered(bindings, preferred, policy.fallback, able)
    ring = [
        place.id for place in places
        if quiet.holds(place, ways.capabilities_of(place.channel), who[place.identity].last_in, now)
    ]  # fmt: skip
    hours = tx.links.quiet(talk.tenant, talk.person) if ring and talk.person is not None else None
    until = None if hours is None else quiet.until(hours, now)
    return places, {} if until is None else dict.fromkeys(ring, until)


def _able(tx: Tx, binding: Binding, identity: Identity, ways: Ways, now: int) -> bool:
    if not reachable(tx, identity):
        return False
    if binding.account is None:
        return binding.channel == "web"
    account = tx.accounts.account(binding.account)
    can = ways.capabilities_of(binding.channel)
    begun = can.start or binding.thread is not None or identity.last_in is not None
    free = account is not None and account.status not in SHUT and not ways.shut(account.id)
    return free and begun and is_open(can, identity.last_in, now)


def _pass(tx: Tx, row: DeliveryRow, to: To, new: DeliveryRow, why: Why, ways: Ways, now: int) -> Given:
    gone = failover.passed(row, now, "failover")
    tx.bindings.settle(gone)
    if to.row is None:
        tx.bindings.owe(new)
    else:
        tx.bindings.settle(new)
    talks_there(tx, [new], [to.binding], ways.capabilities_of)
    tell(tx, row.tenant, row.conversation, delivery.told([_owed(gone)]), now)
    reason = row.reason if why == "refused" and row.reason else why
    body = FailedOver(
        message=row.message, origin=row.channel, to=new.channel, binding=new.binding, reason=reason,
        late=failover.late(row), until=iso(new.due) if quiet.is_put_off(new) else UNSET,
    )  # fmt: skip
    tx.log.append(row.tenant, row.conversation, now, body)
    tell(tx, row.tenant, row.conversation, delivery.told([new]), now)
    return Given(gone, (gone, new), leaves=new.channel != "web", to=new.channel, reason=why)


def _keep(tx: Tx, row: DeliveryRow, why: Why, rules: Patience, now: int) -> Given:
    return _became(tx, row, failover.kept(row, why, rules, now), now)


def _became(tx: Tx, row: DeliveryRow, new: DeliveryRow, now: int) -> Given:
    """It stays where it is. Only another state is told."""
    if new is row:
        return Given(row)
    tx.bindings.settle(new)
    if new.state == row.state:
        return Given(new)
    tell(tx, row.tenant, row.conversation, delivery.told([new]), now)
    return Given(new, (new,))


def _owed(row: DeliveryRow) -> DeliveryRow:
    """A row that is owed no more, as the log tells of it: it was, until now."""
    return replace(row, owed=True)
