"""What came from a provider and was not understood: shown to admins, and read again with today's code.

Its signature was checked when it came. It is read as of then, so that its age is no reason to refuse it; where the
proof itself could not be kept (a secret sent along), the channel takes it apart without one.
"""

from base64 import b64encode

from msgspec.structs import replace

from throughline.api.answer import Answer, shown
from throughline.api.ask import Ask
from throughline.api.ends import Found, account_of
from throughline.api.needs import Door
from throughline.api.shapes import KeptAside, Quarantine, QuarantineShown, Retried
from throughline.api.table import Operation
from throughline.conversation.channel import RawRequest, Reading, Unverified
from throughline.conversation.events import iso
from throughline.conversation.faults import BUSY, Fault
from throughline.conversation.kept import again
from throughline.conversation.records import Quarantined
from throughline.ports import Line, Rereads

_ALL = "/api/v1/admin/channels/{channel}/accounts/{account}/quarantine"
_ONE = _ALL + "/{n}"
#: Shown at once; bytes of a body that is whole.
MOST, WHOLE = 200, 65_536
UNKNOWN_ITEM = Fault(
    "unknown_item", 404, "Nothing is kept under this number.", "GET the account's quarantine for what there is."
)
NO_REQUEST = Fault(
    "no_request", 409, "This is no whole request, so it cannot be read again.",
    "Look at what is kept of it; the sender has to send it again.",
)  # fmt: skip
#: Of somebody else in a private thread: it was understood, and is nobody's to hear.
_NOT_HEARD = frozenset({"stranger"})


async def listed(door: Door, ask: Ask) -> Answer | Fault:
    """An account's, newest first."""
    found = await account_of(door, ask)
    if isinstance(found, Fault):
        return found
    account = found.account
    rows = await door.store.read(lambda tx: tx.inbox.quarantined(account.tenant, account.id, MOST))
    return shown(Quarantine(items=[_shown(row) for row in rows]))


async def read(door: Door, ask: Ask) -> Answer | Fault:
    """One of them with its body."""
    kept = await _kept(door, ask)
    if isinstance(kept, Fault):
        return kept
    _, row, body, _ = kept
    return shown(KeptAside(item=_shown(row), body=b64encode(body).decode()))


async def retried(door: Door, ask: Ask) -> Answer | Fault:
    """Read it again; what is understood now is heard as if it came now."""
    kept = await _kept(door, ask)
    if isinstance(kept, Fault):
        return kept
    found, row, body, about = kept
    request = again(about, body)
    if request is None or len(body) >= WHOLE or row.reason in _NOT_HEARD:
        return NO_REQUEST
    line = await found.ends.lines.line(found.account.id)
    if door.hear is None or line is None:
        return BUSY
    reading = _read(found, request, line, row)
    if isinstance(reading, Unverified):
        return shown(Retried(understood=False, reason=reading.reason))
    account = found.account
    before = await door.store.read(lambda tx: tx.inbox.quarantined(account.tenant, account.id, 1))
    taken = await door.hear.take(found.account, replace(reading, quarantine=None), body, lambda: about)
    if isinstance(taken, Fault):
        return taken
    newest = await door.store.read(lambda tx: tx.inbox.quarantined(account.tenant, account.id, 1))
    # What the data forbids is put aside anew.
    why = reading.quarantine or (newest[0].reason if newest != before else None)
    if why is None:
        now = door.clock.now()
        await door.store.write(lambda tx: tx.inbox.set_right(account.tenant, account.id, row.n, now))
    return shown(Retried(understood=why is None, reason=why))


def _read(found: Found, request: RawRequest, line: Line, row: Quarantined) -> Reading | Unverified:
    if isinstance(found.channel, Rereads):
        return found.channel.reread(request, line, row.at)
    return found.channel.read(request, line, row.at)


async def _kept(door: Door, ask: Ask) -> tuple[Found, Quarantined, bytes, bytes | None] | Fault:
    found = await account_of(door, ask)
    if isinstance(found, Fault):
        return found
    given, account = ask.path["n"], found.account
    if not (given.isascii() and given.isdigit() and len(given) <= 15):
        return UNKNOWN_ITEM
    kept = await door.store.read(lambda tx: tx.inbox.set_aside(account.tenant, account.id, int(given)))
    return UNKNOWN_ITEM if kept is None else (found, *kept)


def _shown(row: Quarantined) -> QuarantineShown:
    return QuarantineShown(
        n=row.n, reason=row.reason, at=iso(row.at), size=row.size,
        retried_at=None if row.retried is None else iso(row.retried),
    )  # fmt: skip


OPERATIONS = (
    Operation(
        name="quarantine", method="GET", path=_ALL, verb=listed, tag="channels", gives=Quarantine, refusals=(403, 404),
        summary="What came signed from the provider and was not understood, newest first.",
    ),
    Operation(
        name="quarantined", method="GET", path=_ONE, verb=read, tag="channels", gives=KeptAside, refusals=(403, 404),
        summary="One of them with its body, base64.",
    ),
    Operation(
        name="retry_quarantined", method="POST", path=f"{_ONE}/retry", verb=retried, tag="channels", gives=Retried,
        refusals=(403, 404, 409), summary="Read it again with today's code; what is understood is heard now.",
    ),
)  # fmt: skip
