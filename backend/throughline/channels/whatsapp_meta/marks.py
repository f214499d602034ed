"""Our mark on a message: `conversation/message/piece` in `biz_opaque_callback_data`, told again with each status. Pure.

Every app that is subscribed to the business account can read it: it holds ids, and nothing else.
"""

import re

from throughline.channels.whatsapp_meta.capabilities import OPAQUE
from throughline.conversation.ids import ConversationId, MessageId

_PIECE = re.compile(r"[0-9]{1,4}", re.ASCII)
Mark = tuple[ConversationId, MessageId, int]


def written(mark: Mark | None) -> str | None:
    """As Meta carries it; None: there is none, or it would not fit."""
    if mark is None:
        return None
    text = "/".join((mark[0], mark[1], str(mark[2])))
    return text if read(text) == mark else None


def read(text: str | None) -> Mark | None:
    """What we wrote; None: somebody else's, or none."""
    parts = text.split("/") if text is not None and len(text) <= OPAQUE else []
    if len(parts) != 3 or not parts[0] or not parts[1] or not _PIECE.fullmatch(parts[2]):
        return None
    return ConversationId(parts[0]), MessageId(parts[1]), int(parts[2])
