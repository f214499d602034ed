"""A post as WhatsApp takes it by way of Twilio. Pure.

What agents, members and the system say is put into WhatsApp's own marks; what a person wrote elsewhere goes as it is,
under a label. One message of WhatsApp's has one file, so each is a piece of its own; what cannot go along is a link.
"""

import json
from collections.abc import Mapping, Sequence

from throughline.channels.whatsapp_twilio.capabilities import TEXT, WHATSAPP_TWILIO
from throughline.conversation.channel import Capabilities, Enclosed, Piece, Post
from throughline.conversation.utf16 import length
from throughline.markup.pieces import pieces
from throughline.markup.split import split
from throughline.markup.whatsapp import whatsapp

_LABEL = 200
#: Characters of a template's variable.
_VARIABLE = 1_000


def render(post: Post) -> tuple[Piece, ...]:
    """The pieces of a post, in order; none for a post without a word and without a file."""
    if post.purpose == "template":
        return template(post)
    texts = pieces(post.text, TEXT, whatsapp, length) if post.origin is None else mirrored(post, bold="*")
    attached, linked = sorted_out(post.files, WHATSAPP_TWILIO)
    texts = [*texts, *links(linked)]
    return numbered(post, [*((text, "text", ()) for text in texts), *((f.name, "media", (f,)) for f in attached)])


def template(post: Post) -> tuple[Piece, ...]:
    """Outside the window: the account's approved template, whose first variable is what is said, on one line."""
    words = " ".join(post.text.split())[:_VARIABLE]
    if not words:
        return ()
    more: Mapping[str, str] = {"variables": json.dumps({"1": words}, ensure_ascii=False)}
    return (Piece(words, "template", (post.conversation, post.message, 0), more),)


def mirrored(post: Post, bold: str = "") -> list[str]:
    """Words that the person wrote elsewhere: a label, and what they wrote, as it is."""
    if not post.text.strip():
        return []
    name = " ".join(post.name.replace("*", "").split())[:_LABEL]
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
        name = " ".join(file.name.split())[:_LABEL] or "file"
        said = f"{name}: {file.url}"
        if found and length(found[-1]) + 1 + length(said) <= TEXT:
            found[-1] += f"\n{said}"
        else:
            found.append(said)
    return found


def numbered(post: Post, said: Sequence[tuple[str, str, tuple[Enclosed, ...]]]) -> tuple[Piece, ...]:
    """Pieces with their marks."""
    return tuple(
        Piece(text, form, (post.conversation, post.message, number), files=files)
        for number, (text, form, files) in enumerate(said)
    )
