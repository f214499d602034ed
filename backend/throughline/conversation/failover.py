"""When a message is given up where it is owed, and where it goes instead. Pure: rows, places and `now` (UTC ms).

A message fails on a channel when that refuses it, does not take it for so long, may have it but does not say so within
its echo wait, or when our end of it is shut. On the web it fails when no tab of the person got it. Where it goes on is
asked once, by whoever ends its row: each channel is tried once for a message, and where somebody has it already nothing
is sent again. A place that is quiet is used only where there is no other, once its quiet hours are over.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from msgspec import UNSET, Struct
from msgspec.structs import replace

from throughline.conversation.delivery import LOOK, waits
from throughline.conversation.events import ChannelName, DeliveryState, Message
from throughline.conversation.ids import BindingId
from throughline.conversation.policy import Policy
from throughline.conversation.quiet import is_put_off, put_off
from throughline.conversation.records import Binding, DeliveryRow, Rung

#: Why a message is given up where it is. `account_down` and `breaker_open`: nothing at all is sent there now.
#: `quiet_hours`: it waited for their end, and another place can have it before.
Why = Literal["refused", "not_sent", "not_confirmed", "account_down", "breaker_open", "not_seen", "quiet_hours"]
#: The place in the log of what has none yet.
UNWRITTEN = 2**53 - 1
#: Times that a message in doubt is sent again where the tenant wants that.
RESENDS = 3
_TRIED: frozenset[DeliveryState] = frozenset({"sending", "not_sent", "ambiguous"})
_ENDS: frozenset[DeliveryState] = frozenset({"refused", "passed", "superseded", "dead", "held"})
_HAS: frozenset[DeliveryState] = frozenset({"delivered", "read"})
#: What got through nowhere, or waits for a member to say.
LOST: frozenset[DeliveryState] = frozenset({"dead", "held"})
#: Owed in one of these, a row is still on its way, or in doubt: whoever looks after it passes it on if need be.
_ON_ITS_WAY: frozenset[DeliveryState] = frozenset({"pending", "not_sent", "sending", "streaming"})
#: A row of another binding in one of these can still become the one that is owed.
_USABLE: frozenset[DeliveryState] = frozenset({"pending", "not_sent", "sending", "streaming", "accepted"})


class Patience(Struct, frozen=True):
    """How long a tenant waits, in milliseconds, and what it does about doubt."""

    after: int = 30_000
    unseen: int = 30_000
    give_up: int = 3_600_000
    doubt: Literal["failover", "resend", "hold"] = "failover"


class There(Struct, frozen=True):
    """The person has the message already, on this binding; or it is owed there too, and that row sees to it."""

    binding: BindingId


class To(Struct, frozen=True):
    """It goes on by this binding; `row` where it has one of the message, that nobody was owed.

    `until`: not before then (UTC ms), because of quiet hours; 0: now.
    """

    binding: Binding
    row: DeliveryRow | None = None
    until: int = 0


class Nowhere(Struct, frozen=True):
    """There is no other channel."""


Onward = There | To | Nowhere


def patience(policy: Policy) -> Patience:
    """A tenant's, within what makes sense."""
    return Patience(
        after=_ms(policy.failover_after), unseen=_ms(policy.unseen_after), give_up=_ms(policy.give_up_after),
        doubt=policy.doubt,
    )  # fmt: skip


def tried_since(row: DeliveryRow) -> int:
    """Since when it has been at the head and tried: waiting behind others, or for our own pace, is no failure of it."""
    return next((rung.at for rung in _life(row) if rung.state in _TRIED), row.at)


def fails(row: DeliveryRow, rules: Patience, now: int, shut: Why | None = None) -> Why | None:
    """Why an owed head has to go on by another channel now; None: it need not. `shut`: nothing leaves there now."""
    if not row.owed or is_put_off(row):
        # What waits for the end of quiet hours has not been tried: it is woken first.
        return None
    match row.state:
        case "refused":
            return "refused"
        case "ambiguous" if row.draft is None:
            return "not_confirmed" if row.due <= now else None
        case "ambiguous":
            # Its draft can be sent again without harm, so it is tried for as long as something that was not sent.
            return "not_confirmed" if now - tried_since(row) >= rules.after else None
        case "pending" | "not_sent" if shut is not None and not row.remote:
            return shut
        case "not_sent":
            return "not_sent" if now - tried_since(row) >= rules.after else None
        case "accepted" if row.channel == "web":
            return "not_seen" if row.attempts and 0 < row.due <= now else None
        case _:
            return None


def looked_at_again(row: DeliveryRow, rules: Patience, now: int) -> DeliveryRow:
    """A row whose next try is later than the moment at which it fails is looked at then."""
    at = tried_since(row) + rules.after
    waits = row.owed and (row.state == "not_sent" or (row.state == "ambiguous" and row.draft is not None))
    return replace(row, due=at) if waits and now < at < row.due else row


def onward(
    row: DeliveryRow,
    rows: Sequence[DeliveryRow],
    places: Sequence[Binding],
    receipts: Callable[[ChannelName], bool],
    quiet: Mapping[BindingId, int] = MappingProxyType({}),
) -> Onward:
    """Where a message goes whose row fails. `rows` are all of the message; `places` those that could take it, in order.

    `receipts` says whether a channel tells that something arrived: where it does not, accepted is as good as there.
    `quiet` are the places where nothing is to ring, and until when (UTC ms): the first of them, if there are no others.
    """
    others = {r.binding: r for r in rows if r.binding != row.binding}
    for other in others.values():
        accepted = other.state == "accepted" and other.channel != "web" and not receipts(other.channel)
        coming = other.owed and (other.state in _ON_ITS_WAY or (other.state == "accepted" and other.due > 0))
        if other.state in _HAS or accepted or coming:
            return There(other.binding)
    tried = {row.channel} | {r.channel for r in others.values() if r.owed or r.state not in _USABLE}
    free: list[To] = []
    for place in places:
        had = others.get(place.id)
        if place.channel not in tried and (had is None or (not had.owed and had.state in _USABLE)):
            # What is there already, or on its way, does not ring again.
            free.append(To(place, had, quiet.get(place.id, 0) if had is None or waits(had) else 0))
    return next((to for to in free if not to.until), free[0] if free else Nowhere())


def late(row: DeliveryRow) -> bool:
    """Whether a refused row had been taken before: what came after it may be there already."""
    told = bool(row.rungs) and row.rungs[-1].state == "refused"
    before = replace(row, rungs=row.rungs[:-1]) if told else row
    return row.state == "refused" and any(rung.state == "accepted" for rung in _life(before))


def passed(row: DeliveryRow, now: int, reason: Literal["failover", "already_there"]) -> DeliveryRow:
    """The row that is left: owed there no more."""
    return replace(row, state="passed", owed=False, at=now, reason=reason, due=0)


def taken_on(row: DeliveryRow, to: To, rules: Patience, now: int, *, written: bool = True) -> DeliveryRow:
    """The row that is owed from now on, where the message goes.

    On the web, what is not `written` to its end can be received by nobody: its row stands behind all of the log.
    """
    web = to.binding.channel == "web"
    there = to.row or DeliveryRow(
        tenant=row.tenant, conversation=row.conversation, message=row.message, binding=to.binding.id,
        channel=to.binding.channel, seq=row.seq, owed=True, state="accepted" if web else "pending", at=now, due=now,
    )  # fmt: skip
    if not web:
        owed = replace(there, owed=True)
        return put_off(owed, to.until) if to.until else owed
    if not written:
        return replace(there, owed=True, due=0, seq=UNWRITTEN)
    return replace(there, owed=True, due=now + rules.unseen, attempts=1)


def written_now(row: DeliveryRow, seq: int, now: int) -> DeliveryRow:
    """A row on the web of a message that is whole from now on."""
    return replace(row, seq=seq, due=now + LOOK, attempts=0)


def dropped(row: DeliveryRow, why: Why, now: int) -> DeliveryRow:
    """A notice for one place that does not get through there in its time: of no use later, and in nobody's way."""
    if why == "not_seen":
        return replace(row, due=0)
    if why in {"refused", "not_confirmed"}:
        return row
    return replace(row, state="superseded", at=now, due=0, reason=why)


def deferred(row: DeliveryRow, now: int, wait: int) -> DeliveryRow:
    """A row where no courier comes, and that can go nowhere else: looked at again after `wait` milliseconds."""
    return replace(row, due=now + wait)


def seen_so_far(row: DeliveryRow, rules: Patience) -> DeliveryRow:
    """A row on the web that nobody got within a moment: from now on it waits for as long as the tenant wants."""
    return replace(row, due=max(1, row.due + rules.unseen - LOOK), attempts=1)


def kept(row: DeliveryRow, why: Why, rules: Patience, now: int) -> DeliveryRow:
    """The row of a message that can go nowhere else: tried for longer, held for a member, or given up (`dead`)."""
    if why == "not_seen":
        # It is in the history, where they find it when they come back: that is where it ends.
        return replace(row, due=0)
    if tried_on(row, why, rules, now):
        return row
    return replace(row, state="dead", at=now, due=0, reason=row.reason or why)


def tried_on(row: DeliveryRow, why: Why, rules: Patience, now: int) -> bool:
    """Whether what can go nowhere else now is still tried where it is: it surely did not reach anybody, yet."""
    unsent = why in {"not_sent", "account_down", "breaker_open"} or (row.state == "ambiguous" and row.draft is not None)
    return unsent and now - tried_since(row) < rules.give_up


def resent(row: DeliveryRow, now: int) -> DeliveryRow | None:
    """A row in doubt as it is sent again; None: often enough. What it has of the provider's ids stays known."""
    doubts = sum(rung.state == "ambiguous" for rung in _life(row))
    return None if doubts > RESENDS else replace(row, state="pending", at=now, due=now, reason=None)


def held(row: DeliveryRow, now: int) -> DeliveryRow:
    """A row in doubt that waits for a member."""
    return replace(row, state="held", at=now, due=0)


def again(row: DeliveryRow, now: int) -> DeliveryRow:
    """A row that a member wants sent again: owed, from its beginning."""
    state: DeliveryState = "accepted" if row.channel == "web" else "pending"
    return replace(
        row, state=state, owed=True, at=now, due=now, reason=None, attempts=0, remote=(), draft=None, cuts=()
    )


def may_pass(message: Message | None) -> bool:
    """Whether a message is for the person, wherever they are: a notice for one binding alone stays there."""
    return message is None or message.only is UNSET


def ordered(
    places: Sequence[Binding], preferred: Sequence[str], channels: Sequence[str], able: Collection[BindingId]
) -> list[Binding]:
    """The places that can take a message, best first: the person's own order of identities, then the tenant's."""
    mine = {identity: at for at, identity in enumerate(preferred)}
    theirs = {channel: at for at, channel in enumerate(channels)}
    found = [place for place in places if place.id in able and place.mode != "off"]
    return sorted(
        found,
        key=lambda b: (mine.get(b.identity, len(mine)), theirs.get(b.channel, len(theirs)), b.channel, b.id),
    )


def _life(row: DeliveryRow) -> Sequence[Rung]:
    """Its steps since it was last at an end: a member may have sent it again."""
    ends = [at for at, rung in enumerate(row.rungs) if rung.state in _ENDS]
    return row.rungs[ends[-1] + 1 :] if ends else row.rungs


def _ms(seconds: float) -> int:
    return max(0, round(seconds * 1000))
