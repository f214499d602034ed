"""Saying: what is certain of an answer while it is still being written, for channels that get it in parts.

Each part is in the log before anybody may send it, and begins the message from then on: whoever writes on after a crash
gets it as the opening, a stop and a failure keep it.
"""

import re
from collections.abc import Callable

from throughline.conversation import utf16
from throughline.conversation.bindings import Table
from throughline.conversation.events import Said
from throughline.conversation.records import Turn
from throughline.conversation.sentences import part_end
from throughline.flow.steps.said import in_parts, told, wants_parts
from throughline.observe import crash_point
from throughline.ports import Clock, Store, Tx

#: What can end a sentence, or a paragraph.
_ENDS = re.compile(r"[.!?…؟۔।。！？｡\n]")


def saying(
    tx: Tx, store: Store, clock: Clock, turn: Turn, pos: int, capabilities_of: Table
) -> "Saying | None":  # fmt: skip
    """For a turn that began at `pos`: what it says on the way. None: nobody it could be said to."""
    bindings = tx.bindings.bindings(turn.tenant, turn.conversation)
    if not any(wants_parts(tx, binding, capabilities_of) for binding in bindings):
        return None
    count, text = told(tx, turn.tenant, turn.conversation, pos, turn.message)
    return Saying(store, clock, turn, capabilities_of, count, len(text))


class Saying:
    """One run's. `count` parts are in the log, the first `end` characters of the text."""

    def __init__(
        self, store: Store, clock: Clock, turn: Turn, capabilities_of: Table, count: int, end: int
    ) -> None:  # fmt: skip
        self._store, self._clock, self._turn, self._capabilities_of = store, clock, turn, capabilities_of
        self._count, self._end = count, end
        #: A sentence may have ended, which only what follows can tell.
        self._perhaps = True

    async def heard(self, words: str, whole: Callable[[], str], kept: int) -> bool:
        """`words` were added to the text; `kept` characters of it are kept already. False: the turn is not ours."""
        self._perhaps = self._perhaps or _ENDS.search(words) is not None
        if not self._perhaps:
            return True
        text = whole()
        while (end := part_end(text, self._end)) is not None:
            said = await self._say(text, end, kept)
            if said is not True:
                # Asked again when another sentence has ended.
                self._perhaps = False
                return said is None
            self._end, self._count = end, self._count + 1
            crash_point("reply.said")
        # The last sign decides once something visible follows it.
        bare = text.rstrip().rstrip("\"'”’»」』）】》〉)]*_~`")
        self._perhaps = text[-1:].isspace() or _ENDS.match(bare[-1:]) is not None
        return True

    async def _say(self, text: str, end: int, kept: int) -> bool | None:
        """Durably. None: nobody wants it in parts now; False: the turn is not ours any more."""
        turn, now, begin = self._turn, self._clock.now(), self._end
        part = Said(message=turn.message, n=self._count, at=utf16.length(text[:begin]), text=text[begin:end])
        checkpoint = text[:end] if end > kept else None

        def say(tx: Tx) -> bool | None:
            bindings = tx.bindings.bindings(turn.tenant, turn.conversation)
            if not in_parts(tx, bindings, self._capabilities_of):
                return None
            if not tx.turns.change(turn.id, turn.fence, checkpoint=checkpoint, at=now):
                return False
            tx.log.append(turn.tenant, turn.conversation, now, part)
            return True

        return await self._store.write(say)
