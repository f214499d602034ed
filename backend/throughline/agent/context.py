"""What a model is told of a conversation: finished messages as native chat messages, bounded and clean.

Pure. Every author keeps a role of its own kind: only the person is `user`; colleagues and notices speak on our side
and say so, since a role `system` from a conversation's text would be an order to the model.
"""

import base64
from collections.abc import Mapping

from throughline.agent.prompts import Rendered
from throughline.conversation.answer import Attached, Brief, Said
from throughline.conversation.unseen import visible
from throughline.markup.graphemes import cut

#: Characters of history a model gets at most; the oldest messages go first, the last one always stays.
MAX_HISTORY = 60_000
#: Characters of one message of our own side.
MAX_OURS = 8_000
_BY_OTHERS = {"member": "(A colleague, a person, wrote:)\n", "system": "(A notice in the conversation:)\n"}


def messages(brief: Brief) -> list[Rendered]:
    """The history as chat messages, oldest first, each cut to its limit."""
    kept: list[Rendered] = []
    room = MAX_HISTORY
    for said in reversed(brief.history):
        text = _text(said, brief.message_characters)
        room -= len(text)
        if kept and room < 0:
            break
        kept.append(_message(said, text))
    return kept[::-1]


def _text(said: Said, limit: int) -> str:
    """The words, and a line for each attachment."""
    named = [_named(file) for file in said.files]
    if said.author == "person":
        return "\n".join([part for part in (_cut(visible(said.text), limit), *named) if part])
    return _cut("\n".join([_BY_OTHERS.get(said.author, "") + visible(said.text), *named]), MAX_OURS)


def _message(said: Said, text: str) -> Rendered:
    if said.author != "person":
        return Rendered("assistant", text)
    pictures = [_picture(file.media_type, file.data) for file in said.files if file.data is not None]
    return Rendered("user", ({"type": "text", "text": text}, *pictures) if pictures else text)


def _named(file: Attached) -> str:
    """An attachment in a line. What is said in a recording is the person's words; a file's name is theirs too."""
    name = visible(file.name).replace("]", ")")
    match file.kind:
        case "audio" if file.transcript:
            return f"[voice note: {_cut(visible(file.transcript), MAX_OURS)}]"
        case "audio":
            return "[a voice note that could not be written down]"
        case "image" if file.data is not None:
            return f"[image: {name}]"
        case "image":
            return f"[image, not shown to you: {name}]"
        case _:
            return f"[file, not shown to you: {name}, {file.media_type}, {max(1, file.size // 1000)} kB]"


def _picture(media_type: str, data: bytes) -> Mapping[str, object]:
    url = f"data:{media_type};base64,{base64.b64encode(data).decode()}"
    return {"type": "image_url", "image_url": {"url": url}}


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return f"{cut(text, limit)}\n\n[The message is longer: only its first {limit:,} characters are here.]"
