"""Send: a message that is whole, piece by piece, each written down before and after."""

import math
from functools import partial

from throughline.conversation import courier
from throughline.conversation.channel import Piece
from throughline.conversation.events import DeliveryState, Message
from throughline.conversation.records import DeliveryRow
from throughline.conversation.window import shut_out
from throughline.flow.courier.draft import draft
from throughline.flow.courier.hold import Hold
from throughline.flow.steps.enclosed import enclosures
from throughline.observe import crash_point
from throughline.ports import Line, Prepares


async def pieces(hold: Hold, message: Message) -> tuple[Piece, ...]:
    """How the channel says it, with links to what is attached."""
    label, tenant = hold.office.label(message.channel), hold.binding.tenant
    share, parts = hold.office.share, message.parts
    files = await hold.office.store.read(lambda tx: enclosures(tx, tenant, message, share)) if parts else []
    return hold.channel.render(
        courier.post(hold.binding.conversation, message, hold.binding.channel, label, hold.title, files)
    )  # fmt: skip


async def send(hold: Hold, row: DeliveryRow, message: Message, patience: float = math.inf) -> DeliveryRow:
    """Send what the row does not have yet; the row after it. Raises Gone.

    Where its turn is more than `patience` seconds away it is put off until then, and the row stays as it is.

    Nothing is in flight while a turn is waited for, so the row says `sending` only around a request: who finds it in
    that state knows that the request may have left.
    """
    whole = await pieces(hold, message)
    if not whole:
        return await hold.write(row, courier.ended(row, "superseded", hold.now, "empty"))
    while True:
        at = len(row.remote)
        if at >= len(whole):
            return await hold.write(row, courier.ended(row, "accepted", hold.now))
        closed = hold.closed("post")
        if closed * 1000 > hold.rules.after:
            return await hold.write(row, courier.later(row, "rate_limited", hold.now, min(closed, courier.LONGEST)))
        if (wait := hold.wait("post")) > patience:
            hold.put_off = wait
            return row
        await hold.turn("post")
        line = await hold.line()
        if line is None:
            return await hold.write(row, courier.later(row, hold.rest[0], hold.now, hold.rest[1]))
        why = await hold.barred(whole[at])
        if why is not None:
            return await hold.write(row, shut_out(row, why, hold.now))
        hold.check()
        last = at + 1 >= len(whole)
        if isinstance(hold.channel, Prepares):
            row = await draft(hold, row, hold.channel, line, whole[at], last=last)
        else:
            row = await post(hold, row, line, whole[at], last=last)
        if last or len(row.remote) <= at or row.state not in {"pending", *courier.THERE}:
            return row


async def post(
    hold: Hold, row: DeliveryRow, line: Line, piece: Piece, *, last: bool, between: DeliveryState = "pending"
) -> DeliveryRow:  # fmt: skip
    """Send one piece, alone: `sending` is durable before, and what came of it after. The row after it. Raises Gone."""
    async with hold.floor:
        begun = await hold.write(row, courier.began(row, "sending", hold.now))
        if begun.state != "sending":
            return begun
        crash_point("deliver.before_send")
        if not hold.safe:
            # The write took long, but the fence may still hold: nothing has left.
            await hold.undo(courier.began(begun, "pending", hold.now))
        outcome = await hold.call("post", partial(hold.channel.send, line, hold.place, piece))
        crash_point("deliver.after_send")
        return await hold.tried(begun, outcome, last=last, between=between)
