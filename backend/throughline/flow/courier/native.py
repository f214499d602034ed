"""Native: a message shown by a provider's own streams: segments, each opened, appended to and stopped."""

from functools import partial

from msgspec.structs import replace

from throughline.conversation import courier
from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Outcome, Piece, Refused
from throughline.conversation.events import Message
from throughline.conversation.records import DeliveryRow
from throughline.flow.courier.shown import LOOK, Shown
from throughline.observe import crash_point, spawn
from throughline.ports import Line, Streams

#: Seconds that a start may wait for its turn; beyond, the message is posted when it is whole.
START_WAIT = 10.0
#: Starts, and stops at the end, that are tried before it is done without them.
TRIES = 3
#: Characters of a segment kept for the fence that a rotation has to close.
SPARE = 24


class Native:
    """The segments of one message. `sent` is how much of its text is in them."""

    def __init__(self, shown: Shown, streams: Streams) -> None:
        self._shown, self._streams = shown, streams
        self._hold, self._telling = shown.hold, shown.telling
        self._attempt = 0
        self.sent = ""
        #: The open segment, how many characters stand in it, and when (monotonic) it has to be rotated.
        self._open: str | None = None
        self._size = 0
        self._until = 0.0

    async def step(self) -> float:
        """Do the next thing; seconds until there is another one, unless something is heard."""
        text, now = self._telling.text, self._shown.clock.monotonic()
        if self.sent and self._telling.attempt != self._attempt:
            self._shown.break_off()
            return 0.0
        if self._open is not None and now >= self._until:
            await self._rotate(courier.whole_lines(text[len(self.sent) :]))
            return 0.0
        if len(text) == len(self.sent) or not text.strip():
            return max(0.0, self._until - now) if self._open is not None else LOOK
        if now < self._shown.not_before:
            return self._shown.not_before - now
        await (self._begin() if self._open is None else self._append())
        return 0.0

    async def close(self, message: Message) -> bool:
        """The message is whole: stop with the rest of it and its mark. False: it has to be set right."""
        shown, remote = self._shown, self._open
        while not shown.torn and message.text.startswith(self.sent):
            rest = message.text[len(self.sent) :]
            if remote is None:
                return not rest.strip()
            taken = courier.fitting(rest, self._room(0), self._streams.shown)
            if taken != rest:
                await self._rotate(taken)
                return False
            last = self._streams.shown(rest)
            piece = Piece(last, mark=(shown.row.conversation, shown.row.message, len(shown.row.remote) - 1))
            if self._hold.closed("stop") > START_WAIT:
                return False
            await self._hold.turn("stop")
            crash_point("deliver.before_end")
            outcome = await shown.call("stop", partial(self._stop, remote, last, piece))
            if isinstance(outcome, Accepted):
                shown.ajar.discard(remote)
                return True
            if not isinstance(outcome, NotSent) or shown.tries >= TRIES:
                return False
            wait = shown.in_vain(outcome.after)
            if wait > START_WAIT:
                return False
            await shown.clock.sleep(wait)
        return False

    async def _begin(self) -> None:
        """Open a segment with everything that has gathered."""
        shown, hold = self._shown, self._hold
        if hold.wait("start") > START_WAIT:
            shown.quiet = True
            return
        if not await shown.turn("start"):
            return
        before = shown.row
        shown.row = await hold.write(before, courier.began(before, "streaming", hold.now, "starting"))
        if shown.row.state != "streaming":
            return
        self._attempt = self._telling.attempt
        again = courier.reopening(self.sent)
        room = self._room(SPARE + len(again), size=0)
        taken = courier.fitting(self._telling.text[len(self.sent) :], room, self._streams.shown)
        text = self._streams.shown(again + taken)
        outcome = await shown.call("start", lambda line: self._streams.start(line, hold.place, text))
        crash_point("deliver.after_stream_start")
        if isinstance(outcome, Accepted):
            stands = replace(shown.row, remote=(*shown.row.remote, outcome.remote), reason=None)
            shown.row = await hold.write(shown.row, stands, outcome.thread)
            shown.passes.set()
            shown.ajar.add(outcome.remote)
            self._open, self._size = outcome.remote, len(text)
            life = hold.channel.capabilities.stream_life
            self._until = shown.clock.monotonic() + life if life else float("inf")
            self._went(taken)
        else:
            await self._not_begun(outcome, before)

    async def _not_begun(self, outcome: Outcome | None, before: DeliveryRow) -> None:
        shown, hold = self._shown, self._hold
        if isinstance(outcome, Ambiguous):
            # It may stand there, and the row goes on to say so: nothing is started again.
            shown.break_off()
            shown.orphan()
            return
        streamless = isinstance(outcome, Refused) and outcome.reason == "no_streaming"
        if isinstance(outcome, Refused) and not streamless and not before.remote:
            shown.row = await hold.tried(shown.row, outcome, last=True)
            return
        back = courier.began(shown.row, "streaming" if before.remote else "pending", hold.now)
        shown.row = await hold.write(shown.row, back)
        if streamless:
            hold.office.streamless.add(hold.account)
            shown.quiet = bool(before.remote)
        elif isinstance(outcome, NotSent):
            shown.quiet = shown.in_vain(outcome.after) > START_WAIT or shown.tries >= TRIES
        elif outcome is not None:
            shown.quiet = True

    async def _append(self) -> None:
        shown, hold, remote = self._shown, self._hold, self._open
        if remote is None or not await shown.turn("append") or self._telling.attempt != self._attempt:
            return
        rest = self._telling.text[len(self.sent) :]
        taken = courier.fitting(rest, self._room(SPARE), self._streams.shown)
        if taken != rest:
            await self._rotate(taken)
            return
        text = self._streams.shown(taken)
        outcome = await shown.call("append", lambda line: self._streams.append(line, hold.place, remote, text))
        match outcome:
            case None:
                return
            case Accepted():
                self._size += len(text)
                self._went(taken)
            case NotSent(_, after):
                shown.in_vain(after)
            case Refused("not_streaming"):
                # The provider was faster than our rotation: a new segment goes on, and the end sets this one right.
                self._ended(remote)
            case Refused("stopped_by_user"):
                self._ended(remote)
                shown.quiet = True
                spawn(self._halt(), "stream halt")
            case _:
                shown.break_off()

    async def _rotate(self, last: str) -> None:
        """Close the open segment with some more text. A fence that is open is closed, the next segment opens it."""
        shown, hold, remote = self._shown, self._hold, self._open
        if remote is None:
            return
        await hold.turn("stop")
        last = courier.fitting(last, self._room(SPARE), self._streams.shown)
        text = self._streams.shown(last + courier.closing(self.sent + last))
        outcome = await shown.call("stop", partial(self._stop, remote, text, None))
        match outcome:
            case None | NotSent():
                # Still open as far as it goes; tried again, unless it dies meanwhile.
                self._until = max(shown.not_before, shown.clock.monotonic() + shown.in_vain(None))
            case Accepted():
                shown.ajar.discard(remote)
                self._open = None
                self.sent += last
            case Refused("not_streaming"):
                self._ended(remote)
            case _:
                self._open = None
                shown.break_off()

    async def _stop(self, remote: str, text: str, piece: Piece | None, line: Line) -> Outcome:
        return await self._streams.stop(line, self._hold.place, remote, text, piece)

    def _went(self, taken: str) -> None:
        self.sent += taken
        self._shown.tries = 0
        self._shown.pause(self._hold.channel.capabilities.pace)

    def _ended(self, remote: str) -> None:
        self._open = None
        self._shown.torn = True
        self._shown.ajar.discard(remote)

    def _room(self, spare: int, size: int | None = None) -> int:
        return self._hold.channel.capabilities.text - spare - (self._size if size is None else size)

    async def _halt(self) -> None:
        await self._hold.office.halt(self._hold.binding, self._shown.row.message)
