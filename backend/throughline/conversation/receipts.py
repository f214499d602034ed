"""What a provider's receipt makes of a delivery: one row in, one row out. Pure, and monotone: no report takes one back.

An echo proves that one piece stands there. It settles what was in doubt; when other pieces of the message still have
to go, the row goes back to the courier, which goes on after the pieces it knows.
"""

from msgspec.structs import replace

from throughline.conversation.channel import Receipt
from throughline.conversation.events import DeliveryState
from throughline.conversation.records import DeliveryRow

_RANK: dict[DeliveryState, int] = {"accepted": 1, "delivered": 2, "read": 3}
#: Nobody waits for it; or it is being shown, and its courier sets right whatever stands there.
_NOT_OURS: frozenset[DeliveryState] = frozenset({"superseded", "streaming"})
#: It may have left, or may be about to: a late refusal ends it.
_REFUSABLE: frozenset[DeliveryState] = frozenset(
    {"sending", "ambiguous", "not_sent", "pending", "streaming", "accepted"}
)
#: Where a row is after a refusal. That the message was once taken is then old news; that it was delivered is not.
_AFTER: frozenset[DeliveryState] = frozenset({"refused", "passed", "dead"})


def raised(row: DeliveryRow, receipt: Receipt, pieces: int, now: int) -> DeliveryRow | None:
    """The row after a receipt for a message of so many pieces; None where it says nothing new. `now` in UTC ms."""
    if receipt.state == "refused":
        reason = (receipt.reason or "refused")[:64]
        if row.state not in _REFUSABLE:
            return None
        # The name is kept of what went in one piece: a late report from before the refusal is known by it.
        named = row.remote or ((receipt.remote,) if pieces == 1 and receipt.remote is not None else ())
        return replace(row, state="refused", at=now, reason=reason, due=0, remote=named)
    rank = _RANK.get(receipt.state)
    if rank is None or row.state in _NOT_OURS or _RANK.get(row.state, 0) >= rank:
        return None
    remote = row.remote
    if receipt.state == "accepted" and row.state in _AFTER and receipt.remote in remote:
        return None
    if receipt.remote is not None and receipt.remote not in remote:
        remote = (*remote, receipt.remote)
    if len(remote) >= pieces or row.state in _RANK:
        return replace(row, state=receipt.state, at=now, reason=None, due=0, remote=remote)
    if remote == row.remote:
        # A late echo of a piece that is known says nothing about the one that is in doubt.
        return None
    if row.state in {"ambiguous", "sending"}:
        # Also while it is in a courier's hands: should that one die now, the next goes on with the piece after.
        return replace(row, state="pending", at=now, reason=None, due=now, remote=remote)
    return replace(row, remote=remote)
