"""Messages that got through nowhere, over HTTP: members see them, send them again, or say that one arrived.

Everything here is about the caller's own organisation. What is asked for twice happens once: a row that is not lost any
more is not taken, and under a repeated Idempotency-Key only what was lost when the key was first used.
"""

import base64
import binascii
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from throughline.api.answer import Answer, shown
from throughline.api.ask import Ask
from throughline.api.needs import Door
from throughline.api.problems import BAD_QUERY
from throughline.api.repeats import claimed
from throughline.api.table import Operation
from throughline.conversation import lost
from throughline.conversation.events import ChannelName, DeliveryState, Message, iso
from throughline.conversation.faults import BUSY, FORBIDDEN, Fault
from throughline.conversation.ids import BindingId, ConversationId, MessageId, TenantId
from throughline.conversation.policy import check_id
from throughline.conversation.records import DeliveryRow
from throughline.flow.resend import UNKNOWN, Named
from throughline.flow.steps.failover import said
from throughline.identity.access import may
from throughline.markup.graphemes import cut
from throughline.markup.plain import plain
from throughline.observe import logger
from throughline.ports import Standing, Tx

_log = logger("api.lost")
_ALL = "/api/v1/deliveries/lost"
#: Rows that one request sends again; up to how many are counted; characters of a message's beginning.
MOST, COUNTED, PREVIEW = 500, 1_000, 140
_FAR = 2**53 - 1
_Id = Annotated[str, Meta(max_length=64)]
_Cursor = Annotated[str, Meta(max_length=400)]

NOTHING_NAMED = Fault(
    "nothing_named", 422, "Say which messages: either some of them, or all.", 'Send {"items": […]} or {"all": true}.'
)
NO_PLACE = Fault("no_place", 422, "There is no such place in the list.", "Give back the `next` of the answer before.")
NO_ARRIVAL = Fault(
    "no_arrival", 422, "Only that a message arrived can be said here.", "To try it once more, send it again."
)


class LostQuery(Struct, frozen=True):
    """A page of the list. `before` is the `next` of the page before."""

    before: _Cursor = ""
    limit: Annotated[int, Meta(ge=1, le=100)] = 30


class TriedShown(Struct, frozen=True, omit_defaults=True):
    """How far the message came on one channel, and when. `reason` is a code."""

    channel: ChannelName
    state: DeliveryState
    at: str
    reason: str | UnsetType = UNSET


class LostShown(Struct, frozen=True):
    """A message that got through nowhere (`dead`), or waits for a member to say (`held`). `reason` is a code.

    `doubtful`: it may have arrived all the same. `preview`: how it begins. `tried`: every channel it was tried on.
    """

    conversation: str
    title: str
    person_name: str
    message: str
    preview: str
    binding: str
    channel: ChannelName
    state: DeliveryState
    reason: str | None
    at: str
    attempts: int
    doubtful: bool
    tried: list[TriedShown]


class LostPage(Struct, frozen=True):
    """Newest first. `total`: all there are, counted up to 1,000. `next`: give it back as `before`; null at the end."""

    items: list[LostShown]
    total: int
    next: str | None


class LostNamed(Struct, frozen=True):
    """One message on one channel of its conversation."""

    conversation: _Id
    message: _Id
    binding: _Id


class ResendAsked(Struct, frozen=True):
    """Either `items`, or `all` of what is lost now, `limit` at a time: go on with the answer's `next` as `before`."""

    items: Annotated[list[LostNamed], Meta(max_length=MOST)] = []
    all: bool = False
    before: _Cursor = ""
    limit: Annotated[int, Meta(ge=1, le=MOST)] = MOST


class ResendTaken(Struct, frozen=True):
    """How many are on their way again, and how many of those asked for were not lost any more.

    `left`: how many of `all` come after these, counted up to 1,000; `next` goes on with them, null at the end.
    """

    taken: int
    gone: int
    left: int
    next: str | None


class ArrivalSaid(Struct, frozen=True):
    """Somebody has seen that this message arrived."""

    conversation: _Id
    message: _Id
    binding: _Id
    arrived: bool = True


class ArrivalKept(Struct, frozen=True):
    """As it stands now."""

    conversation: str
    message: str
    binding: str
    state: DeliveryState
    at: str


async def listed(door: Door, ask: Ask) -> Answer | Fault:
    """A page of what was lost, and how much there is in all."""
    caller, query = ask.signed_in, ask.asked(LostQuery)
    if not may(caller, "see_all"):
        return FORBIDDEN
    before = _place(query.before) if query.before else None
    if query.before and before is None:
        return BAD_QUERY

    def page(tx: Tx) -> LostPage:
        rows = tx.bindings.lost(caller.tenant, before, query.limit + 1)
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        return LostPage(
            items=[_shown(tx, row) for row in rows],
            total=tx.bindings.count_lost(caller.tenant, None, COUNTED),
            next=_cursor(_standing(rows[-1])) if more else None,
        )

    return shown(await door.store.read(page))


async def sent_again(door: Door, ask: Ask) -> Answer | Fault:
    """They are owed and pending again, and the couriers know."""
    caller, asked = ask.signed_in, ask.took(ResendAsked)
    if not may(caller, "write_as_member"):
        return FORBIDDEN
    if door.resend is None:
        return BUSY
    if bool(asked.items) == asked.all:
        return NOTHING_NAMED
    after = _place(asked.before) if asked.before else None
    if asked.before and after is None:
        return NO_PLACE
    moment = await claimed(door, ask, "resend", str(door.clock.now()))
    if isinstance(moment, Fault):
        return moment
    upto = int(moment or 0)
    _log.info("sent_again", tenant=caller.tenant, user=caller.user, all=asked.all, named=len(asked.items))
    if not asked.all:
        done = await door.resend.again(caller.tenant, [_named(item) for item in asked.items], upto)
        return shown(ResendTaken(taken=done.taken, gone=done.gone, left=0, next=None))
    # What dies anew while this goes on is younger than the moment at which it was asked for.
    start = min(after or (upto + 1, "", "", ""), (upto + 1, "", "", ""))
    found = await door.store.read(lambda tx: tx.bindings.lost(caller.tenant, start, asked.limit))
    done = await door.resend.again(
        caller.tenant, [Named(row.conversation, row.message, row.binding) for row in found], upto
    )
    end = _standing(found[-1]) if found else start
    left = await _left(door, caller.tenant, end) if found else 0
    return shown(ResendTaken(taken=done.taken, gone=done.gone, left=left, next=_cursor(end) if left else None))


async def settled(door: Door, ask: Ask) -> Answer | Fault:
    """A member has seen that it is there."""
    caller, asked = ask.signed_in, ask.took(ArrivalSaid)
    if not may(caller, "write_as_member"):
        return FORBIDDEN
    if door.resend is None:
        return BUSY
    if not asked.arrived:
        return NO_ARRIVAL
    if any(check_id(name) is not None for name in (asked.conversation, asked.message, asked.binding)):
        return UNKNOWN
    row = await door.resend.arrived(caller, _named(asked))
    if isinstance(row, Fault):
        return row
    return shown(
        ArrivalKept(
            conversation=row.conversation, message=row.message, binding=row.binding, state=row.state, at=iso(row.at)
        )
    )  # fmt: skip


async def _left(door: Door, tenant: TenantId, end: Standing) -> int:
    return await door.store.read(lambda tx: tx.bindings.count_lost(tenant, end, COUNTED))


def _shown(tx: Tx, row: DeliveryRow) -> LostShown:
    talk = tx.log.conversation(row.tenant, row.conversation)
    person = None if talk is None or talk.person is None else tx.people.person_name(row.tenant, talk.person)
    message = said(tx, row)
    rows = sorted(tx.bindings.of_message(row.tenant, row.conversation, row.message), key=lambda each: each.at)
    return LostShown(
        conversation=row.conversation,
        title="" if talk is None else talk.title,
        person_name=person or "",
        message=row.message,
        preview="" if message is None else _beginning(message),
        binding=row.binding,
        channel=row.channel,
        state=row.state,
        reason=row.reason,
        at=iso(row.at),
        attempts=row.attempts,
        doubtful=lost.doubtful(row),
        tried=[_tried(each) for each in rows],
    )


def _beginning(message: Message) -> str:
    """How a message begins, as people read it; of one without words, what its files are called."""
    words = " ".join(plain(message.text[: 4 * PREVIEW]).split()) or ", ".join(part.name for part in message.parts)
    short = cut(words, PREVIEW)
    return short if short == words else f"{short.rstrip()}…"


def _tried(row: DeliveryRow) -> TriedShown:
    return TriedShown(row.channel, row.state, iso(row.at), UNSET if row.reason is None else row.reason)


def _named(given: LostNamed | ArrivalSaid) -> Named:
    return Named(ConversationId(given.conversation), MessageId(given.message), BindingId(given.binding))


def _standing(row: DeliveryRow) -> Standing:
    return (row.at, row.conversation, row.message, row.binding)


def _cursor(standing: Standing) -> str:
    return base64.urlsafe_b64encode(":".join(map(str, standing)).encode()).rstrip(b"=").decode()


def _place(cursor: str) -> Standing | None:
    try:
        at, *names = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").split(":")
        moment = int(at)
    except (binascii.Error, ValueError):
        return None
    if len(names) != 3 or any(check_id(name) is not None for name in names) or not 0 <= moment <= _FAR:
        return None
    return (moment, names[0], names[1], names[2])


OPERATIONS = (
    Operation(
        name="lost", method="GET", path=_ALL, verb=listed, tag="deliveries", query=LostQuery, gives=LostPage,
        refusals=(403,), summary="What got through nowhere, or waits for a member to say; newest first.",
    ),
    Operation(
        name="resend_lost", method="POST", path=f"{_ALL}/retry", verb=sent_again, tag="deliveries", takes=ResendAsked,
        gives=ResendTaken, creates=True, refusals=(403,), summary="Send some of it again, or all.",
    ),
    Operation(
        name="settle_lost", method="POST", path=f"{_ALL}/settle", verb=settled, tag="deliveries", takes=ArrivalSaid,
        gives=ArrivalKept, refusals=(403, 404, 409), summary="Say of a doubtful one that it arrived.",
    ),
)  # fmt: skip
