"""A post as WhatsApp takes it. Pure.

What agents, members and the system say is Markdown and goes in WhatsApp's own marks; what a person wrote elsewhere
goes as they wrote it, under a label. Nobody can be called by a text: mentions are not made of characters here. Each
file is a message of its own; a short text goes as the words under the only file there is.
"""

from collections.abc import Mapping, Sequence

import msgspec

from throughline.channels.whatsapp_meta.capabilities import ASKED, CAPTION, TEXT, WHATSAPP
from throughline.conversation.channel import Enclosed, Piece, Post
from throughline.markup.graphemes import cut
from throughline.markup.pieces import pieces
from throughline.markup.split import split
from throughline.markup.whatsapp import whatsapp

_LABEL = 200
#: What words can stand under.
_CAPTIONED = frozenset({"image", "video", "document"})
_NAME = 200


def render(post: Post) -> tuple[Piece, ...]:
    """The pieces of a post, in order; none for a post without a word and a file."""
    if post.purpose == "template":
        # Outside of the window: an approved template; the account's own has one variable, what is said, on one line.
        words = _plain(whatsapp(post.text), CAPTION)
        return _marked(post, [Piece(words, "template", more=_chosen(post))] if words else [])
    along = [file for file in post.files if form(file) is not None][: WHATSAPP.files_count]
    texts = _texts(post, [file for file in post.files if file not in along])
    if len(texts) == len(along) == 1 and len(texts[0]) <= CAPTION and form(along[0]) in _CAPTIONED:
        return _marked(post, [_enclosed(along[0], texts[0])])
    return _marked(post, [*(Piece(text, "text") for text in texts), *(_enclosed(file, "") for file in along)])


def _chosen(post: Post) -> dict[str, str]:
    """Which template, and what fills it: one line each."""
    if post.template is None:
        return {}
    filled = [{"type": "text", "text": _plain(given, CAPTION)} for given in post.template.parameters]
    body = [{"type": "body", "parameters": filled}] if filled else []
    return {
        "name": post.template.name,
        "language": post.template.language,
        "components": msgspec.json.encode(body).decode(),
    }


def ask(post: Post, choices: Sequence[tuple[str, str]]) -> tuple[Piece, ...]:
    """The same with buttons under its last words: (id, title) of each, at most three.

    The words over buttons may be 1,024 characters: what is longer goes before them as a text of its own.
    """
    found = render(post)
    if not found or found[-1].format != "text" or not 0 < len(choices) <= WHATSAPP.buttons:
        return found
    *before, last = found
    first, over = _tail(last.text)
    buttons = msgspec.json.encode([{"id": name, "title": title} for name, title in choices]).decode()
    texts = [Piece(first, "text")] if first else []
    return _marked(post, [*before, *texts, Piece(over, "buttons", more={"buttons": buttons})])


def form(file: Enclosed) -> str | None:
    """As which kind of message a file goes; None: it cannot, and its link is said instead.

    A picture that is too large for a picture is a document.
    """
    limits: Mapping[str, int] = WHATSAPP.files
    kind = file.media_type.partition("/")[0]
    named = {"image/webp": "sticker"}.get(file.media_type, kind)
    if file.media_type in limits and file.size <= limits[file.media_type] and named in _NAMED:
        return named
    return "document" if file.size <= limits["*/*"] else None


_NAMED = frozenset({"image", "sticker", "audio", "video"})


def _texts(post: Post, links: Sequence[Enclosed]) -> list[str]:
    """The words, and after them a line for each file that cannot go along."""
    if post.origin is None:
        texts = pieces(post.text, TEXT, whatsapp) if post.text.strip() else []
    else:
        texts = [one for one in split(f"{_label(post)}\n{post.text}", TEXT) if one.strip()] if post.text.strip() else []
    lines = "\n".join(f"{_plain(file.name, _NAME) or 'file'}: {file.url}" for file in links)
    if not lines:
        return texts
    if texts and len(texts[-1]) + len(lines) + 2 <= TEXT:
        return [*texts[:-1], f"{texts[-1].rstrip()}\n\n{lines}"]
    return [*texts, *split(lines, TEXT)]


def _enclosed(file: Enclosed, words: str) -> Piece:
    kind = form(file) or "document"
    # A piece has a text whatever it is: what is not said under the file is its name.
    return Piece(
        words or _plain(file.name, _NAME) or "file", kind, more={"caption": words} if words else {}, files=(file,)
    )


def _marked(post: Post, found: Sequence[Piece]) -> tuple[Piece, ...]:
    return tuple(
        msgspec.structs.replace(piece, mark=(post.conversation, post.message, number))
        for number, piece in enumerate(found)
    )


def _tail(text: str) -> tuple[str, str]:
    """A text in two, where its last part may stand over buttons."""
    if len(text) <= ASKED:
        return "", text
    *before, last = split(text, ASKED)
    return "".join(before).rstrip(), last.strip() or "…"


def _label(post: Post) -> str:
    """`*Maya Lindqvist* · web`. A name is one line without marks, whatever somebody called themselves."""
    name = _plain(post.name.translate(_UNMARKED), _LABEL)
    return f"*{name}* · {post.origin}" if name else f"{post.origin}"


_UNMARKED = {ord(sign): None for sign in "*_~`"}


def _plain(given: str, most: int) -> str:
    return cut(" ".join(given.split()), most)
