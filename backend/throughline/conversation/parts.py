"""A message in parts: what was posted of it while it was written, each part as pieces of its own, and then its rest.

The row remembers where the message was cut, so that everybody counts the same pieces: the courier that goes on after
another one, and whoever holds a provider's receipt against them.
"""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from throughline.conversation.channel import Enclosed, Piece, Post
from throughline.conversation.courier import post
from throughline.conversation.events import ChannelName, Message
from throughline.conversation.ids import ConversationId


def parts(message: Message, cuts: Sequence[int]) -> list[Message]:
    """The parts up to each cut, in characters of the text. What is attached goes with the end of the text."""
    begins = (0, *cuts)
    return [
        replace(message, text=message.text[begin:end], parts=message.parts if end == len(message.text) else ())
        for begin, end in zip(begins, cuts, strict=False)
    ]


def parted(
    render: Callable[[Post], Sequence[Piece]], conversation: ConversationId, message: Message, channel: ChannelName,
    label: str, cuts: Sequence[int], title: str = "", files: Sequence[Enclosed] = (),
) -> tuple[Piece, ...]:  # fmt: skip
    """The pieces of a message that is cut there, numbered through; what is behind the last cut is not among them."""
    found: list[Piece] = []
    for part in parts(message, cuts):
        found += render(post(conversation, part, channel, label, title, files if part.parts else ()))
    return tuple(replace(piece, mark=(conversation, message.id, number)) for number, piece in enumerate(found))
