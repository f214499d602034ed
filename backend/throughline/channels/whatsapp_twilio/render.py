"""A post as WhatsApp takes it by way of Twilio. Pure.

What agents, members and the system say is put into WhatsApp's own marks; what a person wrote elsewhere goes as it is,
under a label. One message of WhatsApp's has one file, so each is a piece of its own, and what cannot go along is
a link.
"""

import json
from collections.abc import Sequence

from msgspec.structs import replace

from throughline.channels.whatsapp_twilio.capabilities import TEXT, WHATSAPP_TWILIO
from throughline.conversation.channel import Capabilities, Enclosed, Piece, Post
from throughline.conversation.utf16 import length
from throughline.markup import graphemes
from throughline.markup.pieces import pieces
from throughline.markup.split import split
from throughline.markup.whatsapp import whatsapp

_LABEL = 200
#: Files that have words under them, and how many.
_CAPTIONED = frozenset({"image", "video"})
_CAPTION = 1_024
#: Characters of a template's variable.
_VARIABLE = 1_000


def render(post: Post) -> tuple[Piece, ...]:
    """The pieces of a post, in order; none for a post without a word and without a file."""
    if post.purpose == "template":
        return template(post)
    texts = pieces(post.text, TEXT, whatsapp, length) if post.origin is None else mirrored(post, bold="*")
    attached, linked = sorted_out(post.files, WHATSAPP_TWILIO)
    return numbered(post, [*texts, *links(linked)], attached)


def template(post: Post) -> tuple[Piece, ...]:
    """Outside the window: an approved template; the account's own has one variable, what is said, on one line."""
    words, more = one_line(post.text), dict[str, str]()
    if post.template is not None:
        given = {str(n): one_line(value) for n, value in enumerate(post.template.parameters, 1)}
        more = {"name": post.template.name, "variables": json.dumps(given, ensure_ascii=False)}
    return (Piece(words, "template", (post.conversation, post.message, 0), more),) if words else ()


def one_line(text: str) -> str:
    """Words as a template's variable may be: no line ends, no tabs, no blanks in a row."""
    return graphemes.cut(" ".join(text.split()), _VARIABLE)


def mirrored(post: Post, bold: str = "") -> list[str]:
    """Words that the person wrote elsewhere: a label, and what they wrote, as it is."""
    if not post.text.strip():
        return []
    name = graphemes.cut(" ".join(post.name.replace("*", "").split()), _LABEL)
    label = f"{bold}{name}{bold} · {post.origin}" if name else f"{post.origin}"
    return [text for text in cut(f"{label}\n{post.text}") if text.strip()]


def cut(text: str) -> list[str]:
    """Pieces within the limit, counted as phones count: what is beyond the basic plane is two."""
    found: list[str] = []
    for part in split(text, TEXT):
        found += [part] if length(part) <= TEXT else split(part, TEXT // 2)
    return found


def sorted_out(files: Sequence[Enclosed], can: Capabilities) -> tuple[list[Enclosed], list[Enclosed]]:
    """Which files go along, and which are named with their link."""
    attached: list[Enclosed] = []
    linked: list[Enclosed] = []
    for file in files:
        most = can.files.get(file.media_type, can.files.get(f"{file.media_type.partition('/')[0]}/*", 0))
        fits = file.size <= most and len(attached) < can.files_count
        (attached if fits else linked).append(file)
    return attached, linked


def links(files: Sequence[Enclosed]) -> list[str]:
    """Their names and where they are, as many lines to a piece as it holds."""
    found: list[str] = []
    for file in files:
        said = f"{_named(file)}: {file.url}"
        if found and length(found[-1]) + 1 + length(said) <= TEXT:
            found[-1] += f"\n{said}"
        else:
            found.append(said)
    return found


def _named(file: Enclosed) -> str:
    return graphemes.cut(" ".join(file.name.split()), _LABEL) or "file"


def numbered(post: Post, texts: Sequence[str], attached: Sequence[Enclosed]) -> tuple[Piece, ...]:
    """Pieces with their marks: the words, then each file. One picture and a few words are one message."""
    if len(texts) == len(attached) == 1 and attached[0].kind in _CAPTIONED and length(texts[0]) <= _CAPTION:
        found = [Piece(texts[0], "media", more={"caption": texts[0]}, files=(attached[0],))]
    else:
        found = [Piece(text, "text") for text in texts]
        found += [Piece(_named(f), "media", files=(f,)) for f in attached]
    return tuple(replace(piece, mark=(post.conversation, post.message, number)) for number, piece in enumerate(found))


def said(piece: Piece) -> list[tuple[str, str]]:
    """A piece as the fields of a message: words, a file's link, or both. Nothing for a file that is not there."""
    if piece.format != "media":
        return [("Body", piece.text)]
    caption = piece.more.get("caption", "")
    links = [("MediaUrl", file.url) for file in piece.files[:1]]
    return [*links, ("Body", caption)] if links and caption else links
