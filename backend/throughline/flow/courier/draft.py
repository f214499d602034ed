"""Draft: a piece is laid down at the provider first and released then, so that no repeat makes it two.

The draft's name is durable before it is released. An answer to `prepare` that was lost leaves a draft nobody gets; an
answer to `release` that was lost is asked for again with the same draft, which the provider sends once. A row whose
draft may have left stays in doubt until it is known: only what surely has not left goes another way.
"""

from functools import partial

from msgspec.structs import replace

from throughline.conversation import courier
from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Outcome, Piece, Refused
from throughline.conversation.records import DeliveryRow
from throughline.flow.courier.hold import Hold
from throughline.observe import crash_point
from throughline.ports import Line, Prepares

#: Why a draft that is there no more is asked after: it was sent, or somebody took it away.
GONE = "no_draft"


async def draft(
    hold: Hold, row: DeliveryRow, channel: Prepares, line: Line, piece: Piece, *, last: bool
) -> DeliveryRow:  # fmt: skip
    """Lay a piece down, release it; the row after it. Raises Gone."""
    if row.draft is None:
        row = await _prepare(hold, row, channel, line, piece, last=last)
        if row.draft is None or row.state != "pending":
            return row
    doubt = row.state == "ambiguous"
    if not doubt:
        row = await hold.write(row, courier.began(row, "sending", hold.now))
        if row.state != "sending":
            return row
    crash_point("deliver.before_release")
    if not doubt and not hold.safe:
        # The write took long, but the fence may still hold: nothing has left.
        await hold.undo(courier.began(row, "pending", hold.now))
    outcome = await hold.call("post", partial(_release, channel, line, hold, piece, row))
    crash_point("deliver.after_release")
    if isinstance(outcome, Refused) and not outcome.auth and (doubt or outcome.reason == GONE):
        there = await hold.call("sent", partial(_sent, channel, line, hold, piece, row))
        if isinstance(there, NotSent) and outcome.reason == GONE and not _may_be_late(hold, row):
            return await hold.write(row, courier.anew(row, GONE, hold.now, hold.office.chance(), hold.retry))
        outcome = _known(outcome, there)
    elif isinstance(outcome, Refused) and doubt:
        # The credential is bad now; what left while it was good is not known by that.
        outcome = Ambiguous(outcome.reason)
    return await hold.tried(row, outcome, last=last)


async def _prepare(
    hold: Hold, row: DeliveryRow, channel: Prepares, line: Line, piece: Piece, *, last: bool
) -> DeliveryRow:  # fmt: skip
    if not await hold.may("prepare"):
        # Whoever waited behind the one that was told so waits no longer than a message that was tried.
        closed = min(hold.closed("prepare"), courier.LONGEST)
        return await hold.write(row, courier.later(row, "rate_limited", hold.now, closed))
    outcome = await hold.call("prepare", partial(_laid, channel, line, hold, piece))
    crash_point("deliver.prepared")
    if isinstance(outcome, Accepted):
        return await hold.write(row, replace(courier.began(row, "pending", hold.now), draft=outcome.remote))
    if isinstance(outcome, Ambiguous):
        # Whatever became of it, nobody got it.
        outcome = NotSent(outcome.reason)
    return await hold.tried(row, outcome, last=last)


async def _laid(channel: Prepares, line: Line, hold: Hold, piece: Piece) -> Outcome:
    return await channel.prepare(line, hold.place, piece)


async def _release(channel: Prepares, line: Line, hold: Hold, piece: Piece, row: DeliveryRow) -> Outcome:
    return await channel.release(line, hold.place, piece, row.draft or "")


async def _sent(channel: Prepares, line: Line, hold: Hold, piece: Piece, row: DeliveryRow) -> Outcome:
    return await channel.sent(line, hold.place, piece, row.draft or "")


def _may_be_late(hold: Hold, row: DeliveryRow) -> bool:
    """Whether a release without an answer may still be on its way, so that what it sent would show only later."""
    wait = hold.channel.capabilities.echo_wait
    return row.state == "ambiguous" and hold.now < row.at + round(wait * 1000)


def _known(refused: Refused, there: Outcome) -> Outcome:
    """What a refused release comes to, once it was asked whether the message has left."""
    match there:
        case NotSent() if refused.reason == GONE:
            return Ambiguous(GONE)
        case NotSent():
            return refused
        case Refused(reason):
            return Ambiguous(reason)
        case _:
            return there
