"""Who is owed a message: rows planned in the transaction that appends it, and handed on when the talk moves.

Rules: the `active` binding is owed every message that is not the person's own. A `mirror` gets the same, and the
person's words from elsewhere, owed by nobody. `standby` and `off` get nothing. The web has a message the moment it is
in the log, because the log is its history; every other channel has a courier, which takes rows in log order.
"""

from collections.abc import Callable, Collection, Iterable, Sequence

from msgspec import UNSET, Struct
from msgspec.structs import replace

from throughline.conversation.channel import Capabilities
from throughline.conversation.events import ChannelName, Delivery, DeliveryState, Message
from throughline.conversation.ids import BindingId, ConversationId, MessageId, TenantId
from throughline.conversation.records import Binding, DeliveryRow, Turn

#: States of an owed row that the log tells; the others stand on the row alone.
TOLD: frozenset[DeliveryState] = frozenset(
    ("accepted", "delivered", "read", "ambiguous", "held", "refused", "passed", "superseded", "dead")
)
#: Nothing of it is in flight: see `waits`.
WAITING: frozenset[DeliveryState] = frozenset(("pending", "not_sent"))
#: A courier has it in its hands: only the courier may say how that ends.
IN_HAND: tuple[DeliveryState, ...] = ("sending", "streaming", "ambiguous")
#: Milliseconds until a message that is owed on the web is looked at: most tabs have said by then that they got it.
LOOK = 1_000
_OVER: frozenset[DeliveryState] = frozenset(("refused", "passed", "superseded", "dead"))
#: Ends that say nothing of whether it arrived.
_LEFT: frozenset[DeliveryState] = frozenset(("passed", "superseded", "dead"))


class Plan(Struct, frozen=True):
    """The rows that a message makes, and what the log says about them."""

    rows: tuple[DeliveryRow, ...] = ()
    events: tuple[Delivery, ...] = ()

    @property
    def leaves(self) -> bool:
        """Whether there is something for a courier."""
        return any(row.state == "pending" for row in self.rows)


class Handed(Struct, frozen=True):
    """One message changes hands. `takes` is its row on the new binding: `fresh` ones are owed anew, others settled."""

    gives: DeliveryRow
    takes: DeliveryRow | None = None
    fresh: bool = False

    @property
    def events(self) -> tuple[Delivery, ...]:
        """What the log says about it: an owed row has ended here, and where one that is owed now stands there."""
        ended = (replace(self.gives, owed=True),) if self.gives.state == "passed" else ()
        return told(ended + ((self.takes,) if self.takes is not None else ()))


def plan(
    tenant: TenantId,
    conversation: ConversationId,
    message: Message,
    seq: int,
    at: int,
    bindings: Sequence[Binding],
    *,
    written_on: BindingId | None = None,
    already: Collection[BindingId] = (),
) -> Plan:
    """What `message`, appended at `seq`, makes on each binding.

    `written_on` is the binding a person's own words came from (else: every binding of the message's channel).
    `already` are the bindings that have a row of it, because it streamed there.
    """
    own = message.author.kind == "person"
    rows: list[DeliveryRow] = []
    for binding in bindings:
        if binding.id in already or binding.mode == "off":
            continue
        if message.only is not UNSET:
            if binding.id == message.only:
                rows.append(_row(tenant, conversation, message.id, binding, seq, at, owed=True))
        elif own:
            here = binding.channel == message.channel if written_on is None else binding.id == written_on
            # On the web the log itself is the mirror: there is no fate of it to tell.
            if binding.mode == "mirror" and not here and binding.channel != "web":
                rows.append(_row(tenant, conversation, message.id, binding, seq, at, owed=False))
        elif binding.mode in ("active", "mirror"):
            rows.append(_row(tenant, conversation, message.id, binding, seq, at, owed=binding.mode == "active"))
    return Plan(tuple(rows), told(rows))


def streams(
    turn: Turn,
    pos: int,
    at: int,
    bindings: Sequence[Binding],
    capabilities_of: Callable[[ChannelName], Capabilities],
    parts: Collection[BindingId] = (),
) -> tuple[DeliveryRow, ...]:
    """The rows of a message that is being written, where it can appear meanwhile: it stands at `pos`.

    `parts` are bindings that get it in parts. None on the web, whose readers have the open text itself.
    """
    return tuple(
        _row(turn.tenant, turn.conversation, turn.message, binding, pos, at, owed=binding.mode == "active")
        for binding in bindings
        if binding.mode in ("active", "mirror")
        and binding.channel != "web"
        and (binding.id in parts or live(capabilities_of(binding.channel)))
    )


def passed_on(
    rows: Sequence[DeliveryRow],
    old: Binding,
    new: Binding,
    at: int,
    *,
    unsaid: MessageId | None = None,
    stays: Collection[MessageId] = (),
) -> tuple[Handed, ...]:
    """What changes hands when the talk moves from `old` (in its new mode) to `new`, in log order.

    Each owed row of the old binding that is not under way becomes owed on the new one. It ends `passed` where it was,
    unless the old binding mirrors the talk from now on: then it goes there all the same, owed by nobody. What is in a
    courier's hands stays owed where it is, and so does what the new one may have already, unless the old one is off:
    nobody would learn there that it arrived, and it is not sent to the same place again on a guess. `unsaid` is the
    message that is being written: the end of its turn owes it. `stays` are messages for the old binding alone.
    """
    there = {row.message: row for row in rows if row.binding == new.id}
    mine = [row for row in rows if row.binding == old.id and row.owed and waits(row)]
    handed: list[Handed] = []
    for row in sorted(mine, key=lambda row: row.seq):
        if row.message in stays:
            continue
        kept = replace(row, owed=False)
        gives = kept if old.mode == "mirror" else replace(kept, state="passed", at=at, reason="move")
        has = there.get(row.message)
        if has is not None and may_be_there(has) and old.mode != "off":
            continue
        if row.message == unsaid and has is None:
            handed.append(Handed(gives))
        elif has is None:
            takes = _row(row.tenant, row.conversation, row.message, new, row.seq, at, owed=True)
            handed.append(Handed(gives, takes, fresh=True))
        else:
            handed.append(Handed(gives, claimed(has, at)))
    return tuple(handed)


def claimed(row: DeliveryRow, at: int) -> DeliveryRow:
    """A row that becomes owed where it stands; one that had ended without success starts again, or its doubt does."""
    web = row.channel == "web"
    if _left_in_doubt(row):
        return replace(row, owed=True, state="ambiguous", at=at, due=max(1, at))
    if row.state in _OVER:
        state: DeliveryState = "accepted" if web else "pending"
        return replace(
            row, owed=True, state=state, at=at, due=at + LOOK if web else at, reason=None, attempts=0
        )  # fmt: skip
    if web and row.state == "accepted":
        return replace(row, owed=True, due=at + LOOK, attempts=0)
    if row.state == "ambiguous" and not row.due:
        # Its wait was over while it was owed by nobody: now somebody has to see where it goes.
        return replace(row, owed=True, due=max(1, at))
    return replace(row, owed=True)


def may_be_there(row: DeliveryRow) -> bool:
    """Whether it may stand there, and nothing will tell any more: its wait is over, or it was left like that.

    A draft can be released once more without harm, so that its doubt is none.
    """
    waited = row.state == "ambiguous" and not row.due
    return row.draft is None and (waited or _left_in_doubt(row))


def _left_in_doubt(row: DeliveryRow) -> bool:
    """Whether doubt is the last that was known of it where it was left. A late success would be on the row."""
    known = next((rung.state for rung in reversed(row.rungs) if rung.state not in _LEFT), None)
    return row.state in _LEFT and known == "ambiguous"


def superseded(rows: Iterable[DeliveryRow], at: int) -> tuple[DeliveryRow, ...]:
    """The rows of a message that will never be: those not in a courier's hands, which ends the others itself."""
    return tuple(replace(row, state="superseded", at=at) for row in rows if waits(row))


def shut(rows: Iterable[DeliveryRow], off: BindingId, at: int) -> tuple[DeliveryRow, ...]:
    """The rows of a binding that is off from now on: what is not under way does not leave any more."""
    return tuple(
        replace(row, state="superseded", at=at, reason="off") for row in rows if row.binding == off and waits(row)
    )


def waits(row: DeliveryRow) -> bool:
    """Whether nothing of it is under way or there: between two pieces a row is `pending`, with ids of what went."""
    return row.state in WAITING and not row.remote


def told(rows: Iterable[DeliveryRow]) -> tuple[Delivery, ...]:
    """What the log says about rows as they are now: owed ones, a run of the same binding and state in one event."""
    runs: list[tuple[DeliveryRow, list[MessageId]]] = []
    for row in rows:
        if not row.owed or row.state not in TOLD:
            continue
        last = runs[-1] if runs else None
        if last is not None and (last[0].binding, last[0].state, last[0].reason) == (
            row.binding,
            row.state,
            row.reason,
        ):
            last[1].append(row.message)
        else:
            runs.append((row, [row.message]))
    return tuple(
        Delivery(
            messages=tuple(messages), binding=row.binding, channel=row.channel, state=row.state,
            reason=UNSET if row.reason is None else row.reason,
        )
        for row, messages in runs
    )  # fmt: skip


def _row(
    tenant: TenantId,
    conversation: ConversationId,
    message: MessageId,
    binding: Binding,
    seq: int,
    at: int,
    *,
    owed: bool,
) -> DeliveryRow:
    return DeliveryRow(
        tenant=tenant,
        conversation=conversation,
        message=message,
        binding=binding.id,
        channel=binding.channel,
        seq=seq,
        owed=owed,
        state="accepted" if binding.channel == "web" else "pending",
        at=at,
        due=at if binding.channel != "web" else at + LOOK if owed else 0,
    )


def live(capabilities: Capabilities) -> bool:
    """Whether text can appear there while it is written."""
    return capabilities.stream or capabilities.edit
