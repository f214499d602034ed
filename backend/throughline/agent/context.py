"""What a model is told of a conversation: finished messages as native chat messages, bounded and clean.

Pure. Every author keeps a role of its own kind: only the person is `user`; colleagues and notices speak on our side
and say so, since a role `system` from a conversation's text would be an order to the model.
"""

import re

from throughline.agent.prompts import Rendered
from throughline.conversation.answer import Brief, Said

#: Characters of history a model gets at most; the oldest messages go first, the last one always stays.
MAX_HISTORY = 60_000
#: Characters of one message of our own side.
MAX_OURS = 8_000
# Control characters but tab and line break, lone surrogates, direction overrides, and the Tag block, in which text
# can be written that people do not see and models do.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)
_BY_OTHERS = {"member": "(A colleague, a person, wrote:)\n", "system": "(A notice in the conversation:)\n"}


def visible(text: str) -> str:
    """The text without characters that a person would not see."""
    return _UNSEEN.sub("", text)


def messages(brief: Brief) -> list[Rendered]:
    """The history as chat messages, oldest first, each cut to its limit."""
    kept: list[Rendered] = []
    room = MAX_HISTORY
    for said in reversed(brief.history):
        message = _message(said, brief.message_characters)
        room -= len(message.content)
        if kept and room < 0:
            break
        kept.append(message)
    return kept[::-1]


def _message(said: Said, limit: int) -> Rendered:
    if said.author == "person":
        return Rendered("user", _cut(visible(said.text), limit))
    return Rendered("assistant", _cut(_BY_OTHERS.get(said.author, "") + visible(said.text), MAX_OURS))


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n\n[The message is longer: only its first {limit:,} characters are here.]"
