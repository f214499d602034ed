"""A post as Telegram takes it: pieces of its HTML, and files by their address. Pure."""

from typing import Any

import msgspec
from msgspec import Struct

from throughline.channels.telegram.capabilities import CAPTION, TELEGRAM, TEXT
from throughline.conversation.channel import Enclosed, Piece, Post
from throughline.markup.graphemes import cut
from throughline.markup.pieces import pieces
from throughline.markup.split import split
from throughline.markup.telegram import escape, telegram, units

_LABEL = 200
#: How a file goes, by its media type's kind.
_WAYS = {"image": "photo", "audio": "voice"}


def render(post: Post) -> tuple[Piece, ...]:
    """The pieces of a post, in order: its words, then a file each; what cannot go along is named with its link."""
    along = [file for file in post.files if _goes(file)][: TELEGRAM.files_count]
    named = [file for file in post.files if file not in along]
    texts = _texts(post)
    texts += [text for file in named for text in split(_named(file), TEXT)]
    found = [Piece(text, "html") for text in texts if text.strip()]
    found += [Piece(escape(file.name)[:CAPTION], _WAYS.get(file.kind, "document"), files=(file,)) for file in along]
    return tuple(
        Piece(piece.text, piece.format, (post.conversation, post.message, number), files=piece.files)
        for number, piece in enumerate(found)
    )


class _Button(Struct, frozen=True):
    id: str
    title: str


def keyboard(piece: Piece) -> dict[str, Any]:
    """`more["buttons"]`, JSON of `[{"id", "title"}]` with ids of at most 64 bytes, as buttons under it, one a row."""
    try:
        given = msgspec.json.decode(piece.more.get("buttons", "[]"), type=list[_Button])
    except msgspec.MsgspecError:
        return {}
    rows = [[{"text": one.title, "callback_data": one.id}] for one in given[: TELEGRAM.buttons]]
    return {"reply_markup": {"inline_keyboard": rows}} if rows else {}


def _texts(post: Post) -> list[str]:
    if not post.text.strip():
        return []
    if post.origin is None:
        return pieces(post.text, TEXT, telegram, units)
    # What a person wrote elsewhere stays as they typed it. Half the limit in letters is within it in UTF-16 units.
    whole = f"{_label(post)}\n{escape(post.text)}"
    return [whole] if units(whole) <= TEXT else split(whole, TEXT // 2)


def _label(post: Post) -> str:
    """`<b>Maya Lindqvist</b> · web`. A name is one line, whatever somebody called themselves."""
    name = escape(cut(" ".join(post.name.split()), _LABEL))
    return f"<b>{name}</b> · {post.origin}" if name else f"{post.origin}"


def _goes(file: Enclosed) -> bool:
    return file.size <= TELEGRAM.files.get(file.media_type, -1)


def _named(file: Enclosed) -> str:
    address = escape(file.url).replace('"', "&quot;")
    return f'<a href="{address}">{escape(file.name) or "file"}</a>'
