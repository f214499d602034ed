"""Seek: before a send in doubt is given up, its provider is asked once whether it stands there.

Asking says nothing to anybody, so it may be repeated after a crash. What is found settles the row as its answer would
have; what is surely not there goes again; whatever nobody can tell stays in doubt, and fails as doubt does.
"""

from throughline.conversation import courier
from throughline.conversation.channel import Accepted, NotSent, Piece, Refused
from throughline.conversation.parts import parted
from throughline.conversation.records import DeliveryRow
from throughline.flow.courier.hold import Hold
from throughline.flow.courier.send import pieces
from throughline.flow.steps.enclosed import enclosures
from throughline.observe import crash_point, logger, sought
from throughline.ports import Line, Seeks, Tx

#: Seconds that a turn for asking is waited for; who needs it sooner does without.
PATIENCE = 65.0
#: Other conversations of an address that are looked at for what is known to stand there.
_TALKS = 20

_Found = Accepted | NotSent | Refused | None

_log = logger("flow.seek")


def over(row: DeliveryRow, now: int) -> bool:
    """Whether a row in doubt, whose echo did not come, has still to be asked about."""
    return row.state == "ambiguous" and row.draft is None and 0 < row.due <= now


async def seek(hold: Hold, row: DeliveryRow) -> DeliveryRow:
    """Ask about the piece that is in doubt; the row after it. Raises Gone."""
    if not isinstance(hold.channel, Seeks):
        return row
    whole = await _whole(hold, row)
    at = len(row.remote)
    if at >= len(whole):
        return row
    if hold.wait("seek") > PATIENCE:
        # Too many are asked about: what the tenant wants done about doubt is done sooner.
        return _told(row, None, "no_turn")
    await hold.turn("seek")
    line = await hold.line()
    if line is None:
        return row
    hold.check()
    found = await _ask(hold, row, hold.channel, line, whole[at])
    crash_point("deliver.sought")
    match found:
        case Accepted() | Refused():
            return await hold.tried(_told(row, found), found, last=at + 1 >= len(whole))
        case NotSent(reason):
            gone = courier.anew(_told(row, found), reason, hold.now, hold.office.chance(), hold.retry)
            return await hold.write(row, gone)
        case None:
            return _told(row, None)


async def _ask(hold: Hold, row: DeliveryRow, channel: Seeks, line: Line, piece: Piece) -> _Found:
    found = await channel.seek(line, hold.place, piece, _since(row))
    if isinstance(found, Accepted):
        remote = found.remote
        if await hold.office.store.read(lambda tx: _known(tx, hold, row, remote)):
            # The same words, but another message's.
            return None
    return found


async def _whole(hold: Hold, row: DeliveryRow) -> tuple[Piece, ...]:
    """The pieces as they were sent; none while the message is still being written."""
    _, message, _ = await hold.said(row)
    if message is None:
        return ()
    if not row.cuts:
        return await pieces(hold, message)
    tenant, office = row.tenant, hold.office
    files = await office.store.read(lambda tx: enclosures(tx, tenant, message, office.share))
    render, label = hold.channel.render, office.label(message.channel)
    return parted(render, row.conversation, message, row.channel, label, row.cuts, hold.title, files)


def _since(row: DeliveryRow) -> int:
    """When the request left that nobody knows the end of."""
    return next((rung.at for rung in reversed(row.rungs) if rung.state == "sending"), row.at)


def _known(tx: Tx, hold: Hold, row: DeliveryRow, remote: str) -> bool:
    """Whether the provider's id is one that we know already, as another piece's."""
    if remote in row.remote:
        return True
    talks = [b.conversation for b in tx.bindings.of_identity(row.tenant, hold.binding.identity)][-_TALKS:]
    for where in {row.conversation, *talks}:
        for other in tx.bindings.deliveries(row.tenant, where):
            if other.channel == row.channel and other.message != row.message and remote in other.remote:
                return True
    return False


def _told(row: DeliveryRow, found: _Found, word: str = "unknown") -> DeliveryRow:
    """Count and log what asking came to; the row as it is."""
    match found:
        case Accepted():
            word = "there"
        case Refused():
            word = "refused"
        case NotSent():
            word = "not_there"
        case None:
            pass
    sought(row.channel, word)
    _log.info("sought", tenant=row.tenant, binding=row.binding, message=row.message, found=word)
    return row
