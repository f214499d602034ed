"""Mend: set what stands to what the log says. Every request of it may be made twice without harm."""

from collections.abc import Awaitable, Callable
from functools import partial

from msgspec.structs import replace

from throughline.conversation import courier
from throughline.conversation.channel import Accepted, Outcome, Piece, Place, Refused
from throughline.conversation.events import Message
from throughline.flow.courier.send import pieces, send
from throughline.flow.courier.shown import LOOK, Shown
from throughline.ports import Edits, Line, Streams


class _Failed(Exception):  # noqa: N818 - it ends the mending, with a row that says why
    """It cannot be set right."""


async def stop_all(shown: Shown) -> None:
    """Stop every segment that may still be open, as well as can be."""
    streams, hold = shown.hold.channel, shown.hold
    if not isinstance(streams, Streams):
        return
    for remote in sorted(shown.ajar):
        if hold.closed("stop") > LOOK:
            return
        await hold.turn("stop")
        outcome = await shown.call("stop", partial(_stop, streams, hold.place, remote))
        if isinstance(outcome, Accepted) or (isinstance(outcome, Refused) and outcome.reason == "not_streaming"):
            shown.ajar.discard(remote)


async def mend(shown: Shown, message: Message) -> None:
    """Edit what stands piece by piece, remove what is too much, post what is missing."""
    hold, edits = shown.hold, shown.hold.channel
    whole = await pieces(hold, message)
    if not isinstance(edits, Edits):
        # It cannot be set right, so it is said once more, whole.
        shown.row = await hold.write(shown.row, replace(shown.row, remote=()))
        shown.row = await send(hold, shown.row, message)
        return
    try:
        await _close_all(shown)
        for remote, piece in zip(shown.row.remote, whole, strict=False):
            await _insist(shown, "update", partial(_edit, edits, hold.place, remote, piece))
        for remote in shown.row.remote[len(whole) :]:
            await _insist(shown, "update", partial(_remove, edits, hold.place, remote))
        if len(shown.row.remote) > len(whole):
            shown.row = await hold.write(shown.row, replace(shown.row, remote=shown.row.remote[: len(whole)]))
        shown.row = await send(hold, shown.row, message)
    except _Failed:
        return


async def take_away(shown: Shown) -> None:
    """There will be no message: remove what was shown of it."""
    hold, edits = shown.hold, shown.hold.channel
    try:
        await _close_all(shown)
        if isinstance(edits, Edits):
            for remote in shown.row.remote:
                await _insist(shown, "update", partial(_remove, edits, hold.place, remote))
        shown.row = await hold.write(shown.row, courier.ended(shown.row, "superseded", hold.now))
    except _Failed:
        return


async def _close_all(shown: Shown) -> None:
    while True:
        await stop_all(shown)
        if not shown.ajar or not isinstance(shown.hold.channel, Streams):
            return
        if shown.tries >= 3:
            # What cannot be stopped can perhaps be edited: the provider ends it in the end.
            return
        await shown.clock.sleep(shown.in_vain(None))


async def _insist(shown: Shown, kind: str, request: Callable[[Line], Awaitable[Outcome]]) -> None:
    """Ask until there is an answer. Raises _Failed once the row has an end."""
    hold, since = shown.hold, shown.hold.now
    while True:
        await _in_time(shown, since, hold.closed(kind))
        await hold.turn(kind)
        outcome = await shown.call(kind, request)
        if isinstance(outcome, Accepted):
            shown.tries = 0
            return
        if isinstance(outcome, Refused):
            shown.row = await shown.hold.tried(shown.row, outcome, last=True)
            raise _Failed
        wait = shown.hold.rest[1] if outcome is None else shown.in_vain(getattr(outcome, "after", None))
        reason = shown.hold.rest[0] if outcome is None else outcome.reason
        given_up = courier.later(shown.row, reason, shown.hold.now, wait)
        if given_up.state == "dead":
            shown.row = await shown.hold.write(shown.row, given_up)
            raise _Failed
        await _in_time(shown, since, wait)
        if shown.tries == 2:
            # An open stream cannot be edited: perhaps one that was thought to be over is not.
            shown.ajar.update(shown.row.remote)
        await stop_all(shown)


async def _in_time(shown: Shown, since: int, wait: float) -> None:
    """Wait before the next try; not for longer than it may take. Then the whole goes by another channel: _Failed."""
    hold = shown.hold
    rest = (since + hold.rules.after - hold.now) / 1000
    if shown.row.owed and wait >= rest > 0:
        await shown.clock.sleep(rest)
        wait, rest = wait - rest, 0.0
    if shown.row.owed and rest <= 0:
        shown.row = await hold.leave(shown.row)
        if not shown.open:
            raise _Failed
    if wait > 0:
        await shown.clock.sleep(wait)


async def _stop(streams: Streams, place: Place, remote: str, line: Line) -> Outcome:
    return await streams.stop(line, place, remote, "", None)


async def _edit(edits: Edits, place: Place, remote: str, piece: Piece, line: Line) -> Outcome:
    return await edits.edit(line, place, remote, piece)


async def _remove(edits: Edits, place: Place, remote: str, line: Line) -> Outcome:
    return await edits.remove(line, place, remote)
