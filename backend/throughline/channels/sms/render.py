"""A post as SMS takes it: words alone, in pieces that Twilio takes, plainer where that costs less. Pure."""

from throughline.channels.sms.capabilities import SMS, TEXT
from throughline.channels.sms.segments import plainer
from throughline.channels.whatsapp_twilio.render import links, mirrored, numbered, sorted_out
from throughline.conversation.channel import Piece, Post
from throughline.conversation.utf16 import length
from throughline.markup.pieces import pieces
from throughline.markup.plain import plain


def render(post: Post) -> tuple[Piece, ...]:
    """The pieces of a post, in order; none for a post without a word and without a file."""
    texts = pieces(post.text, TEXT, plain, length) if post.origin is None else mirrored(post)
    attached, linked = sorted_out(post.files, SMS)
    saved = [_saved(text) for text in (*texts, *links(linked))]
    # What nobody sees costs nothing: it is left out, and with it a piece that was nothing else.
    return numbered(post, [text for text in saved if text.strip()], attached)


def _saved(text: str) -> str:
    """A plainer text may be longer in characters (`…` is three points); the limit counts first."""
    saved = plainer(text)
    return saved if length(saved) <= TEXT else text
