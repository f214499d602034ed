"""Redraw: where a channel has no streams of its own, a post is set anew while the message is written."""

from msgspec.structs import replace

from throughline.conversation import courier
from throughline.conversation.channel import Accepted, Ambiguous, NotSent, Outcome, Piece, Refused
from throughline.conversation.events import Author, Message
from throughline.flow.courier.shown import LOOK, Shown
from throughline.ports import Edits

#: Posts that are tried before it is done without them.
TRIES = 3


class Redraw:
    """The first piece of one message, as far as it is written."""

    def __init__(self, shown: Shown, edits: Edits) -> None:
        self._shown, self._edits = shown, edits
        self._stands: str | None = None

    async def step(self) -> float:
        """Do the next thing; seconds until there is another one, unless something is heard."""
        shown, hold, now = self._shown, self._shown.hold, self._shown.clock.monotonic()
        if now < shown.not_before:
            return shown.not_before - now
        piece = self._piece()
        if piece is None or piece.text == self._stands:
            return LOOK
        if not await shown.turn("update" if shown.row.remote else "post"):
            return 0.0
        if not shown.row.remote:
            await self._post(piece)
            return 0.0
        remote = shown.row.remote[0]
        self._took(
            await shown.call("update", lambda line: self._edits.edit(line, hold.place, remote, piece)), piece
        )  # fmt: skip
        return 0.0

    async def _post(self, piece: Piece) -> None:
        shown, hold = self._shown, self._shown.hold
        before = shown.row
        shown.row = await hold.write(before, courier.began(before, "streaming", hold.now, "starting"))
        if shown.row.state != "streaming":
            return
        outcome = await shown.call("post", lambda line: hold.channel.send(line, hold.place, piece))
        match outcome:
            case Accepted(remote, thread):
                stands = replace(shown.row, remote=(remote,), reason=None)
                shown.row = await hold.write(shown.row, stands, thread)
                shown.passes.set()
            case Ambiguous():
                shown.break_off()
                shown.orphan()
                return
            case Refused():
                shown.row = await hold.tried(shown.row, outcome, last=True)
                return
            case _:
                shown.row = await hold.write(shown.row, courier.began(shown.row, "pending", hold.now))
        self._took(outcome, piece)

    def _took(self, outcome: Outcome | None, piece: Piece) -> None:
        shown = self._shown
        match outcome:
            case Accepted():
                self._stands, shown.tries = piece.text, 0
                shown.pause(shown.hold.channel.capabilities.pace)
            case NotSent(_, after):
                shown.in_vain(after)
                shown.quiet = shown.tries >= TRIES
            case Ambiguous():
                # Set or not: the next one is whole again.
                shown.in_vain(None)
            case Refused():
                shown.quiet = True
            case None:
                pass

    def _piece(self) -> Piece | None:
        """As much as a post holds, without the mark: its echo would say that the message is there."""
        shown, binding = self._shown, self._shown.hold.binding
        text = shown.telling.text
        if not text.strip():
            return None
        message = Message(id=shown.row.message, author=Author("agent", ""), channel=binding.channel, text=text)
        whole = shown.hold.channel.render(courier.post(binding.conversation, message, binding.channel, ""))
        return replace(whole[0], mark=None) if whole else None
