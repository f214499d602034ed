"""A channel with drafts: what is laid down, what has left, and which answers get lost."""

from collections.abc import Callable
from pathlib import Path

from throughline.conversation.channel import Accepted, NotSent, Outcome, Piece, Place, Refused
from throughline.ports import Channels, Line

from .counter import Counter, without
from .courier_stage import CAN, Stage, open_stage

MAIL = without(CAN, stream=False, edit=False, echo_wait=60.0, text=4_000)


class Mailer(Counter):
    """A Counter with drafts. `laid` are those nobody released, by name; `left` what people got: (draft, mark)."""

    def __init__(self, moved: Callable[[], None]) -> None:
        super().__init__(moved, MAIL)
        self.laid: dict[str, Piece] = {}
        self.left: list[tuple[str, object]] = []

    async def prepare(self, line: Line, place: Place, piece: Piece) -> Outcome:
        def do() -> Outcome:
            self._number += 1
            self.laid[f"d-{self._number}"] = piece
            return Accepted(f"d-{self._number}")

        return await self._do("prepare", place, "", piece.text, do)

    async def release(self, line: Line, place: Place, piece: Piece, draft: str) -> Outcome:
        def do() -> Outcome:
            if draft not in self.laid:
                return Refused("no_draft")
            self.left.append((draft, self.laid.pop(draft).mark))
            return Accepted(f"m-{draft}")

        return await self._do("release", place, draft, "", do)

    async def sent(self, line: Line, place: Place, piece: Piece, draft: str) -> Outcome:
        def do() -> Outcome:
            found = [name for name, mark in self.left if mark == piece.mark]
            return Accepted(f"m-{found[0]}") if found else NotSent("not_there")

        return await self._do("sent", place, draft, "", do)


async def opened(folder: Path) -> tuple[Stage, Mailer]:
    stage = await open_stage(folder)
    mailer = Mailer(stage.moved.set)
    stage.counter, stage.channels = mailer, Channels([mailer])
    return stage, mailer
