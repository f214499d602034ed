"""A post as Slack takes it. Pure.

What agents, members and the system say goes as `markdown_text`, which Slack renders itself; what a person wrote
elsewhere goes as mrkdwn: a label, and their words as they are.
"""

from throughline.channels.slack.capabilities import MARKDOWN, TEXT
from throughline.channels.slack.plain import unescaped
from throughline.conversation.channel import Piece, Post
from throughline.markup.graphemes import cut
from throughline.markup.slack import escape, mrkdwn
from throughline.markup.split import split

_LABEL = 200


def shown(text: str) -> str:
    """The log's text as it may stand in Slack's Markdown: `&` and `<` escaped, character by character.

    A mention or a link of Slack's (`<!channel>`, `<@U1>`, `<https://…|…>`) begins with `<`, so none can be formed,
    wherever the text is cut. `>` is left: alone it forms nothing, and Markdown's quotes need it. Each character is
    mapped by itself, so any cutting joins to the same; and the map is injective, its inverse is `said`.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;")


def said(text: str) -> str:
    """The log's text again: `said(shown(text)) == text`."""
    return unescaped(text)


def in_mrkdwn(piece: Piece) -> str:
    """A Markdown piece for a workspace that does not know `markdown_text`."""
    return mrkdwn(said(piece.text)) if piece.format == "markdown" else piece.text


def render(post: Post) -> tuple[Piece, ...]:
    """The pieces of a post, in order; none for a post without a word, and none that holds nothing but blanks."""
    if not post.text.strip():
        return ()
    if post.origin is None:
        form, texts = "markdown", split(shown(post.text), MARKDOWN)
    else:
        form, texts = "mrkdwn", split(f"{_label(post)}\n{escape(post.text)}", TEXT)
    return tuple(
        Piece(text, form, (post.conversation, post.message, number))
        for number, text in enumerate(text for text in texts if text.strip())
    )


def _label(post: Post) -> str:
    """`*Maya Lindqvist* · web`. A name is one line without marks, whatever somebody called themselves."""
    name = escape(cut(" ".join(post.name.replace("*", "").split()), _LABEL))
    return f"*{name}* · {post.origin}" if name else f"{post.origin}"
